"""SmolLM3: ``SmolLM3Config`` of transformers 5.23."""

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
from boxwork.importing.family import Family, Pieces, Value
from boxwork.importing.keys import flag, size, switches, words
from boxwork.importing.layers import FAR, NEAR, layer_types, on, switched, windowed
from boxwork.importing.rotary import Rope, rope_keys, rotary

KEYS = {
    **decoder_keys("2048/36/16/4/11008/128256", context=32768, eps=1e-6, tied=True),
    **rope_keys(),
    "attention_bias": flag(False, "biases of attention"),
    "mlp_bias": flag(False, "biases of the feed-forward network"),
    "use_sliding_window": flag(False, "whether layers see a window"),
    "sliding_window": size(None, "dims.window", null=True),
    "no_rope_layers": switches("which layers have rotary positions"),
    "no_rope_layer_interval": size(4, "which layers have rotary positions"),
    "layer_types": words("what each layer sees"),
}


def build(config: Config) -> Pieces:
    """The pieces of a SmolLM3; where it has windows, layers without rotary positions see them."""
    layers, interval = config["num_hidden_layers"], config["no_rope_layer_interval"]
    turned = switched(config, "no_rope_layers", [(k + 1) % interval != 0 for k in range(layers)])
    slides = on(config)
    types = layer_types(config, [NEAR if slides and not one else FAR for one in turned])
    dims, sees = windows(config, windowed(config, types))
    columns: dict[str, list[Value]] = {"position": ["Rotary" if one else None for one in turned]}
    if dims:
        columns["sees"] = sees
    return {
        **sizes(config),
        **dims,
        ("blocks", "Norm"): norm(config),
        ("blocks", "Rotary"): rotary(config, Rope(2000000)),
        **inside("stack.*.attn", biased=config["attention_bias"]),
        **gated(config, bias="mlp_bias"),
        **varied(always=True, **columns),
        **tied(config),
    }


SMOLLM3 = Family(
    "smollm3",
    "SmolLM3",
    ("SmolLM3ForCausalLM",),
    ("smollm3",),
    KEYS,
    build,
    {"max_window_layers": "SmolLM3 does not read it"},
)
