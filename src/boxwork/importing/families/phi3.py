"""Phi-3 and Phi-4: ``Phi3Config`` of transformers 5.23.

What its files fuse (q, k and v; gate and up) computes the same apart.
"""

from __future__ import annotations

from boxwork.importing.config import Config
from boxwork.importing.decoder import decoder_keys, gated, norm, sizes, tied, varied, windows
from boxwork.importing.family import Family, Pieces
from boxwork.importing.keys import number, rate, size
from boxwork.importing.rotary import Rope, rope_keys, rotary, shared

NONE = "the specs of this family have no dropout"
KEYS = {
    **decoder_keys("3072/32/32/-/8192/32064", context=4096, eps=1e-5, tied=False),
    **rope_keys(partial_rotary_factor=number(1.0, "share of the rotary positions")),
    "sliding_window": size(None, "dims.window", null=True),
    "resid_pdrop": rate(0.0, "").allowing(0, lacking=NONE),
    "embd_pdrop": rate(0.0, "").allowing(0, lacking=NONE),
}


def build(config: Config) -> Pieces:
    """The pieces of a Phi-3."""
    dims, sees = windows(config, [config["sliding_window"] is not None])
    turned = rotary(config, Rope(10000, ("default",), share=True))
    return {
        **sizes(config, share=shared(turned)),
        **dims,
        ("blocks", "Norm"): norm(config),
        ("blocks", "Rotary"): turned,
        **gated(config),
        **varied(sees=sees),
        **tied(config),
    }


PHI3 = Family(
    "phi3",
    "Phi-3",
    ("Phi3ForCausalLM",),
    ("phi-4",),
    KEYS,
    build,
    {"original_max_position_embeddings": "it belongs to longrope, which is refused"},
)
