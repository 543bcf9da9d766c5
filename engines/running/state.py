"""What blocks keep between the steps of a run: caches that grow, and hidden states."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from boxwork.blocks.block import BlockError
from boxwork.blocks.state import State
from boxwork.blocks.types import WireType

Array = Any
States = Mapping[str, Mapping[str, State]]  # step path -> name -> what is kept
GROWS = "declare it with a dim that is past: d.seq.past()"
LEAST = 16  # positions that room is made for at first


class Growing:
    """An array that grows along one axis, in room made ahead and doubled when it is full.

    With a limit, only so many of the last positions are kept.
    """

    def __init__(self, xp: Any, axis: int, limit: int | None, room: int | None) -> None:
        self.xp, self.axis, self.limit, self.room = xp, axis, limit, room
        self.start = self.end = 0
        self.buffer: Array = None  # made for what comes first

    def extend(self, new: Array) -> Array:
        """What is kept, and ``new`` after it: a view, good until the next step."""
        count = new.shape[self.axis]
        self._make_room(new, count)
        self.buffer[self._at(self.end, self.end + count)] = new
        self.end += count
        view = self.buffer[self._at(self.start, self.end)]
        if self.limit is not None:
            self.start = max(self.start, self.end - self.limit)
        return view

    def take(self, rows: Sequence[int], batched: bool) -> None:
        """Keep these entries of the batch, in this order."""
        if self.buffer is not None and batched:
            self.buffer = self.xp.take(self.buffer, self.xp.asarray(rows), axis=0)

    def _make_room(self, new: Array, count: int) -> None:
        held = self.end - self.start
        size = 0 if self.buffer is None else self.buffer.shape[self.axis]
        if self.end + count <= size:
            return
        size = max(2 * (held + count), LEAST)
        if self.limit is not None and count > self.limit:
            size = 0  # most of it is not kept: the next step makes room for what is
        if self.room is not None:
            size = min(size, self.room)
        shape = list(new.shape)
        shape[self.axis] = max(size, held + count)
        fresh = self.xp.empty(tuple(shape), dtype=new.dtype)
        if held:
            fresh[self._at(0, held)] = self.buffer[self._at(self.start, self.end)]
        self.buffer, self.start, self.end = fresh, 0, held

    def _at(self, start: int, end: int) -> tuple[Any, ...]:
        """The index of some positions along the axis, which is counted from the end."""
        return (..., slice(start, end), *(slice(None),) * (-self.axis - 1))


class Memory:
    """The states of all steps that look back, of as many sequences as the batch has."""

    def __init__(self, xp: Any, states: States, room: int | None = None) -> None:
        """Take what each step declares; ``room`` is the most positions there will be."""
        self.xp, self.states, self.room = xp, states, room
        self._growing: dict[tuple[str, str], Growing] = {}
        self._fixed: dict[tuple[str, str], Array] = {}
        self._ranks: dict[tuple[str, str], int] = {}
        self._copies: dict[tuple[str, int], Memory] = {}

    def copy(self, path: str, number: int) -> Memory:
        """The memory of one of the copies side by side in a step."""
        key = path, number
        if key not in self._copies:
            self._copies[key] = Memory(self.xp, _of_one(self.states.get(path, {})), self.room)
        return self._copies[key]

    def extend(self, path: str, name: str, new: Array) -> Array:
        """A growing state with the new positions appended; these alone for a step in full."""
        if path not in self.states:
            return new
        key, state = (path, name), self._declared(path, name)
        if state.axis is None:
            raise BlockError(f"the state {name} has no dim that grows", help=GROWS)
        if key not in self._growing:
            limit = None if state.limit is None else int(state.limit)
            self._growing[key] = Growing(self.xp, state.axis, limit, self.room)
            self._ranks[key] = new.ndim
        return self._growing[key].extend(new)

    def recall(self, path: str, name: str) -> Array | None:
        """What was kept last."""
        return self._fixed.get((path, name))

    def keep(self, path: str, name: str, value: Array) -> None:
        """Keep a state of one size, unless the step is one in full."""
        if path in self.states:
            self._declared(path, name)
            self._fixed[path, name] = value
            self._ranks[path, name] = value.ndim

    def forgotten(self) -> str:
        """A state that is declared, but that its step has not kept; nothing if all are."""
        for (path, _), copy in self._copies.items():
            if why := copy.forgotten():
                return f"{path}.{why}"
        for path, states in self.states.items():
            own = {name for name in states if "/" not in name}  # the others are those of copies
            for name in own - {key[1] for key in self._ranks if key[0] == path}:
                return f"{path} declares the state {name}, but its forward does not keep it"
        return ""

    def _declared(self, path: str, name: str) -> State:
        if name in self.states[path]:
            return self.states[path][name]
        known = ", ".join(self.states[path]) or "none"
        raise BlockError(f"it keeps {name}, and the states it declares are {known}")

    def clear(self) -> None:
        """Forget everything."""
        self._growing, self._fixed, self._ranks, self._copies = {}, {}, {}, {}

    def take(self, rows: Sequence[int]) -> None:
        """Go on with these entries of the batch, in this order; one may stand there twice."""
        for copy in self._copies.values():
            copy.take(rows)
        for key, growing in self._growing.items():
            growing.take(rows, self._batched(key))
        for key, value in self._fixed.items():
            if self._batched(key):
                self._fixed[key] = self.xp.take(value, self.xp.asarray(rows), axis=0)

    def _batched(self, key: tuple[str, str]) -> bool:
        """Whether a state has batch axes: one that hangs on no input has none."""
        path, name = key
        return self._ranks[key] > len(self.states[path][name].type.dims)


def _of_one(states: Mapping[str, State]) -> States:
    """What one of the copies side by side remembers, by the paths of the boxes inside."""
    found: dict[str, dict[str, State]] = {}
    for name, state in states.items():
        path, _, rest = name.partition("/")
        wire = WireType(state.type.kind, state.type.dims[1:], state.type.bound)
        found.setdefault(path, {})[rest] = State(wire, state.limit)
    return found


def size(states: States, sizes: Mapping[str, int]) -> int:
    """How many numbers the states of one sequence are, at these lengths of the free dims."""
    total = 0
    for state in (one for several in states.values() for one in several.values()):
        shape = [dim.size(sizes) for dim in state.type.dims]
        if state.axis is not None and state.limit is not None:
            shape[state.axis] = min(shape[state.axis], state.limit.size(sizes))
        total += math.prod(shape)
    return total
