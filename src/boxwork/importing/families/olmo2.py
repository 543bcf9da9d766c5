"""OLMo 2: ``Olmo2Config`` of transformers 5.23."""

from __future__ import annotations

from boxwork.importing.config import Config
from boxwork.importing.decoder import decoder_keys, gated, inside, norm, sizes, tied
from boxwork.importing.family import Family, Pieces
from boxwork.importing.keys import flag
from boxwork.importing.rotary import Rope, rope_keys, rotary

KEYS = {
    **decoder_keys("4096/32/32/-/11008/50304", context=2048, eps=1e-5, tied=False),
    **rope_keys(),
    "attention_bias": flag(False, "biases of attention"),
}


def build(config: Config) -> Pieces:
    """The pieces of an OLMo 2."""
    return {
        **sizes(config),
        ("blocks", "Norm"): norm(config),
        ("blocks", "Rotary"): rotary(config, Rope(10000)),
        **inside("stack.*.attn", biased=config["attention_bias"]),
        **gated(config),
        **tied(config),
    }


OLMO2 = Family("olmo2", "OLMo 2", ("Olmo2ForCausalLM",), ("olmo-2-7b",), KEYS, build)
