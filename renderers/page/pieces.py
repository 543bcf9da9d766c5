"""The views of a page as plain data: every piece of SVG once, and where it stands in each view.

A piece is drawn about its own corner, so a box that moves is the same piece in all views; a
piece at a place is kept once as well, and views name runs of them. Places are whole tenths of
a pixel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from boxwork.renderers.figure import Box, Layout, Line, Strip, Text
from boxwork.renderers.svg.hops import Hops, crossings
from boxwork.renderers.svg.inside import Inside, tenths
from boxwork.renderers.svg.sketch import strip
from boxwork.renderers.svg.svg import body, dot_radius, drawn_text, kind, outline, shades, wire

Row = tuple[int, ...]
FRAMES = ("frame", "network", "layer")


class Shelf:
    """Things by number, each kept once."""

    def __init__(self) -> None:
        self.kept: dict[Any, int] = {}

    def number(self, thing: Any) -> int:
        """The number of a thing; a new one if it is not there yet."""
        return self.kept.setdefault(thing, len(self.kept))


class Pieces:
    """Takes layouts apart into pieces and places."""

    def __init__(self, *, signs: bool = False) -> None:
        self._signs = signs
        self.paths, self._pieces = Shelf(), Shelf()
        self._boxes, self._lines, self._texts = Shelf(), Shelf(), Shelf()

    def facts(self) -> dict[str, object]:
        """The pieces, and where they stand.

        A box is path, piece, x, y, width, height; a line is piece, x, y and the paths at its
        ends; a text is piece, x, y.
        """
        return {
            "pieces": list(self._pieces.kept),
            "boxes": list(self._boxes.kept),
            "lines": list(self._lines.kept),
            "texts": list(self._texts.kept),
        }

    def view(self, picture: Layout, order: Callable[[Box], Any]) -> dict[str, object]:
        """One view: runs of boxes in reading order, of lines and of texts (see ``runs``)."""
        frames = [box for box in picture.boxes if box.shape in FRAMES]
        kinds = dict(zip((box.path for box in frames), shades(frames), strict=True))
        within = {box.path: Inside(picture, box) for box in frames if box.shape == "network"}
        told = {id(text) for inside in within.values() for text in inside.texts}
        texts: dict[str, list[Text]] = {}
        for text in picture.texts:
            if id(text) not in told:
                texts.setdefault(text.path, []).append(text)
        inner = {id(strip) for inside in within.values() for strip in inside.strips}
        beside = [strip for strip in picture.strips if id(strip) not in inner]
        boxes: dict[int, int] = {}
        for box in picture.boxes:
            own = [] if box.shape in FRAMES else texts.pop(box.path, [])
            inside = within[box.path].drawn() if box.path in within else ""
            boxes[id(box)] = self._boxes.number(self._box(box, own, kinds, inside))
        lines = (self._lines.number(line) for line in self._of_lines(picture))
        rest = (self._texts.number(self._text(t)) for left in texts.values() for t in left)
        return {
            "size": [tenths(picture.width), tenths(picture.height)],
            "boxes": runs([boxes[id(box)] for box in sorted(picture.boxes, key=order)]),
            "lines": runs(sorted(lines)),
            "texts": runs(sorted([*rest, *map(self._strip, beside)])),
        }

    def _box(self, box: Box, texts: Iterable[Text], kinds: Mapping[str, str], inside: str) -> Row:
        x, y = tenths(box.x), tenths(box.y)
        here = replace(box, x=0, y=0)
        if box.shape in FRAMES:
            piece = f'<g class="{kinds[box.path]}">{outline(here)}</g>{inside}'
        else:
            words = (replace(t, x=t.x - box.x, y=t.y - box.y) for t in texts)
            piece = f'<g class="{kind(box)}">{body(here, words, signs=self._signs)}</g>'
        size = tenths(box.w), tenths(box.h)
        return (self.paths.number(box.path), self._pieces.number(piece), x, y, *size)

    def _text(self, text: Text) -> Row:
        x, y = tenths(text.x), tenths(text.y)
        piece = drawn_text(replace(text, x=0, y=0))
        return (self._pieces.number(piece), x, y)

    def _strip(self, one: Strip) -> int:
        """The numbers beside a wire, which are kept as texts are."""
        piece = strip(replace(one, x=0, y=0))
        return self._texts.number((self._pieces.number(piece), tenths(one.x), tenths(one.y)))

    def _of_lines(self, picture: Layout) -> Iterable[Row]:
        hops = crossings(picture.lines)
        for k, line in enumerate(picture.lines):
            pieces = range(len(line.points) - 1)
            yield self._line(line, {i: hops[k, i] for i in pieces if (k, i) in hops})

    def _line(self, line: Line, hops: Mapping[int, Hops]) -> Row:
        dx, dy = line.points[0]
        x, y = tenths(dx), tenths(dy)
        here = replace(line, points=tuple((a - dx, b - dy) for a, b in line.points))
        way, head = wire(here, {i: [a - dx for a in at] for i, at in hops.items()})
        dot = f'<circle class="dot" r="{dot_radius()}"/>' if line.dot else ""
        piece = f'<path class="wire" d="{way}"/><path class="head" d="{head}"/>{dot}'
        ends = self.paths.number(line.source), self.paths.number(line.target)
        return (self._pieces.number(piece), x, y, *ends)


def runs(numbers: Sequence[int]) -> list[int]:
    """Numbers as runs that count up by one: the first and the length of each."""
    found: list[int] = []
    for number in numbers:
        if found and number == found[-2] + found[-1]:
            found[-1] += 1
        else:
            found += [number, 1]
    return found
