"""A15: where a word stands, as numbers, in five ways."""

from __future__ import annotations

import numpy as np
import pytest

import boxwork as bw

from .support import close, model


def places(name: str, text: str, **sizes: int) -> np.ndarray:
    return np.asarray(model(name, **sizes).trace(text, paths=["pos"])["pos"])


def test_learned_is_a_row_for_each_position_added_to_the_word() -> None:
    made = model("positions")
    assert made.parameters["pos.embed.table"].shape == (12, 10)
    trace = made.trace("humpty")
    close(trace["pos"], made.parameters["pos.embed.table"][:6], 0)
    close(trace["sum"], trace["tok"] + trace["pos"], 0)


def test_as_they_are() -> None:
    found = places("positions-plain", "hum")
    assert found.shape == (3, 10)
    close(found, [[1] * 10, [2] * 10, [3] * 10], 0)


def test_as_shares_of_three() -> None:
    found = places("positions-share", "hum")
    assert [f"{row[0]:.2f}".lstrip("0") for row in found] == [".33", ".67", "1.00"]
    close(found, np.repeat([[1 / 3], [2 / 3], [1]], 10, axis=1))


def test_shares_change_with_the_length() -> None:
    close(places("positions-share", "hump")[0], [0.25] * 10)


@pytest.mark.parametrize("read", ["tokens", "tok"])
def test_texts_of_unlike_length_have_their_own_shares(read: str) -> None:
    made = model("positions-share", f"set.pos.in={read}")
    batch = made(["hum", "humpt"])
    close(batch[0], made("hum"))
    close(batch[1], made("humpt"))


@pytest.mark.parametrize("context", [12, 40])
def test_sines_as_the_article_writes_them(context: int) -> None:
    """s_i(p) = sin(p / 10000^(i / d)), d the context length: not the width of the vector."""
    found = places("positions-sine", "humpty", context=context)
    close(found[0, 4], np.sin(1 / 10000 ** (5 / context)))
    p, i = np.mgrid[1:7, 1:11]
    close(found, np.sin(p / 10000 ** (i / context)))


def test_sines_and_cosines_of_the_paper() -> None:
    found = places("positions-sine-cosine", "humpty")
    p, i = np.mgrid[0:6, 0:10]
    angle = p / 10000 ** ((i - i % 2) / 10)
    close(found, np.where(i % 2 == 0, np.sin(angle), np.cos(angle)))


def test_the_paper_does_not_ask_for_the_context_length() -> None:
    text = "humpty"
    for name, depends in (("positions-sine", True), ("positions-sine-cosine", False)):
        short, long = places(name, text, context=12), places(name, text, context=24)
        assert (np.abs(short - long).max() > 0.1) == depends, name


@pytest.mark.parametrize("name", ["positions-sine", "positions-sine-cosine"])
def test_no_two_positions_are_alike(name: str) -> None:
    found = places(name, "humpty dumpt")
    apart = np.abs(found[:, None] - found[None]).max(axis=-1) + 10 * np.eye(12)
    assert apart.min() > 1e-2
    assert np.abs(found).max() <= 1


def test_without_positions_the_order_of_earlier_words_is_lost() -> None:
    """What A8 is blind to, the sum of word and position is not."""
    made = model("positions")
    first, second = made("humpty"), made("uhmpty")
    assert np.abs(np.sort(first, axis=0) - np.sort(second, axis=0)).max() > 0.1


def test_only_what_is_learned_has_parameters() -> None:
    for name in ("positions-plain", "positions-share", "positions-sine", "positions-sine-cosine"):
        assert list(bw.load(name).parameters) == ["tok.table"], name
