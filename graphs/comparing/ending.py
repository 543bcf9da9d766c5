"""Topics of a comparison about what a graph reads and gives, and about an encoder beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from boxwork.graphs.comparing.boxes import around, last, node_at, part_at
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.levels import Level
from boxwork.graphs.comparing.rewired import inputs_of
from boxwork.graphs.comparing.worded import joined, several
from boxwork.graphs.graph import Composite, Graph, Node

Line = tuple[str, Sequence[Change]]
VERBS = {"input": "reads", "output": "gives"}
BRANCH = ("norm", "dropout", "combine")  # what stands round a sublayer


def ends(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Inputs and outputs that are there, or are typed, otherwise."""
    for what, verb in VERBS.items():
        taken = [c for c in left if c.what == what and c.parts == (None, None)]
        same = [c for c in taken if c.a == c.b]
        for c in same:
            yield f"the {what} {c.b}: {c.before} → {c.after}", [c]
        rest = [c for c in taken if c.a != c.b and c.kind in ("type", "added", "removed")]
        gone, come = _named(comparison, rest, what)
        if gone and come:
            yield f"{verb} {joined(come)} instead of {joined(gone)}", rest
        elif come:
            yield f"{verb} {joined(come)} as well", rest
        elif gone:
            yield f"no longer {verb} {joined(gone)}", rest


def _named(
    comparison: Comparison, changes: Sequence[Change], what: str
) -> tuple[list[str], list[str]]:
    """What is only on each side; of inputs those that nothing reads in place of another."""
    gone = {c.a: c.before for c in changes if c.a}
    come = {c.b: c.after for c in changes if c.b}
    if what == "input" and not (gone and come):
        one, other = comparison.a.inputs, comparison.b.inputs
        read = inputs_of(comparison.alignment)
        alone = [n for n in one if n not in read], [n for n in other if n not in read.values()]
        if (len(alone[0]), len(alone[1])) == (len(gone), len(come)):
            gone = {name: one[name].named() for name in alone[0]}
            come = {name: other[name].named() for name in alone[1]}
    words = [[f"{name} ({kind})" for name, kind in side.items()] for side in (gone, come)]
    return words[0], words[1]


def encoders(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """A stack of layers off the main way, and the attention that reads what it makes."""
    for kind, level, graph in (
        ("removed", comparison.alignment.a, comparison.a),
        ("added", comparison.alignment.b, comparison.b),
    ):
        boxes = {c.path: c for c in left if c.kind == kind and c.parts != (None, None)}
        aside = {p: c for p, c in boxes.items() if p in level.items and not level.items[p].spine}
        stacks = [p for p in aside if _layers(level, p)]
        if not stacks:
            continue
        beside = [c for p, c in aside.items() if p in stacks or not _only_positions(graph, p)]
        crossing = [p for p in boxes if "." in p and _crosses(graph, p)]
        round_it = [boxes[p] for path in crossing for p in _sublayer(graph, path, boxes)]
        count = [int(level.items[p].node.count or 0) for p in stacks]
        verb = "added" if kind == "added" else "gone"
        line = f"an encoder of {several(sum(count), 'layer')} {verb} ({joined(stacks)})"
        if crossing:
            read = "read by cross-attention" if kind == "added" else "and the cross-attention to it"
            line += f", {read} ({joined(crossing)})"
        yield line, [*beside, *round_it]


def _layers(level: Level, path: str) -> bool:
    node = level.items[path].node
    return node.count is not None and isinstance(node.part, Composite)


def _only_positions(graph: Graph, path: str) -> bool:
    part = part_at(graph, path)
    return part is not None and part.family == "position"


def _crosses(graph: Graph, path: str) -> bool:
    """Whether attention reads its keys and values elsewhere than its queries."""
    node = node_at(graph, path)
    if node is None or node.part.family != "attention":
        return False
    first = next(iter(node.inputs))
    rank = len(node.part.inputs[first][0].dims)  # a bias on the scores has one dim more
    read = {
        ref
        for port, refs in node.inputs.items()
        for ref in refs
        if port in node.part.inputs and len(node.part.inputs[port][0].dims) == rank
    }
    return len(read) > 1


def _sublayer(graph: Graph, path: str, boxes: Mapping[str, Change]) -> list[str]:
    """The paths of a sublayer that came or went, with a norm: all norms of a layer are alike."""
    found = list(_branch(graph, path, boxes))
    beside = [p for p in boxes if around(p) == around(path) and boxes[p].part.family == "norm"]
    normed = any(p in beside for p in found)
    return found if normed else [*found, *beside[:1]]


def _branch(graph: Graph, path: str, boxes: Mapping[str, Change]) -> Iterator[str]:
    """The paths of a sublayer that came or went: it, and what stands round it up to its sum."""
    yield path
    inside = part_at(graph, around(path))
    before = path.removesuffix(last(path))
    if not isinstance(inside, Composite):
        return
    reached = {last(path)}
    for node in inside.nodes.values():
        fits = before + node.name in boxes and node.part.family in BRANCH
        if fits and _reads(node) & reached:
            yield before + node.name
            if not _sums(node):
                reached.add(node.name)
        elif fits and all(
            other.name == last(path)
            for other in inside.nodes.values()
            if node.name in _reads(other)
        ):
            yield before + node.name


def _reads(node: Node) -> set[str]:
    return {ref.node for refs in node.inputs.values() for ref in refs}


def _sums(node: Node) -> bool:
    """Whether a sublayer ends here: in a sum, or in one with a norm."""
    return node.part.family == "combine" or isinstance(node.part, Composite)
