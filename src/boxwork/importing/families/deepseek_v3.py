"""DeepSeek-V3 and Kimi K2: ``DeepseekV3Config`` of transformers 5.23.

Some keys are those of the code that came with the weights, which transformers has built in.
"""

from __future__ import annotations

from dataclasses import replace

from boxwork.importing.config import Config
from boxwork.importing.decoder import MOST_LAYERS, NO_DROPOUT, norm, tied
from boxwork.importing.experts import IRRELEVANT, MORE, grouped
from boxwork.importing.family import Family, Pieces, Value, own_dims
from boxwork.importing.keys import Key, flag, number, rate, size, word
from boxwork.importing.rotary import Rope, inside, preset, rope_keys, written

ONE_WAY = "the specs of this family know one way of choosing experts"
SWITCH = word("silu", "").allowing("silu", "swish", lacking="its gates are opened by SiLU")
KEYS: dict[str, Key] = {
    "vocab_size": size(129280, "dims.vocab"),
    "hidden_size": size(7168, "dims.d_model"),
    "intermediate_size": size(18432, "dims.d_ff"),
    "moe_intermediate_size": size(2048, "dims.d_expert"),
    "num_hidden_layers": size(61, "dims.layers", most=MOST_LAYERS),
    "num_attention_heads": size(128, "dims.heads"),
    "num_key_value_heads": size(128, "as many as heads", null=True),
    "n_shared_experts": size(1, "dims.shared"),
    "n_routed_experts": size(256, "dims.experts").called("num_local_experts"),
    "num_experts_per_tok": size(8, "dims.active"),
    "n_group": size(8, "dims.groups"),
    "topk_group": size(4, "dims.active_groups"),
    "routed_scaling_factor": number(2.5, "settings.routed_sum"),
    "norm_topk_prob": flag(True, "whether the weights of the experts have a sum"),
    "first_k_dense_replace": size(3, "dims.dense", least=0),
    "q_lora_rank": size(1536, "dims.q_rank"),
    "kv_lora_rank": size(512, "dims.kv_rank"),
    "qk_nope_head_dim": size(128, "dims.nope"),
    "qk_rope_head_dim": size(64, "dims.rope"),
    "v_head_dim": size(128, "dims.v_dim"),
    "head_dim": size(None, "qk_rope_head_dim again", null=True),
    "qk_head_dim": size(None, "qk_nope_head_dim and qk_rope_head_dim again", null=True),
    "max_position_embeddings": size(4096, "dims.context"),
    "rms_norm_eps": number(1e-6, "eps of the norms"),
    "tie_word_embeddings": flag(False, "tie of logits"),
    **rope_keys(rope_interleave=flag(True, "pairs of the rotary positions", null=True)),
    "hidden_act": SWITCH,
    "attention_bias": flag(False, "").allowing(
        False, lacking="the linear layers of its attention have no biases"
    ),
    "attention_dropout": rate(0.0, "", null=True).allowing(0, None, lacking=NO_DROPOUT),
    "scoring_func": word("sigmoid", "").allowing("sigmoid", lacking=ONE_WAY),
    "topk_method": word("noaux_tc", "").allowing("noaux_tc", lacking=ONE_WAY),
    "moe_layer_freq": size(1, "").allowing(1, lacking="all but the first layers have experts"),
}
NOT_READ = {
    **IRRELEVANT,
    "num_nextn_predict_layers": MORE,
    "num_mtp_layers": MORE,
    "pretraining_tp": "how the first training was spread over machines",
    "ep_size": "how experts are spread over machines",
}


def build(config: Config) -> Pieces:
    """The pieces of a DeepSeek-V3."""
    layers = config["num_hidden_layers"]
    if (shared := config["num_key_value_heads"]) not in (None, config["num_attention_heads"]) and (
        config.sound("num_key_value_heads", "num_attention_heads")
    ):
        config.contradiction(
            f"every head has keys of its own, but {config.told('num_attention_heads')} is not "
            f"{config.told('num_key_value_heads')}",
            "num_key_value_heads",
            "num_attention_heads",
            help=f"as many: {shared}" if "num_attention_heads" not in config else "",
        )
    if config["qk_rope_head_dim"] % 2:
        told = config.told("qk_rope_head_dim")
        message = f"rotary positions turn pairs of numbers: {told}, which is odd"
        config.contradiction(message, "qk_rope_head_dim")
    sums(config)
    dense = min(config["first_k_dense_replace"], layers)
    return {
        **own_dims(config, KEYS),
        ("dims", "dense"): f'"min({dense}, layers)"',
        ("blocks", "Norm"): norm(config),
        **positions(config),
        **grouped(config, KEYS),
        **tied(config),
    }


def sums(config: Config) -> None:
    """Report sums that transformers writes beside their parts, if they are others."""
    parts = ("qk_nope_head_dim", "qk_rope_head_dim")
    if not config.sound(*parts):
        return
    nope, rope = (config[name] for name in parts)
    for name, whole, what in (
        ("head_dim", rope, config.told(parts[1])),
        ("qk_head_dim", nope + rope, f"{config.told(parts[0])} and {config.told(parts[1])}"),
    ):
        if config[name] not in (None, whole):
            message = f"{config.told(name)} is not the {whole} that {what} make it"
            config.contradiction(message, name, help="leave it out")


def positions(config: Config) -> Pieces:
    """The rotary positions, and the scale of the scores, which grows with the context."""
    inner = inside(config, *written(config))
    made = preset(config, inner, Rope(10000), "rope_theta")
    assert isinstance(made, dict)
    given = made["with"]
    assert isinstance(given, dict)
    given = {"theta": given.pop("theta"), **given}
    if config["rope_interleave"]:
        given = {"theta": given.pop("theta"), "pairs": "adjacent", **given}
    pieces: Pieces = {}
    whole, factor = inner["mscale_all_dim"], given.get("factor")
    scale = "1 / sqrt(nope + rope)"
    if isinstance(factor, float) and given.get("scaling") == "yarn":
        pieces["settings", "stretch"] = factor
        pieces["dims", "original"] = given["original"]
        given |= {"factor": "stretch", "original": "original"}
        if whole and factor > 1:
            by = "0.1" if whole == 1 else f"0.1 * {whole:.12g}"
            scale = f"({by} * log(stretch) + 1) ** 2 / sqrt(nope + rope)"
    made["with"] = given
    rotary: Value = made
    return pieces | {("blocks", "Rotary"): rotary, ("settings", "scale"): scale}


DEEPSEEK = Family(
    "deepseek_v3",
    "DeepSeek-V3",
    ("DeepseekV3ForCausalLM",),
    ("deepseek-v3", "kimi-k2"),
    KEYS,
    build,
    NOT_READ,
)
KIMI = replace(
    DEEPSEEK,
    name="kimi_k2",
    title="Kimi K2",
    classes=("DeepseekV3ForCausalLM", "KimiK2ForCausalLM"),
    bases=("kimi-k2", "deepseek-v3"),
)
