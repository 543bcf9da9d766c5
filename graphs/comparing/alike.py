"""How well two boxes correspond: by block and family, by name, by what they read."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from boxwork.blocks.dims import Dim
from boxwork.graphs.comparing.levels import Bag, Item, bag, overlap
from boxwork.graphs.graph import Composite, Part
from boxwork.graphs.noted import noted

REPLACED = ("embedding", "position")  # families that stand for one another
NAME = 0.6  # what a name in common is worth
KIND = 2.0  # from here on, two blocks are of one kind


def alike(a: Item, b: Item, name: float = NAME) -> float:
    """How well two boxes correspond; 0: not at all. The same ``name`` is worth so much."""
    found = kinship(a.part, b.part)
    if not found:
        return 0.0
    named = name if a.node.name == b.node.name else 0.0
    labelled = 0.3 if a.node.label and a.node.label == b.node.label else 0.0
    repeated = _repeated(a.node.count, b.node.count)
    wired = 1.5 if a.part.name == b.part.name and a.wires != b.wires else 0.0
    wired = min(wired, 1.0) if named else wired  # no other block is nearer than one of its name
    wired = 3.0 if wired and a.part.family == "attention" else wired  # of itself, and of another
    apart = 1.5 if a.spine != b.spine else 0.0
    return max(found + named + labelled + repeated - wired - apart, 0.1)


def kind(item: Item) -> Hashable:
    """All that decides how well a box corresponds to others, but for its name."""
    node = item.node
    return kin(item.part), node.label, node.count, item.wires, item.spine


def _repeated(a: int | None, b: int | None) -> float:
    """What it is worth that both are repeated, or none: of several stacks, the long one is one."""
    if a is None or b is None:
        return 1.0 if a is b else 0.0
    return 2 * min(a, b) / max(a, b) if a or b else 2.0


@dataclass(frozen=True, eq=False, slots=True)
class Kin:
    """All that decides how well a block corresponds to others; the same for uses that are alike."""

    composite: bool
    name: str
    family: str
    bag: Bag
    plain: tuple[tuple[str, object], ...]  # its settings, sizes aside


@noted
def kin(part: Part) -> Kin:
    """What a template is as far as kinship goes."""
    plain = tuple((n, value) for n, value in part.settings.items() if not isinstance(value, Dim))
    return _kin(isinstance(part, Composite), part.name, part.family, bag(part), plain)


_kin = lru_cache(maxsize=1024)(Kin)


def kinship(a: Part, b: Part) -> float:
    """How well two blocks correspond, wherever they stand."""
    return _kinship(kin(a), kin(b))


@lru_cache(maxsize=4096)
def _kinship(a: Kin, b: Kin) -> float:
    if a.composite and b.composite:
        shared = overlap(a.bag, b.bag)
        family = a.family == b.family != ""
        unlike = bool(a.family and b.family and not family)
        if a.name != b.name and (unlike or (not family and shared < 0.2)):
            return 0.0
        weight = 1.5 if min(_many(a.bag), _many(b.bag)) > 2 else 1.0
        named = 1 + 2 * _set_alike(a, b) if a.name == b.name else 0.0
        return weight * (1 + 3 * shared + family + named)
    if a.composite or b.composite:
        related = a.family == b.family or (a.family in REPLACED and b.family in REPLACED)
        return 1.0 if related and a.family else 0.0
    if a.name == b.name:
        return 2.6 + 0.4 * _set_alike(a, b)
    if a.family == b.family:
        return 1.0 if a.family in ("combine", "shaping") else 2.0
    return 1.0 if a.family in REPLACED and b.family in REPLACED else 0.0


def nearest(part: Part, others: Iterable[Part]) -> Part:
    """The first of those that correspond best; of uses that are alike only one is looked at."""
    first: dict[Kin, Part] = {}
    for other in others:
        first.setdefault(kin(other), other)
    own = kin(part)
    return first[max(first, key=lambda other: _kinship(own, other))]


def _many(bag: Bag) -> int:
    return sum(count for _, count in bag)


def _set_alike(a: Kin, b: Kin) -> float:
    """The part of the settings, sizes aside, that two uses of a block share."""
    theirs = dict(b.plain)
    same = sum(name in theirs and value == theirs[name] for name, value in a.plain)
    return same / len(a.plain) if a.plain else 1.0
