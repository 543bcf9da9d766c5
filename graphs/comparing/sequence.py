"""Two lists of boxes side by side: the best pairs in order, those that moved, those in place."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from itertools import pairwise

from boxwork.graphs.comparing.levels import Item, Source
from boxwork.graphs.comparing.matches import Match
from boxwork.graphs.comparing.scores import NEAR, Scores, aligned
from boxwork.graphs.graph import Composite

Pairs = dict[int, int]  # places in the first list -> places in the second
WIDE = 10_000  # pairs of boxes, beyond which the table is filled row by row


def sequence(a: Sequence[Item], b: Sequence[Item]) -> tuple[Pairs, float]:
    """The pairs of the best alignment that keeps the order of both."""
    scores = Scores(a, b)
    if len(a) * len(b) > WIDE:
        return aligned(scores)
    rows = [scores.row(i) for i in range(len(a))]
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        row, below, here, most = best[i], best[i + 1], rows[i], 0.0
        for j in range(len(b) - 1, -1, -1):
            score = here[j]
            both = below[j + 1] + score if score else 0.0
            most = row[j] = max(both, below[j], most)
    pairs, i, j = {}, 0, 0
    while i < len(a) and j < len(b):
        score = rows[i][j]
        if score and abs(best[i][j] - best[i + 1][j + 1] - score) < NEAR:
            pairs[i] = j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs, best[0][0]


def moved(a: Sequence[Item], b: Sequence[Item], pairs: Pairs) -> Pairs:
    """The same blocks, left over on both sides: each is at another place."""
    taken = set(pairs.values())
    free = [j for j in range(len(b)) if j not in taken]
    left = [i for i in range(len(a)) if i not in pairs]
    found: Pairs = {}
    for word in (_full_name, _block_name):
        places: dict[object, deque[int]] = {}
        for j in free:
            places.setdefault(word(b[j]), deque()).append(j)
        found |= {i: same.popleft() for i in left if (same := places.get(word(a[i])))}
        taken = set(found.values())
        free = [j for j in free if j not in taken]
        left = [i for i in left if i not in found]
    return found


def _full_name(item: Item) -> tuple[str, str]:
    return item.part.name, item.node.name


def _block_name(item: Item) -> str:
    return item.part.name


def in_place(
    a: Sequence[Item],
    b: Sequence[Item],
    pairs: Pairs,
    moved: Pairs,
    mapping: dict[str, str],
) -> Pairs:
    """One box for another of a quite different kind, between the same neighbours.

    Of several, those that can stand for one only.
    """
    found: Pairs = {}
    edges = [(-1, -1), *sorted(pairs.items()), (len(a), len(b))]
    taken = set(moved.values())
    for (i, j), (k, m) in pairwise(edges):
        one = [n for n in range(i + 1, k) if n not in moved]
        other = [n for n in range(j + 1, m) if n not in taken]
        able = [(n, m) for n in one for m in other if _stands_for(a[n], b[m], mapping)]
        for n, m in able:
            if sum(n == x for x, _ in able) == sum(m == y for _, y in able) == 1:
                found[n] = m
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
