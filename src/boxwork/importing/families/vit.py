"""Vision transformers: ``ViTConfig`` of transformers 5.23."""

from __future__ import annotations

from boxwork.importing.config import Config
from boxwork.importing.decoder import MOST_LAYERS, activation, divided, inside, norm
from boxwork.importing.family import Family, Pieces
from boxwork.importing.keys import Key, flag, labels, number, rate, side, size, word

NONE = "boxwork's ViT has no dropout"
KEYS: dict[str, Key] = {
    "hidden_size": size(768, "dims.d_model"),
    "num_hidden_layers": size(12, "dims.layers", most=MOST_LAYERS),
    "num_attention_heads": size(12, "dims.heads"),
    "intermediate_size": size(3072, "dims.d_ff"),
    "hidden_act": word("gelu", "activation of the feed-forward network"),
    "layer_norm_eps": number(1e-12, "eps of the norms"),
    "image_size": side(224, "dims.image"),
    "patch_size": side(16, "dims.patch"),
    "num_channels": size(3, "dims.channels"),
    "qkv_bias": flag(True, "biases of q, k and v"),
    "num_labels": size(2, "dims.classes"),
    "id2label": labels("dims.classes"),
    "hidden_dropout_prob": rate(0.0, "").allowing(0, lacking=NONE),
    "attention_probs_dropout_prob": rate(0.0, "").allowing(0, lacking=NONE),
}
IRRELEVANT = {
    "encoder_stride": "of a head that paints what is hidden",
    "pooler_output_size": "of a head that is not the one of the spec",
    "pooler_act": "of a head that is not the one of the spec",
}


def build(config: Config) -> Pieces:
    """The pieces of a ViT."""
    for whole, part in (("hidden_size", "num_attention_heads"), ("image_size", "patch_size")):
        if config.sound(whole, part):
            divided(config, whole, part)
    named = config["id2label"]
    classes = config["num_labels"] if named is None else named
    if named == 0:
        config.contradiction("`id2label` names no class", "id2label", help="leave it out")
    elif named and "num_labels" in config and classes != config["num_labels"]:
        message = (
            f"`id2label` names {classes} classes, but {config.told('num_labels')} says how many"
        )
        config.contradiction(message, "id2label")
    dims = {
        "image": config["image_size"],
        "channels": config["num_channels"],
        "patch": config["patch_size"],
        "classes": classes,
        "d_model": config["hidden_size"],
        "heads": config["num_attention_heads"],
        "d_ff": config["intermediate_size"],
        "layers": config["num_hidden_layers"],
    }
    return {
        **{("dims", name): value for name, value in dims.items()},
        ("blocks", "Norm"): norm(config, "LayerNorm", "layer_norm_eps"),
        **inside("stack.*.attn", biased=config["qkv_bias"], biased_out=True),
        **inside("stack.*.ff", activation=activation(config)),
    }


VIT = Family(
    "vit",
    "ViT",
    ("ViTForImageClassification",),
    ("vit-base",),
    KEYS,
    build,
    IRRELEVANT,
)
