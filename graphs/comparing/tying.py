"""A topic of a comparison: arrays that are used twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boxwork.graphs.comparing.boxes import called
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.worded import joined
from boxwork.graphs.graph import Graph

Line = tuple[str, Sequence[Change]]


def ties(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Arrays used twice, or no longer; those with the same array in one line."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for c in left:
        if c.kind == "tie":
            groups.setdefault((c.before, c.after), []).append(c)
    for (before, after), group in groups.items():
        if before and after and _one(comparison, before, after):
            yield "", group  # that both are one array is told of the other
            continue
        graph = comparison.b if after else comparison.a
        who = joined([_who(graph, c.b if after else c.a) for c in group])
        one, other = _array(comparison.a, before), _array(comparison.b, after)
        if not after:
            yield f"{who} no longer tied to {one}", group
        elif not before:
            yield f"{who} tied to {other}", group
        else:
            yield f"{who} tied to {other} instead of {one}", group


def _one(comparison: Comparison, before: str, after: str) -> bool:
    """Whether what an array was tied to is itself tied to what it is tied to now, or was."""
    names = {m.a.path: m.b.path for m in comparison.alignment.matches if m.a and m.b}
    for graph, own, target, known in (
        (comparison.b, before, after, names),
        (comparison.a, after, before, {v: k for k, v in names.items()}),
    ):
        path, _, array = own.rpartition(".")
        ties = {".".join(t.own): ".".join(t.target) for t in graph.root.ties}
        if ties.get(f"{known.get(path)}.{array}") == target:
            return True
    return False


def _who(graph: Graph, path: str) -> str:
    """The box of an array: the head, if an output comes of it."""
    name = path.rpartition(".")[0] or path
    ends = {ref.node for ref in graph.root.sources.values()}
    return f"the head ({name})" if name in ends and "." not in name else called(graph, name)


def _array(graph: Graph, path: str) -> str:
    """Where an array is, by the label of its box."""
    return called(graph, path.rpartition(".")[0]) if path else ""
