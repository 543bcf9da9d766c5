"""Which box corresponds to which: what an alignment of two graphs holds."""

from __future__ import annotations

from dataclasses import dataclass

from boxwork.graphs.comparing.kinds import cycle, kind
from boxwork.graphs.comparing.levels import Item, Level
from boxwork.graphs.graph import Node, Part

FEW = 4  # kinds of copies that are told one by one, however few the copies are


@dataclass(frozen=True, eq=False, slots=True)
class Match:
    """Two boxes that correspond, or one that has no counterpart.

    ``inside`` aligns their templates; ``moved``: they do the same at another place.
    """

    a: Item | None
    b: Item | None
    inside: tuple[Alignment, ...] = ()
    moved: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Alignment:
    """Two levels side by side, in an order that suits both."""

    a: Level
    b: Level
    matches: tuple[Match, ...]

    def mirrored(self, known: dict[int, Alignment] | None = None) -> Alignment:
        """The same, with the sides exchanged."""
        known = {} if known is None else known
        if id(self) not in known:
            matches = tuple(
                Match(m.b, m.a, tuple(one.mirrored(known) for one in m.inside), m.moved)
                for m in self.matches
            )
            known[id(self)] = Alignment(self.b, self.a, matches)
        return known[id(self)]


def by_layer(a: Item, b: Item) -> bool:
    """Whether copies are told one by one: they are written out, or some of them are others."""
    if a.node.count != b.node.count or not a.node.count:
        return False
    return bool(a.copies or b.copies) or _some_others(a.node) or _some_others(b.node)


def _some_others(node: Node) -> bool:
    """Whether a few copies of a stack are of another kind, in no cycle."""
    if len(node.parts) != node.count or node.count < 2:
        return False
    found = cycle(node.parts)
    return 1 < len(set(found)) <= max(FEW, node.count // 2)


def layers(a: Item, b: Item) -> list[tuple[Part, Part]]:
    """The templates of two boxes with as many copies, copy by copy; alike ones are the same."""
    known: dict[tuple[bool, str], Part] = {}

    def one(item: Item, number: int) -> Part:
        part = item.node.part_of(number)
        return known.setdefault((item is a, kind(part)), part)

    return [(one(a, k), one(b, k)) for k in range(a.node.count or 0)]


def within(match: Match, inside: Alignment) -> tuple[str, str, int]:
    """What stands before the paths of two levels inside of boxes that correspond.

    That is all copies, but where one of several layers is another kind; and for how many copies
    it stands, if not for all of them.
    """
    assert match.a is not None
    assert match.b is not None
    one, other = match.a, match.b
    pair = inside.a.composite, inside.b.composite
    if not by_layer(one, other):
        for item, part in ((one, pair[0]), (other, pair[1])):
            if item.copies and part is not item.part and part in item.node.parts:
                number = item.node.parts.index(part)
                return one.copy(number), other.copy(number), 1
        return one.inside, other.inside, 1
    pairs = layers(one, other)
    count = pairs.count(pair)
    if count in (0, len(pairs)):
        return one.inside, other.inside, 1
    first = pairs.index(pair)
    if 2 * count > len(pairs):
        return _main(one, first), _main(other, first), count
    return one.copy(first), other.copy(first), count


def _main(item: Item, first: int) -> str:
    """Before what most copies have inside: all copies, or the first that is so."""
    return item.copy(first) if item.copies else item.inside
