"""Every wire of a graph as a line: what each input of each box reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from boxwork.graphs.graph import Composite, Graph, Node, Ref


@dataclass(frozen=True, slots=True)
class Wire:
    """A wire, the boxes at its ends named by path; ``stack.*`` stands for every copy."""

    source: str
    to: str
    port: str
    type: str

    def facts(self) -> dict[str, object]:
        """The wire as plain data."""
        return {"from": self.source, "to": self.to, "port": self.port, "type": self.type}


def wires(graph: Graph) -> list[Wire]:
    """The wires in the order in which the boxes run, those inside a box after those to it."""
    return list(_below(graph.root, ""))


def _below(composite: Composite, path: str) -> Iterator[Wire]:
    for node in composite.nodes.values():
        own = path + node.name
        yield from _into(node, own, path, composite.nodes)
        for step, part in enumerate(node.parts):
            if isinstance(part, Composite):
                yield from _below(part, f"{own}{_copy(node, step)}.")


def _copy(node: Node, step: int) -> str:
    """How copies are written: one name for all, or, if they vary, the first of each kind."""
    if node.count is None:
        return ""
    return ".*" if len(node.parts) == 1 else f".{step}"


def _into(node: Node, own: str, path: str, nodes: Mapping[str, Node]) -> Iterator[Wire]:
    for port, refs in node.inputs.items():
        types = node.part.inputs.get(port, ())
        for place, ref in enumerate(refs):
            wire = str(types[place]) if place < len(types) else ""
            yield Wire(path + _source(ref, nodes), own, port, wire)


def _source(ref: Ref, nodes: Mapping[str, Node]) -> str:
    """The path of a wire's start; the first output of a node goes without its name."""
    node = nodes.get(ref.node)
    first = node is not None and ref.port == next(iter(node.outputs))
    return str(Ref(ref.node, "", ref.copy) if first else ref)
