"""Running copies side by side: stacked, or summed by weight, each only where it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from boxwork.engines.planning.plan import NOWHERE, Inside
from boxwork.engines.running.context import Run, StepContext
from boxwork.engines.running.rows import Rows
from boxwork.graphs.graph import WEIGH

Array = Any
# One copy: its arrays and its inputs by name; what it gives by name, and what is kept of it.
Copy = Callable[
    [Inside, Mapping[str, Array], Mapping[str, Array], Run], tuple[Mapping[str, Array], Any]
]
NUMPY = ("numpy", "array_api_compat.numpy")
COPIES = "copies"  # what the way back finds in `kept`


class Piece(Mapping[str, Array]):
    """The arrays of one copy, out of those of all."""

    def __init__(self, inside: Inside, parameters: SimpleNamespace, number: int) -> None:
        self._arrays, self._number = vars(parameters), number
        self._shared = inside.node.shared

    def __getitem__(self, name: str) -> Array:
        array = self._arrays[name]
        return array if self._shared else array[self._number, ...]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)


@dataclass(frozen=True, slots=True)
class Ran:
    """One copy that ran: on which places (None: all), what it gave, and what is kept of it."""

    number: int
    places: Array | None
    given: Mapping[str, Array]
    kept: Any


class Beside:
    """One step that is copies side by side, on the values of one run."""

    def __init__(self, cx: StepContext, inside: Inside, arguments: Sequence[Any]) -> None:
        self.cx, self.inside, self.at, self.xp = cx, inside, cx.run, cx.run.xp
        ports = cx.step.primitive.block.inputs()
        self.values: dict[str, Array] = dict(
            zip((port.name for port in ports if port.type.kind != "shape"), arguments, strict=True)
        )
        self.wires = {name: types[0] for name, types in cx.step.primitive.inputs.items()}
        self.weights: Array | None = self.values.pop(WEIGH, None)
        self.rows: Rows | None = None
        if self.weights is not None:
            weights = self.weights, self.wires.pop(WEIGH)
            self.rows = Rows(self.values, self.wires, weights, self.at)
        self.asked = [port for port, slot in cx.step.writes if slot != NOWHERE]
        self.apart = self._apart()

    def run(self, parameters: SimpleNamespace, copy: Copy) -> tuple[Array, ...]:
        """Run the copies that count, and put together what they give, as the step writes it."""
        sums: dict[str, Array] = {}
        stacks: dict[str, list[Array]] = {port: [] for port in self.asked if not self.summed(port)}
        ran = []
        for number, places in self.running():
            arrays = Piece(self.inside, parameters, number)
            given, kept = copy(self.inside, arrays, *self._for(number, places))
            for port, value in given.items():
                if port in stacks:
                    stacks[port].append(value)
                else:
                    self._add(sums, port, value, number, places)
            if kept is not None:
                ran.append(Ran(number, places, given, kept))
        self.cx.kept[COPIES] = ran
        made = {port: self._stacked(port, values) for port, values in stacks.items()}
        for port in self.asked:
            if port not in made:
                made[port] = self._sum(sums.get(port), port)
        return tuple(made.get(port) for port, _ in self.cx.step.writes)

    def _for(self, number: int, places: Array | None) -> tuple[Mapping[str, Array], Run]:
        """What one copy reads, and the run it is part of."""
        path = self.cx.step.path
        if places is None:
            return self.values, self.at.copy(path, number)
        assert self.rows is not None
        return self.rows.taken(places), self.at.copy(path, number, self.rows.sizes())

    def rest(self, port: str) -> int:
        """How many axes an output of a copy has after the positions that are weighed."""
        weighed = len(self.rows.positions) if self.rows is not None else 0
        return len(self.inside.plan.types[port].dims) - weighed

    def summed(self, port: str) -> bool:
        """Whether an output is the sum of those of the copies, by weight."""
        inner, outer = self.inside.plan.types[port], self.cx.step.primitive.outputs[port]
        return self.rows is not None and len(inner.dims) == len(outer.dims)

    def running(self) -> Iterator[tuple[int, Array | None]]:
        """The copies to run, each with the places to run it at (None: at all)."""
        count = int(self.inside.side.count)
        if self.apart and self.rows is not None:
            yield from self._somewhere(self.rows, count)
        elif self.weights is None or self._all_count():
            yield from ((number, None) for number in range(count))
        else:
            for number in range(count):
                if bool(self.xp.any(self.weights[..., number] != 0)):
                    yield number, None

    def _all_count(self) -> bool:
        """Whether every copy must run, whatever its weight.

        It must if what it gives was asked for by itself, if it remembers what it sees, and if
        somebody wants to know what another weight would change.
        """
        steps = self.at.steps
        remembers = steps is not None and bool(steps.memory.states.get(self.cx.step.path))
        learnt = self.cx.needs(WEIGH) and self.inside.side.active is None
        return remembers or learnt or any(not self.summed(port) for port in self.asked)

    def _apart(self) -> bool:
        """Whether copies run at some places alone: at some positions, or on some samples."""
        if self.rows is None or self.xp.__name__ not in NUMPY or not self.rows.apart():
            return False
        if self._all_count():
            return False
        if not self.rows.positions:
            return bool(self.rows.batch) and not self.at.lengths and self.at.steps is None
        return self.inside.pointwise

    def _somewhere(self, rows: Rows, count: int) -> Iterator[tuple[int, Array | None]]:
        """The copies whose weight is not 0 somewhere, and where."""
        counts = (rows.weighed != 0) & rows.filled()
        numbers, places = np.nonzero(counts.T)
        starts = np.searchsorted(numbers, np.arange(count + 1))
        for number in range(count):
            here = places[starts[number] : starts[number + 1]]
            if len(here):
                yield number, None if len(here) == rows.count else here

    def weight(self, number: int, rest: int) -> Array:  # [batch positions 1…]
        """How much a copy counts at every position."""
        assert self.weights is not None
        found = self.weights[..., number]
        return self.xp.reshape(found, (*found.shape, *(1,) * rest))

    def _add(
        self,
        sums: dict[str, Array],
        port: str,
        value: Array,
        number: int,
        places: Array | None,
    ) -> None:
        """Add what one copy gives, as much as it counts."""
        rest = self.rest(port)
        if port not in sums:
            sums[port] = self._zeros(port)
        if places is None:
            sums[port] = sums[port] + self.weight(number, rest) * value
            return
        assert self.rows is not None
        into = self.rows.view(sums[port], rest)
        into[places] += self.rows.weights_at(places, number, rest) * self.rows.joined(value, rest)

    def _zeros(self, port: str) -> Array:
        """A sum of nothing."""
        assert self.rows is not None
        wire = self.inside.plan.types[port]
        sizes = (self.at.size(dim) for dim in wire.dims[len(self.rows.positions) :])
        shape = (*self.rows.batch, *self.rows.lengths, *sizes)
        return self.xp.zeros(shape, dtype=self.at.dtype)

    def _sum(self, found: Array | None, port: str) -> Array:
        return self._zeros(port) if found is None else found

    def _stacked(self, port: str, values: Sequence[Array]) -> Array:
        """What all copies give, along a new axis before those of one."""
        axis = values[0].ndim - len(self.inside.plan.types[port].dims)
        return self.xp.stack(values, axis=axis)
