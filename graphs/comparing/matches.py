"""Which box corresponds to which: what an alignment of two graphs holds."""

from __future__ import annotations

from dataclasses import dataclass

from boxwork.graphs.comparing.levels import Item, Level


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


def within(match: Match, inside: Alignment) -> tuple[str, str]:
    """What stands before the paths of two levels inside of boxes that correspond.

    That is all copies, but where one of several layers that are written out is another kind.
    """
    assert match.a is not None
    assert match.b is not None
    for item, part in ((match.a, inside.a.composite), (match.b, inside.b.composite)):
        if item.copies and part is not item.part and part in item.node.parts:
            number = item.node.parts.index(part)
            return match.a.copy(number), match.b.copy(number)
    return match.a.inside, match.b.inside
