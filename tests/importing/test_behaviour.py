"""Imported specs compute what Hugging Face's models of the same configs compute."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boxwork.engines.running.numpy import Model
from tests.importing.support import TINY, graph_of
from tests.parity.test_encoders import apart, parts

ORACLES = Path(__file__).parents[1] / "oracles"


def theta(base: float) -> dict[str, Any]:
    return {"rope_parameters": {"rope_type": "default", "rope_theta": base}}


def gemma(scalar: int, **full: Any) -> dict[str, Any]:
    return TINY | {
        "model_type": "gemma3_text",
        "num_hidden_layers": 7,
        "sliding_window": 4,
        "tie_word_embeddings": True,
        "query_pre_attn_scalar": scalar,
        "rope_parameters": {
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
            "full_attention": {"rope_type": "default", "rope_theta": 1e6} | full,
        },
    }


def deepseek(base: float, factor: float, fast: float) -> dict[str, Any]:
    return {
        "model_type": "deepseek_v3",
        "vocab_size": 29,
        "hidden_size": 24,
        "intermediate_size": 28,
        "moe_intermediate_size": 10,
        "num_hidden_layers": 3,
        "first_k_dense_replace": 1,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "q_lora_rank": 12,
        "kv_lora_rank": 9,
        "qk_nope_head_dim": 6,
        "qk_rope_head_dim": 8,
        "v_head_dim": 5,
        "max_position_embeddings": int(64 * factor),
        "rope_theta": base,
        "rope_scaling": {
            "type": "yarn",
            "factor": factor,
            "beta_fast": fast,
            "beta_slow": 1.0,
            "mscale": 1.0,
            "mscale_all_dim": 1.0,
            "original_max_position_embeddings": 64,
        },
    }


# What the generators of tests/oracles gave to transformers.
CONFIGS: dict[str, dict[str, Any]] = {
    "gpt2": {
        "model_type": "gpt2",
        "vocab_size": 37,
        "n_positions": 16,
        "n_embd": 24,
        "n_head": 3,
        "n_layer": 2,
    },
    "llama": TINY
    | {
        "model_type": "llama",
        "vocab_size": 41,
        "hidden_size": 32,
        "intermediate_size": 56,
        "rms_norm_eps": 1e-5,
        "rope_theta": 500000.0,
        "rope_scaling": {
            "rope_type": "llama3",
            "factor": 8.0,
            "low_freq_factor": 1.0,
            "high_freq_factor": 4.0,
            "original_max_position_embeddings": 256,
        },
    },
    "mistral": TINY
    | {"model_type": "mistral", "sliding_window": 5, "rms_norm_eps": 1e-5, "rope_theta": 1e4},
    "qwen3": TINY | {"model_type": "qwen3", **theta(1e6)},
    "olmo2": TINY | {"model_type": "olmo2", "head_dim": 6, **theta(5e5)},
    "smollm3": TINY
    | {"model_type": "smollm3", "num_hidden_layers": 5, "tie_word_embeddings": True, **theta(5e6)},
    "phi3": TINY | {"model_type": "phi3", "rms_norm_eps": 1e-5, **theta(2.5e5)},
    "gemma3": gemma(8),
    "gemma3-linear": gemma(6, rope_type="linear", factor=8.0),
    "mixtral": TINY
    | {
        "model_type": "mixtral",
        "intermediate_size": 12,
        "num_local_experts": 4,
        "num_experts_per_tok": 2,
        "rms_norm_eps": 1e-5,
        "rope_theta": 1000000.0,
    },
    "qwen3_moe": TINY
    | {
        "model_type": "qwen3_moe",
        "num_experts": 6,
        "num_experts_per_tok": 3,
        "moe_intermediate_size": 10,
        "norm_topk_prob": True,
        **theta(1e6),
    },
    "gpt_oss": TINY
    | {
        "model_type": "gpt_oss",
        "intermediate_size": 10,
        "num_hidden_layers": 3,
        "num_local_experts": 5,
        "num_experts_per_tok": 2,
        "sliding_window": 4,
        "swiglu_limit": 0.3,
        "rms_norm_eps": 1e-5,
    },
    "glm4_moe": TINY
    | {
        "model_type": "glm4_moe",
        "num_hidden_layers": 3,
        "n_routed_experts": 6,
        "num_experts_per_tok": 2,
        "moe_intermediate_size": 10,
        "attention_bias": True,
        "rms_norm_eps": 1e-5,
        "rope_theta": 1000000,
        "partial_rotary_factor": 0.5,
    },
    "deepseek_v3": deepseek(1e4, 40.0, 32.0)
    | {
        "n_routed_experts": 8,
        "num_experts_per_tok": 3,
        "n_group": 4,
        "topk_group": 2,
        "routed_scaling_factor": 2.5,
    },
    "kimi_k2": deepseek(5e4, 32.0, 1.0)
    | {
        "model_type": "kimi_k2",
        "n_routed_experts": 6,
        "num_experts_per_tok": 2,
        "n_group": 1,
        "topk_group": 1,
        "routed_scaling_factor": 2.827,
    },
}


@pytest.mark.parametrize("name", CONFIGS)
def test_logits_are_those_of_the_model(name: str, tmp_path: Path) -> None:
    arrays = dict(np.load(ORACLES / f"{name}.npz", allow_pickle=False))
    logits, tokens = arrays.pop("logits"), arrays.pop("tokens")
    model = Model(graph_of(tmp_path, CONFIGS[name]), arrays, dtype="float64")
    assert np.abs(model(tokens=tokens) - logits).max() < 1e-10


WIDE = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 20,
}
SMALL_T5 = {
    "model_type": "t5",
    "d_model": 16,
    "num_layers": 2,
    "num_heads": 4,
    "d_kv": 6,
    "d_ff": 20,
    "relative_attention_num_buckets": 8,
    "relative_attention_max_distance": 20,
    "vocab_size": 29,
}
SIDE = {"layers": 2, "attention_heads": 4, "ffn_dim": 20}
ENCODERS: dict[str, dict[str, Any]] = {
    "bert": {"model_type": "bert", "vocab_size": 29, "max_position_embeddings": 16} | WIDE,
    "t5": SMALL_T5,
    "t5-gated": SMALL_T5 | {"feed_forward_proj": "gated-gelu"},
    "whisper": {
        "model_type": "whisper",
        "vocab_size": 29,
        "d_model": 16,
        "num_mel_bins": 5,
        "max_source_positions": 7,
        "max_target_positions": 11,
        **{f"{side}_{key}": n for side in ("encoder", "decoder") for key, n in SIDE.items()},
    },
    "vit": {"model_type": "vit", "image_size": 12, "patch_size": 4, "num_labels": 7} | WIDE,
}


@pytest.mark.parametrize("name", ENCODERS)
def test_outputs_are_those_of_the_model(name: str, tmp_path: Path) -> None:
    parameters, given, wanted = parts(name)
    model = Model(graph_of(tmp_path, ENCODERS[name]), parameters, dtype="float64")
    for path, found in model.run(given).items():
        assert apart(found, wanted[path]) < 1e-10
