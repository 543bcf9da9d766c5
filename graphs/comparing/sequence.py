"""Two lists of boxes side by side: the best pairs in order, those that moved, those in place."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from itertools import pairwise

from boxwork.graphs.comparing.alike import alike, kind
from boxwork.graphs.comparing.levels import Item, Source
from boxwork.graphs.comparing.matches import Match
from boxwork.graphs.graph import Composite

Pairs = dict[int, int]  # places in the first list -> places in the second


def sequence(a: Sequence[Item], b: Sequence[Item]) -> tuple[Pairs, float]:
    """The pairs of the best alignment that keeps the order of both."""
    scores = list(_scores(a, b))
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        row, below, most = best[i], best[i + 1], 0.0
        for j in range(len(b) - 1, -1, -1):
            score = scores[i][j]
            both = below[j + 1] + score if score else 0.0
            most = row[j] = max(both, below[j], most)
    pairs, i, j = {}, 0, 0
    while i < len(a) and j < len(b):
        here = scores[i][j]
        if here and abs(best[i][j] - best[i + 1][j + 1] - here) < 1e-9:
            pairs[i] = j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs, best[0][0]


def _scores(a: Sequence[Item], b: Sequence[Item]) -> Iterator[list[float]]:
    """How well each box of one list corresponds to each of the other; names come on top.

    Boxes of one kind score alike but for their names, and there are few kinds.
    """
    kinds = [kind(other) for other in b]
    names, samples = [other.node.name for other in b], dict(zip(kinds, b, strict=True))
    by_kind: dict[Hashable, list[float]] = {}
    for one in a:
        own, name = kind(one), one.node.name
        if own not in by_kind:
            known = {theirs: alike(one, other, 0.0) for theirs, other in samples.items()}
            by_kind[own] = [known[theirs] for theirs in kinds]
        row = by_kind[own]
        if name in names:
            row = [alike(one, b[j]) if names[j] == name else row[j] for j in range(len(b))]
        yield row


def moved(a: Sequence[Item], b: Sequence[Item], pairs: Pairs) -> Pairs:
    """The same blocks, left over on both sides: each is at another place."""
    taken = set(pairs.values())
    free = [j for j in range(len(b)) if j not in taken]
    found: Pairs = {}
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


def in_place(
    a: Sequence[Item],
    b: Sequence[Item],
    pairs: Pairs,
    moved: Pairs,
    mapping: dict[str, str],
) -> Pairs:
    """One box for another of a quite different kind, between the same neighbours."""
    found: Pairs = {}
    edges = [(-1, -1), *sorted(pairs.items()), (len(a), len(b))]
    taken = set(moved.values())
    for (i, j), (k, m) in pairwise(edges):
        one = [n for n in range(i + 1, k) if n not in moved]
        other = [n for n in range(j + 1, m) if n not in taken]
        if len(one) == len(other) == 1 and _stands_for(a[one[0]], b[other[0]], mapping):
            found[one[0]] = other[0]
    return found


def _stands_for(a: Item, b: Item, mapping: dict[str, str]) -> bool:
    def read(item: Item) -> list[Source]:
        return [source for sources in item.sources.values() for source in sources]

    if "dropout" in (a.part.family, b.part.family):  # no box that works does what one did idle
        return False
    one = {mapping.get(source.item, source.item) for source in read(a)}
    return one == {source.item for source in read(b)} and isinstance(a.part, Composite) == (
        isinstance(b.part, Composite)
    )


def merged(a: Sequence[Item], b: Sequence[Item], pairs: Pairs, moved: Pairs) -> list[Match]:
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
