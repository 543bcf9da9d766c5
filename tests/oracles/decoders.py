"""Write what Hugging Face's newer decoders compute: parameters, tokens and logits of tiny models.

As generate.py does it, with parameters that float32 holds without loss: they are stored as such.

    python tests/oracles/decoders.py [mistral qwen3 olmo2 smollm3 phi3 gemma3 gemma3-linear]
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from generate import LLAMA, Renaming, draw_tokens, perturb, renamed
from storing import exact, write
from torch import Tensor
from transformers import AutoConfig, AutoModelForCausalLM

VOCAB = 29
HEADS = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8}
COMMON = {
    "vocab_size": VOCAB,
    "hidden_size": 24,
    "intermediate_size": 28,
    "num_hidden_layers": 2,
    "max_position_embeddings": 2048,
    "rms_norm_eps": 1e-6,
    "tie_word_embeddings": False,
    "pad_token_id": 0,
    "bos_token_id": 0,
    "eos_token_id": 0,
} | HEADS


def theta(base: float) -> dict[str, Any]:
    """Rotary positions without scaling."""
    return {"rope_parameters": {"rope_type": "default", "rope_theta": base}}


# Norms on queries and keys: on every head, or over all heads.
_ATTENTION = r"model\.layers\.(\d+)\.self_attn"
ON_HEADS: Renaming = {
    rf"{_ATTENTION}\.([qk])_norm\.weight": ([r"stack.\1.attn.\2_unit.scale"], "same")
}
OVER_HEADS: Renaming = {
    rf"{_ATTENTION}\.([qk])_norm\.weight": ([r"stack.\1.attn.\2_unit_all.scale"], "same")
}
AFTER: Renaming = {
    r"model\.layers\.(\d+)\.post_attention_layernorm\.weight": ([r"stack.\1.norm_1.scale"], "same"),
    r"model\.layers\.(\d+)\.post_feedforward_layernorm\.weight": (
        [r"stack.\1.norm_2.scale"],
        "same",
    ),
}
AROUND: Renaming = {
    rf"model\.layers\.(\d+)\.{theirs}_layernorm\.weight": ([rf"stack.\1.{ours}.scale"], "same")
    for theirs, ours in (
        ("post_attention", "after_attn"),
        ("pre_feedforward", "before_ff"),
        ("post_feedforward", "after_ff"),
    )
} | {r"model\.layers\.(\d+)\.input_layernorm\.weight": ([r"stack.\1.before_attn.scale"], "same")}
# What Phi has fused: 4 · 8 queries, 2 · 8 keys, 2 · 8 values; gate and up.
FUSED: Renaming = {
    rf"{_ATTENTION}\.qkv_proj\.weight": (
        [rf"stack.\1.attn.{part}.weight" for part in "qkv"],
        "turned",
        [32, 48],
    ),
    r"model\.layers\.(\d+)\.mlp\.gate_up_proj\.weight": (
        [r"stack.\1.ff.gate.weight", r"stack.\1.ff.up.weight"],
        "turned",
    ),
}


def gemma(**full: Any) -> dict[str, Any]:
    """Seven layers of Gemma 3: five that see a window, one that sees all, one more."""
    return {
        "model_type": "gemma3_text",
        "num_hidden_layers": 7,
        "sliding_window": 4,
        "tie_word_embeddings": True,
        "query_pre_attn_scalar": 8,
        "rope_parameters": {
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
            "full_attention": {"rope_type": "default", "rope_theta": 1e6} | full,
        },
    }


# name -> what differs from COMMON, the renaming, how many tokens
MODELS: dict[str, tuple[dict[str, Any], Renaming, int]] = {
    "mistral": (
        {"model_type": "mistral", "sliding_window": 5, "rms_norm_eps": 1e-5, **theta(1e4)},
        LLAMA,
        18,
    ),
    "qwen3": ({"model_type": "qwen3", **theta(1e6)}, LLAMA | ON_HEADS, 13),
    "olmo2": (
        {
            "model_type": "olmo2",
            "head_dim": 6,
            **theta(5e5),
        },
        {name: rule for name, rule in LLAMA.items() if "layernorm" not in name}
        | OVER_HEADS
        | AFTER,
        13,
    ),
    "smollm3": (
        {
            "model_type": "smollm3",
            "num_hidden_layers": 5,
            "tie_word_embeddings": True,
            **theta(5e6),
        },
        LLAMA,
        13,
    ),
    "phi3": ({"model_type": "phi3", "rms_norm_eps": 1e-5, **theta(2.5e5)}, LLAMA | FUSED, 13),
    "gemma3": (
        gemma(),
        {name: rule for name, rule in LLAMA.items() if "layernorm" not in name} | ON_HEADS | AROUND,
        18,
    ),
    "gemma3-linear": (
        gemma(rope_type="linear", factor=8.0) | {"query_pre_attn_scalar": 6},
        {name: rule for name, rule in LLAMA.items() if "layernorm" not in name} | ON_HEADS | AROUND,
        18,
    ),
}


@contextmanager
def float64() -> Iterator[None]:
    """What is fixed to float32 there (norms, softmax, rotary positions) becomes float64."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with (
            patch.object(torch, "float", torch.float64),
            patch.object(torch, "float32", torch.float64),
            patch.object(Tensor, "float", Tensor.double),
        ):
            yield
    finally:
        torch.set_default_dtype(before)


def decoder(name: str, seed: int) -> dict[str, np.ndarray]:
    """The parameters and the logits of one model."""
    differs, renaming, length = MODELS[name]
    return computed(COMMON | differs, renaming, length, seed, gemma=name.startswith("gemma"))


def computed(
    settings: dict[str, Any], renaming: Renaming, length: int, seed: int, *, gemma: bool = False
) -> dict[str, np.ndarray]:
    """Build a model of a family, with noise as its parameters; what they are, and its logits."""
    settings = dict(settings)
    config = AutoConfig.for_model(settings.pop("model_type"), **settings)
    config._attn_implementation = config._experts_implementation = "eager"
    stored_as = torch.float32  # before the patch makes it float64
    with torch.no_grad(), float64():
        model = AutoModelForCausalLM.from_config(config, attn_implementation="eager")
        model = model.double().eval()
        perturb(model, seed)
        for name, buffer in model.named_buffers():
            if name.endswith("correction_bias"):
                noise = torch.randn(buffer.shape, generator=torch.Generator().manual_seed(seed + 2))
                buffer.copy_(0.2 * noise.to(stored_as))
        for parameter in model.parameters():
            if gemma and parameter.ndim == 1:
                parameter.data -= 1  # Gemma's norms learn what is added to 1
            parameter.data = parameter.data.to(stored_as).to(torch.float64)
        tokens = draw_tokens(settings["vocab_size"], (2, length), seed + 1)
        logits = model(input_ids=tokens, use_cache=False).logits
        assert logits.dtype == torch.float64
    arrays = renamed(model, renaming)
    return exact(arrays) | {"tokens": tokens.numpy(), "logits": logits.numpy()}


if __name__ == "__main__":
    write(MODELS, decoder, range(20, 1020, 2))
