"""The rows of a comparison: the boxes of several layouts that belong at one height."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from boxwork.renderers.abreast.remarked import Remarks
from boxwork.renderers.figure import Box, Layout

Edge = Literal["", "bottom", "top"]


@dataclass(slots=True)
class Row:
    """Boxes at one height, by the number of their layout; ``edge``: the edge of a frame.

    ``aside``: beside another box of its layout, so that it takes no room of its own.
    """

    boxes: dict[int, Box] = field(default_factory=dict)
    edge: Edge = ""
    aside: bool = False


Mark = tuple[Box, Edge]


def matched(layouts: Sequence[Layout], said: Sequence[Remarks]) -> list[Row]:
    """The rows from the bottom up, as far as all layouts have them in one order."""
    rows = [Row({0: box}, edge) for box, edge in _marks(layouts[0])]
    for k, (layout, remarks) in enumerate(zip(layouts[1:], said, strict=True), 1):
        rows = _with(rows, k, _marks(layout), remarks.pairs)
    for row in rows:
        row.aside = not row.edge and any(_beside(row, other) for other in rows)
    return rows


def _marks(layout: Layout) -> list[Mark]:
    """The boxes, and the edges of frames, from the bottom up."""
    found: list[tuple[float, float, Box, Edge]] = []
    for box in layout.boxes:
        if box.shape in ("frame", "network"):
            found.append((box.y + box.h, box.x, box, "bottom"))
            found.append((box.y, box.x, box, "top"))
        elif box.shape != "layer":
            found.append((box.y + box.h / 2, box.x, box, ""))
    found.sort(key=lambda one: (-round(one[0], 1), one[1]))
    return [(box, edge) for _, _, box, edge in found]


def _with(rows: list[Row], k: int, marks: Sequence[Mark], pairs: Mapping[str, str]) -> list[Row]:
    """The rows with the boxes of one more layout."""
    place = {(box.path, edge): n for n, (box, edge) in enumerate(marks)}
    found = []
    for r, row in enumerate(rows):
        box = row.boxes.get(k - 1)
        if box is None:
            continue
        path = pairs.get(box.path, box.path if box.role != "node" else "")
        n = place.get((path, row.edge))
        if n is not None and (marks[n][0].shape == "frame") == (box.shape == "frame"):
            found.append((r, n))
    ways = [_main_way(box for row in rows if (box := row.boxes.get(k - 1))),
            _main_way(box for box, _ in marks)]  # fmt: skip
    main = [
        (r, n) for r, n in found
        if _along(rows[r].boxes[k - 1], ways[0]) and _along(marks[n][0], ways[1])
    ]  # fmt: skip
    kept = dict(_in_order(found, main))
    taken = set(kept.values())
    made: list[Row] = []
    done = 0
    for r, row in enumerate(rows):
        if r in kept:
            made += [Row({k: box}, edge) for box, edge in marks[done : kept[r]]]
            row.boxes[k] = marks[kept[r]][0]
            done = kept[r] + 1
        made.append(row)
        while r in kept and done < len(marks) and marks[done][1] == "top" and done not in taken:
            made.append(Row({k: marks[done][0]}, "top"))  # what follows of others is not in it
            done += 1
    return made + [Row({k: box}, edge) for box, edge in marks[done:]]


def _main_way(boxes: Iterable[Box]) -> float | None:
    """Where the wires to the first output go up."""
    return next((box.x + box.w / 2 for box in boxes if box.role == "output"), None)


def _along(box: Box, way: float | None) -> bool:
    return way is not None and abs(box.x + box.w / 2 - way) < 1


def _in_order(
    pairs: Sequence[tuple[int, int]], main: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Pairs in which both numbers rise: as many of the main ones as can be, then of the others."""
    ends = [(-1, -1), *_rising(main), (sys.maxsize, sys.maxsize)]
    for (r, n), (to_r, to_n) in pairwise(ends):
        if r >= 0:
            yield r, n
        yield from _rising([p for p in pairs if r < p[0] < to_r and n < p[1] < to_n])


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of the pairs in which both numbers rise."""
    ends: list[int] = []
    last: list[int] = []  # the pair at which the best run of each length ends
    before: list[int] = []
    for n, (_, value) in enumerate(pairs):
        at = bisect_right(ends, value)
        before.append(last[at - 1] if at else -1)
        ends[at : at + 1] = [value]
        last[at : at + 1] = [n]
    kept, n = [], last[-1] if last else -1
    while n >= 0:
        kept.append(pairs[n])
        n = before[n]
    return kept[::-1]


def _beside(row: Row, other: Row) -> bool:
    """Whether a box stands beside one of a row that more layouts have."""
    if other is row or other.edge or len(other.boxes) <= len(row.boxes):
        return False
    return any(
        i in other.boxes
        and box.y < other.boxes[i].y + other.boxes[i].h
        and other.boxes[i].y < box.y + box.h
        for i, box in row.boxes.items()
    )
