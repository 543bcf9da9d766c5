"""Qwen3: ``Qwen3Config`` of transformers 5.23."""

from __future__ import annotations

from boxwork.importing.config import Config
from boxwork.importing.decoder import (
    decoder_keys,
    gated,
    inside,
    norm,
    sizes,
    tied,
    varied,
    windows,
)
from boxwork.importing.family import Family, Pieces
from boxwork.importing.keys import flag, size, words
from boxwork.importing.layers import FAR, NEAR, layer_types, on, windowed
from boxwork.importing.rotary import Rope, rope_keys, rotary

KEYS = {
    **decoder_keys("4096/32/32/32/22016/151936", context=32768, eps=1e-6, tied=False, head_dim=128),
    **rope_keys(),
    "attention_bias": flag(False, "biases of attention"),
    "use_sliding_window": flag(False, "whether layers see a window"),
    "sliding_window": size(4096, "dims.window", null=True),
    "max_window_layers": size(28, "the first layer that sees a window", least=0),
    "layer_types": words("what each layer sees"),
}


def sliding(config: Config) -> list[bool]:
    """Whether each layer sees a window: those from ``max_window_layers`` on, if any do."""
    layers, first = config["num_hidden_layers"], config["max_window_layers"]
    slides = on(config)
    types = [NEAR if slides and k >= first else FAR for k in range(layers)]
    return windowed(config, layer_types(config, types))


def build(config: Config) -> Pieces:
    """The pieces of a Qwen3."""
    dims, sees = windows(config, sliding(config))
    return {
        **sizes(config),
        **dims,
        ("blocks", "Norm"): norm(config),
        ("blocks", "Rotary"): rotary(config, Rope(10000)),
        **inside("stack.*.attn", biased=config["attention_bias"]),
        **gated(config),
        **varied(sees=sees),
        **tied(config),
    }


QWEN3 = Family(
    "qwen3",
    "Qwen3",
    ("Qwen3ForCausalLM",),
    ("qwen3-8b", "qwen3-32b", "qwen3-0.6b"),
    KEYS,
    build,
)
