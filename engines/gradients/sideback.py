"""The way back through copies side by side: each gets its share, and hands on what it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from boxwork.blocks.context import Gradients, Saved
from boxwork.engines.gradients.backward import fitted
from boxwork.engines.planning.plan import Inside
from boxwork.engines.running.context import StepContext
from boxwork.engines.running.side import COPIES, Beside, Ran
from boxwork.graphs.graph import WEIGH

Array = np.ndarray[Any, Any]
# One copy: what is kept of it, gradients of what it gave; those of its inputs and its arrays.
Back = Callable[[Inside, Any, Mapping[str, Array]], tuple[Mapping[str, Array], Mapping[str, Array]]]


def gradients(
    cx: StepContext, inside: Inside, arrays: SimpleNamespace, saved: Saved, dy: Any, back: Back
) -> Gradients:
    """The gradients of what a step reads that is copies side by side, and of its arrays."""
    beside = Beside(cx, inside, saved.inputs)
    flows = dy if isinstance(dy, tuple) else (dy,)
    given = {port: flow for (port, _), flow in zip(cx.step.writes, flows, strict=True)}
    way = _Way(beside, {port: flow for port, flow in given.items() if flow is not None})
    for ran in saved.kept[COPIES]:
        inputs, own = back(inside, ran.kept, way.shares(ran))
        way.add_inputs(inputs, ran)
        way.add_arrays(own, vars(arrays), ran)
    ports = (port.name for port in cx.step.primitive.block.inputs() if port.type.kind != "shape")
    return Gradients(tuple(way.inputs().get(port) for port in ports), way.arrays)


class _Way:
    """What flows back through one step, added up copy by copy."""

    def __init__(self, beside: Beside, dy: Mapping[str, Array]) -> None:
        self.beside, self.dy = beside, dy
        self.arrays: dict[str, Array] = {}
        self._whole: dict[str, Array] = {}  # gradients of the inputs
        self._rows: dict[str, Array] = {}  # the same, as rows of places
        self._weights: Array | None = None  # [batch positions copies], or [places copies]

    def shares(self, ran: Ran) -> dict[str, Array]:
        """What flows back into the outputs of one copy; that of its weight is noted."""
        found = {}
        for port, dy in self.dy.items():
            value = ran.given[port]
            if not self.beside.summed(port):
                rank = len(self.beside.inside.plan.types[port].dims)
                found[port] = np.moveaxis(dy, -1 - rank, 0)[ran.number]
            elif ran.places is None:
                rest = self.beside.rest(port)
                self._note(ran, _dot(dy, value, rest))
                found[port] = fitted(dy * self.beside.weight(ran.number, rest), value)
            else:
                found[port] = self._share(port, dy, value, ran.number, ran.places, ran)
        return found

    def _share(
        self, port: str, dy: Array, value: Array, number: int, places: Array, ran: Ran
    ) -> Array:
        """What flows back into a copy that ran at some places."""
        rows, rest = self.beside.rows, self.beside.rest(port)
        assert rows is not None
        here = rows.flat(dy, rest)[places]
        self._note(ran, _dot(here, rows.joined(value, rest), rest))
        return fitted(rows.alone(here * rows.weights_at(places, number, rest)), value)

    def _note(self, ran: Ran, gradient: Array) -> None:
        """How the loss changes with the weight of a copy, at all positions or at some places."""
        rows = self.beside.rows
        if rows is None or not self.beside.cx.needs(WEIGH):
            return
        copies = int(self.beside.inside.side.count)
        if self._weights is None:
            shape = (*rows.batch, *rows.lengths, copies)
            self._weights = np.zeros(shape, gradient.dtype)
        if ran.places is None:
            self._weights[..., ran.number] += gradient
        else:
            rows.view(self._weights, 1)[ran.places, ran.number] += gradient

    def add_inputs(self, inputs: Mapping[str, Array], ran: Ran) -> None:
        """What one copy hands on to what it reads."""
        rows = self.beside.rows
        for name, gradient in inputs.items():
            value = self.beside.values[name]
            if ran.places is None or rows is None or not rows.along(name):
                gradient = fitted(gradient, value)
                whole = self._whole
                whole[name] = whole[name] + gradient if name in whole else gradient
                continue
            rest = len(self.beside.wires[name].dims) - len(rows.positions)
            gradient = rows.joined(gradient, rest)
            if name not in self._rows:
                shape = (rows.count, *gradient.shape[1:])
                self._rows[name] = np.zeros(shape, gradient.dtype)
            self._rows[name][ran.places] += gradient

    def inputs(self) -> dict[str, Array]:
        """The gradients of the inputs by name."""
        found = dict(self._whole)
        for name, gradient in self._rows.items():
            assert self.beside.rows is not None
            whole = self.beside.rows.unfolded(gradient)
            found[name] = whole + found[name] if name in found else whole
        if self._weights is not None:
            found[WEIGH] = self._weights
        return found

    def add_arrays(self, own: Mapping[str, Array], arrays: Mapping[str, Array], ran: Ran) -> None:
        """The gradients of the arrays of one copy, in its piece of those of all."""
        shared = self.beside.inside.node.shared
        for name, gradient in own.items():
            if name not in self.arrays:
                self.arrays[name] = np.zeros(arrays[name].shape, gradient.dtype)
            if shared:
                self.arrays[name] += fitted(gradient, arrays[name])
            else:
                self.arrays[name][ran.number] = fitted(gradient, arrays[name][ran.number])


def _dot(one: Array, other: Array, axes: int) -> Array:
    """The sum of products over the last axes."""
    return (one * other).sum(axis=tuple(range(-axes, 0))) if axes else one * other
