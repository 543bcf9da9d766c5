"""What stands in the frame of an opened primitive, drawn about the corner of that frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter
from typing import TypeVar

from boxwork.renderers.figure import Box, Cell, Chip, Edge, Layout, Neuron, Strip, Stroke, Text
from boxwork.renderers.svg.sketch import sketched
from boxwork.renderers.svg.strokes import cell, edge, label, neuron
from boxwork.renderers.svg.svg import drawn_text

One = TypeVar("One", Cell, Chip, Neuron, Strip, Text)


class Inside:
    """The neurons, lines, entries, small boxes and texts of a drawing that stand in one frame."""

    def __init__(self, picture: Layout, box: Box) -> None:
        self.x, self.y = box.x, box.y
        self.edges = [one for one in picture.edges if _holds(box, *one.start)]
        self.cells = [one for one in picture.cells if _holds(box, one.x, one.y)]
        self.chips = [one for one in picture.chips if _holds(box, one.x, one.y)]
        self.strips = [one for one in picture.strips if _holds(box, one.x, one.y)]
        self.strokes = [one for one in picture.strokes if _holds(box, *one.points[0])]
        self.neurons = [one for one in picture.neurons if _holds(box, one.x, one.y)]
        self.texts = [one for one in picture.texts if _holds(box, one.x, one.y)]

    def drawn(self) -> str:
        """All of it as SVG."""
        edges = [self._edge(one) for one in self.edges]
        cells = sorted(map(self._at, self.cells), key=attrgetter("lit"))
        return "".join(
            [
                *(part for one in edges for part in edge(one)),
                *sketched(
                    map(self._along, self.strokes),
                    map(self._at, self.chips),
                    map(self._at, self.strips),
                ),
                *map(cell, cells),
                *(neuron(one, "", ()) for one in map(self._at, self.neurons)),
                *(label(one.label, one.look) for one in edges if one.label),
                *map(drawn_text, map(self._at, self.texts)),
            ]
        )

    def _at(self, one: One) -> One:
        return replace(one, x=one.x - self.x, y=one.y - self.y)

    def _along(self, one: Stroke) -> Stroke:
        return replace(one, points=tuple((x - self.x, y - self.y) for x, y in one.points))

    def _edge(self, one: Edge) -> Edge:
        (ax, ay), (bx, by) = one.start, one.end
        return replace(
            one,
            start=(ax - self.x, ay - self.y),
            end=(bx - self.x, by - self.y),
            label=one.label and self._at(one.label),
        )


def bulk(picture: Layout) -> Iterable[tuple[str, int]]:
    """The frames of a drawing with about how many bytes it takes to say what is in each."""
    for box in picture.boxes:
        if box.shape == "network":
            held = Inside(picture, box)
            layers = [b.path for b in picture.boxes if b.shape == "layer" and _holds(box, b.x, b.y)]
            size = 250 * len(held.edges) + 80 * (len(held.cells) + len(held.texts))
            size += 200 * len(held.chips) + 150 * len(held.strokes) + 1000 * len(held.strips)
            yield " ".join([box.path, *layers]), size + 150 * len(held.neurons)


def _holds(box: Box, x: float, y: float) -> bool:
    return box.x <= x <= box.x + box.w and box.y <= y <= box.y + box.h


def tenths(value: float) -> int:
    """A length as a whole number of tenths."""
    return round(value * 10)
