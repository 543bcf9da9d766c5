"""The views of a drawing that a page holds: which boxes are open in each, and its layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count

from boxwork.graphs.graph import Composite, Graph
from boxwork.renderers.figure import Box, Layout
from boxwork.renderers.layout.layout import Layouts, layout
from boxwork.renderers.page.found import Found, find, group, opens
from boxwork.renderers.structure.dense import figured, is_matrix
from boxwork.renderers.structure.opening import Opening
from boxwork.renderers.svg.inside import bulk
from boxwork.renderers.values.data import Data

ROOM = 280_000  # about how many bytes views may take; the four always there are not counted
OVER = 800_000  # how many more those with a single box open may take
EACH = 8  # of them for a box, line or text

Opened = frozenset[str]


@dataclass(frozen=True, slots=True)
class View:
    """A drawing, and the paths that open it: ``--depth 0`` and ``--open`` for each of them.

    ``all`` marks the one in which all is open that ``--open all`` opens, repeated boxes once.
    """

    opened: Opened
    picture: Layout
    all: bool = False


def views(graph: Graph, opening: Opening, data: Data | None = None) -> list[View]:
    """The drawing opened as asked for, then others that are reached by opening and closing.

    All that can be reached if there is room. Else the drawing as it is by default, with all
    closed, with all open (repeated boxes once, large matrices not), those one step from the first,
    those with a single box open, and then what is reached from these in the fewest steps,
    matrices last.
    """
    return list(_Book(graph, opening, data or Data(graph)).fill().values())


class _Book:
    def __init__(self, graph: Graph, opening: Opening, data: Data) -> None:
        self.graph, self.opening = graph, opening
        self.views: dict[Opened, View] = {}
        self._layouts = Layouts(data)
        self._found: dict[str, Found] = {}
        self._room = ROOM
        self._ticks, self._waiting = count(), list[tuple[int, int, View]]()
        self._held: set[str] = set()  # the frames whose insides are known

    def fill(self) -> dict[Opened, View]:
        """Draw what must be there, then what there is room for."""
        start, closed = self._drawn(self.opening), self._with(frozenset())
        default = self._drawn(Opening.of(neurons=self.opening.neurons))
        deepest = self._deepest(closed)
        for view in (start, default, closed):
            self._wait(view)
        for opened in self._steps(start):  # whatever is seen first opens and closes
            self._visit(opened, -OVER)
        for path in sorted({*deepest.opened, *self._openers(deepest)}):
            around = {other for other in deepest.opened if path.startswith(f"{other}.")}
            self._visit(frozenset({path, *around}), -OVER)
            self._visit(default.opened | {path, *around}, -OVER)
        self._wait(deepest)
        while self._waiting and self._room > 0:
            *_, view = heappop(self._waiting)
            for opened in self._steps(view):
                self._visit(opened)
        return self.views

    def _visit(self, opened: Opened, least: int = 0) -> None:
        """Keep the view with these boxes open, if it is new and there is room for it."""
        if opened in self.views or self._room < least:
            return
        before = len(self.views)
        view = self._with(opened)
        if len(self.views) > before:
            self._room -= self._bulk(view.picture)
            self._wait(view)

    def _wait(self, view: View) -> None:
        """Go on from a view later: from those without open matrices first."""
        numbers = sum(not isinstance(self._find(path).part, Composite) for path in view.opened)
        heappush(self._waiting, (numbers, next(self._ticks), view))

    def _bulk(self, picture: Layout) -> int:
        """About how many bytes a view takes; what is inside frames is kept once."""
        size = EACH * (len(picture.boxes) + len(picture.lines) + len(picture.texts))
        for name, inside in bulk(picture):
            if name not in self._held:
                self._held.add(name)
                size += inside
        return size

    def _with(self, opened: Opened) -> View:
        return self._drawn(Opening.of(sorted(opened), 0, self.opening.neurons))

    def _drawn(self, opening: Opening) -> View:
        picture = layout(self.graph, opening, known=self._layouts)
        frames = [b for b in picture.boxes if b.shape in ("frame", "network", "layer")]
        found = (self._find(box.path) for box in frames if self._opened(box))
        opened = frozenset(one.opener for one in found if opens(one))
        return self.views.setdefault(opened, View(opened, picture))

    def _opened(self, box: Box) -> bool:
        """Whether a frame is that of an open box, not of some layers or one that came with them."""
        joined = box.shape == "layer" and not is_matrix(self._find(box.path).part)
        return not group(box) and not joined

    def _deepest(self, view: View) -> View:
        """The view that is marked ``all``."""
        while True:
            wider = self._with(view.opened | set(self._openers(view, all=False)))
            if wider.opened == view.opened:
                self.views[view.opened] = replace(view, all=True)
                return view
            view = wider

    def _steps(self, view: View) -> Iterator[Opened]:
        for path in self._openers(view):
            yield view.opened | {path}
        for path in sorted(view.opened):
            yield frozenset(p for p in view.opened if p != path and not p.startswith(f"{path}."))

    def _openers(self, view: View, *, all: bool = True) -> Iterator[str]:
        """The paths that open a closed box of a view; or those of just what is small."""
        for box in view.picture.boxes:
            if box.shape != "box":
                continue
            found = self._find(box.path)
            part = found.part
            if isinstance(part, Composite) or (all and figured(part)) or self.opening.whole(part):
                yield found.opener

    def _find(self, path: str) -> Found:
        if path not in self._found:
            self._found[path] = find(self.graph, path)
        return self._found[path]
