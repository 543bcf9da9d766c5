"""Llama: ``LlamaConfig`` of transformers 5.23."""

from __future__ import annotations

from boxwork.importing.config import Config
from boxwork.importing.decoder import decoder_keys, gated, inside, norm, sizes, tied
from boxwork.importing.family import Family, Pieces
from boxwork.importing.keys import flag
from boxwork.importing.rotary import Rope, rope_keys, rotary

KEYS = {
    **decoder_keys("4096/32/32/-/11008/32000", context=2048, eps=1e-6, tied=False),
    **rope_keys(),
    "attention_bias": flag(False, "biases of attention"),
    "mlp_bias": flag(False, "biases of the feed-forward network"),
}


def build(config: Config) -> Pieces:
    """The pieces of a Llama."""
    return {
        **sizes(config, whole_heads=True),
        ("blocks", "Norm"): norm(config),
        ("blocks", "Rotary"): rotary(config, Rope(10000)),
        **inside("stack.*.attn", biased=config["attention_bias"]),
        **gated(config, bias="mlp_bias"),
        **tied(config),
    }


LLAMA = Family(
    "llama",
    "Llama",
    ("LlamaForCausalLM",),
    ("llama-2-7b", "llama-3.1-8b", "llama-3.1-70b", "llama-3.1-405b", "llama-3.2-1b",
     "llama-3.2-3b", "smollm2-135m"),
    KEYS,
    build,
    {"pretraining_tp": "how the first training was spread over machines"},
)  # fmt: skip
