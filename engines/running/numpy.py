"""The reference engine: a graph with parameters, run on NumPy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from boxwork.blocks.forms import SizeError
from boxwork.engines.feeding import inputs
from boxwork.engines.parameters.fit import fit
from boxwork.engines.planning.plan import Plan, Planner
from boxwork.engines.running.context import Run
from boxwork.engines.running.results import Array, Arrays, Trace, Value, joined, settled
from boxwork.engines.running.run import PaddingError, bind, hold_memory, run
from boxwork.graphs.graph import Graph
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.hints import did_you_mean

MAX_PLANS = 32
Bound = tuple[Plan, tuple[SimpleNamespace, ...]]


def namespace() -> Any:
    """The Array API namespace of NumPy: itself, or the compatible one for an older NumPy."""
    if np.lib.NumpyVersion(np.__version__) >= "2.1.0":
        return np
    import array_api_compat.numpy as compatible

    return compatible


def floating(dtype: Any) -> np.dtype[Any]:
    """float32 or float64, however it was written."""
    try:
        found: np.dtype[Any] = np.dtype(dtype)
        if found in (np.float32, np.float64):
            return found
    except TypeError:
        pass
    message = f"the dtype of a run is float32 or float64, not {dtype}"
    raise DataError([Diagnostic("BW421", message)])


class Model:
    """A graph and its parameters: call it with inputs, or trace what is inside."""

    def __init__(
        self, graph: Graph, parameters: Mapping[str, Array], *, dtype: Any = None, xp: Any = None
    ) -> None:
        """Take parameters by path, in the dtype of the run (their own, if none is given)."""
        fit(graph, parameters)
        first = next(iter(parameters.values()), None)
        own = None if first is None else str(first.dtype).rpartition(".")[2]
        self.graph = graph
        self.dtype = floating(dtype or own or "float32")
        self._xp = xp or namespace()
        self._type = getattr(self._xp, self.dtype.name)
        arrays = {path: self._xp.asarray(a, dtype=self._type) for path, a in parameters.items()}
        self.parameters = Arrays(graph, arrays)
        self._owned = {id(array) for array in arrays.values()}
        self._planner = Planner(graph)
        self._plans: dict[tuple[str, ...], Bound] = {}

    @property
    def xp(self) -> Any:
        """The Array API namespace of the parameters, which runs compute with."""
        return self._xp

    @property
    def xp_dtype(self) -> Any:
        """The dtype of a run as that namespace has it."""
        return self._type

    def __call__(self, /, *values: Any, **by_name: Any) -> Value | dict[str, Value]:
        """The outputs by name; the array itself if there is one output."""
        found = self.run(inputs.named(self.graph, values, by_name))
        return found if len(found) != 1 else next(iter(found.values()))

    def trace(
        self, /, *values: Any, paths: Iterable[str] | None = None, **by_name: Any
    ) -> Mapping[str, Value]:
        """Every activation by path, or those asked for (``*`` stands for every copy)."""
        given = inputs.named(self.graph, values, by_name)
        if isinstance(paths, str):
            paths = [paths]
        asked = self._planner.everything if paths is None else self._asked(paths)
        return Trace(self._planner, self.run(given, asked))

    def run(
        self,
        values: Mapping[str, Any],
        paths: Iterable[str] | None = None,
        *,
        training: bool = False,
        key: int = 0,
    ) -> dict[str, Value]:
        """The values at some paths (the outputs, if none are given); ``key`` seeds dropout."""
        plan, bound = self._plan(tuple(self.graph.outputs if paths is None else paths))
        batch = inputs.check(self.graph, values, self.dtype)
        at = Run(self._xp, self._type, batch.sizes, batch.lengths, training, key)
        try:
            return self._pass(plan, bound, batch, at)
        except (PaddingError, SizeError):  # a size may be none for the shorter samples
            pass
        runs = [
            (samples, self._pass(plan, bound, part, at.full(part.sizes)))
            for samples, part in batch.apart(self.graph.inputs)
        ]
        return {
            path: joined(
                self._xp, [(s, found[path]) for s, found in runs], wire, plan.free[path], at
            )
            for path, wire in plan.types.items()
        }

    def _pass(
        self, plan: Plan, bound: Sequence[SimpleNamespace], batch: inputs.Batch, at: Run
    ) -> dict[str, Value]:
        """One run through the plan."""
        hold_memory(plan, at, math.prod(batch.axes), self.dtype.itemsize)
        values = {name: self._xp.asarray(array) for name, array in batch.values.items()}
        with np.errstate(all="ignore"):  # padding may overflow; what counts is seen in the result
            found = run(plan, bound, values, at)
        seen = self._owned | {id(value) for value in values.values()}
        return {
            path: settled(self._xp, value, plan.types[path], at, seen)
            for path, value in found.items()
        }

    def _plan(self, paths: tuple[str, ...]) -> Bound:
        """The plan for some paths, with the arrays of its steps."""
        if paths not in self._plans:
            if len(self._plans) >= MAX_PLANS:
                self._plans.pop(next(iter(self._plans)))
            plan = self._planner.plan(paths)
            self._plans[paths] = plan, bind(plan, self.parameters, self._xp)
        return self._plans[paths]

    def _asked(self, paths: Iterable[str]) -> list[str]:
        """The paths to trace, stars spread over the copies."""
        found, unknown = [], []
        for path in paths:
            spread = self._planner.wiring.spread(path)
            found += spread
            if not spread:
                hint = did_you_mean(path, self._planner.names)
                unknown.append(Diagnostic("BW413", f"there is no activation `{path}`", help=hint))
        if unknown:
            raise DataError(unknown)
        return list(dict.fromkeys(found))
