"""What is different between two aligned graphs, as data.

A difference is told once, where it was written: a setting of a block rather than all that
follows from it inside, a dim rather than the settings that are computed from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from boxwork.graphs.comparing.align import align
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.collecting import Collector
from boxwork.graphs.comparing.interface import interface
from boxwork.graphs.comparing.levels import leaves
from boxwork.graphs.comparing.matches import Alignment
from boxwork.graphs.graph import Graph


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two graphs, which boxes correspond, and what is different."""

    a: Graph
    b: Graph
    alignment: Alignment
    changes: tuple[Change, ...]

    @property
    def same(self) -> bool:
        """Whether both mean the same, whatever the names, the order, and how layers are written."""
        return all(change.kind == "written" for change in self.changes)

    @cached_property
    def told(self) -> tuple[Change, ...]:
        """The changes that do not follow from others."""
        return tuple(change for change in self.changes if not change.implied)


def compare(a: Graph, b: Graph) -> Comparison:
    """Compare two checked graphs; from the first to the second.

    Both are aligned in an order of their own, so that ``compare(b, a)`` is the mirror image.
    """
    turned = _order(b) < _order(a)
    one, other = (b, a) if turned else (a, b)
    found = align(one, other)
    changes = [*interface(one, other), *Collector(one, other).level(found, "", "", "")]
    changes = [*_dims(one, other), *changes]
    if turned:
        return Comparison(a, b, found.mirrored(), tuple(c.mirrored() for c in changes))
    return Comparison(a, b, found, tuple(changes))


def _order(graph: Graph) -> tuple[object, ...]:
    """Which of two graphs comes first, whatever is asked: the smaller one."""
    found = leaves(graph.root)
    dims = sorted((name, str(dim)) for name, dim in graph.dims.items())
    return found.total(), sorted(found.items()), graph.name, dims


def _dims(a: Graph, b: Graph) -> Iterator[Change]:
    """Dims of one name whose sizes differ, if anything in the graphs shows it."""
    for name, dim in a.dims.items():
        other = b.dims.get(name)
        if other is None or dim.agrees(other) or name not in a.used | b.used:
            continue
        if dim.free != other.free or not dim.free:
            yield Change("dim", name, name, name, str(dim), str(other))
