"""Which part of a plan goes on with one position at a time: derived from reach and state.

A plan is cut in three. What the stepped input does not reach runs ``once``; the rest runs at
``each`` step on what is new; and what comes after the last box that looks back, on the ``last``
position alone, for nobody asks what follows the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from boxwork.blocks.state import State
from boxwork.blocks.types import WireType
from boxwork.engines.planning.plan import NOWHERE, Plan, Step
from boxwork.engines.planning.slots import frees
from boxwork.engines.running.state import States
from boxwork.graphs import reach


@dataclass(frozen=True)
class Obstacle:
    """A step that cannot go on from single positions, and why."""

    path: str
    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.path} ({self.name}) {self.why}"


@dataclass(frozen=True)
class Cut:
    """A plan for one path, cut for generation along a dim.

    With an obstacle ``each`` needs all positions every time, and ``last`` is empty. What one
    part hands to the next is named by its slot.
    """

    once: Plan
    each: Plan
    last: Plan
    states: States
    obstacle: Obstacle | None
    types: Mapping[str, WireType]  # of what is handed on

    def axis(self, slot: str, dim: str) -> int | None:
        """Where a dim is in what a slot holds, counted from the end; None if it is not there."""
        dims = self.types[slot].dims
        found = (
            i - len(dims)
            for i, one in enumerate(dims)
            if dim in one.value.names and not one.is_past
        )
        return next(found, None)


def cut(plan: Plan, inputs: Mapping[str, WireType], target: str, dim: str | None) -> Cut:
    """Cut a plan for what follows on the input ``target``, along its free dim (None: fixed)."""
    return _Cutter(plan, inputs, target, dim).cut()


@dataclass(frozen=True)
class _Cutter:
    plan: Plan
    inputs: Mapping[str, WireType]
    target: str
    dim: str | None

    def cut(self) -> Cut:
        """The parts, each a plan of its own."""
        steps = self.plan.steps
        reached = self._reached()
        once = [step for step in steps if step not in reached]
        rest = [step for step in steps if step in reached]
        obstacle = self._obstacle(rest)
        looking = (i for i, s in enumerate(rest) if reach.looks_back(s.primitive, self.dim))
        backward = [] if obstacle else list(looking)
        turn = backward[-1] + 1 if backward else 0
        each, last = (rest, []) if obstacle else (rest[:turn], rest[turn:])
        asked = set(self.plan.asked.values())
        for_last = _read(last) | asked
        for_each = _read(each) | for_last
        given = {self.plan.inputs[self.target]}
        made = _written(each) | given
        handed = asked if obstacle else made & for_last
        found = {rest[i].path: self._states(rest[i]) for i in backward}
        states = {path: several for path, several in found.items() if several}
        inputs = set(self.plan.inputs.values()) - given
        return Cut(
            self._part(once, inputs, (_written(once) | inputs) & for_each),
            self._part(each, for_each - _written(rest), handed),
            self._part(last, for_last - _written(last), asked),
            states,
            obstacle,
            self._types(),
        )

    def _part(self, steps: list[Step], given: set[int], asked: set[int]) -> Plan:
        """Some steps as a plan: it is given slots and asked for slots, named by number."""
        found = {str(slot): slot for slot in sorted(asked)}
        kept = frees([step.reads for step in steps], [_written([s]) for s in steps], found)
        cut = (_freeing(step, free) for step, free in zip(steps, kept, strict=True))
        inputs = {str(slot): slot for slot in sorted(given)}
        return Plan(tuple(cut), self.plan.slots, inputs, found, {}, {})

    def _reached(self) -> set[Step]:
        """The steps that hang on the stepped input: on its values, or on its length."""
        slots = {self.plan.inputs[self.target]}
        found = set()
        for step in self.plan.steps:
            wires = reach.wires(step.primitive, step.wanted)
            if _read([step]) & slots or any(reach.along(wire, self.dim) for wire in wires):
                found.add(step)
                slots |= _written([step])
        return found

    def _states(self, step: Step) -> Mapping[str, State]:
        """What a step remembers; of copies side by side, what the boxes in them do."""
        found = step.primitive.states
        if step.inside is None:
            return found
        looking = {
            f"{inner.path}/{name}"
            for inner in step.inside.plan.steps
            if reach.looks_back(inner.primitive, self.dim)
            for name in self._states(inner)
        }
        return {name: state for name, state in found.items() if name in looking}

    def _obstacle(self, steps: Iterable[Step]) -> Obstacle | None:
        """The first step that cannot go on from single positions."""
        for step in steps:
            inside = self._obstacle(step.inside.plan.steps) if step.inside is not None else None
            if inside is not None:
                return replace(inside, path=f"{step.path}.{inside.path}")
            if why := next(self._reasons(step), ""):
                return Obstacle(step.path, step.primitive.name, why)
        return None

    def _reasons(self, step: Step) -> Iterator[str]:
        """Why a step needs more than the new positions and a state."""
        if self.dim is None:
            yield "reads an input of a fixed length"
            return
        yield from reach.obstacles(step.primitive, self.dim, step.wanted)

    def _types(self) -> dict[str, WireType]:
        """The type of what each slot holds."""
        found = {str(self.plan.inputs[name]): wire for name, wire in self.inputs.items()}
        for step in self.plan.steps:
            for port, slot in step.writes:
                if slot != NOWHERE:
                    found[str(slot)] = step.primitive.outputs[port]
        return found


def _read(steps: Iterable[Step]) -> set[int]:
    return {
        slot
        for step in steps
        for read in step.reads
        for slot in (read if isinstance(read, tuple) else (read,))
        if slot is not None
    }


def _written(steps: Iterable[Step]) -> set[int]:
    return {slot for step in steps for _, slot in step.writes if slot != NOWHERE}


def _freeing(step: Step, free: tuple[int, ...]) -> Step:
    return replace(step, frees=free)
