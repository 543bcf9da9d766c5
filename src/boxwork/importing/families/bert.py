"""BERT: ``BertConfig`` of transformers 5.23, without a head that guesses words."""

from __future__ import annotations

from boxwork.importing.config import Config
from boxwork.importing.decoder import MOST_LAYERS, activation, divided, inside, norm
from boxwork.importing.family import Family, Pieces, own_dims
from boxwork.importing.keys import Key, flag, number, rate, size, word

KEYS: dict[str, Key] = {
    "vocab_size": size(30522, "dims.vocab"),
    "hidden_size": size(768, "dims.d_model"),
    "num_hidden_layers": size(12, "dims.layers", most=MOST_LAYERS),
    "num_attention_heads": size(12, "dims.heads"),
    "intermediate_size": size(3072, "dims.d_ff"),
    "hidden_act": word("gelu", "activation of the feed-forward network"),
    "hidden_dropout_prob": rate(0.1, "settings.dropout"),
    "max_position_embeddings": size(512, "dims.context"),
    "type_vocab_size": size(2, "dims.segments"),
    "layer_norm_eps": number(1e-12, "eps of the norms"),
    "position_embedding_type": word("absolute", "").allowing(
        "absolute", lacking="boxwork's BERT has a row for every position"
    ),
    "add_cross_attention": flag(False, "").allowing(
        False, lacking="boxwork's BERT has no attention to an encoder"
    ),
}
IRRELEVANT = {
    "attention_probs_dropout_prob": (
        "how much training drops inside attention; boxwork drops nothing there"
    ),
    "classifier_dropout": "of a head that classifies",
    "tie_word_embeddings": "of the head that guesses words, which is left out",
    **dict.fromkeys(
        ("directionality", "pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers",
         "pooler_size_per_head", "pooler_type"),
        "of the first code of BERT, which nobody reads",
    ),
}  # fmt: skip


def build(config: Config) -> Pieces:
    """The pieces of a BERT."""
    if config.sound("hidden_size", "num_attention_heads"):
        divided(config, "hidden_size", "num_attention_heads")
    return {
        **own_dims(config, KEYS),
        ("settings", "dropout"): config["hidden_dropout_prob"],
        ("blocks", "Norm"): norm(config, "LayerNorm", "layer_norm_eps"),
        **inside("stack", activation=activation(config)),
    }


BERT = Family(
    "bert",
    "BERT",
    ("BertModel",),
    ("bert-base",),
    KEYS,
    build,
    IRRELEVANT,
    without=("BertForMaskedLM", "BertForPreTraining"),
)
