"""The numbers that a drawing may show: weights, values of a run, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from boxwork.graphs.graph import Composite, Graph
from boxwork.graphs.parameters import canonical, find, written
from boxwork.specs.interpret import Interpretation, Names
from boxwork.specs.values import Values

Array = Any  # a NumPy array, or nested sequences
CLOSE = 1e-6  # a parameter still is the number written in the spec, but for rounding


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a parameter; ``ours`` if it is not that of the spec's source."""

    value: float
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """The numbers of one parameter, and what the spec says of them."""

    array: Array
    given: Values | None = None
    transposed: bool = False

    def at(self, *place: int) -> Number:
        """The number at a place."""
        place = place[::-1] if self.transposed else place
        found = self.array
        for i in place:
            found = found[i]
        number = float(found)
        marked = self.given is not None and place in self.given.ours
        return Number(number, marked and _same(self.given, place, number))

    @property
    def names(self) -> tuple[str, ...]:
        """What the spec calls the positions of the last dim."""
        return self.given.names if self.given and not self.transposed else ()


@dataclass(frozen=True)
class Data:
    """What is known of a graph's numbers, by path.

    ``parameters`` count before the numbers written in the spec; without ``values`` a
    drawing shows no run.
    """

    graph: Graph
    parameters: Mapping[str, Array] = field(default_factory=dict)
    values: Mapping[str, Array] = field(default_factory=dict)
    interpretation: Interpretation = field(default_factory=Interpretation)

    @cached_property
    def known(self) -> bool:
        """Whether there are any numbers, so that copies of a box are not drawn alike."""
        return bool(self.parameters or self.values) or _writes(self.graph.root)

    def weights(self, path: str) -> Weights | None:
        """The numbers of a parameter: those handed in, else those written in the spec."""
        owner, transposed = (None if "*" in path else canonical(self.graph, path)) or (path, False)
        place = owner.replace("*", "0")  # numbers at a repeated node are those of all its copies
        given = written(self.graph, place) if find(self.graph, place) else None
        if owner in self.parameters:
            return Weights(self.parameters[owner], given, transposed)
        return Weights(given.numbers, given, transposed) if given else None

    def value(self, path: str, dims: int) -> list[float] | None:
        """The numbers of a wire of a run at its last position; of a batch, the first sample."""
        if path not in self.values:
            return None
        found = self.values[path]
        if isinstance(found, list) and found and hasattr(found[0], "shape"):
            found = found[0]  # samples of unlike length
        depth = _depth(found)
        for k in range(depth - 1):
            if not len(found):
                return None
            found = found[0 if k < depth - dims else -1]
        return [float(number) for number in found] if depth else [float(found)]

    def array(self, path: str, dims: int) -> Array | None:
        """The numbers of a wire of a run, all positions; of a batch, those of the first sample."""
        if path not in self.values:
            return None
        import numpy as np

        found = self.values[path]
        if isinstance(found, list) and found and hasattr(found[0], "shape"):
            found = found[0]  # samples of unlike length
        array = np.asarray(found, dtype=np.float64)
        while array.ndim > dims:
            if not len(array):
                return None
            array = array[0]
        return array if array.size else None

    def samples(self, path: str, dims: int) -> int | None:
        """How many samples a batch of a run has along its first axis; None if there is no batch."""
        found = self.values.get(path)
        if found is None or _depth(found) <= dims:
            return None
        return len(found)

    def indices(self, path: str) -> list[int]:
        """The indices on a wire of a run; of a batch, those of the first sample."""
        found = self.values.get(path, [])
        while _depth(found) > 1:
            found = found[0]
        return [int(index) for index in found] if _depth(found) else [int(found)]

    def features(self, name: str) -> tuple[str, ...]:
        """What the numbers of an input are called."""
        ways = self.interpretation.inputs.get(name, ())
        return next((way.names for way in ways if isinstance(way, Names)), ())

    def symbols(self, name: str) -> tuple[str, ...]:
        """The letters or words that the indices of an input stand for."""
        found = self.interpretation.tokenizer(name)
        return found.symbols if found else ()

    def classes(self, name: str) -> tuple[str, ...]:
        """What the numbers of an output stand for: classes, or the tokens that may be next.

        Of several readings every number has all its names: ``leaf / sunny``.
        """
        ways = self.interpretation.outputs.get(name, ())
        found = [way.names if isinstance(way, Names) else self.symbols(way.of) for way in ways]
        return tuple(" / ".join(names) for names in zip(*found, strict=False))


def _writes(part: Composite) -> bool:
    """Whether numbers are written in a spec."""
    nodes = part.nodes.values()
    parts = {id(inner): inner for node in nodes for inner in node.parts}
    return any(node.values for node in nodes) or any(
        _writes(inner) for inner in parts.values() if isinstance(inner, Composite)
    )


def _same(given: Values | None, place: Sequence[int], number: float) -> bool:
    there: Any = given.numbers if given else number
    for i in place if given else ():
        there = there[i]
    return bool(abs(number - there) <= CLOSE * abs(there))


def shape(found: Any) -> tuple[int, ...]:
    """The shape of an array or of nested lists; of samples of unlike length, of the first."""
    if hasattr(found, "shape"):
        return tuple(int(size) for size in found.shape)
    if not isinstance(found, list | tuple):
        return ()
    return (len(found), *(shape(found[0]) if found else ()))


def _depth(found: Any) -> int:
    """How many dims an array has."""
    if hasattr(found, "ndim"):
        return int(found.ndim)
    return 1 + (_depth(found[0]) if found else 0) if isinstance(found, list | tuple) else 0
