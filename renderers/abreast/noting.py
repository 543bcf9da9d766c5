"""What is written between two columns of a comparison, with dots to the boxes that it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boxwork.renderers.abreast.extent import extent
from boxwork.renderers.figure import Box, Layout, Text
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width

LINE, BETWEEN = 15.0, 6.0
BOLD = 1.08  # how much wider bold letters are
BELOW = 12.0  # the top of a frame, at which it is told what changed of it


@dataclass(slots=True)
class Note:
    """What changed between two boxes, and from where to where dots may lead beside the words."""

    path: str
    title: str  # what the box says first
    words: list[str]
    y: float
    left: float | None  # the right edge of the box before, in its column, if nothing is between
    right: float | None  # the left edge of the box


def note(
    paths: Sequence[str], words: list[str], layouts: Sequence[Layout], bottom: float, *, edge: bool
) -> Note:
    """The note of a box, at its height."""
    a, b = (
        next((box for box in layout.boxes if box.path == path), None)
        for layout, path in zip(layouts, paths, strict=True)
    )
    assert b is not None
    heights = [bottom - layout.height for layout in layouts]
    y = heights[1] + _at(b, edge=edge)
    left = right = None
    if a is not None and abs(heights[0] + _at(a, edge=edge) - y) <= 1:
        left = a.x + a.w if _free(layouts[0], a, (a.x + a.w, None), y - heights[0]) else None
        right = b.x if _free(layouts[1], b, (None, b.x), y - heights[1]) else None
    return Note(b.path, _title(layouts[1], b), words, y, left, right)


def arranged(notes: Sequence[Note]) -> list[Note]:
    """Notes one below the other where they are near; one that no dots lead to names its box."""
    written: list[tuple[float, float]] = []

    def room_at(y: float, lines: int) -> bool:
        half = LINE * lines / 2 + BETWEEN
        return not any(y - half < under and top < y + half for top, under in written)

    for one in notes:
        alone = one.left is None and one.right is None
        if alone or not room_at(one.y, len(one.words)):
            one.left = one.right = None
            one.words = [f"{one.title}:", *one.words]
            while not room_at(one.y, len(one.words)):
                one.y += LINE / 2
        half = LINE * len(one.words) / 2
        written.append((one.y - half, one.y + half))
    return list(notes)


def _at(box: Box, *, edge: bool) -> float:
    return box.y + (BELOW if edge else box.h / 2)


def _title(layout: Layout, box: Box) -> str:
    """What a box says first."""
    texts = [t.text for t in layout.texts if t.path == box.path and t.role in ("title", "caption")]
    return " ".join(texts) or box.block


def _free(layout: Layout, box: Box, way: tuple[float | None, float | None], y: float) -> bool:
    """Whether nothing stands in the way from a box to the edge of its layout."""
    left, right = way
    start = -1.0 if left is None else left + 1
    end = layout.width + 1 if right is None else right - 1
    solid = ((b.x, b.y, b.x + b.w, b.y + b.h) for b in layout.boxes if not _round(b, box))
    return not any(
        x < end and x_end > start and top < y < under
        for x, top, x_end, under in [*solid, *map(extent, layout.texts)]
    )


def _round(frame: Box, box: Box) -> bool:
    """Whether a frame stands round a box, so that what leads to it crosses the frame."""
    across = frame.x <= box.x and box.x + box.w <= frame.x + frame.w
    return across and frame.y <= box.y and box.y + box.h <= frame.y + frame.h


def room(notes: Sequence[Note]) -> float:
    """How wide the words between two columns are."""
    return max((_wide(one) for one in notes), default=0.0)


def _wide(one: Note) -> float:
    return max(width(line, s.NOTE) * BOLD for line in one.words)


def put_notes(
    made: Layout, notes: Sequence[Note], prefix: str, middle: float, places: tuple[float, float]
) -> None:
    """Write notes between two columns at these places, with dots to the boxes."""
    for one in notes:
        half = _wide(one) / 2 + 8
        top = one.y - LINE * len(one.words) / 2
        for n, line in enumerate(one.words):
            at = top + LINE * (n + 0.5) + 0.35 * s.NOTE
            made.texts.append(Text(f"{prefix}{one.path} ", "change", line, middle, at))
        if one.left is not None:
            made.links.append(((places[0] + one.left + 3, one.y), (middle - half, one.y)))
        if one.right is not None:
            made.links.append(((middle + half, one.y), (places[1] + one.right - 3, one.y)))
