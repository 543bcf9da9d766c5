"""Which box of one graph is which of another: by block, family, name, order and neighbours.

Each level is a sequence alignment over the order of the wires; composites that correspond are
aligned inside, each pair of templates once. A composite that only stands round boxes of the
other graph is opened: a wrapper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from boxwork.blocks.dims import Dim
from boxwork.graphs.graph import Composite, Graph, Part
from boxwork.graphs.levels import Item, Level, Source, leaves, level

REPLACED = ("embedding", "position")  # families that stand for one another
MANY = 400  # boxes of one level, beyond which wrappers are not looked for
ROUNDS = 24
KIND = 2.0  # from here on, two blocks are of one kind


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


def align(a: Graph, b: Graph) -> Alignment:
    """Align two checked graphs, level by level."""
    return _Aligner().parts(a.root, b.root)


class _Aligner:
    """Aligns templates; two templates met again are not aligned again."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Alignment] = {}
        self._alike: dict[tuple[int, int], float] = {}

    def parts(self, a: Composite, b: Composite) -> Alignment:
        key = id(a), id(b)
        if key not in self._known:
            self._known[key] = self._opened(a, b)
        return self._known[key]

    def _opened(self, a: Composite, b: Composite) -> Alignment:
        """Align two composites, with the wrappers in them opened."""
        found, best = self._levels(level(a), level(b))
        for _ in range(ROUNDS):
            if len(found.a.items) + len(found.b.items) > MANY:
                break
            better = None
            for side, path in _wrappers(found):
                one, other = found.a, found.b
                if side == "a":
                    one = level(a, one.opened | {path})
                else:
                    other = level(b, other.opened | {path})
                tried, quality = self._levels(one, other)
                if quality > best + 0.5 and self._fits(tried, side, f"{path}."):
                    better, best = tried, quality
            if better is None:
                break
            found = better
        matches = tuple(replace(m, inside=tuple(self._inside(m))) for m in found.matches)
        return Alignment(found.a, found.b, matches)

    def _fits(self, tried: Alignment, side: str, inside: str) -> bool:
        """Whether most boxes of a wrapper have a counterpart of their kind, wired alike.

        One round copies side by side fits if these have one: what routes to them may be new.
        """
        pairs = [(m.a, m.b) if side == "a" else (m.b, m.a) for m in tried.matches]
        moved = {getattr(m, side).path for m in tried.matches if m.moved}
        known = {i.path: o for i, o in pairs if i and o and i.path not in moved}
        own = [(item, other) for item, other in pairs if item and item.path.startswith(inside)]
        routed = [pair for pair in own if pair[0].node.parallel is not None]
        if any(other is not None and other.part.name == item.part.name for item, other in routed):
            return True
        fit = sum(
            other is not None and _alike(item.part, other.part) >= KIND for item, other in own
        )
        wires = [
            (known.get(source.item), other)
            for item, other in own
            for sources in item.sources.values()
            for source in sources
            if other and item.path in known and source.item.startswith(inside)
        ]
        read = sum(start is not None and _reached(end, start) for start, end in wires)
        return fit > 0.6 * len(own) and read >= 0.6 * len(wires)

    def _inside(self, match: Match) -> list[Alignment]:
        if match.a is None or match.b is None:
            return []
        pairs = _steps(match.a, match.b, self)
        return [
            self.parts(one, other)
            for one, other in pairs
            if isinstance(one, Composite) and isinstance(other, Composite)
        ]

    def _levels(self, a: Level, b: Level) -> tuple[Alignment, float]:
        """The better of two alignments: in the order of the wires, in that of the files."""
        found = self._ordered(a, b, list(a.items.values()), list(b.items.values()))
        rows, columns = ([one.items[path] for path in one.written] for one in (a, b))
        other = self._ordered(a, b, rows, columns)
        return other if other[1] > found[1] + 1e-6 else found

    def _ordered(
        self, a: Level, b: Level, rows: list[Item], columns: list[Item]
    ) -> tuple[Alignment, float]:
        pairs, quality = self._sequence(rows, columns)
        moved = self._moved(rows, columns, pairs)
        mapping = {rows[i].path: columns[j].path for i, j in pairs.items()}
        pairs |= _in_place(rows, columns, pairs, moved, mapping)
        quality += sum(0.5 * self.alike(rows[i], columns[j]) for i, j in moved.items())
        return Alignment(a, b, tuple(_merged(rows, columns, pairs, moved))), quality

    def _sequence(self, a: Sequence[Item], b: Sequence[Item]) -> tuple[dict[int, int], float]:
        """The pairs of the best alignment that keeps the order of both."""
        best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
        for i in range(len(a) - 1, -1, -1):
            for j in range(len(b) - 1, -1, -1):
                here = self.alike(a[i], b[j])
                both = best[i + 1][j + 1] + here if here else 0.0
                best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
        pairs, i, j = {}, 0, 0
        while i < len(a) and j < len(b):
            here = self.alike(a[i], b[j])
            if here and abs(best[i][j] - best[i + 1][j + 1] - here) < 1e-9:
                pairs[i] = j
                i, j = i + 1, j + 1
            elif best[i][j] == best[i + 1][j]:
                i += 1
            else:
                j += 1
        return pairs, best[0][0]

    def _moved(self, a: Sequence[Item], b: Sequence[Item], pairs: dict[int, int]) -> dict[int, int]:
        """The same blocks, left over on both sides: each is at another place."""
        taken = set(pairs.values())
        free = [j for j in range(len(b)) if j not in taken]
        found: dict[int, int] = {}
        left = [i for i in range(len(a)) if i not in pairs]
        for named in (True, False):
            for i in left:
                if i in found:
                    continue
                for j in free:
                    same = a[i].part.name == b[j].part.name
                    if same and (not named or a[i].node.name == b[j].node.name):
                        found[i] = j
                        free.remove(j)
                        break
        return found

    def alike(self, a: Item, b: Item) -> float:
        """How well two boxes correspond; 0: not at all."""
        key = id(a.part), id(b.part)
        if key not in self._alike:
            self._alike[key] = _alike(a.part, b.part)
        found = self._alike[key]
        if not found:
            return 0.0
        named = 0.6 if a.node.name == b.node.name else 0.0
        labelled = 0.3 if a.node.label and a.node.label == b.node.label else 0.0
        repeated = 1.0 if (a.node.count is None) == (b.node.count is None) else 0.0
        wired = 1.5 if a.part.name == b.part.name and _pattern(a) != _pattern(b) else 0.0
        apart = 1.5 if a.spine != b.spine else 0.0
        return max(found + named + labelled + repeated - wired - apart, 0.1)


def _alike(a: Part, b: Part) -> float:
    if isinstance(a, Composite) and isinstance(b, Composite):
        one, other = leaves(a), leaves(b)
        shared = (one & other).total() / max((one | other).total(), 1)
        family = a.family == b.family != ""
        unlike = bool(a.family and b.family and not family)
        if a.name != b.name and (unlike or (not family and shared < 0.2)):
            return 0.0
        weight = 1.5 if min(one.total(), other.total()) > 2 else 1.0
        named = 1 + 2 * _set_alike(a, b) if a.name == b.name else 0.0
        return weight * (1 + 3 * shared + family + named)
    if isinstance(a, Composite) or isinstance(b, Composite):
        kin = a.family == b.family or (a.family in REPLACED and b.family in REPLACED)
        return 1.0 if kin and a.family else 0.0
    if a.name == b.name:
        return 2.6 + 0.4 * _set_alike(a, b)
    if a.family == b.family:
        return 1.0 if a.family in ("combine", "shaping") else 2.0
    return 1.0 if a.family in REPLACED and b.family in REPLACED else 0.0


def _pattern(item: Item) -> int:
    """How many different wires a box reads: attention to itself one, to a memory two."""
    return len({source for sources in item.sources.values() for source in sources})


def _set_alike(a: Part, b: Part) -> float:
    """The part of the settings, sizes aside, that two uses of a block share."""
    plain = [n for n, value in a.settings.items() if not isinstance(value, Dim)]
    same = sum(n in b.settings and a.settings[n] == b.settings[n] for n in plain)
    return same / len(plain) if plain else 1.0


def _reached(end: Item, start: Item) -> bool:
    return any(s.item == start.path for sources in end.sources.values() for s in sources)


def _wrappers(found: Alignment) -> list[tuple[str, str]]:
    """Composites that might only stand round what the other side has."""
    able = []
    for match in found.matches:
        for side, item, other in (("a", match.a, match.b), ("b", match.b, match.a)):
            if item is None or item.node.count is not None or item.node.parallel is not None:
                continue
            same = other is not None and other.part.name == item.part.name
            if isinstance(item.part, Composite) and item.part.nodes and not same:
                able.append((side, item.path))
    return able


def _steps(a: Item, b: Item, aligner: _Aligner) -> list[tuple[Part, Part]]:
    """The templates that correspond, step by step of what takes turns; the main ones first."""
    if len(a.node.parts) == len(b.node.parts) == 1:
        return [(a.node.part, b.node.part)]
    pairs = [(a.part, b.part)]
    if len(a.node.parts) == len(b.node.parts):
        pairs += list(zip(a.node.parts, b.node.parts, strict=True))
    else:
        others = list(dict.fromkeys(b.node.parts))
        for part in dict.fromkeys(a.node.parts):
            pairs.append((part, max(others, key=lambda other: _alike(part, other))))
    return list(dict.fromkeys(pairs))


def _in_place(
    a: Sequence[Item],
    b: Sequence[Item],
    pairs: dict[int, int],
    moved: dict[int, int],
    mapping: dict[str, str],
) -> dict[int, int]:
    """One box for another of a quite different kind, between the same neighbours."""
    found: dict[int, int] = {}
    edges = [(-1, -1), *sorted(pairs.items()), (len(a), len(b))]
    taken = set(moved.values())
    for (i, j), (k, m) in pairwise(edges):
        one = [n for n in range(i + 1, k) if n not in moved]
        other = [n for n in range(j + 1, m) if n not in taken]
        if len(one) == len(other) == 1 and _reads(a[one[0]], b[other[0]], mapping):
            found[one[0]] = other[0]
    return found


def _reads(a: Item, b: Item, mapping: dict[str, str]) -> bool:
    def read(item: Item) -> list[Source]:
        return [source for sources in item.sources.values() for source in sources]

    one = {mapping.get(source.item, source.item) for source in read(a)}
    return one == {source.item for source in read(b)} and isinstance(a.part, Composite) == (
        isinstance(b.part, Composite)
    )


def _merged(
    a: Sequence[Item], b: Sequence[Item], pairs: dict[int, int], moved: dict[int, int]
) -> list[Match]:
    """All boxes of both levels in one order; what moved stands where it was."""
    made: list[Match] = []
    j, taken = 0, set(moved.values())

    def added(stop: int) -> None:
        nonlocal j
        made.extend(Match(None, b[n]) for n in range(j, stop) if n not in taken)
        j = stop

    for i, item in enumerate(a):
        if i in pairs:
            added(pairs[i])
            made.append(Match(item, b[pairs[i]]))
            j = pairs[i] + 1
        elif i in moved:
            made.append(Match(item, b[moved[i]], moved=True))
        else:
            made.append(Match(item, None))
    added(len(b))
    return made
