"""Which texts of a drawing belong to which boxes and lines, for formats that tie them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from boxwork.renderers.figure import Box, Layout, Line, Text
from boxwork.renderers.look.fonts import ASCENT, DESCENT, width
from boxwork.renderers.look.theme import ROLES

WORDS = ("title", "detail", "note", "name", "caption")
SHAPES = ("box", "circle", "text", "frame")  # networks hold texts at places of their own
NEAR = 10.0  # from a wire to what is written beside it


@dataclass(slots=True)
class Labels:
    """The texts of a drawing: in each box by path, along and at the head of lines, and others."""

    inside: dict[str, list[Text]] = field(default_factory=dict)
    along: dict[int, Text] = field(default_factory=dict)
    heads: dict[int, Text] = field(default_factory=dict)
    loose: list[Text] = field(default_factory=list)


def labels(layout: Layout) -> Labels:
    """Sort the texts of a layout."""
    boxes = {box.path: box for box in layout.boxes}
    upright = _upright(layout.lines)
    ends: dict[str, list[int]] = {}
    for k, line in enumerate(layout.lines):
        ends.setdefault(line.target, []).append(k)
    found = Labels()
    for text in layout.texts:
        box = boxes.get(text.path)
        if text.role == "width" and (at := _beside(text, upright, found.along)) is not None:
            found.along[at] = text
        elif text.role == "port" and (at := _ending(text, layout.lines, ends)) is not None:
            found.heads[at] = text
        elif box and box.shape in SHAPES and text.role in WORDS and _within(text, box):
            found.inside.setdefault(text.path, []).append(text)
        else:
            found.loose.append(text)
    return found


def parents(boxes: Iterable[Box]) -> dict[str, str]:
    """The path of the frame that each box stands in; empty outside all of them."""
    found: dict[str, str] = {}
    within: list[str] = []
    for box in boxes:
        while within and not box.path.startswith(f"{within[-1]}."):
            within.pop()
        found[box.path] = within[-1] if within else ""
        if box.shape == "frame":
            within.append(box.path)
    return found


def centre(text: Text) -> tuple[float, float]:
    """The middle of a text on the page."""
    size = ROLES[text.role][0]
    shift = {"start": 0.5, "middle": 0.0, "end": -0.5}[text.anchor] * width(text.text, size)
    return text.x + shift, text.y - (ASCENT - DESCENT) / 2 * size


Upright = Mapping[int, Sequence[tuple[int, float, float, float]]]


def _upright(lines: Sequence[Line]) -> Upright:
    """The pieces of lines that run up, by their place across: line, x, and both ends."""
    found: dict[int, list[tuple[int, float, float, float]]] = {}
    for k, line in enumerate(lines):
        for (ax, ay), (bx, by) in pairwise(line.points):
            if abs(ax - bx) < 0.5:
                piece = (k, ax, min(ay, by), max(ay, by))
                found.setdefault(int(ax // NEAR), []).append(piece)
    return found


def _beside(text: Text, upright: Upright, taken: Mapping[int, Text]) -> int | None:
    """The line that a width is written beside."""
    place = int(text.x // NEAR)
    for k, x, top, bottom in (*upright.get(place, ()), *upright.get(place - 1, ())):
        if 0 < text.x - x <= NEAR and top <= text.y <= bottom and k not in taken:
            return k
    return None


def _ending(text: Text, lines: Sequence[Line], ends: Mapping[str, list[int]]) -> int | None:
    """The line at whose head the name of a port stands."""
    near = [
        (abs(lines[k].points[-1][0] - text.x) + abs(lines[k].points[-1][1] - text.y), k)
        for k in ends.get(text.path, ())
    ]
    return min(near)[1] if near and min(near)[0] < 40 else None


def _within(text: Text, box: Box) -> bool:
    x, y = centre(text)
    return box.x <= x <= box.x + box.w and box.y <= y <= box.y + box.h
