"""A graph as a tree for the terminal: nodes, blocks, widths and parameters in columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from boxwork.graphs.graph import Composite, Graph, Node, Part
from boxwork.graphs.totals import Counter
from boxwork.renderers.structure.copies import KEPT, main_copy, remarks
from boxwork.renderers.structure.tied import Ties, hushed, partner, tied
from boxwork.renderers.structure.widths import words


@dataclass(slots=True)
class Row:
    """One line of the tree."""

    branch: str  # the lines that lead to the name
    name: str
    block: str = ""
    width: str = ""
    parameters: str = ""
    remark: str = ""


def tree(graph: Graph, depth: int | None = None) -> str:
    """The tree of a graph as text: its nodes, and those inside repeated ones.

    With ``depth``, every box is opened, and that many levels are shown.
    """
    return "\n".join(lines(graph, depth))


def lines(graph: Graph, depth: int | None = None) -> list[str]:
    """The lines of the tree."""
    counter = Counter()
    rows = [
        Row("", name, "input", words(wire), remark=_bound(wire.bound))
        for name, wire in graph.inputs.items()
    ]
    ties = tuple((tie.own, tie.target) for tie in graph.root.ties)
    rows += _rows(graph.root, ties, counter, "", depth)
    outputs = [Row("", name, "output", words(wire)) for name, wire in graph.outputs.items()]
    total = counter.part(graph.root, ()).total
    return _aligned(graph.name, [*rows, *outputs, Row("", "total", parameters=f"{total:,}")])


def _bound(bound: object) -> str:
    return f"indices below {bound}" if bound is not None else ""


def _rows(
    composite: Composite, ties: Ties, counter: Counter, indent: str, depth: int | None
) -> Iterator[Row]:
    nodes = list(composite.nodes.values())
    for i, node in enumerate(nodes):
        last = i + 1 == len(nodes)
        inside = _inside(ties, node)
        branch = f"{indent}{'└ ' if last else '├ '}" if indent else ""
        yield _row(node, inside, ties, counter, branch)
        part = _part(node)
        if isinstance(part, Composite) and _opens(node, indent, depth):
            own = tuple((tie.own, tie.target) for tie in part.ties)
            below = indent + ("  " if last or not indent else "│ ")
            if partner(inside) and not _own_parameters(part, inside, counter):
                inside = hushed(inside)
            yield from _rows(part, inside + own, counter, below or "  ", depth and depth - 1)


def _opens(node: Node, indent: str, depth: int | None) -> bool:
    """Whether the nodes inside are shown: of repeated boxes, or down to a depth."""
    if node.count == 0:
        return False
    return depth > 1 if depth is not None else node.count is not None and not indent


def _inside(ties: Ties, node: Node) -> Ties:
    """The ties that hold inside one copy of a node."""
    here = tuple((own[1:], target) for own, target in ties if own and own[0] == node.name)
    if node.count is None:
        return here
    return tuple((own[1:], to) for own, to in here if not own or own[0] in ("*", "0"))


def _part(node: Node) -> Part:
    """The template that is shown for all copies."""
    return node.part_of(main_copy(node, range(node.count or 0)))


def _own_parameters(part: Part, inside: Ties, counter: Counter) -> int:
    return counter.part(part, tuple(own for own, _ in inside)).total


def _row(node: Node, inside: Ties, ties: Ties, counter: Counter, branch: str) -> Row:
    count = counter.node(node, tuple(own for own, _ in ties)).total
    part = _part(node)
    each = _own_parameters(part, inside, counter)
    types = list(node.outputs.values())
    said = []
    if node.count is not None and each and not node.shared and each * node.count == count:
        said.append(f"{node.count} × {each:,}")
    if node.parallel is not None and count and not node.shared:
        copies = int(node.parallel.count)
        said.append(f"{copies} × {count // copies:,}")
    said += remarks(node, range(node.count or 0))
    said += tied(inside, whole=not each)
    said += [KEPT] if node.kept is not None else []
    name = node.name if node.count is None else f"{node.name} ×{node.count}"
    name = name if node.parallel is None else f"{name} ‖{node.parallel.count}"
    width = words(types[0]) if types else ""
    return Row(branch, name, part.name, width, f"{count:,}" if count else "", "; ".join(said))


def _aligned(title: str, rows: list[Row]) -> list[str]:
    """The rows as lines, each column as wide as it needs to be."""
    names = max(len(row.branch + row.name) for row in rows)
    blocks = max(len(row.block) for row in rows)
    widths = max(len(row.width) for row in rows)
    numbers = max(len(row.parameters) for row in rows)
    made = [title]
    for row in rows:
        line = (
            f"  {row.branch + row.name:<{names}}  {row.block:<{blocks}}  {row.width:<{widths}}"
            f"  {row.parameters:>{numbers}}  {row.remark}"
        )
        made.append(line.rstrip())
    return made
