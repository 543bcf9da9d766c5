"""The topic of experts: a network that became several, and what chooses among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.worded import at, joined
from boxwork.graphs.graph import WEIGH, Composite, Graph

Line = tuple[str, Sequence[Change]]
MOST = 3  # places that are listed one by one


def experts(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """One network → several that are weighed, or the way back, with what routes to them."""
    groups: dict[tuple[str, str], list[tuple[Change, list[Change]]]] = {}
    for change in left:
        if change.kind != "side" or "once" not in (change.before, change.after):
            continue
        graph, path, came = _many(comparison, change)
        boxes = _routing(graph, path)
        router = [c for c in left if c.kind == came and c.path in boxes]
        if boxes:
            groups.setdefault((change.before, change.after), []).append((change, router))
    for (before, _), group in groups.items():
        first, router = group[0]
        several = (first.after if before == "once" else before).replace(" side by side", "")
        blocks = list(dict.fromkeys(c.part.name for c in router))
        chosen = f", chosen by {joined(blocks)}" if blocks else ""
        one = first.part.title.lower()
        line = f"{one} → {several}{chosen}" if before == "once" else f"{several}{chosen} → {one}"
        taken = [c for change, found in group for c in (change, *found)]
        dims = [c for c in left if c.kind == "dim" and c.what in first.what.split()]
        paths = [change.path for change, _ in group]
        yield (line if len(groups) == 1 else f"{line} {at(paths, MOST)}"), [*taken, *dims]


def _many(comparison: Comparison, change: Change) -> tuple[Graph, str, str]:
    """The graph in which there are several, where, and how what is there only is told."""
    if change.before == "once":
        return comparison.b, change.b, "added"
    return comparison.a, change.a, "removed"


def _routing(graph: Graph, path: str) -> set[str]:
    """The paths of the boxes that lead to the weights of copies side by side."""
    *around, name = path.split(".")
    inside = graph.root
    for step in around:
        if step != "*" and not step.isdigit():
            part = inside.nodes[step].parts[0]
            if not isinstance(part, Composite):
                return set()
            inside = part
    known: set[str] = set()
    ahead = [ref.node for ref in inside.nodes[name].inputs.get(WEIGH, ())]
    while ahead:
        node = ahead.pop()
        if node in inside.nodes and node not in known:
            known.add(node)
            ahead += [ref.node for refs in inside.nodes[node].inputs.values() for ref in refs]
    return {".".join([*around, node]) for node in known}
