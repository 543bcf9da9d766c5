"""A5: letters as numbers, twelve at a time."""

from __future__ import annotations

import numpy as np
import pytest

import boxwork as bw

from .support import RHYME, close, model

FIRST = [8, 21, 13, 16, 20, 25, 0, 4, 21, 13, 16, 20]  # humpty dumpt


def test_a_is_1() -> None:
    trace = model("letters").trace("humpty dumpt")
    assert trace["tokens"].tolist() == FIRST
    close(trace["numbers"], FIRST, 0)
    assert model("letters").trace("abcdefghijkl")["numbers"].tolist() == list(range(1, 13))


def test_twelve_neurons_in_and_one_per_letter_out() -> None:
    graph = bw.load("letters")
    assert [str(dim) for dim in graph.inputs["tokens"].dims] == ["12"]
    assert [str(dim) for dim in graph.outputs["logits"].dims] == ["28"]


def test_a_thirteenth_letter_does_not_fit() -> None:
    with pytest.raises(bw.DataError, match="12"):
        model("letters")("humpty dumpty")


def test_the_highest_of_the_outputs_is_the_letter() -> None:
    """Input and output mean letters in different ways: 8 is h, the eighth output is h."""
    made = model("letters")
    logits = np.zeros(28)
    logits[8] = 1
    assert made.read(logits)[0][0].best.name == "h"


def test_trained_it_says_the_rhyme() -> None:
    made = model("letters")
    history = made.train(text=RHYME, steps=300)
    assert history.last < 0.3
    assert made.read(made("humpty dumpt"))[0][0].best.name == "y"
    assert made.read(made("umpty dumpty"))[0][0].best.name == " "
    assert made.read(made("mpty dumpty "))[0][0].best.name == "s"
    assert "".join(made.generate_text("humpty dumpt", max_new=15)) == "y sat on a wall"
