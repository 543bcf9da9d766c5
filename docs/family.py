"""Who changed what from whom: the specs of the gallery as a tree, from what they extend."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from boxwork.comparisons.comparing import compare
from boxwork.survey import Known, survey

DIM = r"\w+ [\d,]+ → [\d,]+"
LAYERS = r"[\d,]+ → [\d,]+ layers?( in \w+)?"
GROUPS = r"\d+ queries sharing (\d+|one) keys?"
COUNT = r"[\d,]+ → [\d,]+ (heads|queries sharing \d+ keys)|\d+ queries sharing \d+ → \d+ keys"
HEADS = rf"{COUNT}|{GROUPS} → {GROUPS}"
# Lines of a comparison that tell of sizes alone.
SIZES = re.compile(
    rf"{DIM}(, {DIM})*|{LAYERS}(, {LAYERS})*|({HEADS}|heads)(,? each \d+ → \d+ wide)?"
    r"|experts each [\d,]+ → [\d,]+ wide"
)
PLACE = re.compile(r" (everywhere|at \S.*|\([^)]*\*[^)]*\))$")  # where a change holds


@dataclass(frozen=True)
class Member:
    """A spec of the gallery and those that extend it; ``changes`` are told against its base."""

    known: Known
    changes: tuple[str, ...] = ()
    children: list[Member] = field(default_factory=list)

    @property
    def sizes(self) -> list[str]:
        """The changes that are sizes."""
        return [line for line in self.changes if SIZES.fullmatch(line)]

    @property
    def others(self) -> list[str]:
        """The changes that are more than sizes."""
        return [line for line in self.changes if not SIZES.fullmatch(line)]

    @property
    def resized(self) -> bool:
        """Whether it is its base at other sizes, and nothing extends it."""
        return bool(self.changes) and not self.others and not self.children

    @property
    def order(self) -> tuple[str, int, str]:
        """The older one first, then the smaller one."""
        return self.known.said("year"), self.known.parameters.trained, self.known.name

    def all(self) -> Iterator[Member]:
        """It and all that came of it, bases first."""
        yield self
        for child in self.children:
            yield from child.all()


@cache
def roots() -> tuple[Member, ...]:
    """The specs that extend none of the gallery, each with its descendants."""
    gallery = {one.name: one for one in survey() if one.group == "gallery"}
    members = {name: Member(one, _changes(one, gallery)) for name, one in gallery.items()}
    for member in sorted(members.values(), key=lambda one: one.order):
        if member.known.extends in members:
            members[member.known.extends].children.append(member)
    first = (one for one in members.values() if one.known.extends not in members)
    return tuple(sorted(first, key=lambda one: one.order))


def _changes(one: Known, gallery: Mapping[str, Known]) -> tuple[str, ...]:
    if one.extends not in gallery:
        return ()
    return compare(gallery[one.extends].graph, one.graph).lines[0]


def shortly(member: Member) -> list[str]:
    """What it changes besides sizes, without the places where."""
    return list(dict.fromkeys(PLACE.sub("", line) for line in member.others))
