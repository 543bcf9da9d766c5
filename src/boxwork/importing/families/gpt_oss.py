"""gpt-oss: ``GptOssConfig`` of transformers 5.23."""

from __future__ import annotations

from boxwork.importing.config import Config
from boxwork.importing.decoder import (
    decoder_keys,
    inside,
    named,
    norm,
    sizes,
    tied,
    windows,
)
from boxwork.importing.experts import IRRELEVANT, chosen
from boxwork.importing.family import Family, Pieces, Value, unread
from boxwork.importing.keys import flag, number, size, words
from boxwork.importing.layers import FAR, NEAR, layer_types
from boxwork.importing.rotary import Rope, preset, rope_keys, written
from boxwork.importing.rotary import inside as inner

KEYS = {
    **decoder_keys("2880/36/64/8/2880/201088", context=131072, eps=1e-5, tied=False, head_dim=64),
    **rope_keys(),
    "intermediate_size": size(2880, "dims.d_expert"),
    "attention_bias": flag(True, "biases of attention"),
    "sliding_window": size(128, "dims.window", null=True),
    "layer_types": words("what each layer sees"),
    "num_local_experts": size(128, "dims.experts").called("num_experts"),
    "num_experts_per_tok": size(4, "dims.active"),
    "experts_per_token": size(None, "num_experts_per_tok again", null=True),
    "swiglu_limit": number(7.0, "settings.limit"),
    "swiglu_alpha": number(1.702, "settings.gain"),
}
del KEYS["hidden_act"]
# What it has if it tells of no positions but their theta.
SCALED: dict[str, Value] = {
    "scaling": "yarn",
    "factor": 32.0,
    "original": 4096,
    "truncate": False,
}


def positions(config: Config) -> Value:
    """The rotary positions, scaled unless the config says otherwise."""
    told, name = written(config)
    made = preset(config, inner(config, told, name), Rope(150000), "rope_theta")
    if told is None and isinstance(made, dict) and isinstance(made["with"], dict):
        made["with"] |= SCALED
    return made


def build(config: Config) -> Pieces:
    """The pieces of a gpt-oss."""
    chosen(config, "num_local_experts", "num_experts_per_tok")
    unread(config, "experts_per_token", "num_experts_per_tok")
    layers = config["num_hidden_layers"]
    types = layer_types(config, [FAR if k % 2 else NEAR for k in range(layers)])
    dims, _ = windows(config, [one == NEAR for one in types])
    return {
        **sizes(config, ff="d_expert"),
        **dims,
        ("dims", "experts"): config["num_local_experts"],
        ("dims", "active"): config["num_experts_per_tok"],
        ("settings", "limit"): config["swiglu_limit"],
        ("settings", "gain"): config["swiglu_alpha"],
        ("blocks", "Norm"): norm(config),
        ("blocks", "Rotary"): positions(config),
        **named(types),
        **inside("stack.*.attn", biased=config["attention_bias"]),
        **tied(config),
    }


GPT_OSS = Family(
    "gpt_oss",
    "gpt-oss",
    ("GptOssForCausalLM",),
    ("gpt-oss-20b", "gpt-oss-120b"),
    KEYS,
    build,
    {
        **IRRELEVANT,
        "hidden_act": "it is not read: the gates of the experts are of their own kind",
        "initial_context_length": "what the scaling of rotary positions tells again",
        "rope_scaling_factor": "what the scaling of rotary positions tells again",
        "rope_ntk_alpha": "what the scaling of rotary positions tells again",
        "rope_ntk_beta": "what the scaling of rotary positions tells again",
    },
)
