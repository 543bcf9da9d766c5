"""GLM-4.5: ``Glm4MoeConfig`` of transformers 5.23."""

from __future__ import annotations

from boxwork.importing.config import Config
from boxwork.importing.decoder import decoder_keys, norm, sizes, tied
from boxwork.importing.experts import IRRELEVANT, MORE, grouped
from boxwork.importing.family import Family, Pieces
from boxwork.importing.keys import flag, number, size, word
from boxwork.importing.rotary import Rope, rope_keys, rotary, shared

KEYS = {
    **decoder_keys("4096/46/96/8/10944/151552", context=131072, eps=1e-5, tied=False),
    **rope_keys(partial_rotary_factor=number(0.5, "share of the rotary positions")),
    "hidden_act": word("silu", "").allowing("silu", "swish", lacking="its gates are SiLU's"),
    "attention_bias": flag(False, "settings.biased"),
    "use_qk_norm": flag(False, "settings.head_norm"),
    "moe_intermediate_size": size(1408, "dims.d_expert"),
    "n_routed_experts": size(128, "dims.experts").called("num_local_experts"),
    "num_experts_per_tok": size(8, "dims.active"),
    "n_shared_experts": size(1, "dims.shared_experts"),
    "n_group": size(1, "dims.groups"),
    "topk_group": size(1, "dims.active_groups"),
    "routed_scaling_factor": number(1.0, "settings.routed_sum"),
    "norm_topk_prob": flag(True, "whether the weights of the experts have a sum"),
    "first_k_dense_replace": size(1, "dims.dense", least=0),
}
OWN = ("moe_intermediate_size", "n_routed_experts", "num_experts_per_tok", "n_shared_experts",
       "n_group", "topk_group")  # fmt: skip


def build(config: Config) -> Pieces:
    """The pieces of a GLM-4.5."""
    turned = rotary(config, Rope(10000, share=True))
    dense = min(config["first_k_dense_replace"], config["num_hidden_layers"])
    return {
        **sizes(config, share=shared(turned)),
        **{("dims", KEYS[key].to.removeprefix("dims.")): config[key] for key in OWN},
        ("dims", "dense"): f'"min({dense}, layers)"',
        ("settings", "biased"): config["attention_bias"],
        ("settings", "head_norm"): "Norm" if config["use_qk_norm"] else None,
        ("blocks", "Norm"): norm(config),
        ("blocks", "Rotary"): turned,
        **grouped(config, KEYS),
        **tied(config),
    }


GLM4_MOE = Family(
    "glm4_moe",
    "GLM-4.5",
    ("Glm4MoeForCausalLM",),
    ("glm-4.5-air",),
    KEYS,
    build,
    {**IRRELEVANT, "num_nextn_predict_layers": MORE, "num_mtp_layers": MORE},
)
