"""How many parameters a graph has, counted from its templates: a million copies cost as one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from boxwork.blocks.block import Parameter
from boxwork.graphs.graph import Composite, Graph, Node, Part
from boxwork.graphs.noted import noted
from boxwork.graphs.weighing import running


@dataclass(frozen=True, slots=True)
class Count:
    """How many numbers, trained ones and buffers, in how many arrays.

    ``active`` are the parameters that one position goes through: not those of copies that do not
    run.
    """

    trained: int = 0
    buffers: int = 0
    arrays: int = 0
    active: int = 0

    @staticmethod
    def of(parameter: Parameter) -> Count:
        """The count of one array."""
        size = math.prod(int(dim) for dim in parameter.dims)
        return Count(size, 0, 1, size) if parameter.trained else Count(0, size, 1, 0)

    @property
    def total(self) -> int:
        """The parameters: buffers are told apart."""
        return self.trained

    @property
    def stored(self) -> int:
        """All numbers that a file of weights holds."""
        return self.trained + self.buffers

    def times(self, factor: int) -> Count:
        """This count, several times."""
        if factor == 1:
            return self
        return Count(
            factor * self.trained,
            factor * self.buffers,
            factor * self.arrays,
            factor * self.active,
        )

    def __add__(self, other: Count) -> Count:
        return summed((self, other))


NONE = Count()


def summed(counts: Iterable[Count]) -> Count:
    """The sum of some counts."""
    found = [count for count in counts if count is not NONE]
    if len(found) < 2:
        return found[0] if found else NONE
    return Count(
        sum(count.trained for count in found),
        sum(count.buffers for count in found),
        sum(count.arrays for count in found),
        sum(count.active for count in found),
    )


def active_of(found: Count, node: Node) -> Count:
    """What is active of the arrays of copies side by side: those of the copies that run."""
    assert node.parallel is not None
    if node.shared:
        return found
    return replace(found, active=found.active * int(running(node)) // int(node.parallel.count))


@dataclass(frozen=True, slots=True)
class Totals:
    """The parameters of a graph, and those of each of its top nodes; ties count at the target."""

    all: Count
    nodes: Mapping[str, Count]


def totals(graph: Graph) -> Totals:
    """How many numbers, whole and by top node; costs what is written, not what is repeated."""
    counter, ties = Counter(), tuple(tie.own for tie in graph.root.ties)
    nodes = {name: counter.node(node, ties) for name, node in graph.root.nodes.items()}
    return Totals(summed(nodes.values()), nodes)


def total(graph: Graph) -> int:
    """How many parameters, each array once; buffers are none."""
    return totals(graph).all.total


Patterns = tuple[tuple[str, ...], ...]  # what is left of the own paths of ties, going inwards


class Counter:
    """Counts templates; a template met again under the same ties is not counted again."""

    def __init__(self, *, follow: bool = True) -> None:
        self._follow = follow  # leave out what is shared or tied
        self._known: dict[tuple[int, Patterns], Count] = {}

    def part(self, part: Part, ties: Patterns) -> Count:
        """What a part owns; an empty pattern ties all of it."""
        if () in ties:
            return NONE
        if not ties and self._follow:
            return _untied(part)
        key = id(part), ties
        if key not in self._known:
            self._known[key] = self.count(part, ties)
        return self._known[key]

    def count(self, part: Part, ties: Patterns) -> Count:
        """The same, counted anew at this level."""
        if isinstance(part, Composite):
            if self._follow:
                ties += tuple(tie.own for tie in part.ties)
            return summed(self.node(node, ties) for node in part.nodes.values())
        own = (p for name, p in part.parameters.items() if (name,) not in ties)
        return summed(map(Count.of, own))

    def node(self, node: Node, ties: Patterns) -> Count:
        """What a node owns in all its copies."""
        inside = tuple(pattern[1:] for pattern in ties if pattern[0] == node.name)
        if node.parallel is not None:
            return active_of(self.part(node.part, inside), node)
        if node.count is None or () in inside:
            return self.part(node.part, inside)
        copies = min(node.count, 1) if node.shared and self._follow else node.count
        numbers = {int(p[0]) for p in inside if p[0].isdigit() and int(p[0]) < copies}
        found = []
        for copy in sorted(numbers):
            left = tuple(p[1:] for p in inside if p[0] in ("*", str(copy)))
            found.append(self.part(node.part_of(copy), left))
        left, cycle = tuple(p[1:] for p in inside if p[0] == "*"), len(node.parts)
        for step, part in enumerate(node.parts[:copies]):
            others = len(range(step, copies, cycle)) - sum(n % cycle == step for n in numbers)
            found.append(self.part(part, left).times(others))
        return summed(found)


@noted
def _untied(part: Part) -> Count:
    """What a part owns if nothing outside is tied to what is inside."""
    return Counter().count(part, ())
