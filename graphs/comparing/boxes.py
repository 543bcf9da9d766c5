"""Boxes by their paths: what stands there, what stands round it, what people call it."""

from __future__ import annotations

from collections.abc import Iterator

from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.levels import Item, typical
from boxwork.graphs.comparing.matches import Alignment, within
from boxwork.graphs.graph import Composite, Graph, Node, Part


def node_at(graph: Graph, path: str) -> Node | None:
    """The node at a path, ``*`` for any copy; None if there is none."""
    return _walked(graph, path)[0]


def part_at(graph: Graph, path: str) -> Part | None:
    """The template at a path; that of the graph itself at an empty one."""
    return _walked(graph, path)[1]


def _walked(graph: Graph, path: str) -> tuple[Node | None, Part | None]:
    node: Node | None = None
    part: Part = graph.root
    for step in path.split(".") if path else ():
        if step == "*" or step.isdigit():
            if node is None:
                return None, None
            part = typical(node) if step == "*" else node.part_of(int(step))
            continue
        node = part.nodes.get(step) if isinstance(part, Composite) else None
        if node is None:
            return None, None
        part = typical(node)
    return node, part


def around(path: str) -> str:
    """The path of the composite that a box stands in; empty at the top."""
    before = path.rpartition(".")[0]
    head, _, last = before.rpartition(".")
    return head if last == "*" or last.isdigit() else before


def last(path: str) -> str:
    """The name of a box."""
    return path.rpartition(".")[2]


def called(graph: Graph, path: str) -> str:
    """A box as its label says, with its path; the path alone if there is no label."""
    node = node_at(graph, path)
    if node is None or not node.label:
        return path
    return f"the {lowered(node.label)} ({path})"


def lowered(label: str) -> str:
    """A label inside a sentence: ``Token embedding`` → ``token embedding``; not ``LSTM``."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def named(comparison: Comparison, change: Change) -> str:
    """A box by its label or its block, with the number of copies where a stack came or went."""
    node = node_at(comparison.b if change.b else comparison.a, change.path)
    if node is None:
        return change.part.name
    if node.count:
        return f"{change.part.name} ×{node.count}"
    if change.part.name == "Add" and any(not r.node for rs in node.inputs.values() for r in rs):
        return "skip connection"  # what went in is added
    return lowered(node.label) if node.label else _scaled(change.part)


def _scaled(part: Part) -> str:
    """A block by its name; a scale with what it multiplies by, as people write that."""
    by = part.settings.get("by")
    if part.name != "Scale" or not isinstance(by, float):
        return part.name
    dims = next(iter(part.outputs.values())).dims
    width = dims[-1] if dims else None
    for form, power in (("√{}", 2), ("1/√{}", -2)):
        if width is not None and not width.free and by and abs(by**power / int(width) - 1) < 1e-6:
            return f"Scale by {form.format(width.name)}"
    shares = by and abs(1 / by - round(1 / by)) < 1e-6 and abs(by) < 1
    return f"Scale by 1/{round(1 / by)}" if shares else f"Scale by {by:g}"


Pair = tuple[str, str, Item, Item]


def pairs(comparison: Comparison) -> Iterator[Pair]:
    """All boxes that correspond, at every depth: their paths, and the boxes."""
    seen: set[tuple[str, str]] = set()
    for pair in _pairs(comparison.alignment, "", ""):
        if pair[:2] not in seen:
            seen.add(pair[:2])
            yield pair


def _pairs(found: Alignment, a: str, b: str) -> Iterator[Pair]:
    for match in found.matches:
        if match.a is None or match.b is None:
            continue
        yield a + match.a.path, b + match.b.path, match.a, match.b
        for inside in match.inside:
            into = within(match, inside)
            yield from _pairs(inside, a + into[0], b + into[1])
