"""What a block's ``forward`` is told: sizes, lengths, randomness; made per run and per step."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from boxwork.blocks.dims import Dim
from boxwork.engines.chance import stream
from boxwork.engines.planning.plan import Step
from boxwork.engines.running.state import Memory
from boxwork.graphs.reach import dims_of, labelled

Array = Any


@dataclass(frozen=True, slots=True)
class Steps:
    """What a run goes on from: ``past`` positions of a dim, and what blocks kept of them."""

    dim: str
    past: int
    memory: Memory


@dataclass(eq=False, slots=True)
class Run:
    """What the steps of one run share."""

    xp: Any
    dtype: Any
    sizes: Mapping[str, int]
    lengths: Mapping[str, Any] = field(default_factory=dict)  # NumPy, one per sample
    training: bool = False
    key: int = 0
    steps: Steps | None = None  # while stepping
    within: str = ""  # what stands before the paths of steps: "routed." inside of copies
    _sizes: dict[tuple[Dim, Dim | None], int] = field(default_factory=dict)

    def full(self, sizes: Mapping[str, int]) -> Run:
        """A run like this one, on samples that are all of one length."""
        return Run(self.xp, self.dtype, sizes, {}, self.training, self.key)

    def copy(self, path: str, number: int, sizes: Mapping[str, int] | None = None) -> Run:
        """The run of one of the copies side by side in a step: with randomness of its own.

        ``sizes`` are given where it runs on some positions alone.
        """
        key = self.key
        if self.training:
            key = int(stream(key, f"{path}.{number}").integers(1 << 62))
        steps = self.steps
        if sizes is None and steps is not None:
            steps = Steps(steps.dim, steps.past, steps.memory.copy(path, number))
        lengths = self.lengths if sizes is None else {}
        within = f"{self.within}{path}."
        sizes = self.sizes if sizes is None else sizes
        return Run(self.xp, self.dtype, sizes, lengths, self.training, key, steps, within)

    def size(self, dim: Dim, limit: Dim | None = None) -> int:
        """The length of a dim, the longest of all samples: ``10 - seq`` is that of the shortest.

        ``limit`` is how much of the past is kept, if not all.
        """
        if (dim, limit) not in self._sizes:
            ragged = self.ragged(dim)
            size = max(self.each(dim)) if ragged else dim.size(self.sizes, self._seen(limit))
            self._sizes[dim, limit] = size
        return self._sizes[dim, limit]

    def _seen(self, limit: Dim | None) -> Mapping[str, int]:
        """The lengths of what is there with the past."""
        if self.steps is None:
            return self.sizes
        kept = self.steps.past if limit is None else min(self.steps.past, limit.size(self.sizes))
        return {**self.sizes, self.steps.dim: kept + self.sizes[self.steps.dim]}

    def ragged(self, dim: Dim) -> bool:
        """Whether the samples differ along a dim."""
        return not self.lengths.keys().isdisjoint(dim.value.names)

    def each(self, dim: Dim) -> list[int]:
        """The length of every sample along a dim."""
        count = len(next(iter(self.lengths.values())))
        return [
            dim.size({**self.sizes, **{name: int(n[i]) for name, n in self.lengths.items()}})
            for i in range(count)
        ]


class StepContext:
    """The context of one step in one run; notes which lengths were asked for."""

    __slots__ = ("asked", "kept", "needed", "run", "step")

    def __init__(self, run: Run, step: Step, needed: Set[str] = frozenset()) -> None:
        self.run, self.step, self.needed = run, step, needed
        self.asked: set[str] = set()
        self.kept: dict[str, Array] = {}

    @property
    def xp(self) -> Any:
        """The Array API namespace that the values belong to."""
        return self.run.xp

    @property
    def dtype(self) -> Any:
        """The floating type of this run."""
        return self.run.dtype

    @property
    def training(self) -> bool:
        """True while training: dropout drops."""
        return self.run.training

    def size(self, dim: str | Dim) -> int:
        """The length of a dim in this run."""
        found = dim if isinstance(dim, Dim) else self.step.primitive.dims[dim]
        return self.run.size(found, self.step.primitive.limit)

    def rank(self, port: str) -> int:
        """How many dims the wire of an input has; the axes before them are batch axes."""
        return len(self.step.primitive.inputs[port][0].dims)

    def offset(self, dim: str) -> int:
        """How many positions of a dim came before this call, but for those that are kept."""
        steps, found = self.run.steps, self.step.primitive.dims[dim]
        if steps is None or steps.dim not in found.value.names:
            return 0
        if found.is_past:
            return steps.past + self.run.sizes[steps.dim] - self.size(found)
        return steps.past

    def extend(self, name: str, new: Array) -> Array:
        """All that is kept of a state that grows, the new positions after it."""
        steps = self.run.steps
        return new if steps is None else steps.memory.extend(self.step.path, name, new)

    def recall(self, name: str) -> Array | None:
        """What was kept last under this name."""
        steps = self.run.steps
        return None if steps is None else steps.memory.recall(self.step.path, name)

    def keep(self, name: str, value: Array) -> None:
        """Keep a state for the next step."""
        if self.run.steps is not None:
            self.run.steps.memory.keep(self.step.path, name, value)

    def lengths(self, dim: str) -> Array | None:
        """The length of each sample along a padded dim; None if all are full."""
        self.asked.add(dim)
        found = self.step.primitive.dims[dim]
        if not self.run.ragged(found):
            return None
        return self.run.xp.asarray(self.run.each(found), dtype=self.run.xp.int64)

    def wants(self, port: str) -> bool:
        """Whether somebody reads an optional output."""
        return port in self.step.wanted

    def save(self, **arrays: Array) -> None:
        """Keep arrays for ``backward``."""
        self.kept.update(arrays)

    def needs(self, port: str) -> bool:
        """In ``backward``: whether anybody needs the gradient of an input."""
        return port in self.needed

    @property
    def path(self) -> str:
        """The path of the step in the whole graph."""
        return f"{self.run.within}{self.step.path}"

    def uniform(self, shape: tuple[int, ...]) -> Array:
        """Random numbers in [0, 1), from the run's key and this step's path."""
        numbers = stream(self.run.key, self.step.path).random(shape, np.float32)
        return self.run.xp.asarray(numbers, dtype=self.run.dtype)

    def overlooked(self) -> list[str]:
        """The padded dims that this block goes by without asking for lengths.

        It mixes their positions, or they are settings of it.
        """
        settings = self.step.primitive.settings.items()
        given = ((name, dim) for name, value in settings for dim in dims_of(value))
        return [name for name, dim in given if name not in self.asked and self.run.ragged(dim)] + [
            label
            for port, label, dim in labelled(self.step.primitive)
            if label not in self.asked
            and self.run.ragged(dim)
            and self.step.primitive.block.reach(port, label) == "whole"
        ]
