"""How boxes that correspond are used otherwise: copies, shares, turns, numbers written, ties."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from boxwork.blocks.dims import Dim
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.levels import Item
from boxwork.graphs.comparing.matches import Alignment
from boxwork.graphs.comparing.turns import steps, turns
from boxwork.graphs.graph import Node


def used_otherwise(
    one: Item,
    other: Item,
    place: tuple[str, str],
    dims: tuple[Mapping[str, Dim], Mapping[str, Dim]],
) -> Iterator[Change]:
    """How often a box is there, whether its copies share, which take turns, and what is kept."""
    a, b = one.node, other.node
    parts = one.part, other.part
    out = bool(one.copies) != bool(other.copies)
    if out:
        yield Change("written", *place, "", _written(one), _written(other), parts)
    if a.count != b.count:
        words = [str(n.count) if n.count is not None else "once" for n in (a, b)]
        implied = any(
            str(own.get(name)) == words[0] and str(dims[1].get(name)) == words[1]
            for own in dims[:1] for name in own
        )  # fmt: skip
        yield Change("copies", *place, "", words[0], words[1], parts, implied=implied)
    if sides(a) != sides(b):
        sizes = [
            size for n in (a, b) if n.parallel for size in (n.parallel.count, n.parallel.active)
        ]
        named = {str(size.name) for size in sizes if size is not None}
        yield Change("side", *place, " ".join(sorted(named)), sides(a), sides(b), parts)
    if a.shared != b.shared:
        words = ["shared" if n.shared else "own" for n in (a, b)]
        yield Change("shared", *place, "", words[0], words[1], parts)
    if (a.kept is None) != (b.kept is None):
        words = ["kept" if n.kept is not None else "not kept" for n in (a, b)]
        yield Change("kept", *place, "", words[0], words[1], parts)
    if _turn_otherwise(a, b) and not out:  # which layer is another, its insides tell
        yield Change("setting", *place, "turns", turns(a), turns(b), parts)
    if {k: v.numbers for k, v in a.values.items()} != {k: v.numbers for k, v in b.values.items()}:
        yield Change("values", *place, "", "", "", parts)


def _turn_otherwise(a: Node, b: Node) -> bool:
    """Whether copies take turns otherwise, however long the lists are in which it is written."""
    one, other = steps(a), steps(b)
    if a.count != b.count or not a.count:
        return one != other
    return any(one[k % len(one)] != other[k % len(other)] for k in range(a.count))


def _written(item: Item) -> str:
    if item.copies:
        return f"{item.copies[0]} to {item.copies[-1]}"
    return "one copy" if item.node.count == 1 else f"{item.node.count} copies"


def sides(node: Node) -> str:
    """What a node says of its copies side by side: ``8 experts side by side, 2 active``."""
    side = node.parallel
    if side is None:
        return "once"
    named = str(side.count.name)
    noun = f" {named.replace('_', ' ')}" if named.isidentifier() and int(side.count) != 1 else ""
    said = f"{int(side.count):,}{noun} side by side"
    if side.weights is None:
        return said
    return f"{said}, weighed" if side.active is None else f"{said}, {side.active} active"


def tied_otherwise(found: Alignment, a: str, b: str) -> Iterator[Change]:
    """Arrays that are tied on one side only, or to another one."""
    names = {m.a.path: m.b.path for m in found.matches if m.a and m.b}
    one = {_path(t.own): _path(t.target) for t in found.a.composite.ties}
    other = {_path(t.own): _path(t.target) for t in found.b.composite.ties}
    mapped = {renamed(own, names): (own, renamed(to, names), to) for own, to in one.items()}
    for own, (path, target, to) in mapped.items():
        if own is not None and other.get(own) != target:
            yield Change("tie", a + path, b + own, "", to, other.get(own, ""))
    for own, to in other.items():
        back = {v: k for k, v in names.items()}
        if own not in mapped and renamed(own, back) is not None:
            yield Change("tie", a + (renamed(own, back) or ""), b + own, "", "", to)


def _path(steps: tuple[str, ...]) -> str:
    return ".".join(steps)


def renamed(path: str, names: Mapping[str, str]) -> str | None:
    """A path by the names of the other side; None if its box has no counterpart."""
    steps = path.split(".")
    for k in range(len(steps), 0, -1):
        known = names.get(".".join(steps[:k]))
        if known is not None:
            return ".".join([known, *steps[k:]])
    return None
