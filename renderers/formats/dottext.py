"""How DOT is written: quotes, lists of attributes, places, and splines of straight pieces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

from boxwork.renderers.figure import Point, Text
from boxwork.renderers.look.numbers import px
from boxwork.renderers.look.palettes import Palette
from boxwork.renderers.look.sizes import CORNER
from boxwork.renderers.look.theme import ROLES

INCH = 72.0  # points, as which Graphviz takes our pixels

Attributes = Mapping[str, str]


def quoted(text: str) -> str:
    """A text as an id or a value: backslashes and quotes are meant as they stand."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(plain.split("\n")) + '"'


def marked(texts: Sequence[Text], palette: Palette, ink: str = "") -> str:
    """A label of lines below each other, in their sizes and colours, or all in one."""
    lines = []
    for text in texts:
        size, less = ROLES[text.role]
        colour = ink or (palette.page.muted if less else palette.page.text)
        # Graphviz reads a backslash and N as the name of the node, two backslashes as one.
        words = escape(text.text, {'"': "&quot;"}).replace("\\", "\\\\")
        slant = {"ours": "I", "winner": "B"}.get(text.role)
        words = f"<{slant}>{words}</{slant}>" if slant else words
        lines.append(f'<FONT POINT-SIZE="{px(size)}" COLOR="{colour}">{words}</FONT>')
    return f"<{'<BR/>'.join(lines)}>"


def place(point: Point) -> str:
    """A place in points."""
    return f"{px(point[0])},{px(point[1])}"


def listed(attributes: Attributes) -> str:
    """Attributes in brackets; labels of markup stand in angle brackets, not in quotes."""
    said = [f"{key}={_value(key, value)}" for key, value in attributes.items()]
    return f"[{', '.join(said)}]"


def _value(key: str, value: str) -> str:
    ready = key in ("label", "headlabel") and value.startswith(("<", '"'))
    return value if ready else quoted(value)


def bends(points: Sequence[Point]) -> Iterator[Point]:
    """The control points of a polyline: straight pieces, and a quarter of a turn at corners."""
    at = points[0]
    yield at
    for corner, after in pairwise(points[1:]):
        radius = min(CORNER, _length(at, corner), _length(corner, after) / 2)
        start, end = towards(corner, at, radius), towards(corner, after, radius)
        yield from straight(at, start)
        yield towards(corner, start, radius / 3)
        yield towards(corner, end, radius / 3)
        yield end
        at = end
    yield from straight(at, points[-1])


def straight(a: Point, b: Point) -> Iterator[Point]:
    """What leads a spline on from ``a`` straight to ``b``."""
    yield a[0] + (b[0] - a[0]) / 3, a[1] + (b[1] - a[1]) / 3
    yield b[0] - (b[0] - a[0]) / 3, b[1] - (b[1] - a[1]) / 3
    yield b


def _length(a: Point, b: Point) -> float:
    return max(abs(b[0] - a[0]), abs(b[1] - a[1]))


def towards(a: Point, b: Point, way: float) -> Point:
    """A place on the way from ``a`` to ``b``."""
    part = min(1.0, way / (_length(a, b) or 1.0))
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part
