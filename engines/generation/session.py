"""Going on from a prompt: sequences in, scores of what comes next out, by steps or full runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from boxwork.engines.feeding import inputs
from boxwork.engines.feeding.conditions import met, most
from boxwork.engines.generation.stepping import cut
from boxwork.engines.generation.target import Target
from boxwork.engines.planning.memory import require
from boxwork.engines.planning.plan import Plan, Planner
from boxwork.engines.running.context import Run, Steps
from boxwork.engines.running.numpy import Model
from boxwork.engines.running.run import bind, hold_memory, run
from boxwork.engines.running.state import Memory, size
from boxwork.graphs.graph import Graph
from boxwork.graphs.keeping.keeping import remembering
from boxwork.specs.diagnostics import DataError, Diagnostic

Array = Any
Tell = Callable[[Diagnostic], None]


def checked(
    graph: Graph, to: Target, values: Mapping[str, Any], dtype: Any = np.float32
) -> inputs.Batch:
    """All inputs as a run takes them, of a prompt no more than it takes.

    Raises:
        DataError: if one does not fit, or there are several samples.
    """
    prompt = values[to.input][-(to.width or 0) :]
    given = inputs.check(graph, {**values, to.input: prompt}, dtype)
    if given.axes:
        message = "the inputs have batch axes: one sample at a time is gone on with"
        raise DataError([Diagnostic("BW403", message)])
    return given


class Session:
    """One generation: what does not grow is computed once, what was seen is kept.

    Where the spec allows it, a step computes the new positions only. A spec with a box that
    looks at all positions is run in full every time; so is one of a fixed width, or past its
    context, on as many of the last tokens as fit.
    """

    def __init__(self, model: Model, to: Target, values: Mapping[str, Any], tell: Tell) -> None:
        """Take all inputs, the prompt among them as a list of ids, and where warnings go.

        Raises:
            DataError: if an input does not fit, or the memory is not enough.
        """
        self.to, self.model, self.tell = to, model, tell
        given = checked(model.graph, to, values, model.dtype)
        planner = Planner(remembering(model.graph, to.dim))
        plan = planner.plan([to.scores])
        self.cut = cut(plan, model.graph.inputs, to.input, to.dim)
        self._slot = str(plan.inputs[to.input])
        self._scores = str(plan.asked[to.scores])
        self._bound = {
            id(part): bind(part, model.parameters, model.xp)
            for part in (self.cut.once, self.cut.each, self.cut.last)
        }
        self._sizes = dict(given.sizes)
        self._seen, self._fitting, self._slid = 0, len(values[to.input]), False
        self.memory = Memory(model.xp, self.cut.states, most(model.graph, to.dim or ""))
        own = {name: model.xp.asarray(array)[None, ...] for name, array in given.values.items()}
        self._once = self._run(
            self.cut.once, {str(plan.inputs[name]): array for name, array in own.items()}
        )
        self._tell_obstacle()

    def scores(self, rows: Array, parents: Sequence[int] | None = None) -> Array:
        """What comes next, [b n] -> [b vocab]: rows one longer than in the last call.

        ``parents`` tells which of the last call's rows each of these goes on with.
        """
        count = rows.shape[-1]
        window = self._window(count)
        stepping = window == count and not self.cut.obstacle
        if not stepping:
            self.memory.clear()
            self._seen = 0
        elif parents is not None:
            self.memory.take(parents)
        past, self._seen = self._seen, count if stepping else 0
        new = self.model.xp.asarray(rows[:, count - window + past :])
        found = self._forward(new, past, stepping=stepping)
        return np.asarray(found).reshape(len(rows), -1, self.to.vocab)[:, -1]

    def _forward(self, new: Array, past: int, *, stepping: bool) -> Array:  # [b n] -> [b _ vocab]
        """Run the new positions, and what comes after the last look back on the last of them."""
        values = {self._slot: new, **self._for_rows(len(new))}
        count = new.shape[-1]
        steps = Steps(self.to.dim or "", past, self.memory) if stepping else None
        found = self._run(self.cut.each, values, count, steps)
        if steps and (why := self.memory.forgotten()):
            hint = "call cx.extend, or cx.recall and cx.keep, for each of them"
            raise DataError([Diagnostic("BW412", why, help=hint)])
        if self.cut.obstacle:
            return found[self._scores]
        values |= {slot: self._last(slot, value) for slot, value in found.items()}
        end = Steps(self.to.dim or "", past + count - 1, self.memory)
        return self._run(self.cut.last, values, 1, end)[self._scores]

    def _run(
        self, plan: Plan, values: Mapping[str, Array], count: int = 0, steps: Steps | None = None
    ) -> dict[str, Array]:
        """A part of the plan, on so many positions of the input that grows."""
        sizes = {**self._sizes, self.to.dim: count} if self.to.dim else self._sizes
        at = Run(self.model.xp, self.model.xp_dtype, sizes, steps=steps)
        rows = len(values[self._slot])
        if count != 1:
            hold_memory(plan, at, rows, self.model.dtype.itemsize)
            self._hold_state(rows, count)
        with np.errstate(all="ignore"):  # what counts is seen in the result
            return run(plan, self._bound[id(plan)], values, at)

    def _hold_state(self, rows: int, count: int) -> None:
        """Refuse a prompt whose states cannot fit."""
        numbers = size(self.cut.states, {**self._sizes, self.to.dim or "": count})
        need = rows * numbers * self.model.dtype.itemsize
        require(need, f"what is kept of {count} tokens", "give a shorter prompt, or fewer beams")

    def _last(self, slot: str, value: Array) -> Array:
        """The last position of what was computed of the new ones."""
        axis = self.cut.axis(slot, self.to.dim or "")
        if axis is None:
            return value
        return value[(..., slice(-1, None), *(slice(None),) * (-axis - 1))]

    def _for_rows(self, rows: int) -> dict[str, Array]:
        """What was computed once, the same for every sequence."""
        found = {}
        for slot, value in self._once.items():
            batched = value.ndim > len(self.cut.types[slot].dims)
            shape = (rows, *value.shape[1:])
            found[slot] = self.model.xp.broadcast_to(value, shape) if batched else value
        return found

    def _window(self, count: int) -> int:
        """How many of the last tokens the spec takes; says so once if not all of them."""
        to = self.to
        if to.dim is None:
            return to.width or 0
        if met(self.model.graph, {**self._sizes, to.dim: count}):
            self._fitting = count
        elif not self._slid:
            self._slid = True
            message = f"{to.input} has grown past what {self.model.graph.name} takes: from here on "
            message += f"each token hangs on the last {self._fitting} alone"
            hint = "ask for fewer tokens, or load the spec with a larger context"
            self.tell(Diagnostic("BW910", message, help=hint))
        return self._fitting

    def _tell_obstacle(self) -> None:
        """Say why every token takes a full run, if it does and need not."""
        if self.cut.obstacle and self.to.dim:
            message = f"{self.model.graph.name} cannot go on from what it has seen: "
            message += f"{self.cut.obstacle}; every token takes a full run"
            hint = "boxes that look back only, such as attention with causal: true, can be stepped"
            self.tell(Diagnostic("BW909", message, help=hint))
