"""The weights of one head as a map: a row for each query, a column for each key."""

from __future__ import annotations

from boxwork.renderers.figure import Cell
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.opened.mixing import Mixing, Scene, sees
from boxwork.renderers.opened.sheet import Sheet
from boxwork.renderers.values.written import subscript

WRITTEN = 7  # queries or keys up to which numbers are written
LARGE, SMALL = 17, 32  # up to which cells are of a middle size, and how many are shown at most
SIDES = ((38.0, 24.0), (18.0, 18.0), (9.0, 9.0))  # width and height of a cell
GAP = 6.0


class Grid:
    """A map of weights; without a run, of who sees whom."""

    def __init__(self, scene: Scene, head: int | None) -> None:
        self.scene, self.head = scene, head
        run = scene.run
        shape: tuple[int, int] = (4, 4) if run is None else run.weights.shape[-2:]
        self.q_len, self.k_len = shape
        self.rows = list(range(max(self.q_len - SMALL, 0), self.q_len))
        self.columns = list(range(max(self.k_len - SMALL, 0), self.k_len))
        most = max(len(self.rows), len(self.columns))
        self.size = 0 if most <= WRITTEN else 1 if most <= LARGE else 2
        self.cell = SIDES[self.size]
        self.names = self._names("q", scene.queries, self.rows)
        self.below = self._names("k", scene.keys, self.columns)
        self.margin = max((width(n, s.NOTE) for n in self.names), default=0.0) + GAP
        if self.size == 2:
            self.margin = 0.0
        elif max((width(n, s.NOTE) for n in self.below), default=0.0) > self.cell[0]:
            self.below = [str(k + 1) for k in self.columns]
        self.foot = 18.0 if self.size < 2 else 0.0
        self.wide = self.margin + self.cell[0] * len(self.columns)
        self.high = self.foot + self.cell[1] * len(self.rows) + 22

    def _names(self, letter: str, names: object, places: list[int]) -> list[str]:
        run = self.scene.run
        if run is None:
            first = [f"{letter}{subscript(k)}" for k in (1, 2)]
            return [*first, "…", f"{letter}{subscript('n')}"]
        if isinstance(names, list) and names:
            return [names[k] for k in places]
        return [f"{letter}{subscript(k + 1)}" for k in places]

    def put(self, sheet: Sheet, left: float, low: float) -> None:
        """Draw it from its lower left corner on."""
        x, y, (wide, high) = left + self.margin, low + self.foot, self.cell
        for i, row in enumerate(self.rows):
            at = y + high * (len(self.rows) - 1 - i)
            if self.size < 2:
                sheet.say(self.names[i], (x - GAP, at + high / 2), "note", "end")
            for k, column in enumerate(self.columns):
                self._put_cell(sheet, (row, column), (x + wide * k, at))
        if self.size < 2:
            for k, name in enumerate(self.below):
                sheet.say(name, (x + wide * (k + 0.5), low + 8), "note")
        if self.scene.heads > 1 and self.head is not None:
            top = y + high * len(self.rows) + 12
            sheet.say(self._title(), (x, top), "note", "start")

    def _title(self) -> str:
        said = f"head {(self.head or 0) + 1}"
        cut = self.q_len > SMALL or self.k_len > SMALL
        return f"{said}, the last {SMALL} positions" if cut else said

    def _put_cell(self, sheet: Sheet, place: tuple[int, int], at: tuple[float, float]) -> None:
        (row, column), (wide, high), run = place, self.cell, self.scene.run
        seen = sees(self.scene.block, row, column, self.q_len, self.k_len)
        weight = self._weight(run, row, column) if run is not None and seen else None
        name = f"{sheet.path}[{self.head or 0}, {row}, {column}]"
        cell = Cell(name, *at, wide, high, weight and min(1.0, 1.6 * weight))
        cell.hidden = not seen
        sheet.region.cells.append(cell)
        if weight is not None and self.size == 0:
            sheet.say(shown(round(weight, 3), 2), (at[0] + wide / 2, at[1] + high / 2))

    def _weight(self, run: Mixing, row: int, column: int) -> float:
        return float(run.weights[self.head or 0, row, column])
