"""What stands in the frame of neurons or of a matrix, drawn about the corner of that frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter
from typing import TypeVar

from boxwork.renderers.figure import Box, Cell, Edge, Layout, Neuron, Text
from boxwork.renderers.strokes import cell, edge, label, neuron
from boxwork.renderers.svg import drawn_text

One = TypeVar("One", Cell, Neuron, Text)


class Inside:
    """The neurons, weighted lines, entries and texts of a drawing that stand in one frame."""

    def __init__(self, picture: Layout, box: Box) -> None:
        self.x, self.y = box.x, box.y
        self.edges = [one for one in picture.edges if _holds(box, *one.start)]
        self.cells = [one for one in picture.cells if _holds(box, one.x, one.y)]
        self.neurons = [one for one in picture.neurons if _holds(box, one.x, one.y)]
        self.texts = [one for one in picture.texts if _holds(box, one.x, one.y)]

    def drawn(self) -> str:
        """All of it as SVG."""
        edges = [self._edge(one) for one in self.edges]
        cells = sorted(map(self._at, self.cells), key=attrgetter("lit"))
        return "".join(
            [
                *(part for one in edges for part in edge(one)),
                *map(cell, cells),
                *(neuron(one, "", ()) for one in map(self._at, self.neurons)),
                *(label(one.label, one.look) for one in edges if one.label),
                *map(drawn_text, map(self._at, self.texts)),
            ]
        )

    def _at(self, one: One) -> One:
        return replace(one, x=one.x - self.x, y=one.y - self.y)

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
            yield " ".join([box.path, *layers]), size + 150 * len(held.neurons)


def _holds(box: Box, x: float, y: float) -> bool:
    return box.x <= x <= box.x + box.w and box.y <= y <= box.y + box.h


def tenths(value: float) -> int:
    """A length as a whole number of tenths."""
    return round(value * 10)
