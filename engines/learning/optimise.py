"""Optimisers: how the parameters move, given the gradients; each over one row of numbers."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from boxwork.engines.learning.flat import CHUNK, Flat, chunks

Array = np.ndarray[Any, Any]
BETA_2, EPSILON = 0.999, 1e-8  # Kingma & Ba 2015, algorithm 1


class Optimiser(ABC):
    """Moves parameters in place; what it remembers is in ``state``, plain arrays by name.

    Decay is decoupled from the gradient (Loshchilov & Hutter 2019): before each step the
    numbers of arrays with two dims or more shrink by ``rate * decay``; biases and the scales
    of norms are left alone.
    """

    remembers: tuple[str, ...] = ()

    def __init__(self, parameters: Flat, momentum: float = 0.9, decay: float = 0.0) -> None:
        self.parameters, self.momentum, self.decay = parameters, momentum, decay
        self.state = {name: np.zeros_like(parameters.numbers) for name in self.remembers}
        self._scratch = np.empty(min(CHUNK, parameters.numbers.size), parameters.dtype)

    def step(self, gradients: Array, rate: float, count: int) -> None:
        """Take step number ``count``, from 1; ``gradients`` may be written over."""
        numbers, matrices = self.parameters.numbers, self.parameters.matrices
        for piece in chunks(numbers.size):
            if self.decay and piece.start < matrices:
                numbers[piece.start : min(piece.stop, matrices)] *= 1 - rate * self.decay
            state = [self.state[name][piece] for name in self.remembers]
            spare = self._scratch[: piece.stop - piece.start]
            self._move(numbers[piece], gradients[piece], rate, count, spare, *state)

    @abstractmethod
    def _move(
        self, x: Array, dx: Array, rate: float, count: int, spare: Array, *state: Array
    ) -> None:
        """Move a piece of the numbers, given their gradients; ``spare`` may be written over."""


class SGD(Optimiser):
    """Downhill.

    Formula: x ← x - rate · dx
    """

    def _move(
        self, x: Array, dx: Array, rate: float, count: int, spare: Array, *state: Array
    ) -> None:
        x -= np.multiply(dx, rate, out=spare)


class Momentum(Optimiser):
    """Downhill with a memory of the steps before.

    Formula: m ← momentum · m + dx;  x ← x - rate · m
    Source: Polyak 1964; as Sutskever et al. 2013 write it, the rate outside
    """

    remembers = ("m",)

    def _move(
        self, x: Array, dx: Array, rate: float, count: int, spare: Array, *state: Array
    ) -> None:
        (m,) = state
        m *= self.momentum
        m += dx
        x -= np.multiply(self._ahead(m, dx, spare), rate, out=spare)

    def _ahead(self, m: Array, dx: Array, spare: Array) -> Array:
        """Where to go: the memory itself; ``spare`` may hold the answer."""
        return m


class Nesterov(Momentum):
    """Momentum that looks one step ahead.

    Formula: m ← momentum · m + dx;  x ← x - rate · (dx + momentum · m)
    Source: Nesterov 1983; Sutskever et al. 2013
    """

    def _ahead(self, m: Array, dx: Array, spare: Array) -> Array:
        np.multiply(m, self.momentum, out=spare)
        spare += dx
        return spare


class AdamW(Optimiser):
    """Steps of about one size for every number, by the mean and the spread of its gradients.

    Formula: m ← b1 · m + (1 - b1) · dx;  v ← b2 · v + (1 - b2) · dx²;
    x ← x - rate · (m / (1 - b1ᵗ)) / (sqrt(v / (1 - b2ᵗ)) + 1e-8), b1 = momentum, b2 = 0.999
    Source: Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019, algorithm 2
    """

    remembers = ("m", "v")

    def _move(
        self, x: Array, dx: Array, rate: float, count: int, spare: Array, *state: Array
    ) -> None:
        m, v = state
        m *= self.momentum
        m += np.multiply(dx, 1 - self.momentum, out=spare)
        np.multiply(dx, dx, out=spare)
        v *= BETA_2
        spare *= 1 - BETA_2
        v += spare
        np.sqrt(v, out=spare)
        spare *= 1 / math.sqrt(1 - BETA_2**count)
        spare += EPSILON
        np.divide(m, spare, out=spare)
        spare *= rate / (1 - self.momentum**count)
        x -= spare


OPTIMISERS: dict[str, type[Optimiser]] = {
    "adamw": AdamW,
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
}
