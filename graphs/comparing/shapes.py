"""Templates that differ only in their sizes: what one of them is aligned to, all are."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from weakref import ref

from boxwork.graphs.comparing.alike import kin
from boxwork.graphs.comparing.levels import Item, Level
from boxwork.graphs.comparing.matches import Alignment, Match
from boxwork.graphs.graph import Composite, Node, Part
from boxwork.graphs.noted import noted


@dataclass(frozen=True, eq=False, slots=True)
class Shape:
    """All of a template that an alignment looks at; the same one for templates that are alike."""

    facts: Hashable


_shape = lru_cache(maxsize=4096)(Shape)


@noted
def shape(part: Part) -> Shape:
    """What a template is without its sizes: its boxes, their names and wires."""
    ports = kin(part), tuple(part.inputs), tuple(part.outputs)
    if not isinstance(part, Composite):
        return _shape(ports)
    nodes = tuple(_node(node) for node in part.nodes.values())
    ties = tuple((tie.own, tie.target) for tie in part.ties)
    return _shape((*ports, part.title, nodes, tuple(part.sources.items()), ties))


def _node(node: Node) -> Hashable:
    first: dict[Part, int] = {}  # which of several are one
    parts = tuple((first.setdefault(part, len(first)), shape(part)) for part in node.parts)
    said = node.name, node.label, node.count, node.parallel is None, bool(node.values)
    return *said, parts, tuple(node.inputs.items()), tuple(node.outputs)


def seen_as(sample: Alignment, a: Composite, b: Composite) -> Alignment:
    """The alignment of two composites by that of two others of their shapes; nothing inside yet."""
    one, other = _level(sample.a, a), _level(sample.b, b)
    matches = (
        Match(m.a and one.items[m.a.path], m.b and other.items[m.b.path], moved=m.moved)
        for m in sample.matches
    )
    return Alignment(one, other, tuple(matches))


def _level(sample: Level, composite: Composite) -> Level:
    """A level of a composite by the same level of another of its shape."""
    key = frozenset(sample.opened)
    if key not in composite.levels:
        items = {
            path: Item(path, _node_at(composite, path), item.sources, item.spine)
            for path, item in sample.items.items()
        }
        composite.levels[key] = Level(ref(composite), items, sample.outputs, key, sample.written)
    found = composite.levels[key]
    assert isinstance(found, Level)
    return found


def _node_at(composite: Composite, path: str) -> Node:
    """The node of a box, which may stand in wrappers that were opened."""
    first, *rest = path.split(".")
    node = composite.nodes[first]
    for step in rest:
        assert isinstance(node.part, Composite)
        node = node.part.nodes[step]
    return node
