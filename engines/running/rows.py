"""What copies side by side are given, as a row of positions: each copy takes those it counts at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from boxwork.blocks.dims import Dim
from boxwork.blocks.types import WireType
from boxwork.engines.running.context import Run

Array = Any


class Rows:
    """The values of one step by name, and where the positions that are weighed are in them.

    The axes of a value are its batch axes, the positions (if it has them), and the rest.
    """

    def __init__(
        self,
        values: Mapping[str, Array],
        wires: Mapping[str, WireType],
        weights: tuple[Array, WireType],
        at: Run,
    ) -> None:
        self.values, self.wires, self.at = values, wires, at
        self.weights, self.positions = weights[0], weights[1].dims[:-1]
        axes = [self.axes(name) for name in values]
        rank = self.weights.ndim - len(self.positions) - 1
        self.batch = max([tuple(self.weights.shape[:rank]), *axes], key=len)
        self.lengths = tuple(self.weights.shape[rank:-1])

    @property
    def count(self) -> int:
        """How many positions all samples have, padding included."""
        return math.prod((*self.batch, *self.lengths))

    def axes(self, name: str) -> tuple[int, ...]:
        """The batch axes of a value."""
        value = self.values[name]
        return tuple(value.shape[: value.ndim - len(self.wires[name].dims)])

    def along(self, name: str) -> bool:
        """Whether a value differs from place to place in the row."""
        if not self.positions:
            return bool(self.axes(name))
        return any(not self.names.isdisjoint(dim.value.names) for dim in self.wires[name].dims)

    @cached_property
    def names(self) -> frozenset[str]:
        """The free dims that are weighed."""
        return frozenset(name for dim in self.positions for name in dim.value.names)

    def apart(self) -> bool:
        """Whether each place in the row can run alone: nothing hangs on its sample besides."""
        return all(self.along(name) or not self.axes(name) for name in self.values)

    @cached_property
    def weighed(self) -> Array:  # [places copies]
        """The weights of every place."""
        return self.flat(self.weights, 1)

    def weights_at(self, places: Array, number: int, rest: int) -> Array:  # [places 1…]
        """How much a copy counts at some places."""
        return self.weighed[places, number].reshape(-1, *(1,) * rest)

    @cached_property
    def _flat(self) -> dict[str, Array]:
        rests = {name: len(wire.dims) - len(self.positions) for name, wire in self.wires.items()}
        return {
            name: self.flat(value, rests[name])
            for name, value in self.values.items()
            if self.along(name)
        }

    def flat(self, value: Array, rest: int) -> Array:  # [batch positions rest] -> [places rest]
        """A value with so many axes after the positions, one place after the other."""
        shape = value.shape[value.ndim - rest :]
        full = np.broadcast_to(value, (*self.batch, *self.lengths, *shape))
        return full.reshape(self.count, *shape)

    def view(self, full: Array, rest: int) -> Array:  # [batch positions rest] -> [places rest]
        """An array of our own, one place after the other, to write into."""
        return full.reshape(self.count, *full.shape[full.ndim - rest :])

    def unfolded(self, rows: Array) -> Array:  # [places rest] -> [batch positions rest]
        """A row of places as positions and samples again."""
        return rows.reshape(*self.batch, *self.lengths, *rows.shape[1:])

    def taken(self, places: Array) -> dict[str, Array]:
        """The values at some places, each of which is a sample with one position."""
        return {
            name: self.alone(self._flat[name][places]) if name in self._flat else value
            for name, value in self.values.items()
        }

    def alone(self, rows: Array) -> Array:  # [places rest] -> [places 1… rest]
        """Places as samples with one position."""
        return rows.reshape(len(rows), *(1,) * len(self.positions), *rows.shape[1:])

    def joined(self, value: Array, rest: int) -> Array:  # [places? 1… rest] -> [places? rest]
        """What samples with one position gave, as a row; one that hangs on none has no places."""
        shape = value.shape[value.ndim - rest :]
        batched = value.ndim > rest + len(self.positions)
        return value.reshape(*value.shape[:1] if batched else (), *shape)

    def sizes(self) -> dict[str, int]:
        """The sizes of a run in which every place is a sample with one position."""
        return {**self.at.sizes, **dict.fromkeys(self.names, 1)}

    def filled(self) -> Array:  # [places 1]
        """The places that are no padding."""
        found = np.ones((*self.batch, *self.lengths), bool)
        for axis, dim in enumerate(self.positions):
            if self.at.ragged(dim) and len(self.batch) == 1:
                found &= self._within(dim, axis)
        return found.reshape(-1, 1)

    def _within(self, dim: Dim, axis: int) -> Array:  # [batch positions]
        after = len(self.positions) - axis - 1
        places = np.arange(self.lengths[axis]).reshape(-1, *(1,) * after)
        return places < np.reshape(self.at.each(dim), (-1, *(1,) * len(self.positions)))
