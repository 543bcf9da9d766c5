"""Where things stand in a graph, in words: its norms, its positions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from boxwork.graphs.comparing.levels import Item, Level, level, primitives
from boxwork.graphs.comparing.worded import joined
from boxwork.graphs.graph import Composite, Graph, Node, Part, Primitive
from boxwork.graphs.noted import noted

RELATIVE, COUNTED = "relative biases", "counted"
SIDES = ("in the encoder", "in the decoder")
WORDS = {
    "before": "before each sublayer",
    "after": "after each sum",
    "branch": "after each sublayer",
}


def norms(graph: Graph) -> str:
    """Where the norms of its layers stand round the sums: before, after, or on the branches."""
    found: Counter[str] = Counter()
    for part in dict.fromkeys(_composites(graph.root)):
        opened = {n.name for n in part.nodes.values() if _norm(n.part) and not _plain(n.part)}
        here = level(part, opened)
        for item in here.items.values():
            if isinstance(item.part, Primitive) and item.part.family == "norm":
                found[_place(item, here)] += 1
    found.pop("", None)
    words = [WORDS[place] for place in WORDS if found[place]]
    if words == [WORDS["before"], WORDS["branch"]]:
        return "before and after each sublayer"
    return joined(words)


def beside_sum(graph: Graph, path: str) -> bool:
    """Whether there is a sum in the block, or the wrapper, that a box is in."""
    part: Part = graph.root
    around: list[Composite] = []
    for step in path.split("."):
        if step == "*" or step.isdigit() or not isinstance(part, Composite):
            continue
        around.append(part)
        node = part.nodes.get(step)
        if node is None:
            return False
        part = node.part
    return any(
        isinstance(n.part, Primitive) and n.part.block.symbol == "+"
        for one in around[-2 if around[-1].family == "norm" else -1 :]
        for n in one.nodes.values()
    )


def _composites(part: Part) -> Iterator[Composite]:
    """The composites inside, with sums of their own; not those of norms."""
    for node in part.nodes.values() if isinstance(part, Composite) else ():
        for each in node.parts:
            if isinstance(each, Composite) and each.family != "norm":
                yield each
                yield from _composites(each)


def _norm(part: Part) -> bool:
    return part.family == "norm"


def _plain(part: Part) -> bool:
    return isinstance(part, Primitive)


def _sum(item: Item | None) -> bool:
    return item is not None and isinstance(item.part, Primitive) and item.part.block.symbol == "+"


def _place(item: Item, here: Level) -> str:
    """Where one norm stands; empty if there is no sum about."""
    reads = {s for sources in item.sources.values() for s in sources}
    beside = [
        other for other in here.items.values()
        if other is not item and reads & {s for ss in other.sources.values() for s in ss}
    ]  # fmt: skip
    if any(_sum(other) for other in beside):
        return "before"
    if any(_sum(here.items.get(source.item)) for source in reads):
        return "after"
    readers = [
        other for other in here.items.values()
        if any(s.item == item.path for ss in other.sources.values() for s in ss)
    ]  # fmt: skip
    if any(_sum(other) for other in readers):
        return "branch"
    return "before" if any(_sum(other) for other in here.items.values()) else ""


class Told(NamedTuple):
    """One way in which a graph tells positions apart, and where."""

    kind: str  # learned, sinusoidal, rotary
    where: str  # inside attention, in the encoder
    path: str  # the box


def positions(graph: Graph) -> tuple[tuple[str, str], ...]:
    """How a graph tells positions apart, and where: ``("rotary", "inside attention")``."""
    found = list(dict.fromkeys((one.kind, one.where) for one in _found(graph)))
    sides = {where: {k for k, w in found if w == where} for _, where in found if where in SIDES}
    if len(sides) < 2 or len({frozenset(kinds) for kinds in sides.values()}) == 1:
        found = list(dict.fromkeys((k, "" if w in SIDES else w) for k, w in found))
    return tuple(found)


def telling_positions(graph: Graph) -> set[str]:
    """The boxes that are there to tell positions."""
    return {one.path for one in _found(graph)}


def _found(graph: Graph) -> Iterator[Told]:
    items = level(graph.root).items
    aside = any(item.node.count is not None and not item.spine for item in items.values())
    for one in _told(graph.root, "", ""):
        item = items.get(one.path)
        if aside and item is not None and not one.where:
            one = one._replace(where=SIDES[item.spine])
        yield one


def worded(found: tuple[tuple[str, str], ...], noun: str = "") -> str:
    """Ways of telling positions in words, with the noun after the first that needs one."""
    said: list[str] = []
    for kind, where in found:
        named = "" if kind.endswith("biases") or any(noun in one for one in said) else noun
        said.append(" ".join(word for word in (kind, named, where) if word))
    return joined(said)


def _told(part: Part, where: str, before: str) -> Iterator[Told]:
    if isinstance(part, Primitive):
        return
    inside = "inside attention" if part.family == "attention" and _flat(part) else where
    for node in part.nodes.values():
        path = before + node.name
        into = path if node.count is None else f"{path}.*"
        for each in node.parts:
            kind = _kind(each)
            looked_up = _looked_up(part, node) if kind == COUNTED else None
            if looked_up:
                yield from (Told("learned", inside, before + one) for one in (node.name, looked_up))
            elif kind == RELATIVE:
                yield Told(kind, "inside attention", path)
            elif kind:
                yield Told(kind, inside, path)
            else:
                yield from _told(each, inside, f"{into}.")
    for name in _arrays(part):
        yield Told("learned", inside, before + name)


def _looked_up(part: Composite, node: Node) -> str | None:
    """The table in which positions that were counted are looked up, if they are."""
    for other in part.nodes.values():
        reads = {ref.node for refs in other.inputs.values() for ref in refs}
        if node.name in reads and other.part.family == "embedding":
            return other.name
    return None


def _flat(part: Composite) -> bool:
    return all(isinstance(n.part, Primitive) for n in part.nodes.values())


def _arrays(part: Composite) -> Iterator[str]:
    """Trained arrays with a row for each of several positions, which are added to something."""
    for node in part.nodes.values():
        if not (isinstance(node.part, Primitive) and node.part.block.symbol == "+"):
            continue
        for ref in (ref for refs in node.inputs.values() for ref in refs):
            source = part.nodes.get(ref.node)
            if source is None or source.part.inputs or source.part.family != "embedding":
                continue
            dims = source.outputs[ref.port].dims
            if len(dims) == 2 and str(dims[0]) != "1":
                yield source.name


@noted
def _kind(part: Part) -> str:
    """``rotary``, ``sinusoidal``, ``learned``; nothing if a box is there for something else."""
    inner = primitives(part)
    if isinstance(part, Composite):
        if part.family == "position" and any(p.name == "RelativeBuckets" for p in inner):
            return RELATIVE
        learned = any(p.family == "embedding" for p in inner)
        only = len(inner) == 2 and any(p.name == "Positions" for p in inner)
        return "learned" if only and learned else ""
    if part.family != "position":
        return ""
    word = part.name
    for end in ("Encoding", "Embedding", "Positions"):
        word = word.removesuffix(end)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word).lower() or COUNTED
