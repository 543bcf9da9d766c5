"""Qwen3 with experts: ``Qwen3MoeConfig`` of transformers 5.23."""

from __future__ import annotations

from boxwork.importing.config import Config
from boxwork.importing.decoder import (
    activation,
    decoder_keys,
    inside,
    norm,
    sizes,
    tied,
    varied,
    windows,
)
from boxwork.importing.experts import IRRELEVANT, chosen
from boxwork.importing.family import Family, Pieces
from boxwork.importing.keys import flag, nothing, size
from boxwork.importing.layers import on
from boxwork.importing.rotary import Rope, rope_keys, rotary

EVERYWHERE = "every layer of boxwork's Qwen3 with experts has experts"
KEYS = {
    **decoder_keys("2048/24/32/4/6144/151936", context=32768, eps=1e-6, tied=False),
    **rope_keys(),
    "attention_bias": flag(False, "biases of attention"),
    "use_sliding_window": flag(False, "whether layers see a window"),
    "sliding_window": size(4096, "dims.window", null=True),
    "num_experts": size(128, "dims.experts").called("num_local_experts"),
    "num_experts_per_tok": size(8, "dims.active"),
    "moe_intermediate_size": size(768, "dims.d_expert"),
    "norm_topk_prob": flag(False, "whether the weights of the experts have a sum"),
    "decoder_sparse_step": size(1, "").allowing(1, lacking=EVERYWHERE),
    "mlp_only_layers": nothing().allowing((), None, lacking=EVERYWHERE),
}
del KEYS["intermediate_size"]


def build(config: Config) -> Pieces:
    """The pieces of a Qwen3 with experts; if there is a window, all layers see it."""
    chosen(config, "num_experts", "num_experts_per_tok")
    near = on(config)
    dims, sees = windows(config, [near])
    expert = {"hidden": "d_expert", "activation": activation(config)}
    return {
        **sizes(config, ff=""),
        **dims,
        ("dims", "d_expert"): config["moe_intermediate_size"],
        ("dims", "experts"): config["num_experts"],
        ("dims", "active"): config["num_experts_per_tok"],
        ("blocks", "Norm"): norm(config),
        ("blocks", "Rotary"): rotary(config, Rope(10000)),
        ("blocks", "Expert"): {"use": "GatedFeedForward", "with": expert},
        **inside("stack.*.attn", biased=config["attention_bias"]),
        **inside("stack.*.ff", sum_to=1 if config["norm_topk_prob"] else None),
        **varied(sees=sees),
        **tied(config),
    }


QWEN3_MOE = Family(
    "qwen3_moe",
    "Qwen3 with experts",
    ("Qwen3MoeForCausalLM",),
    ("qwen3-30b-a3b", "qwen3-235b-a22b"),
    KEYS,
    build,
    {
        **IRRELEVANT,
        "intermediate_size": "of layers without experts, and there are none",
        "max_window_layers": "it is not read: all layers see the window, if there is one",
    },
)
