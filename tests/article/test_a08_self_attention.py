"""A8: self-attention of the last word, without scale and mask; and as it is used."""

from __future__ import annotations

import numpy as np
import pytest

import boxwork as bw

from .support import close, model, numbers, with_parameters

KEYS = ("attn.k.weight", "attn.v.weight", "attn.q.weight")


def shares(made: bw.Model, x: object) -> np.ndarray:
    """u_1, u_2, …: how much each word counts for the last one."""
    return np.asarray(made.trace(x, paths=["attn.mix.weights"])["attn.mix.weights"])[0, -1]


def test_by_hand() -> None:
    made, x = model("self-attention"), numbers(3, 4)
    k, v, q = (made.parameters[key] for key in KEYS)
    u = np.array([(word @ k) @ (x[-1] @ q) for word in x])
    u = np.exp(u) / np.exp(u).sum()
    close(shares(made, x), u)
    close(u.sum(), 1)
    output = made(x)
    assert output.shape == (4,)
    close(output, sum(share * (word @ v) for share, word in zip(u, x, strict=True)))


def test_half_a_quarter_and_a_quarter() -> None:
    """Keys and queries that give the shares of the example: 0.5 x1 + 0.25 x2 + 0.25 x3."""
    x = np.array([[1.0, 0, 0, 5], [0, 1, 0, 6], [0, 0, 1, 7]])
    k = np.zeros((4, 4))
    k[0, 0] = np.log(2)  # the first word is worth twice as much
    q = np.zeros((4, 4))
    q[2, 0] = 1  # the last word asks for just that
    made = with_parameters("self-attention", dict(zip(KEYS, (k, np.eye(4), q), strict=True)))
    close(shares(made, x), [0.5, 0.25, 0.25])
    close(made(x), 0.5 * x[0] + 0.25 * x[1] + 0.25 * x[2])


def test_it_has_three_parameters() -> None:
    assert list(bw.load("self-attention").parameters) == list(KEYS)


@pytest.mark.parametrize("width", [2, 4, 7])
def test_the_width_of_the_output_is_free(width: int) -> None:
    assert model("self-attention", width=width)(numbers(3, 4)).shape == (width,)


def test_swapping_earlier_words_changes_nothing() -> None:
    made, x = model("self-attention"), numbers(5, 4)
    close(made(x[[2, 0, 3, 1, 4]]), made(x))
    assert np.abs(made(x[[0, 1, 2, 4, 3]]) - made(x)).max() > 1e-3, "but the last one matters"


@pytest.mark.parametrize("words", [1, 2, 6])
def test_it_is_the_last_row_of_what_is_used_in_practice(words: int) -> None:
    made, x = model("self-attention"), numbers(words, 4)
    practice = with_parameters("self-attention-practice", dict(made.parameters), scale=1)
    rows = practice(x)
    assert rows.shape == (words, 4)
    close(rows[-1], made(x))


def test_the_mask_only_keeps_later_words_out() -> None:
    """Each row of the causal form is the article's form on the words so far."""
    made, x = model("self-attention"), numbers(6, 4)
    practice = with_parameters("self-attention-practice", dict(made.parameters), scale=1)
    close(practice(x), [made(x[: end + 1]) for end in range(6)])


def test_the_scale_is_part_of_the_query() -> None:
    """Dividing by the root of the width is the same as smaller weights in the query."""
    made, x = model("self-attention-practice"), numbers(6, 4)
    arrays = dict(made.parameters)
    smaller = arrays | {"attn.q.weight": arrays["attn.q.weight"] / 2}
    close(with_parameters("self-attention-practice", smaller, scale=1)(x), made(x))
