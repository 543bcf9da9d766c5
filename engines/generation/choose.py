"""Choosing the next token by its scores: the likeliest, or one drawn by chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from boxwork.engines.chance import stream
from boxwork.specs.diagnostics import DataError, Diagnostic

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Choosing:
    """How the next token is chosen; the likeliest one, if nothing is said.

    Formula: drawn with the chances softmax(scores / temperature), of the ``top_k`` likeliest
        tokens alone, and of the fewest whose chances add up to ``top_p``
    Errors: ValueError for a temperature below 0, top_k below 1, top_p outside (0, 1]
    Source: Fan et al. 2018 (arXiv 1805.04833), section 5.1; top_p: Holtzman et al. 2019
        (arXiv 1904.09751), section 3.1
    """

    temperature: float | None = None  # 0 unless top_k or top_p ask for chance, then 1
    top_k: int | None = None
    top_p: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not _number(self.temperature) or not 0 <= (self.temperature or 0) < math.inf:
            raise ValueError(f"temperature is a number from 0, not {self.temperature}")
        if self.top_k is not None and (not _whole(self.top_k) or self.top_k < 1):
            raise ValueError(f"top_k is a whole number from 1, not {self.top_k}")
        if not _number(self.top_p) or not 0 < (1 if self.top_p is None else self.top_p) <= 1:
            raise ValueError(f"top_p is a number above 0 and up to 1, not {self.top_p}")
        if not _whole(self.seed) or self.seed < 0:
            raise ValueError(f"seed is a whole number from 0, not {self.seed}")

    @property
    def heat(self) -> float:
        """The temperature that counts."""
        if self.temperature is not None:
            return self.temperature
        return 0.0 if self.top_k is None and self.top_p is None else 1.0


class Chooser:
    """Chooses one token after another; the same seed, the same tokens."""

    def __init__(self, how: Choosing) -> None:
        self.how = how
        self._random = stream(how.seed, "generate")

    def __call__(self, scores: Array) -> int:  # [vocab] -> a token
        """The next token."""
        logs = log_chances(scores)
        if self.how.heat == 0:
            return int(np.argmax(logs))
        with np.errstate(over="ignore"):  # of a tiny temperature: only the best is left
            logs = log_chances((logs - logs.max()) / self.how.heat)
        order = np.argsort(-logs, kind="stable")[: self.how.top_k]
        sums = np.cumsum(np.exp(logs[order]))
        if self.how.top_p is not None:
            kept = int(np.searchsorted(sums, self.how.top_p * sums[-1])) + 1
            order, sums = order[:kept], sums[:kept]
        place = int(np.searchsorted(sums, self._random.random() * sums[-1], side="right"))
        return int(order[min(place, len(order) - 1)])


def log_chances(scores: Array) -> Array:  # [* vocab] -> [* vocab]
    """The logarithms of the chances that scores stand for: scores - log(sum of exp(scores)).

    Raises:
        DataError: if they are no numbers, as those of a network that has diverged.
    """
    scores = np.asarray(scores, np.float64)
    highest = scores.max(axis=-1, keepdims=True)
    if not np.isfinite(highest).all():  # a NaN is the highest of all
        message = "the scores of the next token are no finite numbers"
        hint = "the weights may have diverged in training, or be those of another network"
        raise DataError([Diagnostic("BW442", message, help=hint)])
    powers = np.exp(scores - highest)
    return np.asarray(scores - highest - np.log(powers.sum(axis=-1, keepdims=True)))


def _number(value: object) -> bool:
    """None, or a number that is no flag."""
    return value is None or (isinstance(value, Real) and not isinstance(value, bool))


def _whole(value: object) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)
