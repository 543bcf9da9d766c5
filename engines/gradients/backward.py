"""The way back through a plan: which steps it takes, and how gradients add up on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from boxwork.blocks.context import Gradients, Saved
from boxwork.engines.planning.plan import NOWHERE, Plan, Step
from boxwork.engines.planning.slots import Reads
from boxwork.graphs.graph import WEIGH
from boxwork.specs.diagnostics import DataError, Diagnostic

Array = np.ndarray[Any, Any]
NO_WAY = "give the block a method backward(self, cx, p, saved, dy), or leave it out of what trains"


@dataclass(frozen=True, slots=True)
class Way:
    """One step on the way back: what to give its ``backward``, and where its gradients go."""

    place: int  # among the steps
    ports: frozenset[str]  # the inputs whose gradients somebody needs
    trained: tuple[tuple[str, str, bool], ...]  # name in the block, path, whether transposed
    inside: tuple[Way, ...] = ()  # in each of copies side by side


class Flows:
    """The gradients that have arrived at each slot, added up."""

    def __init__(self, slots: int) -> None:
        self._arrived: list[Array | None] = [None] * slots
        self._own = [False] * slots  # a sum is ours to add to; what a block gave is not

    def add(self, slot: int, gradient: Array) -> None:
        """One more reader's gradient."""
        before = self._arrived[slot]
        if before is None:
            self._arrived[slot] = gradient
        elif self._own[slot] and before.ndim:  # a sum of single numbers is no array
            before += gradient
        else:
            self._arrived[slot] = before + gradient
            self._own[slot] = True

    def at(self, slot: int) -> Array | None:
        """What has arrived at a slot."""
        return self._arrived[slot]

    def out(self, step: Step) -> Any:
        """What flows back into the outputs of a step, and is done then; None if nothing does."""
        found = []
        for _, slot in step.writes:
            found.append(None if slot == NOWHERE else self._arrived[slot])
            if slot != NOWHERE:
                self._arrived[slot] = None
        if all(gradient is None for gradient in found):
            return None
        return found[0] if len(found) == 1 else tuple(found)


def way_back(plan: Plan, trained: Iterable[str], moving: Iterable[str] = ()) -> list[Way]:
    """The steps that a trained parameter acts through, or an input that moves; last first."""
    paths, found = set(trained), []
    moved = {plan.inputs[name] for name in moving}
    for place, step in enumerate(plan.steps):
        names = [port.name for port in step.primitive.block.inputs() if port.type.kind != "shape"]
        reached = {
            name for name, read in zip(names, step.reads, strict=True) if moved & _slots(read)
        }
        uses = [(use.name, use.path, use.transpose) for use in step.uses if use.path in paths]
        if reached or uses:
            moved |= {slot for _, slot in step.writes}
            inside: list[Way] = []
            if step.inside is not None:
                own = [name for name, _, _ in uses]
                inside = way_back(step.inside.plan, own, reached - {WEIGH})
            found.append(Way(place, frozenset(reached), tuple(uses), tuple(inside)))
    moved.discard(NOWHERE)
    return found[::-1]


def _slots(read: int | tuple[int, ...] | None) -> set[int]:
    if read is None:
        return set()
    return set(read) if isinstance(read, tuple) else {read}


def hold_differentiable(plan: Plan, way: Iterable[Way]) -> None:
    """Every step on the way back must know its gradients."""
    wrong: dict[str, Diagnostic] = {}
    for path, step in _steps(plan, way, ""):
        if not step.primitive.block.differentiable():
            name = step.primitive.name
            message = f"{path} ({name}) cannot be trained through: {name} has no `backward`"
            wrong.setdefault(name, Diagnostic("BW431", message, help=NO_WAY))
    if wrong:
        raise DataError(wrong.values())


def _steps(plan: Plan, way: Iterable[Way], within: str) -> Iterator[tuple[str, Step]]:
    """The steps on the way back with their paths, those inside of copies too."""
    for one in way:
        step = plan.steps[one.place]
        yield f"{within}{step.path}", step
        if step.inside is not None:
            yield from _steps(step.inside.plan, one.inside, f"{within}{step.path}.")


def spread(reads: Reads, saved: Saved, given: Gradients, flows: Flows) -> None:
    """Hand the gradients of a step's inputs to the slots they came from."""
    for read, value, gradient in zip(reads, saved.inputs, given.inputs, strict=True):
        if read is None or gradient is None:
            continue
        if not isinstance(read, tuple):
            read, value, gradient = (read,), (value,), (gradient,)
        for slot, one, flow in zip(read, value, gradient, strict=True):
            if flow is not None:
                flows.add(slot, fitted(flow, one))


def fitted(gradient: Array, value: Array) -> Array:
    """A gradient in the shape of its value: summed over batch axes that the value lacks."""
    more = gradient.ndim - value.ndim
    return gradient.sum(axis=tuple(range(more))) if more > 0 else gradient
