"""A laid-out piece of a drawing, placed about its spine, and the loose ends of its wires.

Inside the layout y grows upwards from the piece's lower edge and x = 0 is its spine. A piece
is laid out once and may be placed many times; ``flatten`` makes the absolute drawing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

from boxwork.renderers.figure import (
    Box,
    Cell,
    Chip,
    Edge,
    Layout,
    Line,
    Neuron,
    Point,
    Strip,
    Stroke,
    Text,
)
from boxwork.renderers.structure.scope import Net

Side = Literal["left", "right"]


@dataclass(slots=True)
class Strand:
    """A piece of a wire on its way to a box; no target: it leaves the region at its top.

    The first strand of a bundle starts where the bundle does, the others at a junction
    with one of the strands before them.
    """

    points: tuple[Point, ...]
    target: str | None = None
    port: str = ""
    dot: bool = False


Bundle = list[Strand]


@dataclass(slots=True)
class Pin:
    """Where a wire enters a region from below, and where it goes from there."""

    net: Net
    x: float
    bundle: Bundle


@dataclass(slots=True)
class Arm:
    """Where a wire enters a region from a side."""

    net: Net
    y: float
    side: Side
    bundle: Bundle


@dataclass(slots=True)
class Head:
    """Where a wire leaves a region at its top: its way so far, from its source or a junction."""

    x: float
    points: tuple[Point, ...]
    source: str
    dot: bool = False


@dataclass(slots=True)
class Region:
    """A laid-out piece of a drawing."""

    left: float
    right: float
    height: float
    pins: list[Pin] = field(default_factory=list)
    arms: list[Arm] = field(default_factory=list)
    heads: dict[Net, Head] = field(default_factory=dict)
    boxes: list[Box] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    neurons: list[Neuron] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)
    children: list[tuple[Region, float, float, str]] = field(default_factory=list)
    labelled: bool = False  # a width is written at its very top

    def put(self, child: Region, dx: float, dy: float, prefix: str = "") -> None:
        """Place another region inside this one; ``prefix`` goes before its paths."""
        self.children.append((child, dx, dy, prefix))


def moved(points: Iterable[Point], dx: float, dy: float) -> tuple[Point, ...]:
    """Points at another place."""
    return tuple((x + dx, y + dy) for x, y in points)


def moved_bundle(bundle: Bundle, dx: float, dy: float, prefix: str = "") -> Bundle:
    """A bundle at another place, its targets inside a composite of that path."""
    return [
        Strand(
            moved(s.points, dx, dy),
            s.target if s.target is None else prefix + s.target,
            s.port,
            s.dot,
        )
        for s in bundle
    ]


def moved_head(head: Head, dx: float, dy: float, prefix: str = "") -> Head:
    """A head at another place."""
    return Head(head.x + dx, moved(head.points, dx, dy), prefix + head.source, head.dot)


def before(points: Iterable[Point], bundle: Bundle) -> Bundle:
    """A bundle whose first strand starts with some more points."""
    first = bundle[0]
    start = Strand((*points, *first.points), first.target, first.port, first.dot)
    return [start, *bundle[1:]]


def finished(head: Head, bundle: Bundle) -> tuple[list[Line], Head | None]:
    """The lines of a wire from its head on, and its new head if a strand leaves."""
    lines, rest = [], None
    for i, strand in enumerate(bundle):
        points = (*head.points, *strand.points) if i == 0 else strand.points
        dot = head.dot if i == 0 else strand.dot
        if strand.target is None:
            rest = Head(strand.points[-1][0], points, head.source, dot)
        else:
            lines.append(Line(head.source, strand.target, strand.port, tidy(points), dot))
    return lines, rest


def tidy(points: Iterable[Point]) -> tuple[Point, ...]:
    """A way without repeated points and without points on a straight line."""
    kept: list[Point] = []
    for point in points:
        if kept and abs(kept[-1][0] - point[0]) < 1e-6 and abs(kept[-1][1] - point[1]) < 1e-6:
            continue
        if len(kept) > 1 and _straight(kept[-2], kept[-1], point):
            kept[-1] = point
        else:
            kept.append(point)
    return tuple(kept)


def _straight(a: Point, b: Point, c: Point) -> bool:
    return (abs(a[0] - b[0]) < 1e-6 and abs(b[0] - c[0]) < 1e-6) or (
        abs(a[1] - b[1]) < 1e-6 and abs(b[1] - c[1]) < 1e-6
    )


def flatten(region: Region, layout: Layout, x: float, y: float) -> None:
    """Put everything inside into a layout, whose y grows downwards from ``y``."""
    todo = [(region, x, y, "")]
    while todo:
        part, dx, dy, prefix = todo.pop()
        layout.boxes += [_placed(box, dx, dy, prefix) for box in part.boxes]
        layout.texts += [_written(text, dx, dy, prefix) for text in part.texts]
        for n in part.lines:
            points = tuple([(px + dx, dy - py) for px, py in n.points])
            line = Line(prefix + n.source, prefix + n.target, n.port, points, n.dot)
            layout.lines.append(line)
        layout.neurons += [
            replace(n, path=prefix + n.path, x=n.x + dx, y=dy - n.y) for n in part.neurons
        ]
        pairs: tuple[tuple[list[Any], list[Any]], ...] = (
            (layout.cells, part.cells),
            (layout.chips, part.chips),
            (layout.strips, part.strips),
        )
        for kept, found in pairs:
            kept += [_upright(one, dx, dy, prefix) for one in found]
        layout.strokes += [_along(stroke, dx, dy, prefix) for stroke in part.strokes]
        layout.edges += [_drawn(edge, dx, dy, prefix) for edge in part.edges]
        for child, cx, cy, name in reversed(part.children):
            todo.append((child, dx + cx, dy - cy, prefix + name))


def _written(t: Text, dx: float, dy: float, prefix: str) -> Text:
    return Text(prefix + t.path, t.role, t.text, t.x + dx, dy - t.y, t.anchor)


Oblong = TypeVar("Oblong", Cell, Chip, Strip)


def _upright(one: Oblong, dx: float, dy: float, prefix: str) -> Oblong:
    return replace(one, path=prefix + one.path, x=one.x + dx, y=dy - one.y - one.h)


def _along(stroke: Stroke, dx: float, dy: float, prefix: str) -> Stroke:
    points = tuple([(x + dx, dy - y) for x, y in stroke.points])
    return replace(stroke, path=prefix + stroke.path, points=points)


def _drawn(edge: Edge, dx: float, dy: float, prefix: str) -> Edge:
    (ax, ay), (bx, by) = edge.start, edge.end
    return replace(
        edge,
        source=prefix + edge.source,
        target=prefix + edge.target,
        start=(ax + dx, dy - ay),
        end=(bx + dx, dy - by),
        label=_written(edge.label, dx, dy, prefix) if edge.label else None,
    )


def _placed(b: Box, dx: float, dy: float, prefix: str) -> Box:
    path, x, y = prefix + b.path, b.x + dx, dy - b.y - b.h
    facts = (b.sign, b.role, b.block, b.copies, b.parameters)
    return Box(path, b.shape, b.family, x, y, b.w, b.h, *facts)
