"""GPT-2: ``GPT2Config`` of transformers 5.23."""

from __future__ import annotations

from boxwork.importing.config import Config
from boxwork.importing.decoder import MOST_LAYERS, activation, divided, inside, tied
from boxwork.importing.family import Family, Pieces, Value, unread
from boxwork.importing.keys import flag, number, rate, size, word

KEYS = {
    "vocab_size": size(50257, "dims.vocab"),
    "n_positions": size(1024, "dims.context").called("max_position_embeddings"),
    "n_ctx": size(None, "n_positions again", null=True),
    "n_embd": size(768, "dims.d_model").called("hidden_size"),
    "n_layer": size(12, "dims.layers", most=MOST_LAYERS).called("num_hidden_layers"),
    "n_head": size(12, "dims.heads").called("num_attention_heads"),
    "n_inner": size(None, "dims.d_ff", null=True),
    "activation_function": word("gelu_new", "activation of the feed-forward network"),
    "resid_pdrop": rate(0.1, "settings.dropout"),
    "embd_pdrop": rate(0.1, "dropout after the embeddings"),
    "layer_norm_epsilon": number(1e-5, "eps of the norms"),
    "scale_attn_weights": flag(True, "scale of attention"),
    "scale_attn_by_inverse_layer_idx": flag(False, "").allowing(
        False, lacking="attention that is scaled by the number of its layer"
    ),
    "add_cross_attention": flag(False, "").allowing(
        False, lacking="boxwork's GPT-2 has no attention to an encoder"
    ),
    "tie_word_embeddings": flag(True, "tie of logits"),
}
IRRELEVANT = {
    "attn_pdrop": "how much training drops inside attention; boxwork drops nothing there",
    "reorder_and_upcast_attn": "the order and the precision of products, not what they are",
    **dict.fromkeys(
        ("summary_type", "summary_use_proj", "summary_activation", "summary_proj_to_labels",
         "summary_first_dropout"),
        "about another head, which makes one vector of a text",
    ),
}  # fmt: skip


def build(config: Config) -> Pieces:
    """The pieces of a GPT-2."""
    if config.sound("n_embd", "n_head"):
        divided(config, "n_embd", "n_head")
    unread(config, "n_ctx", "n_positions")
    dims = {
        "vocab": config["vocab_size"],
        "d_model": config["n_embd"],
        "heads": config["n_head"],
        "d_ff": config["n_inner"] or 4 * config["n_embd"],
        "layers": config["n_layer"],
        "context": config["n_positions"],
    }
    pieces: Pieces = {("dims", name): value for name, value in dims.items()}
    residual, embedded = config["resid_pdrop"], config["embd_pdrop"]
    pieces["settings", "dropout"] = residual
    if embedded != residual:
        pieces["blocks", "DropEmbedded"] = {"use": "Dropout", "with": {"rate": embedded}}
        pieces["set", "drop", "use"] = "DropEmbedded"
    if config["layer_norm_epsilon"] != KEYS["layer_norm_epsilon"].default:
        eps = config["layer_norm_epsilon"]
        pieces["blocks", "Norm"] = {"use": "LayerNorm", "with": {"eps": eps}}
        pieces |= inside("stack", norm="Norm") | {("set", "norm", "use"): "Norm"}
    act: Value = activation(config, "activation_function")
    pieces |= inside("stack", activation=act)
    if not config["scale_attn_weights"]:
        pieces |= inside("stack.*.attn", scale=1)
    return pieces | tied(config)


GPT2 = Family(
    "gpt2",
    "GPT-2",
    ("GPT2LMHeadModel",),
    ("gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"),
    KEYS,
    build,
    IRRELEVANT,
)
