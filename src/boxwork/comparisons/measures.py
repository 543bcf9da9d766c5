"""What can be counted of several graphs, as rows of one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from boxwork.blocks.block import FAMILIES
from boxwork.counting import CONTEXT
from boxwork.engines.feeding.conditions import most
from boxwork.graphs.graph import Composite, Graph, Primitive
from boxwork.graphs.parameters import Place, owned
from boxwork.graphs.totals import totals

if TYPE_CHECKING:
    from boxwork.counting import Counted

OWN = ("norm", "embedding", "position", "recurrence")  # told by the box itself, wherever it is
AROUND = ("attention", "feedforward", "recurrence")  # told by what is round a box
NAMES = {"feedforward": "feed-forward", "linear": "other linear layers"}


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: its value in each graph, None where it has no meaning."""

    name: str
    values: tuple[int | None, ...]
    unit: str = ""

    def ratio(self, k: int) -> float | None:
        """The value in graph ``k``, as a multiple of that in the first."""
        first, here = self.values[0], self.values[k]
        return here / first if first and here is not None else None


def rows(graphs: Sequence[Graph], costs: Sequence[Counted] = ()) -> list[Row]:
    """Dims, parameters by kind, and what a pass costs, if that was counted."""
    found = [row for measure in MEASURES for row in measure(graphs)]
    return [*found, *_costs(costs)] if costs else found


def _costs(costs: Sequence[Counted]) -> Iterator[Row]:
    """Operations and bytes, all for one sample of one length."""
    steps = [one.step for one in costs]
    yield Row("weights", tuple(one.weights() for one in costs), "B")
    yield Row("a pass", tuple(one.full.masked for one in costs), "FLOP")
    if any(steps):
        values = tuple(None if step is None else step.masked for step in steps)
        yield Row("one more token", values, "FLOP")
    if any(one.state for one in costs):
        yield Row("remembered", tuple(one.state for one in costs), "B")
    yield Row("activations, running", tuple(one.running[0] for one in costs), "B")
    yield Row("activations, training", tuple(one.training for one in costs), "B")


def shared_context(graphs: Sequence[Graph]) -> int:
    """The longest sequence that all graphs take."""
    tops = [most(graph, name) for graph in graphs for name in graph.free]
    return min((top for top in tops if top is not None), default=CONTEXT)


def _dims(graphs: Sequence[Graph]) -> Iterator[Row]:
    names = dict.fromkeys(name for graph in graphs for name in graph.dims)
    for name in names:
        sizes = [graph.dims.get(name) for graph in graphs]
        values = tuple(None if dim is None or dim.free else int(dim) for dim in sizes)
        if any(value is not None for value in values):
            yield Row(name, values)


def _parameters(graphs: Sequence[Graph]) -> Iterator[Row]:
    counted = [totals(graph).all for graph in graphs]
    yield Row("parameters", tuple(count.total for count in counted))
    if any(count.active < count.total for count in counted):
        yield Row("active parameters", tuple(count.active for count in counted))
    if any(count.buffers for count in counted):
        yield Row("not trained", tuple(count.buffers for count in counted))
    kinds = [by_kind(graph) for graph in graphs]
    for kind in FAMILIES:
        values = tuple(found.get(kind, 0) for found in kinds)
        if any(values):
            yield Row(f"in {NAMES.get(kind, kind)}", values)


def by_kind(graph: Graph) -> dict[str, int]:
    """The parameters of each kind of box: attention, feed-forward, norms and so on."""
    found: dict[str, int] = {}
    for place in owned(graph):
        if place.parameter.trained:
            kind = _kind(place)
            found[kind] = found.get(kind, 0) + prod(map(int, place.parameter.dims))
    return found


def _kind(place: Place) -> str:
    owner = place.nodes[-1].parts[0]
    assert isinstance(owner, Primitive)
    if owner.family in OWN:
        return owner.family
    around: list[Composite] = [composite for composite, _ in place.ways]
    return around[-1].family if around[-1].family in AROUND else owner.family


MEASURES: tuple[Callable[[Sequence[Graph]], Iterator[Row]], ...] = (_dims, _parameters)
