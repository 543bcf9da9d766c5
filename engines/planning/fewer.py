"""A graph with fewer copies whose runs need as much room: copies that are alike repeat it."""

from __future__ import annotations

from dataclasses import replace

from boxwork.graphs.graph import Composite, Graph, Node, Part


def fewer(graph: Graph) -> Graph:
    """The graph with two rounds of each cycle of copies, unless one copy is spoken of alone."""
    return replace(graph, root=_Fewer().composite(graph.root))


class _Fewer:
    def __init__(self) -> None:
        self._known: dict[int, Part] = {}

    def part(self, part: Part) -> Part:
        if not isinstance(part, Composite):
            return part
        if id(part) not in self._known:
            self._known[id(part)] = self.composite(part)
        return self._known[id(part)]

    def composite(self, composite: Composite) -> Composite:
        """The same with fewer copies of its nodes, and of those inside."""
        numbers = any(step.isdigit() for tie in composite.ties for step in tie.own + tie.target)
        if numbers:
            return composite
        read = (refs for node in composite.nodes.values() for refs in node.inputs.values())
        wires = [*(ref for refs in read for ref in refs), *composite.sources.values()]
        alone = {ref.node for ref in wires if ref.copy is not None}
        nodes = {
            name: self._node(node, whole=name in alone) for name, node in composite.nodes.items()
        }
        same = all(nodes[name] is node for name, node in composite.nodes.items())
        return composite if same else replace(composite, nodes=nodes)

    def _node(self, node: Node, *, whole: bool) -> Node:
        cycle, count = len(node.parts), node.count
        if count is not None and count > 3 * cycle and not whole:
            count = 2 * cycle + count % cycle
        parts = tuple(map(self.part, node.parts))
        if parts == node.parts and count == node.count:
            return node
        return replace(node, parts=parts, count=count)
