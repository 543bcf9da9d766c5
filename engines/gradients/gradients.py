"""The plan in reverse: a loss, and how it changes with every parameter."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from boxwork.blocks.forms import SizeError
from boxwork.blocks.types import WireType
from boxwork.engines.feeding import inputs
from boxwork.engines.gradients.backward import Flows, hold_differentiable, way_back
from boxwork.engines.gradients.passes import Kept, flowed, passed
from boxwork.engines.parameters.fit import fit
from boxwork.engines.planning.plan import Planner
from boxwork.engines.running.context import Run
from boxwork.engines.running.run import PaddingError, bind
from boxwork.engines.running.threads import suited_to
from boxwork.graphs.graph import Graph
from boxwork.graphs.parameters import parameters as declared

Array = np.ndarray[Any, Any]


class Trainable:
    """A graph with a loss: the loss of some inputs, and its gradient by parameter.

    The loss is the mean over all positions that are no padding. ``parameters`` may be changed
    in place between calls.
    """

    def __init__(self, graph: Graph, parameters: Mapping[str, Array], loss: str) -> None:
        """``loss`` names an output of the graph, ``real[…]`` with one number per position."""
        fit(graph, parameters)
        self.graph, self.loss_path = graph, loss
        self.parameters = dict(parameters)
        first = next(iter(self.parameters.values()), np.zeros(0, np.float32))
        self.dtype = first.dtype
        self.plan = Planner(graph).plan([loss])
        self.trained = frozenset(path for path, one in declared(graph).items() if one.trained)
        self.way = tuple(way_back(self.plan, self.trained))
        self._widest = max((array.size for array in self.parameters.values()), default=0)
        self._bound = bind(self.plan, self.parameters, np)
        hold_differentiable(self.plan, self.way)

    def loss(self, values: Mapping[str, Any]) -> float:
        """The mean loss as a run has it: nothing is dropped."""
        parts = self._parts(inputs.check(self.graph, values, self.dtype), key=None)
        return sum(total for total, _ in parts)

    def gradients(self, values: Mapping[str, Any], key: int = 0) -> tuple[float, dict[str, Array]]:
        """The mean loss, and its gradient by the path of each trained parameter.

        ``key`` seeds dropout. A parameter that the loss does not hang on has a gradient of 0.
        """
        parts = self._parts(inputs.check(self.graph, values, self.dtype), key=key)
        loss, found = parts[0]
        for more, gradients in parts[1:]:
            loss += more
            for path, gradient in gradients.items():
                found[path] = found[path] + gradient if path in found else gradient
        return loss, {
            path: found[path] if path in found else np.zeros_like(self.parameters[path])
            for path in self.parameters
            if path in self.trained
        }

    def _parts(self, batch: inputs.Batch, key: int | None) -> list[tuple[float, dict[str, Array]]]:
        """Loss and gradients of a batch, in parts if some block would mix padding in."""
        wire = self.plan.types[self.loss_path]
        at = Run(np, self.dtype.type, batch.sizes, batch.lengths, key is not None, key or 0)
        count = _positions(wire, batch, at)
        with suited_to(self._widest * _rows(self.graph, batch)):
            try:
                return [self._pass(batch, at, count, backward=key is not None)]
            except (PaddingError, SizeError):
                if not batch.lengths:
                    raise
            return [
                self._pass(part, at.full(part.sizes), count, backward=key is not None)
                for _, part in batch.apart(self.graph.inputs)
            ]

    def _pass(
        self, batch: inputs.Batch, at: Run, count: int, *, backward: bool
    ) -> tuple[float, dict[str, Array]]:
        """The share of some samples in a mean over ``count`` positions."""
        with np.errstate(all="ignore"):  # what counts is seen in the result
            slots, saved = passed(self.plan, self._bound, batch.values, at, self.way)
            losses = slots[self.plan.asked[self.loss_path]]
            weights = _weights(self.plan.types[self.loss_path], losses, batch, at)
            loss = float(np.sum(losses * weights, dtype=np.float64)) / count
            if not backward:
                return loss, {}
            start = (weights / count).astype(self.dtype)
            return loss, self._backward(saved, np.broadcast_to(start, losses.shape))

    def _backward(self, saved: Kept, start: Array) -> dict[str, Array]:
        flows = Flows(self.plan.slots)
        flows.add(self.plan.asked[self.loss_path], start)
        return flowed(self.plan, self.way, self._bound, saved, flows)


def _rows(graph: Graph, batch: inputs.Batch) -> int:
    """How many positions the longest input of a batch has, padding included."""
    free = ([dim for dim in wire.dims if dim.free] for wire in graph.inputs.values())
    rows = (math.prod(dim.size(batch.sizes) for dim in dims) for dims in free)
    return math.prod(batch.axes) * max(rows, default=1)


def _positions(wire: WireType, batch: inputs.Batch, at: Run) -> int:
    """Over how many positions the mean goes."""
    if any(at.ragged(dim) for dim in wire.dims):
        each = np.prod([at.each(dim) for dim in wire.dims], axis=0)
        return max(int(each.sum()), 1)
    return max(math.prod(batch.axes) * math.prod(at.size(dim) for dim in wire.dims), 1)


def _weights(wire: WireType, losses: Array, batch: inputs.Batch, at: Run) -> Array:
    """1 for every position of the loss, 0 for padding.

    A loss without batch axes is the same for all samples, and counts for each.
    """
    batched = losses.ndim > len(wire.dims)
    if not any(at.ragged(dim) for dim in wire.dims):
        one = 1 if batched else math.prod(batch.axes)
        return np.full((1,) * losses.ndim, one, losses.dtype)
    weights = np.ones((1,) * (len(wire.dims) + 1), losses.dtype)
    for axis, dim in enumerate(wire.dims, 1):
        if at.ragged(dim):
            places = np.arange(at.size(dim)).reshape(-1, *(1,) * (len(wire.dims) - axis))
            weights = weights * (places < np.reshape(at.each(dim), (-1, *(1,) * len(wire.dims))))
    return weights if batched else weights.sum(axis=0)
