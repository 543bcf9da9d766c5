"""Which box of one graph is which of another: by block, family, name, order and neighbours.

Each level is a sequence alignment over the order of the wires; composites that correspond are
aligned inside, each pair of templates once. A composite that only stands round boxes of the
other graph is opened: a wrapper.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from boxwork.graphs.comparing.alike import KIND, alike, kinship, nearest
from boxwork.graphs.comparing.levels import Item, Level, level
from boxwork.graphs.comparing.matches import Alignment, Match, by_layer, layers
from boxwork.graphs.comparing.rolled import chained, rolled
from boxwork.graphs.comparing.sequence import in_place, merged, moved, sequence
from boxwork.graphs.comparing.shapes import Shape, seen_as, shape
from boxwork.graphs.comparing.wrappers import fits, wrappers
from boxwork.graphs.graph import Composite, Graph, Part

MANY = 400  # boxes of one level, beyond which wrappers are not looked for
ROUNDS = 24


def align(a: Graph, b: Graph) -> Alignment:
    """Align two checked graphs, level by level."""
    return _Aligner().parts(a.root, b.root)


class _Aligner:
    """Aligns templates; two templates met again are not aligned again."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Alignment] = {}
        self._samples: dict[tuple[Shape, Shape], Alignment] = {}

    def parts(self, a: Composite, b: Composite) -> Alignment:
        key = id(a), id(b)
        if key not in self._known:
            found = self._aligned(a, b)
            matches = tuple(replace(m, inside=tuple(self._inside(m))) for m in found.matches)
            self._known[key] = Alignment(found.a, found.b, matches)
        return self._known[key]

    def _aligned(self, a: Composite, b: Composite) -> Alignment:
        """Align two composites, as others of their shapes were if there are no layers in them."""
        shapes = shape(a), shape(b)
        if shapes not in self._samples:
            found = _opened(a, b)
            if any(map(chained, (level(a), level(b)))):
                return found
            self._samples[shapes] = found
        return seen_as(self._samples[shapes], a, b)

    def _inside(self, match: Match) -> list[Alignment]:
        if match.a is None or match.b is None:
            return []
        pairs = _steps(match.a, match.b)
        return [
            self.parts(one, other)
            for one, other in pairs
            if isinstance(one, Composite) and isinstance(other, Composite)
        ]


def _opened(a: Composite, b: Composite) -> Alignment:
    """Align two composites, with the wrappers in them opened."""
    found, best = _unrolled(*_levels(level(a), level(b)))
    for _ in range(ROUNDS):
        if len(found.a.items) + len(found.b.items) > MANY:
            break
        better = None
        for side, path in wrappers(found) if not _stacked(found) else ():
            one, other = found.a, found.b
            if side == "a":
                one = level(a, one.opened | {path})
            else:
                other = level(b, other.opened | {path})
            tried, quality = _levels(one, other)
            if quality > best + 0.5 and fits(tried, side, f"{path}."):
                better, best = tried, quality
        if better is None:
            break
        found = better
    return found


def _unrolled(found: Alignment, best: float) -> tuple[Alignment, float]:
    """The same, but for layers written out on one side, if they are a stack on the other."""
    for a, b in ((rolled(found.a), found.b), (found.a, rolled(found.b))):
        if a is None or b is None:
            continue
        tried, quality = _levels(a, b)
        stacks = [match for match in tried.matches if _written_out(match)]
        if stacks and quality + sum(map(_worth, stacks)) > best + 0.5:
            return tried, quality
    return found, best


def _worth(match: Match) -> float:
    """What a stack for layers is worth beyond its typical one: the nearest, and as many."""
    one, other = match.a, match.b
    assert one is not None
    assert other is not None
    others = dict.fromkeys(other.node.parts)
    pairs = ((part, nearest(part, others)) for part in dict.fromkeys(one.node.parts))
    nearer = max(kinship(a, b) for a, b in pairs) - kinship(one.part, other.part)
    return nearer + (2 * KIND if one.node.count == other.node.count else 0.0)


def _stacked(found: Alignment) -> bool:
    """Whether layers are seen as copies, so that wrappers are not opened beside them."""
    return any(item.copies for one in (found.a, found.b) for item in one.items.values())


def _written_out(match: Match) -> bool:
    """Whether a stack corresponds to layers."""
    one, other = match.a, match.b
    if one is None or other is None or bool(one.copies) == bool(other.copies):
        return False
    return one.node.count is not None and other.node.count is not None


def _levels(a: Level, b: Level) -> tuple[Alignment, float]:
    """The better of two alignments: in the order of the wires, in that of the files."""
    wired = list(a.items.values()), list(b.items.values())
    found = _ordered(a, b, *wired)
    rows, columns = ([one.items[path] for path in one.written] for one in (a, b))
    if (rows, columns) == wired:
        return found
    other = _ordered(a, b, rows, columns)
    return other if other[1] > found[1] + 1e-6 else found


def _ordered(a: Level, b: Level, rows: list[Item], columns: list[Item]) -> tuple[Alignment, float]:
    pairs, quality = sequence(rows, columns)
    gone = moved(rows, columns, pairs)
    mapping = {rows[i].path: columns[j].path for i, j in pairs.items()}
    pairs |= in_place(rows, columns, pairs, gone, mapping)
    quality += sum(0.5 * alike(rows[i], columns[j]) for i, j in gone.items())
    return Alignment(a, b, tuple(merged(rows, columns, pairs, gone))), quality


def _steps(a: Item, b: Item) -> list[tuple[Part, Part]]:
    """The templates that correspond, step by step of what takes turns; the main ones first."""
    if len(a.node.parts) == len(b.node.parts) == 1:
        return [(a.node.part, b.node.part)]
    pairs = [(a.part, b.part)]
    if by_layer(a, b):
        return [pair for pair, _ in Counter(layers(a, b)).most_common()]
    if len(a.node.parts) == len(b.node.parts):
        pairs += list(zip(a.node.parts, b.node.parts, strict=True))
    else:
        others = dict.fromkeys(b.node.parts)
        pairs += [(part, nearest(part, others)) for part in dict.fromkeys(a.node.parts)]
    if b.copies or a.copies:  # one of several layers may be another
        ours = dict.fromkeys(a.node.parts)
        pairs += [(nearest(part, ours), part) for part in dict.fromkeys(b.node.parts)]
    return list(dict.fromkeys(pairs))
