"""The template of copies side by side: the wires of one copy, the parameters of all."""

from __future__ import annotations

from dataclasses import replace

from boxwork.blocks.dims import Dim
from boxwork.graphs.graph import Composite, Node, Part, Primitive


def lifted(part: Part, count: Dim) -> Part:
    """A template whose parameters are those of ``count`` copies, with a dim more in front.

    Templates that are one stay one; nothing is written out, however many copies there are.
    """
    return _Lift(count).part(part)


class _Lift:
    def __init__(self, count: Dim) -> None:
        self.count = count
        self._known: dict[int, Part] = {}

    def part(self, part: Part) -> Part:
        if id(part) not in self._known:
            self._known[id(part)] = (
                self._primitive(part) if isinstance(part, Primitive) else self._composite(part)
            )
        return self._known[id(part)]

    def _primitive(self, part: Primitive) -> Primitive:
        parameters = {
            name: replace(one, dims=(self.count, *one.dims))
            for name, one in part.parameters.items()
        }
        return replace(part, parameters=parameters)

    def _composite(self, part: Composite) -> Composite:
        return replace(part, nodes={name: self._node(node) for name, node in part.nodes.items()})

    def _node(self, node: Node) -> Node:
        return replace(node, parts=tuple(map(self.part, node.parts)))
