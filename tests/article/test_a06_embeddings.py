"""A6: one trained number per letter, then ten; the table goes into another model."""

from __future__ import annotations

import numpy as np

import boxwork as bw

from .support import close, model, numbers, with_parameters


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
