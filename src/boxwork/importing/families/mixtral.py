"""Mixtral: ``MixtralConfig`` of transformers 5.23."""

from __future__ import annotations

from boxwork.importing.config import Config
from boxwork.importing.decoder import (
    activation,
    decoder_keys,
    norm,
    sizes,
    tied,
    varied,
    windows,
)
from boxwork.importing.experts import IRRELEVANT, chosen
from boxwork.importing.family import Family, Pieces
from boxwork.importing.keys import size
from boxwork.importing.rotary import Rope, rope_keys, rotary

KEYS = {
    **decoder_keys("4096/32/32/8/14336/32000", context=4096 * 32, eps=1e-5, tied=False),
    **rope_keys(),
    "sliding_window": size(None, "dims.window", null=True),
    "num_local_experts": size(8, "dims.experts").called("num_experts"),
    "num_experts_per_tok": size(2, "dims.active"),
}


def build(config: Config) -> Pieces:
    """The pieces of a Mixtral."""
    chosen(config, "num_local_experts", "num_experts_per_tok")
    dims, sees = windows(config, [config["sliding_window"] is not None])
    expert = {"hidden": "d_ff", "activation": activation(config)}
    return {
        **sizes(config),
        **dims,
        ("dims", "experts"): config["num_local_experts"],
        ("dims", "active"): config["num_experts_per_tok"],
        ("blocks", "Norm"): norm(config),
        ("blocks", "Rotary"): rotary(config, Rope(1000000)),
        ("blocks", "Expert"): {"use": "GatedFeedForward", "with": expert},
        **varied(sees=sees),
        **tied(config),
    }


MIXTRAL = Family(
    "mixtral",
    "Mixtral",
    ("MixtralForCausalLM",),
    ("mixtral-8x7b", "mixtral-8x22b"),
    KEYS,
    build,
    {**IRRELEVANT, "router_jitter_noise": "what training shakes its router with"},
)
