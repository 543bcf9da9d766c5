"""What the path of a box in a drawing stands for, and what opens it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from boxwork.graphs.graph import Composite, Graph, Node, Part
from boxwork.renderers.figure import Box
from boxwork.renderers.structure.copies import main_copy
from boxwork.renderers.structure.dense import figured
from boxwork.renderers.structure.scope import OUTPUT

Order = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The node at a path, the template that is drawn there, and the path that opens it.

    ``order`` sorts boxes as they are written in the spec, what is inside after its frame.
    """

    node: Node
    part: Part
    copies: range | None
    opener: str
    order: Order


def find(graph: Graph, path: str) -> Found:
    """What stands at ``stack`` (all its copies), ``stack.*.attn``, ``stack.3`` or ``stack.0-2``."""
    nodes: Mapping[str, Node] = graph.root.nodes
    order: Order = ()
    rest = path.split(".")
    while True:
        name = rest.pop(0)
        node, copies = nodes[name], None
        order = (*order, list(nodes).index(name), 0)
        if node.count is not None:
            copies = _copies(rest.pop(0) if rest else "*", node.count)
            order = (*order[:-1], copies.start)
        part = node.part_of(main_copy(node, copies))
        if not rest:
            return Found(node, part, copies, _opener(path, node, copies), order)
        assert isinstance(part, Composite)
        nodes = part.nodes


def group(box: Box) -> bool:
    """Whether a box is merely the frame round the layers of several nodes."""
    last = box.path.rpartition(".")[2]
    return box.shape == "network" and "-" in last and not last[0].isdigit()


def opens(found: Found) -> bool:
    """Whether there is something inside."""
    return isinstance(found.part, Composite) or figured(found.part)


def _copies(text: str, count: int) -> range:
    if text == "*":
        return range(count)
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _opener(path: str, node: Node, copies: range | None) -> str:
    """The path that opens a box: of several copies that are not all, the first is opened."""
    if copies is None or path.rpartition(".")[2] != node.name:
        head, _, last = path.rpartition(".")
        first = last.partition("-")[0] if copies is not None else last
        return f"{head}.{first}" if head else first
    return f"{path}.*"


def order(graph: Graph, box: Box) -> Order:
    """The place of a box in the order in which a drawing is read."""
    if group(box):
        return find(graph, box.path.rpartition("-")[0]).order
    if box.role == "node":
        return find(graph, box.path).order
    root = graph.root
    if box.role == "output":
        return (len(root.nodes), list(root.outputs).index(box.path.removeprefix(OUTPUT)))
    for place, node in enumerate(root.nodes.values()):
        if any(
            not ref.node and ref.port == box.path for refs in node.inputs.values() for ref in refs
        ):
            return (place, -1, list(root.inputs).index(box.path))
    return (-1, list(root.inputs).index(box.path))
