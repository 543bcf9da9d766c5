"""T5: ``T5Config`` of transformers 5.23."""

from __future__ import annotations

from boxwork.blocks.relative import MOST
from boxwork.importing.config import Config
from boxwork.importing.decoder import ACTIVATIONS, MOST_LAYERS, norm
from boxwork.importing.family import Family, Pieces, Value, own_dims
from boxwork.importing.keys import Key, flag, number, rate, size, word

KEYS: dict[str, Key] = {
    "vocab_size": size(32128, "dims.vocab"),
    "d_model": size(512, "dims.d_model").called("hidden_size"),
    "d_kv": size(64, "dims.head_dim").called("head_dim"),
    "d_ff": size(2048, "dims.d_ff"),
    "num_layers": size(6, "dims.layers", most=MOST_LAYERS).called("num_hidden_layers"),
    "num_decoder_layers": size(None, "repeat of decoder", null=True, most=MOST_LAYERS),
    "num_heads": size(8, "dims.heads").called("num_attention_heads"),
    "relative_attention_num_buckets": size(32, "dims.buckets"),
    "relative_attention_max_distance": size(128, "dims.far", most=MOST),
    "dropout_rate": rate(0.1, "settings.dropout; boxwork drops nothing inside attention"),
    "layer_norm_epsilon": number(1e-6, "eps of the norms"),
    "feed_forward_proj": word("relu", "the feed-forward network"),
    "dense_act_fn": word(None, "activation of the feed-forward network"),
    "is_gated_act": flag(None, "the feed-forward network"),
    "tie_word_embeddings": flag(True, "whether numbers are scaled down before the head"),
    "scale_decoder_outputs": flag(None, "whether numbers are scaled down before the head"),
    "is_encoder_decoder": flag(True, "").allowing(
        True, lacking="boxwork's T5 is an encoder and a decoder"
    ),
}
IRRELEVANT = {
    "initializer_factor": "how parameters begin, before training",
    "classifier_dropout": "of a head that classifies",
    "n_positions": "how long its first texts were; there is no table of positions",
    "output_past": "of an older version of the library",
}


def forward(config: Config) -> Value:
    """The feed-forward network: two layers, or with a gate (``gated-gelu``)."""
    kind = config["feed_forward_proj"]
    gate, _, name = kind.rpartition("-")
    name = "gelu_new" if kind == "gated-gelu" else name
    if gate not in ("", "gated") or name not in ACTIVATIONS:
        config.refuse(
            f"`feed_forward_proj` is {kind!r}, a feed-forward network that boxwork does not have",
            "feed_forward_proj",
            help=f"an activation ({', '.join(ACTIVATIONS)}), or gated- and an activation",
        )
        return {}
    for key, made in (("dense_act_fn", name), ("is_gated_act", bool(gate))):
        if config[key] not in (None, made):
            config.contradiction(f"{config.told(key)} is not what {kind} makes it", key)
    activation = ACTIVATIONS[name]
    if gate:
        return {
            "use": "GatedFeedForward",
            "with": {"hidden": "d_ff", "activation": activation, "drop": "Drop"},
        }
    return {
        "use": "FeedForward",
        "with": {"hidden": "d_ff", "activation": activation, "bias": False, "drop": "Drop"},
    }


def distances(config: Config) -> None:
    """Report buckets that cannot tell distances apart."""
    count, far = "relative_attention_num_buckets", "relative_attention_max_distance"
    buckets = config[count]
    if buckets % 2 or buckets < 4:
        message = f"{config.told(count)}: distances both ways need an even number, 4 or more"
        config.contradiction(message, count)
    elif config.sound(count, far) and buckets // 2 >= config[far]:
        config.contradiction(
            f"{config.told(far)} must lie beyond the {buckets // 2} distances that have a bucket "
            f"of their own ({config.told(count)})",
            far,
            count,
        )


def build(config: Config) -> Pieces:
    """The pieces of a T5; without ``tie_word_embeddings`` it does not scale before the head.

    Transformers 5 ties all the same, and writes ``scale_decoder_outputs``, which counts if given.
    """
    pieces = own_dims(config, KEYS)
    distances(config)
    layers = config["num_decoder_layers"]
    if layers not in (None, config["num_layers"]):
        pieces |= {("dims", "decoder_layers"): layers}
        pieces |= {("set", "decoder", "repeat"): "decoder_layers"}
    scaled = config["scale_decoder_outputs"]
    if not (config["tie_word_embeddings"] if scaled is None else scaled):
        pieces["set", "small", "with", "by"] = 1
    return pieces | {
        ("settings", "dropout"): config["dropout_rate"],
        ("blocks", "Norm"): norm(config, key="layer_norm_epsilon"),
        ("blocks", "Forward"): forward(config),
    }


T5 = Family(
    "t5",
    "T5",
    ("T5ForConditionalGeneration", "T5WithLMHeadModel"),
    ("t5-small",),
    KEYS,
    build,
    IRRELEVANT,
)
