"""Which box corresponds to which: what an alignment of two graphs holds."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from boxwork.graphs.comparing.levels import Item, Level
from boxwork.graphs.graph import Part


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


def layers(a: Item, b: Item) -> Counter[tuple[Part, Part]]:
    """The templates of two boxes with as many copies, copy by copy; the most common pair first."""
    count = a.node.count or 0
    found = Counter((a.node.part_of(k), b.node.part_of(k)) for k in range(count))
    return Counter(dict(found.most_common()))


def within(match: Match, inside: Alignment) -> tuple[str, str, int]:
    """What stands before the paths of two levels inside of boxes that correspond.

    That is all copies, but where one of several layers that are written out is another kind; and
    for how many copies it stands, if not for all of them.
    """
    assert match.a is not None
    assert match.b is not None
    one, other = match.a, match.b
    pair = inside.a.composite, inside.b.composite
    if (one.copies or other.copies) and one.node.count == other.node.count:
        found = layers(one, other)
        if len(found) == 1 or pair not in found:
            return one.inside, other.inside, 1
        pairs = [(one.node.part_of(k), other.node.part_of(k)) for k in range(one.node.count or 0)]
        first = pairs.index(pair)
        if 2 * found[pair] > len(pairs):
            return _main(one, first), _main(other, first), found[pair]
        return one.copy(first), other.copy(first), found[pair]
    for item, part in ((one, pair[0]), (other, pair[1])):
        if item.copies and part is not item.part and part in item.node.parts:
            number = item.node.parts.index(part)
            return one.copy(number), other.copy(number), 1
    return one.inside, other.inside, 1


def _main(item: Item, first: int) -> str:
    """Before what most copies have inside: all copies, or the first that is so."""
    return item.copy(first) if item.copies else item.inside
