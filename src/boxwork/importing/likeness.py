"""Whether two checked graphs are one: the same boxes, settings and wires, whatever was written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from boxwork.blocks.dims import Dim
from boxwork.graphs.graph import Composite, Graph, Node, Part

T = TypeVar("T")


def likeness(graph: Graph) -> tuple[Any, ...]:
    """What a graph is, to be held against another: equal if they are the same."""
    known: dict[int, Any] = {}
    conditions = {f"{c.left} {c.operator} {c.right}" for c in graph.conditions}
    return _part(graph.root, known), graph.free, tuple(sorted(conditions))


def _part(part: Part, known: dict[int, Any]) -> Any:
    if id(part) not in known:
        known[id(part)] = _composite(part, known) if isinstance(part, Composite) else (
            part.name,
            tuple((name, _value(value)) for name, value in part.settings.items()),
            _types(part.outputs),
            tuple((n, tuple(map(_value, p.dims))) for n, p in part.parameters.items()),
        )  # fmt: skip
    return known[id(part)]


def _composite(part: Composite, known: dict[int, Any]) -> Any:
    nodes = tuple((name, _node(node, known)) for name, node in part.nodes.items())
    ties = tuple((tie.own, tie.target, tie.transpose) for tie in part.ties)
    return nodes, tuple(map(str, part.sources.values())), _types(part.outputs), ties


def _node(node: Node, known: dict[int, Any]) -> Any:
    parts = [_part(part, known) for part in node.parts]
    if node.count is not None:
        parts = shortest_cycle([parts[k % len(parts)] for k in range(_seen(node, len(parts)))])
    inputs = tuple((port, tuple(map(str, refs))) for port, refs in node.inputs.items())
    return node.count, node.shared, inputs, tuple(parts)


def _seen(node: Node, cycle: int) -> int:
    """How many copies tell the cycle: two rounds settle it, however many there are."""
    return max(min(node.count or 0, 2 * cycle), 1)


def shortest_cycle(items: Sequence[T]) -> list[T]:
    """The shortest list that, repeated and cut off, is this one."""
    border, borders = 0, [0]  # of each beginning: how much of it stands at its end too
    for item in items[1:]:
        while border and item != items[border]:
            border = borders[border - 1]
        border += item == items[border]
        borders.append(border)
    return list(items[: len(items) - borders[-1]]) if items else []


def _types(wires: Any) -> Any:
    return tuple((name, wire.kind, tuple(map(_value, wire.dims))) for name, wire in wires.items())


def _value(value: Any) -> Any:
    """A setting or a dim without the names that led to it."""
    if isinstance(value, Dim):
        return str(value) if value.free else int(value)
    if isinstance(value, tuple):
        return tuple(map(_value, value))
    return value
