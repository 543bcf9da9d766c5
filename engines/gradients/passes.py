"""A plan forwards, what the way back needs kept, and backwards: gradients of what it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from boxwork.blocks.context import Gradients, Saved
from boxwork.engines.gradients.backward import Flows, Way, fitted, spread
from boxwork.engines.gradients.sideback import gradients
from boxwork.engines.planning.plan import NOWHERE, Inside, Plan, Step
from boxwork.engines.running import held
from boxwork.engines.running.context import Run, StepContext
from boxwork.engines.running.run import bind, run_step, taken
from boxwork.engines.running.side import Beside

Array = np.ndarray[Any, Any]
Slots = list[Any]
Kept = Mapping[int, tuple[StepContext, Saved]]  # by the place of a step
Bound = Sequence[SimpleNamespace]


def passed(
    plan: Plan, bound: Bound, values: Mapping[str, Array], at: Run, way: Sequence[Way]
) -> tuple[Slots, Kept]:
    """Run a plan, and keep what the way back needs."""
    needed = {one.place: one for one in way}
    slots: Slots = [None] * plan.slots
    for name, slot in plan.inputs.items():
        slots[slot] = values[name]
    saved: dict[int, tuple[StepContext, Saved]] = {}
    for place, (step, parameters) in enumerate(zip(plan.steps, bound, strict=True)):
        back = needed.get(place)
        cx = StepContext(at, step, back.ports if back else frozenset())
        arguments = taken(step, slots)
        if step.inside is not None and back is not None:
            copy = partial(_copy_passed, back.inside)
            outputs = Beside(cx, step.inside, arguments).run(parameters, copy)
        else:
            outputs = run_step(cx, parameters, arguments)
        if back is not None:
            saved[place] = cx, Saved(tuple(arguments), outputs, cx.kept)
        for (_, slot), value in zip(step.writes, outputs, strict=True):
            if slot != NOWHERE:
                slots[slot] = value
        for slot in step.frees:
            slots[slot] = None
    return slots, saved


def _copy_passed(
    way: Sequence[Way],
    inside: Inside,
    arrays: Mapping[str, Array],
    values: Mapping[str, Array],
    at: Run,
) -> tuple[Mapping[str, Array], tuple[Bound, Kept]]:
    """One of the copies side by side, and what is kept of it."""
    bound = bind(inside.plan, arrays, np)
    slots, saved = passed(inside.plan, bound, values, at, way)
    return {name: slots[slot] for name, slot in inside.plan.asked.items()}, (bound, saved)


def flowed(
    plan: Plan, way: Sequence[Way], bound: Bound, saved: Kept, flows: Flows
) -> dict[str, Array]:
    """The gradients of the trained arrays by path, from those that ``flows`` begins with.

    Those of the inputs are left in ``flows``.
    """
    found: dict[str, Array] = {}
    for one in way:
        step, (cx, kept) = plan.steps[one.place], saved[one.place]
        dy = flows.out(step)
        if dy is None:
            continue
        arrays = bound[one.place]
        given = _given(step, one, cx, arrays, kept, dy)
        spread(step.reads, kept, given, flows)
        for name, path, transposed in one.trained:
            if name not in given.parameters and step.inside is not None:
                continue  # no copy ran
            gradient = fitted(given.parameters[name], getattr(arrays, name))
            gradient = gradient.mT if transposed else gradient
            found[path] = found[path] + gradient if path in found else gradient
    return found


def _given(
    step: Step, way: Way, cx: StepContext, arrays: SimpleNamespace, kept: Saved, dy: Any
) -> Gradients:
    """The gradients of what one step reads."""
    if step.inside is not None:
        return gradients(cx, step.inside, arrays, kept, dy, partial(_copy_flowed, way.inside))
    if held.is_own(step):
        return step.primitive.block.backward(cx, arrays, kept, dy)
    return held.gradients(cx, arrays, kept, dy, [name for name, _, _ in way.trained])


def _copy_flowed(
    way: Sequence[Way], inside: Inside, kept: tuple[Bound, Kept], dy: Mapping[str, Array]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """The gradients of the inputs and arrays of one copy, by name, from those of what it gave."""
    bound, saved = kept
    plan = inside.plan
    flows = Flows(plan.slots)
    for name, gradient in dy.items():
        flows.add(plan.asked[name], gradient)
    found = flowed(plan, way, bound, saved, flows)
    inputs = {name: flows.at(slot) for name, slot in plan.inputs.items()}
    return {name: one for name, one in inputs.items() if one is not None}, found
