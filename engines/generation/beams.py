"""Beam search: the likeliest continuations, several of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from boxwork.engines.generation.choose import log_chances
from boxwork.engines.generation.session import Session

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Beam:
    """One continuation: its tokens, and the sum of the logarithms of their chances.

    The end that a finished one was given is no token of it, but counts in its sum.
    """

    tokens: tuple[int, ...]
    total: float
    ended: bool = False

    def score(self, power: float) -> float:
        """The sum over the number of tokens to some power: 0 is the plain sum, 1 the mean."""
        length = len(self.tokens) + self.ended
        return float(self.total / max(length, 1) ** power)


def search(
    session: Session,
    prompt: Sequence[int],
    count: int,
    most: int,
    *,
    end: int | None = None,
    done: Callable[[Sequence[int]], bool] = lambda tokens: False,
    power: float = 0.0,
) -> list[Beam]:
    """The best ``count`` continuations of up to ``most`` tokens, the best first.

    Formula: at every step, of all tokens after all beams, those with the largest sums go on;
        a beam of the best ends with the token ``end``, or when its tokens are ``done``
    Source: Sutskever et al. 2014 (arXiv 1409.3215), section 3.2; the division by length: Wu
        et al. 2016 (arXiv 1609.08144), section 7
    """
    live, finished = [Beam((), 0.0)], list[Beam]()
    parents: list[int] | None = None
    for _ in range(most):
        rows = np.asarray([[*prompt, *beam.tokens] for beam in live], np.int64)
        logs = log_chances(session.scores(rows, parents))
        live, parents, ended = _grown(live, logs, count, end, done)
        finished = _best([*finished, *ended], count, power)
        if not live or _settled(live, finished, count, most, power):
            break
    return _best([*finished, *live], count, power)


def _grown(
    live: list[Beam],
    logs: Array,
    count: int,
    end: int | None,
    done: Callable[[Sequence[int]], bool],
) -> tuple[list[Beam], list[int], list[Beam]]:
    """The beams that go on, the beams they come from, and those that have ended."""
    totals = np.asarray([beam.total for beam in live])[:, None] + logs
    order = np.argsort(-totals, axis=None, kind="stable")
    on, parents, ended = list[Beam](), list[int](), list[Beam]()
    for rank, flat in enumerate(order):
        row, token = divmod(int(flat), logs.shape[-1])
        total, tokens = float(totals[row, token]), (*live[row].tokens, token)
        if total == -np.inf or len(on) == count:
            break
        if token != end and not done(tokens):
            on.append(Beam(tokens, total))
            parents.append(row)
        elif rank < count:  # else it would win by being short: one beam is to be greedy
            ended.append(
                Beam(tokens, total) if token != end else Beam(live[row].tokens, total, True)
            )
    return on, parents, ended


def _best(beams: list[Beam], count: int, power: float) -> list[Beam]:
    return sorted(beams, key=lambda beam: -beam.score(power))[:count]


def _settled(live: list[Beam], finished: list[Beam], count: int, most: int, power: float) -> bool:
    """Whether no beam that goes on can still be better than the finished ones.

    A sum only falls; what divides it grows to the power of ``most`` at the best.
    """
    if len(finished) < count:
        return False
    hope = float(max(beam.total for beam in live) / max(most, 1) ** power)
    return hope <= finished[-1].score(power)
