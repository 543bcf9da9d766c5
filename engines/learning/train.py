"""The loop of training: a batch, its gradients, a step of the optimiser; again."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from boxwork.engines.learning.dataset import Dataset, examples_in
from boxwork.engines.learning.flat import Flat, clip, norm
from boxwork.engines.learning.optimise import OPTIMISERS
from boxwork.engines.learning.options import Options
from boxwork.specs.diagnostics import DataError, Diagnostic

Array = np.ndarray[Any, Any]


class Learner(Protocol):
    """What knows the loss of a batch, and how it changes with every parameter."""

    def gradients(
        self, values: Mapping[str, Any], key: int = 0
    ) -> tuple[float, Mapping[str, Array]]:
        """The mean loss, and its gradients by path; ``key`` seeds dropout."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step saw: the loss before it moved the parameters, the gradient before clipping."""

    number: int  # from 1
    loss: float
    examples: int
    norm: float
    rate: float
    norms: Mapping[str, float] = field(default_factory=dict)  # by layer, if they are kept


@dataclass(slots=True)
class Record:
    """What was seen, step by step."""

    losses: list[float] = field(default_factory=list)
    examples: list[int] = field(default_factory=list)
    norms: list[float] = field(default_factory=list)
    layers: dict[str, list[float]] = field(default_factory=dict)

    def add(self, step: Step) -> None:
        self.losses.append(step.loss)
        self.examples.append(step.examples)
        self.norms.append(step.norm)
        for layer, length in step.norms.items():
            self.layers.setdefault(layer, []).append(length)

    def mean(self, steps: int) -> float:
        """The average loss over the examples of the last so many steps."""
        losses, counts = self.losses[-steps:], self.examples[-steps:]
        return math.fsum(x * n for x, n in zip(losses, counts, strict=True)) / sum(counts)


class Trainer:
    """Trains the parameters of a learner in place; what it does hangs on seed and step alone.

    ``parameters`` are the trained ones, as the learner reads them; ``layers`` asks for the
    norms of the gradient by layer.
    """

    def __init__(
        self,
        learner: Learner,
        parameters: Flat,
        data: Dataset,
        options: Options,
        *,
        layers: bool = False,
    ) -> None:
        self.learner, self.parameters, self.data = learner, parameters, data
        self.options, self.layers = options, layers
        self.optimiser = OPTIMISERS[options.optimiser](parameters, options.momentum, options.decay)
        self.record = Record()
        self.done = 0
        self._gradients = parameters.empty()

    def __iter__(self) -> Iterator[Step]:
        """Take the steps that are left; fewer, if there are no more batches."""
        assert self.options.steps is not None
        while self.done < self.options.steps:
            try:
                batch = self.data.batch(self.done, self.options.batch or 1, self.options.seed)
            except StopIteration:
                if not self.done:
                    message = "there is no batch to learn from"
                    raise DataError([Diagnostic("BW464", message)]) from None
                return
            yield self.step(batch)

    def step(self, batch: Mapping[str, Any]) -> Step:
        """Take one step on a batch.

        Raises:
            DataError: if the loss or its gradient is no finite number; nothing has moved then.
        """
        number = self.done + 1
        loss, found = self.learner.gradients(batch, dropout_key(self.options.seed, self.done))
        self._gradients.fill(found)
        row = self._gradients.numbers
        length = norm(row)
        self._hold_finite(number, loss, length)
        norms = by_layer(self._gradients.views) if self.layers else {}
        clip(row, length, self.options.clip)
        rate = self.options.rate_at(self.done)
        self.optimiser.step(row, rate, number)
        self.done = number
        step = Step(number, loss, examples_in(batch), length, rate, norms)
        self.record.add(step)
        return step

    def _hold_finite(self, number: int, loss: float, length: float) -> None:
        if math.isfinite(loss) and math.isfinite(length):
            return
        what = f"the loss is {loss}" if not math.isfinite(loss) else "the gradient is not finite"
        before = f"; the step before it had {self.record.losses[-1]:.4g}" if self.done else ""
        rate = self.options.rate_at(self.done)
        hint = f"try a smaller rate, such as {rate / 10:.1g} (here it was {rate:.2g})"
        if not 0 < self.options.clip <= 1:
            hint += ", or clip the gradients at 1"
        raise DataError([Diagnostic("BW465", f"at step {number} {what}{before}", help=hint)])


def dropout_key(seed: int, step: int) -> int:
    """What dropout is drawn by in one step."""
    digest = hashlib.blake2b(f"{seed}\n{step}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def by_layer(arrays: Mapping[str, Array]) -> dict[str, float]:
    """The norm of all arrays of a layer together, layers in the order of their arrays."""
    found: dict[str, float] = {}
    for path, array in arrays.items():
        layer = layer_of(path)
        found[layer] = math.hypot(found.get(layer, 0.0), norm(array))
    return found


def layer_of(path: str) -> str:
    """The layer of a parameter: its outermost node, with the copy: ``stack.3``."""
    parts = path.split(".")
    copies = (place for place, part in enumerate(parts) if part.isdigit())
    return ".".join(parts[: next(copies, 0) + 1])
