"""Where wires cross without being joined: the one that runs across hops over the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from boxwork.renderers.figure import Line, Point
from boxwork.renderers.look import sizes as s

TALL = 64.0  # of the strips of a page in which crossings are looked for

Hops = list[float]  # the places along x at which one piece of a wire crosses others


def crossings(lines: Sequence[Line]) -> dict[tuple[int, int], Hops]:
    """The hops of each piece across, by the number of its line and its place in the line."""
    strips: dict[int, list[tuple[float, float, float]]] = {}
    for line in lines:
        for (ax, ay), (bx, by) in pairwise(line.points):
            if abs(ax - bx) < 0.5:
                low, high = min(ay, by), max(ay, by)
                for strip in range(int(low // TALL), int(high // TALL) + 1):
                    strips.setdefault(strip, []).append((ax, low + 1, high - 1))
    found: dict[tuple[int, int], Hops] = {}
    for k, line in enumerate(lines):
        for i, ((ax, y), (bx, by)) in enumerate(pairwise(line.points)):
            if abs(y - by) < 0.5 and (hops := _hops(ax, bx, y, strips.get(int(y // TALL), ()))):
                found[k, i] = hops
    return found


def _hops(
    start: float, end: float, y: float, upright: Sequence[tuple[float, float, float]]
) -> Hops:
    room = s.HOP + s.CORNER  # from a corner to the middle of a hop
    left, right = min(start, end) + room, max(start, end) - room
    return sorted({x for x, low, high in upright if left <= x <= right and low < y < high})


def hopping(a: Point, b: Point, hops: Sequence[float]) -> Iterator[tuple[float, float]]:
    """From where to where a piece leaves its way, in its direction; near hops are one."""
    sign = 1 if b[0] > a[0] else -1
    spans: list[tuple[float, float]] = []
    for x in hops if sign > 0 else reversed(hops):
        if spans and sign * (x - spans[-1][1]) < s.HOP + 2:
            spans[-1] = (spans[-1][0], x + sign * s.HOP)
        else:
            spans.append((x - sign * s.HOP, x + sign * s.HOP))
    yield from spans
