"""Write what Hugging Face's decoders with experts compute: as decoders.py does it.

python tests/oracles/experts.py [mixtral qwen3_moe gpt_oss glm4_moe]
"""

from __future__ import annotations

from typing import Any

import numpy as np
from decoders import COMMON, ON_HEADS, computed, theta
from generate import LLAMA, Renaming
from storing import write

_LAYER = r"model\.layers\.(\d+)"
BIASES: Renaming = {
    rf"{_LAYER}\.self_attn\.([qkv])_proj\.bias": ([r"stack.\1.attn.\2.bias"], "same")
}
# Weights of all experts in one array, [experts, out, in], gate and up under one another.
ROUTED: Renaming = {
    rf"{_LAYER}\.mlp\.gate\.weight": ([r"stack.\1.ff.scores.weight"], "turned"),
    rf"{_LAYER}\.mlp\.experts\.gate_up_proj": (
        [r"stack.\1.ff.routed.gate.weight", r"stack.\1.ff.routed.up.weight"],
        "turned",
    ),
    rf"{_LAYER}\.mlp\.experts\.down_proj": ([r"stack.\1.ff.routed.y.weight"], "turned"),
}
# Those of gpt-oss are [experts, in, out], and gate and up take turns.
GPT_OSS: Renaming = {
    rf"{_LAYER}\.self_attn\.sinks": ([r"stack.\1.attn.mix.sinks"], "same"),
    rf"{_LAYER}\.self_attn\.o_proj\.bias": ([r"stack.\1.attn.y.bias"], "same"),
    rf"{_LAYER}\.mlp\.router\.weight": ([r"stack.\1.ff.scores.weight"], "turned"),
    rf"{_LAYER}\.mlp\.router\.bias": ([r"stack.\1.ff.scores.bias"], "same"),
    rf"{_LAYER}\.mlp\.experts\.down_proj": ([r"stack.\1.ff.routed.y.weight"], "same"),
    rf"{_LAYER}\.mlp\.experts\.down_proj_bias": ([r"stack.\1.ff.routed.y.bias"], "same"),
    rf"{_LAYER}\.mlp\.experts\.gate_up_proj": (
        [r"stack.\1.ff.routed.gate.weight", r"stack.\1.ff.routed.up.weight"],
        "woven",
    ),
    rf"{_LAYER}\.mlp\.experts\.gate_up_proj_bias": (
        [r"stack.\1.ff.routed.gate.bias", r"stack.\1.ff.routed.up.bias"],
        "woven",
    ),
}
SHARED: Renaming = {
    rf"{_LAYER}\.mlp\.gate\.e_score_correction_bias": ([r"stack.\1.ff.bias.value"], "same"),
    rf"{_LAYER}\.mlp\.shared_experts\.(gate|up)_proj\.weight": (
        [r"stack.\1.ff.shared.\2.weight"],
        "turned",
    ),
    rf"{_LAYER}\.mlp\.shared_experts\.down_proj\.weight": (
        [r"stack.\1.ff.shared.y.weight"],
        "turned",
    ),
}


def after_dense(renaming: Renaming, dense: int, layers: int) -> Renaming:
    """The rules where the first layers are a stack of their own, called ``first``."""
    found: Renaming = {}
    for pattern, (paths, *rest) in renaming.items():
        if r"(\d+)" not in pattern:
            found[pattern] = (paths, *rest)
            continue
        for layer in range(layers):
            ours = f"first.{layer}" if layer < dense else f"stack.{layer - dense}"
            here = [path.replace(r"stack.\1", ours) for path in paths]
            found[pattern.replace(r"(\d+)", f"({layer})")] = (here, *rest)
    return found


# name -> what differs from COMMON, the renaming, how many tokens
MODELS: dict[str, tuple[dict[str, Any], Renaming, int]] = {
    "mixtral": (
        {
            "intermediate_size": 12,
            "num_local_experts": 4,
            "num_experts_per_tok": 2,
            "rms_norm_eps": 1e-5,
            "sliding_window": None,
            **theta(1e6),
        },
        LLAMA | ROUTED,
        13,
    ),
    "qwen3_moe": (
        {
            "num_experts": 6,
            "num_experts_per_tok": 3,
            "moe_intermediate_size": 10,
            "norm_topk_prob": True,
            **theta(1e6),
        },
        LLAMA | ON_HEADS | ROUTED,
        13,
    ),
    "gpt_oss": (
        {
            "intermediate_size": 10,
            "num_hidden_layers": 3,
            "num_local_experts": 5,
            "num_experts_per_tok": 2,
            "sliding_window": 4,
            "swiglu_limit": 0.3,
            "rms_norm_eps": 1e-5,
        },
        LLAMA | BIASES | GPT_OSS,
        18,
    ),
    "glm4_moe": (
        {
            "num_hidden_layers": 3,
            "n_routed_experts": 6,
            "num_experts_per_tok": 2,
            "moe_intermediate_size": 10,
            "attention_bias": True,
            "rms_norm_eps": 1e-5,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 1e6,
                "partial_rotary_factor": 0.5,
            },
        },
        after_dense(LLAMA | BIASES | ROUTED | SHARED, dense=1, layers=3),
        13,
    ),
}


def decoder(name: str, seed: int) -> dict[str, np.ndarray]:
    """A decoder with experts: its parameters, tokens and logits."""
    differs, renaming, length = MODELS[name]
    return computed(COMMON | {"model_type": name} | differs, renaming, length, seed)


if __name__ == "__main__":
    write(MODELS, decoder, range(80, 1080, 3))
