"""Choosing the next token, by chance and by beams, held against what can be counted out."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from boxwork.engines.generation.beams import search
from boxwork.engines.generation.choose import Chooser, Choosing, log_chances
from tests.engines.support import wrong

SCORES = np.log([0.5, 0.2, 0.15, 0.1, 0.05])


def shares(how: Choosing, scores: Any = SCORES, count: int = 4000) -> np.ndarray:
    """How often each token is drawn."""
    choose = Chooser(how)
    return np.bincount([choose(scores) for _ in range(count)], minlength=len(scores)) / count


def test_without_a_word_the_likeliest_is_taken() -> None:
    assert Chooser(Choosing())(np.asarray([1.0, 3.0, 2.0])) == 1
    assert Chooser(Choosing(temperature=0, top_k=2))(np.asarray([1.0, 3.0, 3.0])) == 1


@pytest.mark.parametrize(
    ("how", "chances"),
    [
        (Choosing(temperature=1), [0.5, 0.2, 0.15, 0.1, 0.05]),
        (Choosing(top_k=2), [5 / 7, 2 / 7, 0, 0, 0]),
        (Choosing(top_k=99), [0.5, 0.2, 0.15, 0.1, 0.05]),
        (Choosing(top_p=0.6), [5 / 7, 2 / 7, 0, 0, 0]),
        (Choosing(top_p=1.0), [0.5, 0.2, 0.15, 0.1, 0.05]),
        (Choosing(top_p=1e-9), [1, 0, 0, 0, 0]),
        (Choosing(top_k=3, top_p=0.8), [5 / 7, 2 / 7, 0, 0, 0]),
        (Choosing(temperature=0.5), np.square([0.5, 0.2, 0.15, 0.1, 0.05]) / 0.325),
        (Choosing(temperature=np.float32(0.5)), np.square([0.5, 0.2, 0.15, 0.1, 0.05]) / 0.325),
        (Choosing(temperature=1e-300), [1, 0, 0, 0, 0]),
    ],
)
def test_tokens_are_drawn_by_their_chances(how: Choosing, chances: Any) -> None:
    np.testing.assert_allclose(shares(how), chances, atol=0.03)
    assert not shares(how)[np.asarray(chances) == 0].any()


def test_the_same_seed_draws_the_same_whatever_the_scores_add_up_to() -> None:
    a, b, c = (Chooser(Choosing(temperature=1, seed=s)) for s in (3, 3, 4))
    first = [a(SCORES) for _ in range(50)]
    assert first == [b(SCORES + 100) for _ in range(50)]
    assert first != [c(SCORES) for _ in range(50)]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"temperature": -1}, "temperature is a number from 0, not -1"),
        ({"temperature": float("nan")}, "temperature is a number from 0, not nan"),
        ({"temperature": float("inf")}, "temperature is a number from 0, not inf"),
        ({"temperature": "hot"}, "temperature is a number from 0, not hot"),
        ({"top_k": 0}, "top_k is a whole number from 1, not 0"),
        ({"top_k": 1.5}, "top_k is a whole number from 1, not 1.5"),
        ({"top_p": 0}, "top_p is a number above 0 and up to 1, not 0"),
        ({"top_p": 1.1}, "top_p is a number above 0 and up to 1, not 1.1"),
        ({"seed": -1}, "seed is a whole number from 0, not -1"),
    ],
)
def test_nonsense_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        Choosing(**given)


@pytest.mark.parametrize("odd", [[1.0, np.nan], [np.inf, 1.0], [-np.inf, -np.inf]])
def test_scores_that_are_no_numbers_are_told(odd: list[float]) -> None:
    ((code, message),) = wrong(log_chances, np.asarray(odd))
    assert (code, message) == ("BW442", "the scores of the next token are no finite numbers")


def test_a_token_that_cannot_be_is_never_drawn() -> None:
    assert set(np.flatnonzero(shares(Choosing(temperature=5), [0.0, -np.inf, 0.0]))) == {0, 2}


VOCAB, END = 4, 3


class Chain:
    """A session in which the next token hangs on all before it, by a table of chance."""

    def __init__(self, seed: int) -> None:
        self.seed, self.rows = seed, np.zeros((0, 0))

    def logs(self, row: Any) -> np.ndarray:
        random = np.random.default_rng([self.seed, *(int(i) for i in row)])
        return log_chances(2 * random.normal(size=VOCAB))

    def scores(self, rows: np.ndarray, parents: list[int] | None = None) -> np.ndarray:
        if parents is not None:  # each row is one of the last, and one token more
            np.testing.assert_array_equal(rows[:, :-1], self.rows[parents])
        self.rows = rows
        return np.asarray([self.logs(row) for row in rows])

    def all(self, prompt: list[int], most: int) -> list[tuple[tuple[int, ...], float, bool]]:
        """Every continuation, what it sums up to, and whether it has ended."""
        found = []
        for length in range(most + 1):
            for tokens in product(range(VOCAB - 1), repeat=length):
                row, total = list(prompt), 0.0
                for token in tokens:
                    total += self.logs(row)[token]
                    row.append(token)
                if length == most:
                    found.append((tokens, total, False))
                else:
                    found.append((tokens, total + self.logs(row)[END], True))
        return found


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("power", [0.0, 0.7, 1.0])
def test_wide_beams_find_the_best_of_all(seed: int, power: float) -> None:
    chain: Any = Chain(seed)
    score = lambda one: one[1] / max(len(one[0]) + one[2], 1) ** power  # noqa: E731
    best = sorted(chain.all([1], 4), key=lambda one: -score(one))
    found = search(chain, [1], 150, 4, end=END, power=power)
    assert [beam.tokens for beam in found] == [one[0] for one in best]
    np.testing.assert_allclose([beam.score(power) for beam in found], [score(one) for one in best])
    assert [beam.ended for beam in found] == [one[2] for one in best]


def test_one_beam_is_greedy_and_two_may_be_better() -> None:
    better = 0
    for seed in range(20):
        (one,) = search(Chain(seed), [0], 1, 5, end=END)  # type: ignore[arg-type]
        row = [0]
        while len(row) < 6 and (token := int(Chain(seed).logs(row).argmax())) != END:
            row.append(token)
        assert one.tokens == tuple(row[1:])
        best, second = search(Chain(seed), [0], 2, 5, end=END)  # type: ignore[arg-type]
        assert best.total >= second.total
        better += best.total > one.total
    assert better


def test_beams_end_where_they_are_done() -> None:
    chain: Any = Chain(2)
    found = search(chain, [0], 4, 6, done=lambda tokens: tokens[-1] == 2)
    assert found
    for beam in found:
        assert 2 not in beam.tokens[:-1]
        assert beam.tokens[-1] == 2 or len(beam.tokens) == 6
    assert any(len(beam.tokens) < 6 for beam in found)


def test_more_beams_than_there_are_continuations() -> None:
    impossible: Any = SimpleNamespace(
        scores=lambda rows, parents: np.tile([0.0, -np.inf, 0.0, -np.inf], (len(rows), 1))
    )
    found = search(impossible, [0], 9, 2)
    assert sorted(beam.tokens for beam in found) == [(0, 0), (0, 2), (2, 0), (2, 2)]
    assert search(impossible, [0], 3, 0)[0].tokens == ()


class Table:
    """A session whose chances are written down: by what follows on a prompt of one token."""

    def __init__(self, chances: dict[tuple[int, ...], list[float]], others: list[float]) -> None:
        self.chances, self.others = chances, others

    def scores(self, rows: np.ndarray, parents: list[int] | None = None) -> np.ndarray:
        followed = (tuple(int(token) for token in row[1:]) for row in rows)
        with np.errstate(divide="ignore"):
            return np.log([self.chances.get(tokens, self.others) for tokens in followed])


def test_an_end_that_is_not_among_the_best_is_none() -> None:
    chances = {(): [0.5, 0.5, 0], (0,): [0.45, 0.05, 0.5], (1,): [0.3, 0.3, 0.4]}
    session: Any = Table(chances, [1 / 3] * 3)
    first, second = search(session, [9], 2, 3, end=2)
    assert (first.tokens, first.ended) == ((0,), True)
    assert second.tokens[:2] == (0, 0)  # (1,) and its end would be likelier, for being short


def test_a_long_beam_may_still_win_by_its_mean() -> None:
    session: Any = Table({(): [0.5, 0.5, 0]}, [0, 1, 0])
    (best,) = search(session, [9], 1, 4, end=0, power=1.0)
    assert best.tokens == (1, 1, 1, 1)
    (plain,) = search(session, [9], 1, 4, end=0)
    assert plain.ended
