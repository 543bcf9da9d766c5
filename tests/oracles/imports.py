"""Write random configs of every family that boxwork imports, and what transformers makes of them.

How many parameters there are, and what each layer sees. Absent keys have the defaults of
transformers; models are built on the meta device (no memory).

    python tests/oracles/imports.py
"""

from __future__ import annotations

import json
import random
from typing import Any

import torch
from configs import FAMILIES, Config
from generate import HERE
from totals import KINDS
from transformers import CONFIG_MAPPING, AutoModelForCausalLM

COUNT = 20
OTHERS = ("deepseek_v3", "glm4_moe", *KINDS)  # of which the layers are of other kinds


def told(config: Config) -> dict[str, Any]:
    """A config, how many numbers its model learns, and what transformers makes of the rest."""
    family = config["model_type"]
    settings = CONFIG_MAPPING[family].from_dict(json.loads(json.dumps(config)))
    with torch.device("meta"):
        model = KINDS.get(family, AutoModelForCausalLM).from_config(settings)
    learned = (parameter for parameter in model.parameters() if parameter.requires_grad)
    found: dict[str, Any] = {"total": sum(parameter.numel() for parameter in learned)}
    for name in ("rms_norm_eps", "layer_norm_epsilon", "layer_norm_eps"):
        if hasattr(settings, name):
            found["eps"] = getattr(settings, name)
    if family not in OTHERS:
        layers = [layer(settings, k) for k in range(settings.num_hidden_layers)]
        found["layers"] = layers[:1] if len(set(layers)) == 1 else layers
    return found | {"config": config}


def layer(settings: Any, k: int) -> str:
    """What a layer sees and how its positions turn: ``9 10000 linear 4``, ``all -``."""
    types = getattr(settings, "layer_types", None)
    near = types is None or types[k] == "sliding_attention"
    window = getattr(settings, "sliding_window", None) if near else None
    rope = getattr(settings, "rope_parameters", None)
    if rope is not None and "rope_theta" not in rope:
        rope = rope[types[k]]
    if rope is None or not getattr(settings, "no_rope_layers", [1] * (k + 1))[k]:
        return f"{window or 'all'} -"
    words = [rope["rope_type"], rope.get("factor")]
    turned = " ".join(f"{word:g}" if isinstance(word, float) else word for word in words if word)
    return f"{window or 'all'} {rope['rope_theta']:g} {turned}"


def main() -> None:
    """Write imports.json, one config to a line."""
    lines = []
    for family, draw in FAMILIES.items():
        rng = random.Random(f"boxwork {family}")
        default = {"head_dim": 128} if family == "glm4_moe" else {}  # 96 heads do not divide 4096
        for config in [default, *(draw(rng) for _ in range(COUNT))]:
            one = told({"model_type": family} | config)
            lines.append(json.dumps(one, separators=(",", ":")))
    text = "[\n" + ",\n".join(lines) + "\n]\n"
    (HERE / "imports.json").write_text(text, encoding="utf-8")
    print(f"{len(lines)} configs, {len(text):,} bytes")


if __name__ == "__main__":
    main()
