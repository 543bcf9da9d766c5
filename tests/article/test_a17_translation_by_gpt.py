"""A17: German, a separator, English so far; and what is not good about it."""

from __future__ import annotations

import numpy as np
import pytest

import boxwork as bw

from .support import PAIRS, close, model


def test_it_is_a_gpt_with_another_vocabulary() -> None:
    gpt, sep = bw.load("gpt"), bw.load("translator-sep")
    assert list(gpt.parameters) == list(sep.parameters)
    tokens = sep.interpretation.tokenizer("tokens")
    assert tokens is not None
    assert {"<SEP>", "wohnst", "live"} <= set(tokens.symbols)


def test_a_long_sentence_does_not_fit_with_its_translation() -> None:
    with pytest.raises(bw.DataError, match="24"):
        model("translator-sep")("Ich wohne in Berlin. " * 5)


def test_the_german_is_made_anew_and_its_first_words_never_see_the_last() -> None:
    gpt, both = model("translator-sep"), model("translator")
    short, longer = ("Wo wohnst", "Wo wohnst du?")
    close(gpt.trace(short)["stack.2"], gpt.trace(longer)["stack.2"][:2])
    seen = [both.trace(source=text, target="")["encoder"] for text in (short, longer)]
    assert np.abs(seen[0][0] - seen[1][0]).max() > 1e-3


def test_trained_it_translates() -> None:
    made = model("translator-sep")
    history = made.train(pairs=PAIRS, steps=150)
    assert history.last < 0.5
    said = "".join(made.generate_text("Wo wohnst du? <SEP>", max_new=10))
    assert said.strip() == "Where do you live?"
