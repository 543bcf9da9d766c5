"""Gemma 3, the part that reads text: ``Gemma3TextConfig`` of transformers 5.23."""

from __future__ import annotations

from boxwork.importing.config import Config
from boxwork.importing.decoder import (
    decoder_keys,
    gated,
    inside,
    named,
    norm,
    sizes,
    tied,
    windows,
)
from boxwork.importing.family import Family, Pieces, unread
from boxwork.importing.keys import flag, number, size, table, word, words
from boxwork.importing.layers import FAR, NEAR, layer_types
from boxwork.importing.rotary import Rope, preset, rope_keys
from boxwork.importing.rotary import inside as inner

BOTH_WAYS = "boxwork's Gemma 3 sees what came before, not what comes after"
NO_CAP = "boxwork's Gemma 3 has no soft caps"
PATTERN = "every how many layers one sees all"

KEYS = {
    **decoder_keys("2304/26/8/4/9216/262208", context=131072, eps=1e-6, tied=True, head_dim=256),
    **rope_keys(rope_local_base_freq=number(None, "theta of the layers that see a window")),
    "hidden_activation": word("gelu_pytorch_tanh", "activation"),
    "hidden_act": word(None, "hidden_activation again", null=True),
    "attention_bias": flag(False, "biases of attention"),
    "query_pre_attn_scalar": number(256, "scale of attention"),
    "sliding_window": size(4096, "dims.window", null=True),
    "sliding_window_pattern": size(6, PATTERN),
    "_sliding_window_pattern": size(None, "what transformers writes and does not read"),
    "layer_types": words("what each layer sees"),
    "final_logit_softcapping": number(None, "", null=True).allowing(None, lacking=NO_CAP),
    "attn_logit_softcapping": number(None, "", null=True).allowing(None, lacking=NO_CAP),
    "use_bidirectional_attention": flag(False, "", null=True).allowing(
        False, None, lacking=BOTH_WAYS
    ),
}
KINDS = {NEAR: table("rotary positions of the layers that see a window"),
         FAR: table("rotary positions of the layers that see all")}  # fmt: skip
ROPE = {NEAR: Rope(10000), FAR: Rope(1000000)}
OUTER = {NEAR: "rope_local_base_freq", FAR: "rope_theta"}


def pattern(config: Config) -> list[str]:
    """What each layer sees; the two ways of telling must agree."""
    every = config["sliding_window_pattern"]
    regular = [FAR if (k + 1) % every == 0 else NEAR for k in range(config["num_hidden_layers"])]
    types = layer_types(config, regular)
    if "sliding_window_pattern" in config and types != regular:
        told = config.told("sliding_window_pattern")
        message = f"`layer_types` is another pattern than {told} makes"
        config.contradiction(message, "layer_types", help="leave one of them out")
    if config["layer_types"] is None:
        unread(config, "_sliding_window_pattern", "sliding_window_pattern")
    return types


def positions(config: Config) -> Pieces:
    """The two presets of rotary positions: nested by what layers see, or as older files tell."""
    nested = config["rope_parameters"]
    flat = config["rope_scaling"]
    kinds = None if nested is None else config.within(nested, KINDS, "rope_parameters")
    holder = config if kinds is None else kinds
    found: Pieces = {}
    for kind, block in ((NEAR, "Near"), (FAR, "Far")):
        tree = kinds[kind] if kinds is not None else None
        name = f"rope_parameters.{kind}"
        if kind == FAR and flat is not None:
            if tree is not None:
                config.contradiction(
                    f"`rope_scaling` and `{name}` are two spellings of one thing", "rope_scaling",
                    help="leave one of them out",
                )  # fmt: skip
            tree, name, holder = flat, "rope_scaling", config
        rope = inner(holder, tree, name)
        if not rope["truncate"]:
            message = f"`{rope.path('truncate')}` is false, but transformers does not read it there"
            rope.refuse(message, "truncate", help="only true can be imported")
        found["blocks", block] = preset(config, rope, ROPE[kind], OUTER[kind])
    return found


def build(config: Config) -> Pieces:
    """The pieces of a Gemma 3."""
    unread(config, "hidden_act", "hidden_activation")
    types = pattern(config)
    dims, _ = windows(config, [one == NEAR for one in types])
    scale = f"1 / sqrt({config['query_pre_attn_scalar']:.12g})"
    return {
        **sizes(config, whole_heads=True),
        **dims,
        ("blocks", "Norm"): norm(config, shift=1),
        **positions(config),
        **named(types),
        ("settings", "scale"): scale,
        **inside("stack.*.attn", biased=config["attention_bias"]),
        **gated(config, key="hidden_activation"),
        **tied(config),
    }


GEMMA3 = Family(
    "gemma3_text",
    "Gemma 3",
    ("Gemma3ForCausalLM",),
    ("gemma-3-270m", "gemma-3-27b"),
    KEYS,
    build,
    {"cache_implementation": "how the keys and values of generation are held"},
)
