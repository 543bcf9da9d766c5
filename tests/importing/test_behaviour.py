"""Imported specs compute what Hugging Face's models of the same configs compute."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boxwork.engines.numpy import Model
from tests.importing.support import TINY, graph_of

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
}


@pytest.mark.parametrize("name", CONFIGS)
def test_logits_are_those_of_the_model(name: str, tmp_path: Path) -> None:
    arrays = dict(np.load(ORACLES / f"{name}.npz", allow_pickle=False))
    logits, tokens = arrays.pop("logits"), arrays.pop("tokens")
    model = Model(graph_of(tmp_path, CONFIGS[name]), arrays, dtype="float64")
    assert np.abs(model(tokens=tokens) - logits).max() < 1e-10
