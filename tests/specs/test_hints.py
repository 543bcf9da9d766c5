"""Did you mean: slips of the finger, of case, and other people's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwork.specs.hints import closest, did_you_mean, shorten

SETTINGS = ["heads", "d_model", "head_dim", "kv_heads", "causal", "scale", "bias", "width", "count"]
BLOCKS = [
    *("Linear", "LayerNorm", "RMSNorm", "MultiHeadAttention", "DotProductAttention"),
    *("FeedForward", "GatedFeedForward", "Add", "Concat", "SiLU", "Logistic", "RotaryEncoding"),
    *("Embedding", "Softmax", "GELU", "ReLU", "GPTBlock"),
]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("haeds", "heads"),  # slips of the finger
        ("widht", "width"),
        ("casual", "causal"),
        ("baias", "bias"),
        ("Heads", "heads"),  # of case
        ("dModel", "d_model"),
        ("D-Model", "d_model"),
        ("headdim", "head_dim"),
        ("n_heads", "heads"),  # other people's words
        ("num_key_value_heads", "kv_heads"),
        ("hidden_size", "d_model"),
        ("head", "heads"),
        ("bais", "bias"),
        ("zzz", None),
        ("heds", "heads"),
        ("", None),
        ("h" * 10_000, None),
    ],
)
def test_settings(word: str, meant: str | None) -> None:
    assert closest(word, SETTINGS) == meant


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("linear", "Linear"),
        ("Dense", "Linear"),
        ("Lin", "Linear"),
        ("LayerNormalization", "LayerNorm"),
        ("LayerNrom", "LayerNorm"),
        ("layer_norm", "LayerNorm"),
        ("RMSnorm", "RMSNorm"),
        ("MHA", "MultiHeadAttention"),
        ("Attention", "MultiHeadAttention"),
        ("MultiheadAttention", "MultiHeadAttention"),
        ("SwiGLU", "GatedFeedForward"),
        ("MLP", "FeedForward"),
        ("Sigmoid", "Logistic"),
        ("Swish", "SiLU"),
        ("RoPE", "RotaryEncoding"),
        ("relu", "ReLU"),
        ("Gelu", "GELU"),
        ("Banana", None),
    ],
)
def test_blocks(word: str, meant: str | None) -> None:
    assert closest(word, BLOCKS) == meant


def test_the_help_line() -> None:
    assert did_you_mean("haeds", SETTINGS) == "did you mean `heads`?"
    assert did_you_mean("zzz", ["use", "in"]) == "known: `use`, `in`"
    assert did_you_mean("zzz", BLOCKS) == ""
    assert did_you_mean("zzz", []) == ""


@pytest.mark.parametrize(("word", "meant"), [("usa", "use"), ("us_", "use"), ("ase", "use")])
def test_one_letter_of_three(word: str, meant: str) -> None:
    assert closest(word, ["use", "in", "with", "tie"]) == meant
    assert closest("zsz", ["use", "in"]) is None


@given(st.text(), st.lists(st.text()))
def test_only_known_words_are_proposed(word: str, known: list[str]) -> None:
    assert closest(word, known) in {None, *known} - {word}
    did_you_mean(word, iter(known))


@given(st.sampled_from(BLOCKS), st.data())
def test_one_letter_left_out_is_found(word: str, data: st.DataObject) -> None:
    if len(word) < 6:
        return
    place = data.draw(st.integers(0, len(word) - 1))
    assert closest(word[:place] + word[place + 1 :], BLOCKS) == word


def test_a_long_text_is_cut() -> None:
    assert shorten("a\n b") == "a b"
    assert shorten("x" * 100, 10) == "xxxxxxxxx…"
    assert len(shorten("x" * 10_000_000)) == 60
