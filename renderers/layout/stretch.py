"""A layout that gives way: room is put into it between boxes, so that rows meet those of another.

Heights are counted from the lower edge of the page. What is above a cut goes up by its room;
frames and wires that it crosses become longer, boxes and texts keep their size.
"""

from __future__ import annotations

from dataclasses import replace

from boxwork.renderers.figure import Box, Layout, Line, Point, Text
from boxwork.renderers.look.fonts import ASCENT, DESCENT
from boxwork.renderers.look.theme import ROLES

Span = tuple[float, float]


class Stretch:
    """Room put into one layout, from the bottom up."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.height = layout.height
        self.cuts: list[tuple[float, float]] = []  # where, how much
        self._settled = 0.0  # up to here all is at its place
        solid = [box for box in layout.boxes if box.shape not in ("frame", "layer")]
        self._solid = [self.span(box) for box in solid]
        self._written = [self._line(text) for text in layout.texts]

    def span(self, box: Box) -> Span:
        """The lower and upper edge of a box."""
        return self.height - box.y - box.h, self.height - box.y

    def _line(self, text: Text) -> Span:
        size = ROLES[text.role][0]
        y = self.height - text.y
        return y - DESCENT * size, y + ASCENT * size

    def at(self, height: float) -> float:
        """Where something at a height is by now."""
        return height + sum(room for cut, room in self.cuts if cut <= height)

    def raise_to(self, edge: float, height: float, *, settle: bool = True) -> bool:
        """Put room below what starts at ``edge``, so that it starts at a height; if it can."""
        room, below = height - self.at(edge), self._settled
        self._settled = max(below, edge) if settle else below
        if room < 0.5:
            return room > -0.5
        cut = self._cut(edge, below) or self._cut(edge, 0.0)
        if cut is None:
            return False
        self.cuts.append((cut, room))
        return True

    def _cut(self, edge: float, settled: float) -> float | None:
        """A height below an edge that crosses no box, and best no text; as low as the next box."""
        tops = sorted((top for _, top in self._solid if top < edge), reverse=True)
        last = max((cut for cut, _ in self.cuts), default=0.0)
        last = max(last, settled if settled < edge - 1 else 0.0)  # what is aligned stays so
        for texts in (self._written, []):
            for place in [*(top + 1 for top in tops[:6]), settled + 1, edge - 0.5]:
                if last <= place < edge and not any(
                    low < place < high for low, high in [*self._solid, *texts]
                ):
                    return place
        return None

    def result(self) -> Layout:
        """The layout with all its room."""
        layout = self.layout
        total = self.height + sum(room for _, room in self.cuts)

        def down(y: float) -> float:
            return total - self.at(self.height - y)

        def moved(points: tuple[Point, ...]) -> tuple[Point, ...]:
            return tuple((x, down(y)) for x, y in points)

        boxes = [replace(b, y=down(b.y), h=down(b.y + b.h) - down(b.y)) for b in layout.boxes]
        lines = [Line(n.source, n.target, n.port, moved(n.points), n.dot) for n in layout.lines]
        texts = [replace(t, y=down(t.y)) for t in layout.texts]
        return Layout(layout.name, layout.about, layout.width, total, boxes, lines, texts)
