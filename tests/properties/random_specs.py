"""Random small specs: chains and webs of catalogue blocks, each node kept if the spec checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from boxwork.graphs.building.build import build
from boxwork.graphs.graph import Graph
from boxwork.specs.diagnostics import Reporter, Source, SpecError
from boxwork.specs.schema import read_spec
from boxwork.specs.source import parse

DIMS = "{seq: any, w: any, d: 4, e: 3, heads: 2, vocab: 5, count: 40}"
INPUTS = {
    "x": "real[seq, d]",
    "z": "real[w, e]",
    "v": "real[d]",
    "tokens": "index<vocab>[seq]",
    "place": "index<seq>[w]",
    "h": "real[heads, seq, e]",
    "g": "real[heads, w, e]",
}
BLOCKS = """
  Pre:
    inputs: {x: "real[len, width]", more: "real[len, width] = none", memory: "real[m, width] = x"}
    outputs: {y: "real[len, width]", extra: "real[width]"}
    settings: {inner: block = ReLU, wide: size = 3}
    nodes:
      norm: {use: LayerNorm, in: x}
      up: {use: Linear, with: {width: wide}}
      act: {use: inner}
      down: {use: Linear, with: {width: width}}
      far: {use: MeanPool, in: memory}
      y: {use: Add, in: [x, down, more]}
      extra: {use: Linear, in: far, with: {width: width}}
  Mix:
    inputs: {x: "real[len, width]", memory: "real[m, width] = x"}
    outputs: {y: "real[len, width]"}
    nodes:
      attn: {use: MultiHeadAttention, in: {query: x, memory: memory}, with: {heads: 2}}
      y: {use: AddNorm, in: {x: x, branch: attn}}
  Half: {use: Scale, with: {by: 0.5}}
"""
FIRST = {
    "first": "{use: ReLU, in: x}",
    "tok": "{use: Embedding, in: tokens, with: {count: vocab, width: d}}",
    "sum": "{use: Add, in: [tok, first]}",
    "norm": "{use: LayerNorm}",
    "lin": "{use: Linear, with: {width: d}}",
}
SIZES = ("d", "e", "heads", "seq", "w", "2 * d", "1", "seq + 1", "d // 3", "w + seq")


@dataclass
class Text:
    """A spec in the making."""

    nodes: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join(
            [
                "format: 1",
                "name: Random",
                f"dims: {DIMS}",
                "inputs:",
                *(f'  {name}: "{wire}"' for name, wire in INPUTS.items()),
                f"blocks: {BLOCKS.rstrip()}",
                "outputs:",
                '  out: {type: "real[seq, d]", from: first}',
                *(f"  {name}: {text}" for name, text in self.outputs.items()),
                "nodes:",
                *(f"  {name}: {text}" for name, text in FIRST.items()),
                *(f"  {name}: {text}" for name, text in self.nodes.items()),
                "",
            ]
        )


def graph_of(text: str) -> Graph:
    """The checked graph of a spec; SpecError if it is wrong."""
    reporter = Reporter()
    spec = read_spec(parse(Source("random.yaml", text)), reporter)
    reporter.raise_errors()
    assert spec is not None
    graph = build(spec, reporter)
    reporter.raise_errors()
    return graph


def random_spec(random: Random) -> str:
    """A spec that checks, with an output for every wire of its last nodes."""
    text = Text()
    wires = [*INPUTS, *FIRST]
    for number in range(random.randint(2, 8)):
        name = f"n{number}"
        for _ in range(8):
            text.nodes[name] = _node(random, wires)
            try:
                graph = graph_of(str(text))
            except SpecError:
                del text.nodes[name]
                continue
            node = graph.root.nodes.get(name)
            wires.append(name)
            if node is not None:
                wires += [f"{name}.{port}" for port in list(node.outputs)[1:] if not node.parts[1:]]
                wires += [f"{name}.0"] if node.count else []
            break
    graph = graph_of(str(text))
    for number, name in enumerate(random.choices(sorted(graph.root.nodes), k=2)):
        node = graph.root.nodes[name]
        port = random.choice(list(node.outputs))
        whole = name if port == next(iter(node.outputs)) else f"{name}.{port}"
        text.outputs[f"o{number}"] = f'{{type: "{node.outputs[port].named()}", from: {whole}}}'
        try:
            graph_of(str(text))
        except SpecError:
            del text.outputs[f"o{number}"]
    return str(text)


TIES = {
    "Linear": ("weight", ("lin.weight", "tok.table", "{to: lin.weight, transpose: true}")),
    "Embedding": ("table", ("tok.table",)),
    "LayerNorm": ("scale", ("norm.scale", "norm.bias")),
    "RMSNorm": ("scale", ("norm.scale",)),
    "Pre": ("norm.scale", ("norm.scale",)),
}


def _node(random: Random, wires: list[str]) -> str:
    name = random.choice(sorted(USES))
    inputs, settings = USES[name](random, wires)
    parts = [f"use: {name}", inputs] if inputs else [f"use: {name}"]
    vary = ""
    if random.random() < 0.25:
        parts.append(f"parallel: {random.choice(('1', '2', 'heads', 'd'))}")
        if random.random() < 0.6:
            weigh = [wire for wire in wires if wire[0] in "xvlhs"] or wires
            parts.append(f"weigh: {random.choice([*weigh, random.choice(wires)])}")
        elif random.random() < 0.2:
            parts.append("share: true")
    elif inputs and random.random() < 0.35:
        parts.append(f"repeat: {random.randint(0, 3)}")
        if random.random() < 0.3:
            parts.append("share: true")
        elif random.random() < 0.4:
            vary = _vary(random, name, settings)
    if settings:
        parts.append(f"with: {{{', '.join(f'{k}: {v}' for k, v in settings.items())}}}")
    if vary:
        parts.append(vary)
    if name in TIES and random.random() < 0.5:
        own, targets = TIES[name]
        parts.append(f"tie: {{{own}: {random.choice(targets)}}}")
    return f"{{{', '.join(parts)}}}"


def _vary(random: Random, name: str, settings: dict[str, str]) -> str:
    if random.random() < 0.5 or not settings:
        others = [random.choice([name, "none", random.choice(sorted(USES))]) for _ in range(2)]
        return f"vary: {{use: [{', '.join([name, *others])}]}}"
    key = random.choice(sorted(settings))
    first = settings.pop(key)
    return f"vary: {{{key}: [{first}, {random.choice([first, 'none', '2', 'd'])}]}}"


Use = Callable[[Random, list[str]], tuple[str, dict[str, str]]]
USES: dict[str, Use] = {}


def _one(*blocks: str, likely: tuple[str, ...] = (), **choices: tuple[str, ...]) -> None:
    """Blocks with one input, most often one of the likely ones, and some of these settings."""

    def use(random: Random, wires: list[str]) -> tuple[str, dict[str, str]]:
        wire = random.choice(likely if likely and random.random() < 0.6 else wires)
        return f"in: {wire}", _settings(random, choices)

    for block in blocks:
        USES[block] = use


def _settings(random: Random, choices: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """A value for each setting; one that ends in ``_`` may be left out."""
    return {
        name.rstrip("_"): random.choice(values)
        for name, values in choices.items()
        if not name.endswith("_") or random.random() < 0.5
    }


FIXED = ("d", "e", "heads", "2 * d", "3", "seq")
FLAGS = ("true", "false")
HEADS, INDICES = ("h", "g"), ("tokens", "place")
_one("ReLU", "SiLU", "Logistic", "Tanh", "Softmax", "GELU", "RMSNorm", "Half")
_one("LastPosition", "MeanPool", "Flatten", "none")
_one("MergeHeads", likely=HEADS)
_one("OneHot", likely=INDICES)
_one("LayerNorm", bias_=FLAGS, eps_=("1e-3",))
_one("Scale", by=("0.5", "0", "-1 / 3"))
_one("Dropout", rate_=("0.1", "0"))
_one("Linear", likely=("x", "first", "tok"), width=("d", *FIXED, "vocab"), bias_=FLAGS)
_one("PerHeadLinear", likely=HEADS, width=FIXED, bias_=FLAGS)
_one("Embedding", likely=INDICES, count=("vocab", "vocab", "seq"), width=("d", *FIXED))
_one("Positions", count=("count", "seq", "w", "3"))
_one("PositionalEmbedding", count=("count", "3", "seq"), width=FIXED)
_one("SinusoidalEncoding", width=SIZES, form_=("article",), context_=("count", "seq"))
_one("RotaryEncoding", share_=("1/2", "1"), pairs_=("adjacent",), original_=("8", "seq"))
_one("Expand", dim=SIZES)
_one("SplitHeads", heads=SIZES)
_one(
    "Split",
    sizes=(
        "[2, 2]",
        "{a: 1, b: 3}",
        "[3]",
        "[1, 2]",
        "{a: seq, b: 1}",
        "[w, seq]",
        "[d, d]",
        "[4]",
    ),
)
_one("FeedForward", hidden=FIXED, activation_=("GELU", "none", "{use: Scale, with: {by: 2}}"))
_one("GatedFeedForward", hidden=FIXED, activation_=("SiLU",))
_one("GPTBlock", heads=("2", "1"), hidden=("d", "e"))
_one("EncoderLayer", heads=("2", "1"), hidden=("d", "e"))
_one("Pre", inner_=("GELU", "none", "Half", "Tanh"), wide_=SIZES)


def _several(*blocks: str) -> None:
    def use(random: Random, wires: list[str]) -> tuple[str, dict[str, str]]:
        return f"in: [{', '.join(random.choices(wires, k=random.randint(1, 3)))}]", {}

    for block in blocks:
        USES[block] = use


_several("Add", "Multiply", "Concat")


def _ports(block: str, *ports: str, **choices: tuple[str, ...]) -> None:
    """A block with several inputs: those that end in ``_`` may be left out."""

    def use(random: Random, wires: list[str]) -> tuple[str, dict[str, str]]:
        chosen = [p.rstrip("_") for p in ports if not p.endswith("_") or random.random() < 0.5]
        one = random.choice(HEADS if "q" in chosen else wires)
        given = (f"{p}: {one if random.random() < 0.8 else random.choice(wires)}" for p in chosen)
        return f"in: {{{', '.join(given)}}}", _settings(random, choices)

    USES[f"{block}"] = use


_ports("AddNorm", "x", "branch")
_ports("Mix", "x", "memory_")
_ports(
    "MultiHeadAttention",
    "query",
    "memory_",
    "bias_",
    heads=("2", "1", "d"),
    kv_heads_=("1", "2"),
    head_dim_=("3", "d"),
    causal_=FLAGS,
    window_=("2", "1", "none", "seq"),
)
_ports("DotProductAttention", "q", "k", "v", "bias_", causal_=FLAGS, window_=("2", "none", "w"))
_ports("DecoderLayer", "x", "memory", heads=("2", "1"), hidden=("d", "e"))


def _array(random: Random, wires: list[str]) -> tuple[str, dict[str, str]]:
    dims = ("[]", "[d]", "[e, d]", "[2, d, 2]", "[d, d]", "[heads, e, heads]", "[seq]")
    return "", _settings(random, {"dims": dims, "trained_": FLAGS})


USES["Array"] = _array
