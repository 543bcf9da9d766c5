"""Mistral: ``MistralConfig`` of transformers 5.23."""

from __future__ import annotations

from boxwork.importing.config import Config
from boxwork.importing.decoder import decoder_keys, gated, norm, sizes, tied, varied, windows
from boxwork.importing.family import Family, Pieces
from boxwork.importing.keys import size
from boxwork.importing.rotary import Rope, rope_keys, rotary

KEYS = {
    **decoder_keys("4096/32/32/8/14336/32000", context=4096 * 32, eps=1e-6, tied=False),
    **rope_keys(),
    "sliding_window": size(4096, "dims.window", null=True),
}


def build(config: Config) -> Pieces:
    """The pieces of a Mistral: every layer sees the window, if there is one."""
    dims, sees = windows(config, [config["sliding_window"] is not None])
    return {
        **sizes(config),
        **dims,
        ("blocks", "Norm"): norm(config),
        ("blocks", "Rotary"): rotary(config, Rope(10000)),
        **gated(config),
        **varied(sees=sees),
        **tied(config),
    }


MISTRAL = Family("mistral", "Mistral", ("MistralForCausalLM",), ("mistral-7b",), KEYS, build)
