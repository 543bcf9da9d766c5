"""Whisper: ``WhisperConfig`` of transformers 5.23."""

from __future__ import annotations

from boxwork.importing.config import Config
from boxwork.importing.decoder import MOST_LAYERS, activation, divided, inside
from boxwork.importing.family import Family, Pieces, Value, own_dims
from boxwork.importing.keys import Key, flag, rate, size, word

NONE = "boxwork's Whisper has no dropout"
SIDES = ("encoder", "decoder")
KEYS: dict[str, Key] = {
    "vocab_size": size(51865, "dims.vocab"),
    "num_mel_bins": size(80, "dims.mels"),
    "d_model": size(384, "dims.d_model").called("hidden_size"),
    "encoder_layers": size(4, "dims.layers", most=MOST_LAYERS).called("num_hidden_layers"),
    "encoder_attention_heads": size(6, "dims.heads").called("num_attention_heads"),
    "encoder_ffn_dim": size(1536, "dims.d_ff"),
    "decoder_layers": size(4, "repeat of decoder", most=MOST_LAYERS),
    "decoder_attention_heads": size(6, "heads of decoder"),
    "decoder_ffn_dim": size(1536, "hidden of decoder"),
    "activation_function": word("gelu", "activation of the feed-forward networks"),
    "max_source_positions": size(1500, "twice as many frames are dims.longest"),
    "max_target_positions": size(448, "dims.context"),
    "scale_embedding": flag(False, "").allowing(
        False, lacking="boxwork's Whisper does not scale its token embedding"
    ),
    "tie_word_embeddings": flag(True, "tie of logits"),
    "is_encoder_decoder": flag(True, "").allowing(
        True, lacking="boxwork's Whisper is an encoder and a decoder"
    ),
    **{
        key: rate(0.0, "").allowing(0, lacking=NONE)
        for key in ("dropout", "attention_dropout", "activation_dropout", "encoder_layerdrop",
                    "decoder_layerdrop")
    },
}  # fmt: skip
IRRELEVANT = {
    "init_std": "how parameters begin, before training",
    "use_weighted_layer_sum": "of a head that classifies",
    "classifier_proj_size": "of a head that classifies",
    "median_filter_width": "how times are told of what was said",
    "alignment_heads": "how times are told of what was said",
    "forced_decoder_ids": "how a text is generated",
    "apply_spec_augment": "what training hides of its input",
    **{
        f"mask_{what}_{how}": "what training hides of its input"
        for what in ("time", "feature")
        for how in ("prob", "length", "min_masks")
    },
}


def build(config: Config) -> Pieces:
    """The pieces of a Whisper; the sizes are the encoder's, the decoder may have its own."""
    for side in SIDES:
        if config.sound("d_model", f"{side}_attention_heads"):
            divided(config, "d_model", f"{side}_attention_heads")
    # the second convolution takes every other frame: longest is twice max_source_positions
    act = activation(config, "activation_function")
    tie: Value = {"weight": "embed_target.table"} if config["tie_word_embeddings"] else {}
    return {
        **own_dims(config, KEYS),
        ("dims", "longest"): 2 * config["max_source_positions"],
        **decoder(config),
        ("blocks", "Forward"): {
            "use": "FeedForward",
            "with": {"hidden": "d_ff", "activation": act},
        },
        ("set", "logits", "tie"): tie,
    }


def decoder(config: Config) -> Pieces:
    """What the decoder has for itself."""
    pieces: Pieces = {}
    for key, dim, paths, setting in (
        ("attention_heads", "decoder_heads", ("self", "cross"), "heads"),
        ("ffn_dim", "decoder_ff", ("ff",), "hidden"),
    ):
        if config[f"decoder_{key}"] != config[f"encoder_{key}"]:
            pieces["dims", dim] = config[f"decoder_{key}"]
            for path in paths:
                pieces |= inside(f"decoder.*.{path}", **{setting: dim})
    if config["decoder_layers"] != config["encoder_layers"]:
        pieces["dims", "decoder_layers"] = config["decoder_layers"]
        pieces["set", "decoder", "repeat"] = "decoder_layers"
    return pieces


WHISPER = Family(
    "whisper",
    "Whisper",
    ("WhisperForConditionalGeneration",),
    ("whisper-tiny",),
    KEYS,
    build,
    IRRELEVANT,
)
