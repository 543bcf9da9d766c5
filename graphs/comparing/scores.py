"""How well the boxes of two lists correspond, and the best way through two long ones."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from boxwork.graphs.comparing.alike import alike, kind
from boxwork.graphs.comparing.levels import Item

NEAR = 1e-9  # sums of scores that differ by less are one


class Scores:
    """The scores of two lists of boxes, a row at a time; names come on top.

    Boxes of one kind score alike but for their names, and there are few kinds.
    """

    def __init__(self, a: Sequence[Item], b: Sequence[Item]) -> None:
        self.a, self.b = a, b
        self._kinds = [kind(other) for other in b]
        self._samples = dict(zip(self._kinds, b, strict=True))
        self._rows: dict[Hashable, list[float]] = {}
        self._arrays: dict[Hashable, Any] = {}
        self._places: dict[str, list[int]] = {}
        for j, other in enumerate(b):
            self._places.setdefault(other.node.name, []).append(j)

    def row(self, i: int) -> list[float]:
        """How well a box of the first list corresponds to each of the second."""
        one = self.a[i]
        row = self._of_kind(kind(one), one)
        if one.node.name in self._places:
            row = row.copy()
            for j in self._places[one.node.name]:
                row[j] = alike(one, self.b[j])
        return row

    def array(self, i: int) -> Any:
        """The same as an array."""
        import numpy as np

        one = self.a[i]
        own = kind(one)
        if own not in self._arrays:
            self._arrays[own] = np.array(self._of_kind(own, one))
        row = self._arrays[own]
        if one.node.name in self._places:
            row = row.copy()
            for j in self._places[one.node.name]:
                row[j] = alike(one, self.b[j])
        return row

    def _of_kind(self, own: Hashable, one: Item) -> list[float]:
        if own not in self._rows:
            known = {theirs: alike(one, other, 0.0) for theirs, other in self._samples.items()}
            self._rows[own] = [known[theirs] for theirs in self._kinds]
        return self._rows[own]


def aligned(scores: Scores) -> tuple[dict[int, int], float]:
    """The pairs of the best alignment of two long lists: of the table only the way is kept.

    The sums are those of ``sequence``, number by number.
    """
    import numpy as np

    rows, columns = len(scores.a), len(scores.b)
    paired = np.empty((rows, (columns + 7) // 8), np.uint8)  # a bit for each cell
    down = np.empty_like(paired)
    below = np.zeros(columns + 1)
    for i in range(rows - 1, -1, -1):
        row, best = scores.array(i), np.zeros(columns + 1)
        both = np.where(row != 0, below[1:] + row, 0.0)
        most = np.maximum(both, below[:-1])
        best[:-1] = np.maximum.accumulate(most[::-1])[::-1]
        fits = (row != 0) & (np.abs(best[:-1] - below[1:] - row) < NEAR)
        paired[i], down[i] = np.packbits(fits), np.packbits(best[:-1] == below[:-1])
        below = best
    pairs, i, j = {}, 0, 0
    while i < rows and j < columns:
        byte, bit = j // 8, 128 >> j % 8
        if paired[i, byte] & bit:
            pairs[i] = j
            i, j = i + 1, j + 1
        elif down[i, byte] & bit:
            i += 1
        else:
            j += 1
    return pairs, float(below[0])
