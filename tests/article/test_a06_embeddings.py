"""A6: one trained number per letter, then ten; the table goes into another model."""

from __future__ import annotations

import numpy as np
import pytest

import boxwork as bw

from .support import RHYME, close, model, numbers, with_parameters


def test_one_number_per_letter_can_be_that_of_the_plain_network() -> None:
    """With a = 1, b = 2, … for its table it is the network of A5, before any training."""
    plain = model("letters")
    table = np.arange(28)[:, None] / 28
    trained = with_parameters("letters-embedded-1", {"embed.table": table, **plain.parameters})
    close(trained("humpty dumpt"), plain("humpty dumpt"))


def test_ten_numbers_for_each_of_twelve_letters() -> None:
    made = model("letters-embedded")
    assert made.parameters["embed.table"].shape == (28, 10)
    trace = made.trace("humpty dumpt")
    assert trace["inputs"].shape == (120,)
    close(trace["inputs"][:10], made.parameters["embed.table"][8], 0)
    close(trace["inputs"][10:20], made.parameters["embed.table"][21], 0)


def test_the_same_letter_has_the_same_vector_wherever_it_stands() -> None:
    rows = model("letters-embedded").trace("humpty dumpt")["embed"]
    close(rows[1], rows[8], 0)
    assert np.abs(rows[0] - rows[1]).max() > 0.1


def test_which_row_is_whose_is_arbitrary_but_fixed() -> None:
    """Rows moved, and the ids with them: the network says the same."""
    made = model("letters-embedded")
    order = np.random.default_rng(1).permutation(28)
    moved = with_parameters(
        "letters-embedded",
        {**made.parameters, "embed.table": made.parameters["embed.table"][order]},
    )
    tokens = made.trace("humpty dumpt")["tokens"]
    places = np.argsort(order)
    close(moved(places[tokens]), made(tokens), 0)


def test_a_table_is_used_again_in_another_model() -> None:
    table = numbers(28, 10)
    other = with_parameters("letter-kinds", {"embed.table": table})
    close(other.trace("h")["embed"], table[[8]], 0)
    shapes = [
        bw.load(name).parameters["embed.table"] for name in ("letter-kinds", "letters-embedded")
    ]
    assert shapes[0].dims == shapes[1].dims


@pytest.mark.parametrize(
    ("name", "steps"), [("letters-embedded-1", 300), ("letters-embedded", 100)]
)
def test_trained_it_says_the_rhyme(name: str, steps: int) -> None:
    made = model(name)
    before = made.parameters["embed.table"].copy()
    history = made.train(text=RHYME, steps=steps)
    assert history.last < 0.3
    assert "".join(made.generate_text("humpty dumpt", max_new=15)) == "y sat on a wall"
    moved = np.abs(made.parameters["embed.table"] - before).max(axis=1)
    assert moved[8] > 1e-3, "training moved what stands for h"


def test_a_trained_table_serves_another_model() -> None:
    """The letters of the rhyme, as one model learned them; the other learns only its own layer."""
    made = model("letters-embedded")
    made.train(text=RHYME, steps=100)
    other = with_parameters("letter-kinds", {"embed.table": made.parameters["embed.table"]})
    close(other.trace("h")["embed"], made.trace("humpty dumpt")["embed"][:1], 0)
    rows = [(letter, "vowel" if letter in "aeiou" else "consonant") for letter in "humptydsanowl"]
    tokens = [{"tokens": [other.trace(letter)["tokens"][0]], "wanted": int(kind == "consonant")}
              for letter, kind in rows]  # fmt: skip
    batch = {key: np.array([one[key] for one in tokens]) for key in ("tokens", "wanted")}
    other.train(batches=[batch], steps=150, rate=0.03)
    said = [other.read(other(letter))[0][0].best.name for letter, _ in rows]
    assert said == [kind for _, kind in rows]
