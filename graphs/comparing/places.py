"""Where things stand in a graph, in words: its norms, its positions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from boxwork.graphs.comparing.levels import Item, Level, level
from boxwork.graphs.comparing.worded import joined
from boxwork.graphs.graph import Composite, Graph, Part, Primitive

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


def positions(graph: Graph) -> tuple[tuple[str, str], ...]:
    """How a graph tells positions apart, and where: ``("rotary", "inside attention")``."""
    return tuple(dict.fromkeys(_told(graph.root, "")))


def worded(found: tuple[tuple[str, str], ...], noun: str = "") -> str:
    """Ways of telling positions in words, with the noun after each."""
    return joined([" ".join(word for word in (kind, noun, where) if word) for kind, where in found])


def _told(part: Part, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(part, Primitive):
        if part.family == "position":
            yield _kind(part), where
        return
    inner = [n.part for n in part.nodes.values()]
    if any(p.name == "Positions" for p in inner) and any(p.family == "embedding" for p in inner):
        yield "learned", where
        return
    inside = "inside attention" if part.family == "attention" and _flat(part) else where
    for node in part.nodes.values():
        for each in node.parts:
            yield from _told(each, inside)


def _flat(part: Composite) -> bool:
    return all(isinstance(n.part, Primitive) for n in part.nodes.values())


def _kind(part: Primitive) -> str:
    """``rotary``, ``sinusoidal``: the block's name without what all of them share."""
    word = part.name
    for end in ("Encoding", "Embedding", "Positions"):
        word = word.removesuffix(end)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word).lower() or "counted"
