"""Rectangles of what is drawn: of boxes, of texts, of pieces of lines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from boxwork.renderers.figure import Box, Line, Text
from boxwork.renderers.look.fonts import ASCENT, DESCENT, width
from boxwork.renderers.look.theme import ROLES

Rect = tuple[float, float, float, float]


def rect(box: Box) -> Rect:
    return box.x, box.y, box.x + box.w, box.y + box.h


def overlap(a: Rect, b: Rect, by: float = 0.5) -> bool:
    return a[0] < b[2] - by and b[0] < a[2] - by and a[1] < b[3] - by and b[1] < a[3] - by


def within(a: Rect, b: Rect) -> bool:
    return a[0] >= b[0] and a[1] >= b[1] and a[2] <= b[2] and a[3] <= b[3]


def segments(line: Line) -> Iterator[Rect]:
    for (ax, ay), (bx, by) in pairwise(line.points):
        yield min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def extent(text: Text) -> Rect:
    """The box of a text on the page."""
    size = ROLES[text.role][0]
    wide = width(text.text, size)
    x = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
    return x, text.y - ASCENT * size, x + wide, text.y + DESCENT * size
