"""The lines between two rows of neurons, and places for their weights where nothing is touched."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from boxwork.renderers.figure import Edge, Point, Text
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.values.data import Number

MOST = 64  # lines between two rows whose weights are written
AIR = 5.0  # between a weight and what is beside it
HALF = 7.5  # the height of a weight above and below its middle
THIN, THICK = 1.0, 3.6  # lines of the smallest and the largest weights
COLOURED = 7  # neurons with colours of their own
OURS = "*"  # after a number that is not the source's

Rect = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Row:
    """Neurons side by side: their paths, what they are called, and their places."""

    paths: Sequence[str]
    names: Sequence[str]
    xs: Sequence[float]
    y: float
    r: float

    def called(self, k: int) -> str:
        """How one of them is named where there is room."""
        return self.names[k] or self.paths[k]


def words(number: Number) -> str:
    """A weight as it is written beside its line."""
    return shown(number.value, 3) + (OURS if number.ours else "")


def straight(below: Row, above: Row) -> list[Edge]:
    """Lines from each neuron to the one above it."""
    return [
        _edge(below, above, k, k, None, 1.0, None if len(above.xs) > COLOURED else k)
        for k in range(len(above.xs))
    ]


def lines(below: Row, above: Row, weights: Sequence[Sequence[Number]] | None) -> list[Edge]:
    """Lines from every neuron to every neuron of the next row, as thick as their weights."""
    largest = max(
        (abs(n.value) for row in weights or () for n in row if math.isfinite(n.value)), default=0.0
    )
    made = []
    for j in range(len(above.xs)):
        look = None if len(above.xs) > COLOURED else j
        for i in range(len(below.xs)):
            number = weights[i][j] if weights else None
            made.append(_edge(below, above, i, j, number, largest, look))
            made[-1].faint = len(below.xs) * len(above.xs) > MOST
    return made


def _edge(
    below: Row,
    above: Row,
    i: int,
    j: int,
    number: Number | None,
    largest: float,
    look: int | None,
) -> Edge:
    (ax, ay), (bx, by) = (below.xs[i], below.y), (above.xs[j], above.y)
    length = math.hypot(bx - ax, by - ay)
    dx, dy = (bx - ax) / length, (by - ay) / length
    start = (ax + dx * below.r, ay + dy * below.r)
    end = (bx - dx * above.r, by - dy * above.r)
    tip = f"{below.called(i)} → {above.called(j)}"
    edge = Edge(below.paths[i], above.paths[j], start, end, tip, look=look)
    if number is not None:
        edge.tip += f": {shown(number.value)}" + (" (ours)" if number.ours else "")
        share = abs(number.value) / largest if largest else 0.0
        edge.thick = THIN + (THICK - THIN) * (share if math.isfinite(share) else 1.0)
        edge.negative = number.value < 0
        edge.label = Text(edge.target, "ours" if number.ours else "weight", words(number), 0, 0)
    return edge


def write_weights(edges: Sequence[Edge], taken: Sequence[Rect], fan: tuple[int, int]) -> bool:
    """Put every weight on its line, clear of other lines, of each other and of what is taken.

    ``fan`` is how many neurons there are below and above. False if there is no room.
    """
    placed = list(taken)
    for edge in sorted(edges, key=_flatness):
        others = [other for other in edges if other is not edge]
        for t in _candidates(*fan):
            rect = _rect(edge, t)
            if any(_meet(rect, other) for other in placed):
                continue
            if not any(_crosses(rect, other) for other in others):
                break
        else:
            return False
        placed.append(rect)
        assert edge.label is not None
        edge.label.x = (rect[0] + rect[2]) / 2
        edge.label.y = (rect[1] + rect[3]) / 2 - 0.35 * s.WEIGHT
        edge.gap = _inside(edge, rect)
    return True


def _flatness(edge: Edge) -> float:
    return -abs(edge.end[0] - edge.start[0])


def _candidates(below: int, above: int) -> Iterator[float]:
    """Places along a line, those first where the fans of neighbours are just apart."""
    best = min(0.5, 0.05 + 0.75 / max(min(below, above), 1))
    best = best if above <= below else 1 - best
    return iter(sorted((k / 50 for k in range(3, 48)), key=lambda t: (abs(t - best), t)))


def _at(edge: Edge, t: float) -> Point:
    (ax, ay), (bx, by) = edge.start, edge.end
    return ax + (bx - ax) * t, ay + (by - ay) * t


def _rect(edge: Edge, t: float) -> Rect:
    """The room for the weight of a line at ``t``, with some air."""
    assert edge.label is not None
    x, y = _at(edge, t)
    half = width(edge.label.text, s.WEIGHT) / 2 + AIR
    return x - half, y - HALF, x + half, y + HALF


def _meet(a: Rect, b: Rect) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _crosses(rect: Rect, edge: Edge) -> bool:
    """Whether a line passes through a rectangle; all lines go upwards."""
    (ax, ay), (bx, by) = edge.start, edge.end
    low, high = max(rect[1], ay), min(rect[3], by)
    if low >= high:
        return False
    slope = (bx - ax) / (by - ay)
    x0, x1 = ax + (low - ay) * slope, ax + (high - ay) * slope
    thick = edge.thick / 2
    return min(x0, x1) - thick < rect[2] and rect[0] < max(x0, x1) + thick


def _inside(edge: Edge, rect: Rect) -> tuple[float, float]:
    """The part of a line that lies in a rectangle about a point of it."""
    (ax, ay), (bx, by) = edge.start, edge.end
    low, high = (rect[1] - ay) / (by - ay), (rect[3] - ay) / (by - ay)
    if abs(bx - ax) > 1e-9:
        sides = sorted(((rect[0] - ax) / (bx - ax), (rect[2] - ax) / (bx - ax)))
        low, high = max(low, sides[0]), min(high, sides[1])
    return max(low, 0.0), min(high, 1.0)
