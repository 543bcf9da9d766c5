"""What the decoders that descend from Llama have in common: keys, sizes, and their pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from boxwork.importing.config import Config
from boxwork.importing.family import Pieces, Value
from boxwork.importing.keys import Key, flag, number, rate, size, word
from boxwork.importing.layers import NEAR
from boxwork.importing.likeness import shortest_cycle

MOST_LAYERS = 1000
GELU_TANH: Value = {"use": "GELU", "with": {"approximate": "tanh"}}
ACTIVATIONS: Mapping[str, Value] = {
    "silu": "SiLU",
    "swish": "SiLU",
    "relu": "ReLU",
    "tanh": "Tanh",
    "sigmoid": "Logistic",
    "gelu": "GELU",
    "gelu_python": "GELU",
    "gelu_new": GELU_TANH,
    "gelu_pytorch_tanh": GELU_TANH,
    "gelu_fast": GELU_TANH,
}
NO_DROPOUT = "boxwork drops nothing inside attention"


def decoder_keys(
    sizes: str, *, context: int, eps: float, tied: bool, head_dim: int | None = None
) -> dict[str, Key]:
    """The keys that all of them have; ``sizes`` are the defaults.

    They stand as d_model/layers/heads/kv heads/d_ff/vocab; kv heads may be ``-``: as many as heads.
    """
    d_model, layers, heads, kv_heads, d_ff, vocab = sizes.split("/")
    shared = None if kv_heads == "-" else int(kv_heads)
    return {
        "vocab_size": size(int(vocab), "dims.vocab"),
        "hidden_size": size(int(d_model), "dims.d_model"),
        "intermediate_size": size(int(d_ff), "dims.d_ff"),
        "num_hidden_layers": size(int(layers), "dims.layers", most=MOST_LAYERS),
        "num_attention_heads": size(int(heads), "dims.heads"),
        "num_key_value_heads": size(shared, "dims.kv_heads", null=True),
        "head_dim": size(head_dim, "dims.head_dim", null=head_dim is None),
        "max_position_embeddings": size(context, "dims.context"),
        "rms_norm_eps": number(eps, "eps of the norms"),
        "hidden_act": word("silu", "activation of the feed-forward network"),
        "tie_word_embeddings": flag(tied, "tie of logits"),
        "attention_dropout": rate(0.0, "", null=True).allowing(0, None, lacking=NO_DROPOUT),
    }


def sizes(
    config: Config, *, whole_heads: bool = False, share: float = 1, ff: str = "d_ff"
) -> Pieces:
    """The dims, and what is wrong between them.

    ``whole_heads``: the family wants d_model to be divided by its heads in any case; ``share`` of
    a head is turned by its position; ``ff`` is the dim of the feed-forward network, if any.
    """
    d_model, heads = config["hidden_size"], config["num_attention_heads"]
    kv_heads = config["num_key_value_heads"] or heads
    head_dim = config["head_dim"]
    if (head_dim is None or whole_heads) and config.sound("hidden_size", "num_attention_heads"):
        divided(config, "hidden_size", "num_attention_heads")
    if config.sound("num_attention_heads", "num_key_value_heads") and heads % kv_heads:
        divided(config, "num_attention_heads", "num_key_value_heads")
    head_dim = head_dim or max(d_model // heads, 1)
    if (
        share == 1
        and head_dim % 2
        and config.sound("head_dim", "hidden_size", "num_attention_heads")
    ):
        told = config.told("head_dim") if config["head_dim"] else f"a head is {head_dim} wide"
        message = f"rotary positions turn pairs of numbers: {told}, which is odd"
        config.contradiction(message, "head_dim", "num_attention_heads", "hidden_size")
    elif share != 1 and config.sound("head_dim", "hidden_size", "num_attention_heads"):
        turnable(config, head_dim, share)
    found = {
        "vocab": config["vocab_size"],
        "d_model": d_model,
        "heads": heads,
        "kv_heads": kv_heads,
        "head_dim": head_dim,
        **({ff: config["intermediate_size"]} if ff else {}),
        "layers": config["num_hidden_layers"],
        "context": config["max_position_embeddings"],
    }
    return {("dims", name): value for name, value in found.items()}


def turnable(config: Config, head_dim: int, share: float) -> None:
    """Report a share of a head that is no even number of numbers."""
    turned = head_dim * share
    short = int(turned) != round(turned)  # transformers cuts off what is just below a number
    if abs(turned - round(turned)) > 1e-6 or short or round(turned) % 2 or turned < 2:
        config.contradiction(
            f"rotary positions turn pairs of numbers: partial_rotary_factor {share:g} of heads "
            f"{head_dim} wide is {turned if short else f'{turned:g}'}",
            "partial_rotary_factor",
            "head_dim",
            "num_attention_heads",
        )


def divided(config: Config, whole: str, parts: str) -> None:
    """Report a size that another does not divide."""
    if config[whole] % config[parts]:
        message = f"{config.told(parts)} does not divide {config.told(whole)}"
        config.contradiction(message, parts, whole)


def norm(config: Config, block: str = "RMSNorm", key: str = "rms_norm_eps", **more: Value) -> Value:
    """The preset of the norms."""
    return {"use": block, "with": {"eps": config[key], **more}}


def activation(config: Config, key: str = "hidden_act") -> Value:
    """The block of an activation by the name that transformers has for it."""
    name = config[key]
    if name not in ACTIVATIONS:
        config.refuse(
            f"`{key}` is {name!r}, an activation that boxwork does not have",
            key,
            help=f"known: {', '.join(ACTIVATIONS)}",
        )
        return "SiLU"
    return ACTIVATIONS[name]


def tied(config: Config) -> Pieces:
    """The head, which is the token embedding or has a matrix of its own."""
    tie: Value = {"weight": "tok.table"} if config["tie_word_embeddings"] else {}
    return {("set", "logits", "tie"): tie}


def inside(path: str, **settings: Value) -> Pieces:
    """Settings of the boxes at a path."""
    return {("set", path, "with", name): value for name, value in settings.items()}


def gated(config: Config, *, key: str = "hidden_act", bias: str = "") -> Pieces:
    """The gated feed-forward network of every layer."""
    biased = bool(bias) and config[bias]
    return inside("stack.*.ff", activation=activation(config, key), bias=biased)


def varied(*, always: bool = False, **settings: Sequence[Value]) -> Pieces:
    """Settings of the layers that differ from layer to layer, or are the same in all of them.

    ``always`` writes a cycle of one, too: for bases in which the layers vary.
    """
    cycle = shortest_cycle(list(zip(*settings.values(), strict=True)))
    columns = dict(zip(settings, map(list, zip(*cycle, strict=True)), strict=True))
    if len(cycle) == 1 and not always:
        return inside("stack", **{name: column[0] for name, column in columns.items()})
    return {("set", "stack", "vary"): dict(columns)}


def named(types: Sequence[str]) -> Pieces:
    """The layers of bases that name two kinds: those that see a window, and those that see all."""
    uses: list[Value] = ["Local" if one == NEAR else "Global" for one in shortest_cycle(types)]
    return {("set", "stack", "vary"): {"use": uses}}


def windows(config: Config, sees: Iterable[bool]) -> tuple[Pieces, list[Value]]:
    """The dim of the window, and what each layer sees: the window, or (False) all."""
    near = list(sees)
    column: list[Value] = ["window" if one else None for one in near]
    if not any(near):
        return {}, column
    if config["sliding_window"] is None and config.sound("sliding_window"):
        message = "layers see a window, but `sliding_window` does not say how wide it is"
        config.contradiction(message, "layer_types", "use_sliding_window")
    return {("dims", "window"): config["sliding_window"] or 1}, column
