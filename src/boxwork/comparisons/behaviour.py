"""How architectures behave: where the values of a run first differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwork.engines.feeding.conditions import most
from boxwork.graphs.comparing.matches import Alignment
from boxwork.specs.diagnostics import DataError, Diagnostic

if TYPE_CHECKING:
    from boxwork.api import Graph
    from boxwork.graphs.comparing.compare import Comparison

LENGTH = 8  # positions of the input that both get
CLOSE = 1e-5  # of the largest value: what rounding may do


@dataclass(frozen=True, slots=True)
class Difference:
    """The first activation that is another one, and how far the outputs are apart.

    ``by`` is the largest difference, as a part of the largest value; None if shapes differ.
    """

    a: str  # paths; empty if all that can be held against each other is the same
    b: str
    by: float | None
    shapes: tuple[tuple[int, ...], tuple[int, ...]]
    shared: int  # parameters, as numbers, that both have
    seed: int

    def __str__(self) -> str:
        if not self.a:
            return "all activations that both have are the same"
        one = self.a == self.b
        where = f"{self.a} is" if one else f"{self.a} and {self.b} are"
        if self.by is None:
            here, there = (" × ".join(map(str, shape)) for shape in self.shapes)
            return f"{where} the first to differ: {here} beside {there} numbers"
        return f"{where} the first to differ, by up to {100 * self.by:.2g} % of the largest value"


def difference(a: Graph, b: Graph, comparison: Comparison, seed: int = 0) -> Difference:
    """Run both on the same input, with the same weights where names and shapes agree.

    Raises:
        DataError: if their inputs are not of one type, or one of them is too large to run.
    """
    given = _inputs(a, b, seed)
    one, other = a.init(seed), b.init(seed)
    shared = 0
    for path, array in one.parameters.items():
        twin = other.parameters.get(path)
        if twin is not None and twin.shape == array.shape:
            np.copyto(twin, array)
            shared += array.size
    left = one.trace(**given)
    names = list(b.inputs)
    right = other.trace(**dict(zip(names, given.values(), strict=True)))
    for path, twin_path in _paired(comparison.alignment, left, right):
        x, y = np.asarray(left[path]), np.asarray(right[twin_path])
        shapes = x.shape, y.shape
        if x.shape != y.shape:
            return Difference(path, twin_path, None, shapes, shared, seed)
        apart, size = _greatest(x - y), _greatest(x) or 1.0
        if not apart <= CLOSE * size:
            return Difference(path, twin_path, apart / size, shapes, shared, seed)
    return Difference("", "", 0.0, ((), ()), shared, seed)


def _greatest(x: Any) -> float:  # [*] -> []
    return float(np.abs(x).max(initial=0))


def _inputs(a: Graph, b: Graph, seed: int) -> dict[str, Any]:
    """One input for both: as long as both take, of indices that both have."""
    rng = np.random.default_rng(seed)
    given: dict[str, Any] = {}
    if len(a.inputs) != len(b.inputs):
        raise _unlike(a, b)
    sizes: dict[str, int] = {}
    for (name, one), other in zip(a.inputs.items(), b.inputs.values(), strict=True):
        if one.kind != other.kind or len(one.dims) != len(other.dims):
            raise _unlike(a, b)
        shape = []
        for dim, twin in zip(one.dims, other.dims, strict=True):
            if dim.free != twin.free or (not dim.free and int(dim) != int(twin)):
                raise _unlike(a, b)
            shape.append(sizes.setdefault(str(dim), _length(a, b)) if dim.free else int(dim))
        if one.kind == "index":
            top = [int(w.bound) for w in (one, other) if w.bound is not None and not w.bound.free]
            given[name] = rng.integers(0, max(min(top, default=2), 1), shape)
        else:
            given[name] = rng.standard_normal(shape)
    return given


def _length(*graphs: Graph) -> int:
    tops = (most(graph.checked, name) for graph in graphs for name in graph.checked.free)
    return min([LENGTH, *(top for top in tops if top is not None)])


def _unlike(a: Graph, b: Graph) -> DataError:
    ways = [", ".join(f"{n}: {w.named()}" for n, w in g.inputs.items()) for g in (a, b)]
    message = f"{a.name} and {b.name} do not read the same: {ways[0]} beside {ways[1]}"
    return DataError([Diagnostic("BW550", message, help="compare the two without running them")])


def _paired(
    found: Alignment, left: Mapping[str, Any], right: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """The activations that correspond, in the order of the run."""
    pairs = dict(_pairs(found, "", ""))
    for path in left:
        steps = path.split(".")
        numbers = iter([step for step in steps if step.isdigit()])
        pattern = ".".join("*" if step.isdigit() else step for step in steps)
        other = pairs.get(pattern)
        if other is None:
            continue
        twin = ".".join(next(numbers, "0") if step == "*" else step for step in other.split("."))
        if twin in right:
            yield path, twin


def _pairs(found: Alignment, a: str, b: str) -> Iterator[tuple[str, str]]:
    for match in found.matches:
        if match.a is None or match.b is None or match.moved:
            continue
        one, other = a + match.a.path, b + match.b.path
        into = [f"{p}.*" if m.node.count is not None else p
                for p, m in ((one, match.a), (other, match.b))]  # fmt: skip
        yield into[0], into[1]
        for inside in match.inside[:1]:
            yield from _pairs(inside, f"{into[0]}.", f"{into[1]}.")
