"""How architectures behave: where the values of a run first differ, who learns faster."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwork.graphs.align import Alignment
from boxwork.specs.diagnostics import DataError, Diagnostic

if TYPE_CHECKING:
    from pathlib import Path

    from boxwork.api import Graph
    from boxwork.graphs.compare import Comparison

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
        where = self.a if self.a == self.b else f"{self.a} and {self.b}"
        if self.by is None:
            one, other = (" × ".join(map(str, shape)) for shape in self.shapes)
            return f"{where} first differ: {one} beside {other} numbers"
        return f"{where} first differ, by up to {self.by:.2g} of the largest value"


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
        apart, size = float(np.abs(x - y).max()), float(np.abs(x).max()) or 1.0
        if not apart <= CLOSE * size:
            return Difference(path, twin_path, apart / size, shapes, shared, seed)
    return Difference("", "", 0.0, ((), ()), shared, seed)


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
            given[name] = rng.integers(0, min(top, default=2), shape)
        else:
            given[name] = rng.standard_normal(shape)
    return given


def _length(*graphs: Graph) -> int:
    return min([LENGTH, *(context(graph) or LENGTH for graph in graphs)])


def context(graph: Graph) -> int | None:
    """The longest sequence that a spec takes, if it has a bound."""
    tops = [
        int(c.right.constant)
        for c in graph.checked.conditions
        if c.operator == "<=" and c.right.constant is not None and c.left.constant is None
    ]
    return min(tops, default=None)


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


@dataclass(frozen=True, slots=True)
class Race:
    """Losses of several specs that learned the same: by spec, a row for each seed."""

    losses: Mapping[str, Sequence[Sequence[float]]]
    last: Mapping[str, Sequence[float]]  # the mean of the last epoch
    steps: int
    seeds: tuple[int, ...]
    parameters: Mapping[str, int]

    def __str__(self) -> str:
        return "\n".join(f"{name}: loss {self.told(name)}" for name in self.last)

    def told(self, name: str) -> str:
        """The last loss of one spec: its mean, and its spread over the seeds."""
        mean, spread = self.mean(name)
        return f"{mean:.4g}" + (f" ± {spread:.2g}" if len(self.seeds) > 1 else "")

    def mean(self, name: str) -> tuple[float, float]:
        """The mean of the last losses over the seeds, and their standard deviation."""
        values = self.last[name]
        mean = math.fsum(values) / len(values)
        if len(values) < 2:
            return mean, 0.0
        return mean, math.sqrt(math.fsum((x - mean) ** 2 for x in values) / (len(values) - 1))

    def curves(self) -> dict[str, list[tuple[float, float]]]:
        """The losses over the steps, averaged over the seeds and over a few steps."""
        wide = max(1, self.steps // 100)
        made = {}
        for name, runs in self.losses.items():
            means = [math.fsum(step) / len(step) for step in zip(*runs, strict=True)]
            pieces = [means[k : k + wide] for k in range(0, len(means), wide)]
            made[name] = [
                (float(min((k + 1) * wide, len(means))), math.fsum(piece) / len(piece))
                for k, piece in enumerate(pieces)
            ]
        return made

    def facts(self) -> dict[str, object]:
        """The race as plain data, for JSON."""
        return {
            "steps": self.steps,
            "seeds": list(self.seeds),
            "last": {name: list(values) for name, values in self.last.items()},
            "curves": self.curves(),
        }


Tell = Callable[[str, int], None]


def race(
    graphs: Mapping[str, Graph],
    text: str | Path,
    *,
    steps: int,
    seeds: int = 1,
    tell: Tell = lambda name, seed: None,
    **options: Any,
) -> Race:
    """Train every spec on the same windows of a text, with the same seeds and steps.

    Windows are as long as the shortest context, unless ``length`` says otherwise.

    Raises:
        DataError: if one of them cannot learn from the text.
    """
    tops = [top for graph in graphs.values() if (top := context(graph))]
    if tops and "length" not in options:
        options["length"] = min(tops)
    losses: dict[str, list[Sequence[float]]] = {name: [] for name in graphs}
    last: dict[str, list[float]] = {name: [] for name in graphs}
    for seed in range(seeds):
        for name, graph in graphs.items():
            tell(name, seed)
            history = graph.init(seed).train(text=text, steps=steps, seed=seed, **options)
            losses[name].append(history.losses)
            last[name].append(history.last)
    from boxwork.graphs.totals import total

    counts = {name: total(graph.checked) for name, graph in graphs.items()}
    return Race(losses, last, steps, tuple(range(seeds)), counts)
