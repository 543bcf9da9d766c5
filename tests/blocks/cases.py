"""A random use of every primitive: settings, and wires that fit them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from boxwork.blocks.catalogue import primitives
from boxwork.blocks.dims import Dim
from tests.blocks.harness import Use, index, of, real

Case = Callable[[Random], Use]
CASES: dict[str, list[Case]] = {}
LETTERS = "abc"


def case(draw: Case) -> Case:
    """List a way to draw uses of the block that the function is named after."""
    CASES.setdefault(draw.__name__.rstrip("_"), []).append(draw)
    return draw


def make(name: str, **settings: Any) -> Any:
    return primitives()[name](**settings)


def dim(random: Random, name: str, least: int = 1, most: int = 5) -> Dim:
    return Dim.named(name, random.randint(least, most))


def star(random: Random) -> tuple[Dim, ...]:
    """What `*` may stand for: no dims, or a few."""
    return tuple(dim(random, name) for name in LETTERS[: random.randint(0, 2)])


def _numberwise(name: str, **choices: list[Any]) -> None:
    def draw(random: Random) -> Use:
        settings = {key: random.choice(values) for key, values in choices.items()}
        return Use(make(name, **settings), {"x": (real(*star(random)),)})

    CASES[name] = [draw]


_numberwise("ReLU")
_numberwise("SiLU", beta=[1.0, 1.702])
_numberwise("Clamp", low=[-0.5, -0.1], high=[None, 0.0, 0.6])
_numberwise("Shift", by=[-0.5, 1.0])
_numberwise("Logistic")
_numberwise("Tanh")
_numberwise("GELU", approximate=["exact", "tanh"])
_numberwise("Scale", by=[-2.5, 0.0, 3.0])
_numberwise("Dropout", rate=[0.0, 0.25, 0.5], form=["inverted", "article"])


def _widthwise(name: str, **choices: list[Any]) -> None:
    def draw(random: Random) -> Use:
        settings = {key: random.choice(values) for key, values in choices.items()}
        wire = real(*star(random), dim(random, "width"))
        return Use(make(name, **settings), {"x": (wire,)})

    CASES[name] = [draw]


_widthwise("Softmax")
_widthwise("LayerNorm", bias=[True, False], eps=[1e-5, 1e-3])
_widthwise("RMSNorm", shift=[0.0, 1.0], eps=[1e-6, 1e-3])


def _joined(name: str) -> None:
    def draw(random: Random) -> Use:
        wire = real(*star(random))
        return Use(make(name), {"x": (wire,) * random.randint(1, 3)})

    CASES[name] = [draw]


_joined("Add")
_joined("Multiply")


@case
def Concat(random: Random) -> Use:
    dims = star(random)
    widths = [dim(random, f"width_{i}") for i in range(random.randint(2, 3))]
    return Use(make("Concat"), {"x": tuple(real(*dims, width) for width in widths)})


@case
def Linear(random: Random) -> Use:
    block = make("Linear", width=dim(random, "width"), bias=random.random() < 0.5)
    return Use(block, {"x": (real(*star(random), dim(random, "width_in")),)})


@case
def Convolution(random: Random) -> Use:
    causal, per_channel = random.random() < 0.5, random.random() < 0.4
    kernel, padding = random.choice([(1, 0), (2, 0), (2, 1), (3, 1), (3, 0), (4, 3)])
    block = make(
        "Convolution",
        kernel_size=Dim.named("kernel_size", kernel),
        width=None if per_channel else random.choice([None, dim(random, "width")]),
        stride=Dim.of(1 if causal else random.choice([1, 1, 2, 3])),
        padding=Dim.of(0 if causal else padding),
        causal=causal,
        per_channel=per_channel,
        bias=random.random() < 0.5,
    )
    least = 1 if causal else max(1, kernel - 2 * padding)
    return Use(block, {"x": (real(dim(random, "seq", least, 6), dim(random, "width_in")),)})


@case
def Patches(random: Random) -> Use:
    side = dim(random, "patch", 1, 3)
    height, width = (
        Dim.named(name, int(side) * random.randint(1, 3)) for name in ("height", "width")
    )
    wire = real(height, width, dim(random, "channels", 1, 3))
    return Use(make("Patches", patch=side), {"image": (wire,)})


@case
def GRU(random: Random) -> Use:
    block = make("GRU", width=dim(random, "width"), bias=random.random() < 0.5)
    return Use(block, {"x": (real(dim(random, "seq"), dim(random, "width_in")),)})


@case
def CrossEntropy(random: Random) -> Use:
    dims, classes = star(random), dim(random, "classes")
    wires = {"scores": (real(*dims, classes),), "target": (index(classes, *dims),)}
    return Use(make("CrossEntropy"), wires)


def _compared(name: str) -> None:
    def draw(random: Random) -> Use:
        wire = real(*star(random), dim(random, "width"))
        return Use(make(name), {"y": (wire,), "wanted": (wire,)})

    CASES[name] = [draw]


_compared("SumOfDifferences")
_compared("MeanSquaredError")


@case
def PerHeadLinear(random: Random) -> Use:
    block = make("PerHeadLinear", width=dim(random, "width"), bias=random.random() < 0.5)
    heads, seq, width = (dim(random, name) for name in ("heads", "seq", "width_in"))
    return Use(block, {"x": (real(heads, seq, width),)})


@case
def Embedding(random: Random) -> Use:
    count = dim(random, "count")
    block = make("Embedding", count=count, width=dim(random, "width"))
    return Use(block, {"x": (index(count, *star(random)),)})


@case
def OneHot(random: Random) -> Use:
    return Use(make("OneHot"), {"x": (index(dim(random, "count"), *star(random)),)})


@case
def PlainNumber(random: Random) -> Use:
    return Use(make("PlainNumber"), {"x": (index(dim(random, "count"), *star(random)),)})


@case
def Array(random: Random) -> Use:
    return Use(make("Array", dims=star(random), trained=random.random() < 0.5), {})


@case
def FirstPosition(random: Random) -> Use:
    wire = real(*star(random), dim(random, "seq"), dim(random, "width"))
    return Use(make("FirstPosition"), {"x": (wire,)})


@case
def LastPosition(random: Random) -> Use:
    wire = real(*star(random), dim(random, "seq"), dim(random, "width"))
    return Use(make("LastPosition"), {"x": (wire,)})


@case
def MeanPool(random: Random) -> Use:
    wire = real(*star(random), dim(random, "seq"), dim(random, "width"))
    return Use(make("MeanPool"), {"x": (wire,)})


def _like(random: Random) -> dict[str, Any]:
    wire = random.choice([index(*of(vocab=7)), real()])
    dims = (dim(random, "seq"), *star(random))
    return {"like": (type(wire)(wire.kind, dims, wire.bound),)}


@case
def Positions(random: Random) -> Use:
    return Use(make("Positions", count=dim(random, "count", 12, 15)), _like(random))


@case
def RelativeBuckets(random: Random) -> Use:
    both_ways = random.random() < 0.5
    buckets = random.choice([4, 8] if both_ways else [2, 5, 6])
    block = make(
        "RelativeBuckets",
        buckets=Dim.named("buckets", buckets),
        far=Dim.of(random.choice([4, 9])),
        both_ways=both_ways,
    )
    return Use(block, _like(random))


@case
def PlainPositions(random: Random) -> Use:
    block = make("PlainPositions", width=dim(random, "width"), share=random.random() < 0.5)
    return Use(block, _like(random))


@case
def SinusoidalEncoding(random: Random) -> Use:
    form = random.choice(["paper", "article", "halves"])
    context = Dim.named("context", 12) if form == "article" else None
    width = (
        dim(random, "width") if form != "halves" else Dim.named("width", random.choice([2, 4, 6]))
    )
    return Use(make("SinusoidalEncoding", width=width, form=form, context=context), _like(random))


SCALED: list[dict[str, Any]] = [
    {"scaling": None},
    {"scaling": "linear"},
    {"scaling": "llama3", "original": Dim.of(6)},
    {"scaling": "yarn", "original": Dim.of(500), "truncate": False},
    {"scaling": "yarn", "original": Dim.of(500), "attention_factor": 0.6},
]


@case
def RotaryEncoding(random: Random) -> Use:
    share, width = random.choice([(1.0, 2), (1.0, 6), (0.5, 4), (0.25, 8), (2 / 3, 6)])
    block = make(
        "RotaryEncoding",
        share=share,
        theta=random.choice([100.0, 10000.0]),
        pairs=random.choice(["halves", "adjacent"]),
        **random.choice(SCALED),
    )
    wire = real(*star(random), dim(random, "seq"), Dim.named("width", width))
    return Use(block, {"x": (wire,)})


@case
def ChooseTop(random: Random) -> Use:
    groups, each = random.choice([(1, 4), (1, 2), (3, 3), (4, 2), (4, 1)])
    some = random.randint(1, groups)
    block = make(
        "ChooseTop",
        active=Dim.of(random.randint(1, min(some * each, 3))),
        groups=Dim.of(groups),
        active_groups=Dim.of(some),
        sum_to=random.choice([None, 2.5]),
    )
    choices = Dim.named("choices", groups * each)
    wires = {"scores": (real(*star(random), choices),)}
    return Use(block, wires | ({"bias": (real(choices),)} if random.random() < 0.5 else {}))


@case
def Prepend(random: Random) -> Use:
    dims, width = star(random), dim(random, "width")
    x, first = (real(*dims, dim(random, name), width) for name in ("seq", "rows"))
    return Use(make("Prepend"), {"x": (x,), "first": (first,)})


@case
def LastDimFirst(random: Random) -> Use:
    return Use(make("LastDimFirst"), {"x": (real(*star(random), dim(random, "width")),)})


@case
def Expand(random: Random) -> Use:
    block = make("Expand", dim=dim(random, "copies"))
    return Use(block, {"x": (real(*star(random)),)})


@case
def Split(random: Random) -> Use:
    names = random.choice([("0", "1", "2"), ("q",), ("left", "right")])
    sizes = tuple((name, dim(random, f"width_{name}")) for name in names)
    width = Dim.named("width", sum(int(size) for _, size in sizes))
    return Use(make("Split", sizes=sizes), {"x": (real(*star(random), width),)})


@case
def Flatten(random: Random) -> Use:
    wire = real(*star(random), dim(random, "rows"), dim(random, "width"))
    return Use(make("Flatten"), {"x": (wire,)})


@case
def SplitHeads(random: Random) -> Use:
    heads = dim(random, "heads", 1, 3)
    width = Dim.named("width", int(heads) * random.randint(1, 3))
    return Use(make("SplitHeads", heads=heads), {"x": (real(dim(random, "seq"), width),)})


@case
def MergeHeads(random: Random) -> Use:
    heads, seq, width = (dim(random, name) for name in ("heads", "seq", "head_dim"))
    return Use(make("MergeHeads"), {"x": (real(heads, seq, width),)})


SCORED: list[dict[str, Any]] = [
    {},
    {"scale": 0.7, "cap": 1.5},
    {"sinks": True},
    {"scale": 0.7, "cap": 1.5, "sinks": True},
]


@case
def DotProductAttention(random: Random) -> Use:
    """Self-attention: queries and keys along one dim."""
    block = make(
        "DotProductAttention",
        causal=random.random() < 0.5,
        window=random.choice([None, Dim.of(2), Dim.of(3)]),
        **random.choice(SCORED),
    )
    return Use(block, _attention(random, *[dim(random, "seq", 1, 6)] * 2))


@case
def DotProductAttention_(random: Random) -> Use:
    """Cross-attention: keys and values of another length."""
    lengths = dim(random, "q_len"), dim(random, "k_len")
    block = make("DotProductAttention", **random.choice(SCORED))
    return Use(block, _attention(random, *lengths))


def _attention(random: Random, q_len: Dim, k_len: Dim) -> dict[str, Any]:
    kv_heads, group = dim(random, "kv_heads", 1, 3), random.randint(1, 3)
    heads = Dim.named("heads", group * int(kv_heads))
    width, v_width = dim(random, "width"), dim(random, "v_width")
    wires = {
        "q": (real(heads, q_len, width),),
        "k": (real(kv_heads, k_len, width),),
        "v": (real(kv_heads, k_len, v_width),),
    }
    return wires | ({"bias": (real(heads, q_len, k_len),)} if random.random() < 0.5 else {})


def draw(name: str, random: Random) -> Use:
    """A random use of the block of that name."""
    return random.choice(CASES[name])(random)
