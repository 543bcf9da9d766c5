"""Softmax: powers of e, their sum, and the share that each has in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from boxwork.renderers.figure import Cell
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.networks.networks import spoken
from boxwork.renderers.opened.formula import formula_of
from boxwork.renderers.opened.sheet import HIGH, RADIUS, Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject
from boxwork.renderers.values.written import subscript

MOST = 8  # numbers that have a column each
STEP = 96.0  # between columns
ROWS = (0.0, 56.0, 116.0, 170.0)  # numbers, powers, divisions, shares
BAR = 64.0  # the largest share


@dataclass(frozen=True, slots=True)
class _Column:
    """One number on its way: what it is called, its place; no words for an ellipsis."""

    x: float
    name: str = ""
    place: int | None = None
    below: str = ""


def softmax(subject: Subject) -> Region:
    """Columns of one number each: its power, divided by the sum of all powers."""
    return _Softmax(subject).made()


class _Softmax:
    def __init__(self, subject: Subject) -> None:
        self.subject, self.sheet = subject, Sheet(subject)
        self.x, self.y = subject.row("x"), subject.out()
        self.count = int(subject.part.outputs["y"].dims[-1]) if _bound(subject) else 0
        if self.x and self.y and len(self.x) == len(self.y):
            self.count = len(self.x)
            self.top = max(self.x)
        else:
            self.x = self.y = None

    def made(self) -> Region:
        columns, sheet = self._columns(), self.sheet
        for column in columns:
            if column.place is not None:
                self._column(column)
            else:
                for y in ROWS[:2]:
                    sheet.say("…", (column.x, y), "neuron")
        for left, right in pairwise(columns):
            sheet.say("+", ((left.x + right.x) / 2, ROWS[1]), "neuron")
        self._sum(columns)
        notes = ["the largest number is taken from all first: the shares stay the same"]
        if self.y and self.count > MOST:
            notes.append(f"the {MOST - 2} largest of {self.count:,} numbers; the sum is of all")
        return sheet.framed(*formula_of(self.subject.part), *(notes if self.x else ()))

    def _columns(self) -> list[_Column]:
        names = self._names()
        places = self._places()
        half = (len(places) - 1) / 2
        made = []
        for k, place in enumerate(places):
            x = (k - half - 0.5) * STEP
            if place is None:
                made.append(_Column(x))
                continue
            name = subscript("n" if place < 0 else place + 1)
            made.append(_Column(x, name, place, names[place] if 0 <= place < len(names) else ""))
        return made

    def _places(self) -> list[int | None]:
        """All numbers in their order; of many the largest first, or some that stand for all."""
        if 0 < self.count <= MOST:
            return list(range(self.count))
        if self.y:
            shares = self.y
            order = sorted(range(self.count), key=lambda k: -shares[k])
            return [*order[: MOST - 2], None]
        return [0, 1, None, -1]

    def _names(self) -> Sequence[str]:
        names = self.subject.data.classes(self.subject.name) if not self.subject.scope else ()
        return [spoken(name) for name in names]

    def _column(self, column: _Column) -> None:
        sheet, x, name, place = self.sheet, column.x, column.name, column.place
        numbers, powers, divisions, shares = ROWS
        if self.x and self.y and place is not None:
            said = shown(self.x[place], 3)
            power, share = shown(_power(self.x[place] - self.top), 3), shown(self.y[place], 3)
        else:
            said, power, share = f"x{name}", f"exp x{name}", f"y{name}"
        sheet.chip(f"x{place}", said, (x, numbers), wide=52)
        sheet.arrow((x, numbers + HIGH / 2), (x, powers - HIGH / 2))
        sheet.chip(f"exp{place}", power, (x, powers), "softmax", wide=52)
        sheet.arrow((x, powers + HIGH / 2), (x, divisions - RADIUS))
        sheet.circle(f"divide{place}", "÷", (x, divisions))
        sheet.arrow((x, divisions + RADIUS), (x, shares - HIGH / 2))
        sheet.chip(f"y{place}", share, (x, shares), "softmax", wide=52)
        if self.y and place is not None and math.isfinite(self.y[place]):
            most = max(filter(math.isfinite, self.y))
            high = max(BAR * self.y[place] / most, 1.0) if most > 0 else 1.0
            bar = Cell(f"{sheet.path}[share{place}]", x - 14, shares + HIGH / 2 + 3, 28, high, 1.0)
            sheet.region.cells.append(bar)
        if column.below:
            sheet.say(column.below, (x, numbers - HIGH / 2 - 11), "neuron")

    def _sum(self, columns: Sequence[_Column]) -> None:
        """The sum of the powers at the right, and its way back to all divisions."""
        sheet, (_, powers, divisions, _) = self.sheet, ROWS
        said = "sum"
        if self.x:
            said = shown(sum(_power(x - self.top) for x in self.x), 4)
        x = columns[-1].x + STEP
        wide = max(52.0, width(said, s.VALUE) + 14)
        sheet.chip("sum", said, (x, powers), "combine", wide=wide, tip="the sum of all powers")
        sheet.say("=", (columns[-1].x + STEP / 2 - (wide - 52) / 4, powers), "neuron")
        right = x
        for column in reversed(columns):
            if column.place is None:
                continue
            start = (right, powers + HIGH / 2) if right == x else (right - RADIUS, divisions)
            corner = [(right, divisions)] if right == x else []
            sheet.arrow(start, *corner, (column.x + RADIUS, divisions))
            right = column.x


def _power(x: float) -> float:
    return math.exp(x) if x <= 0 else math.nan  # beyond: some number of the run is not finite


def _bound(subject: Subject) -> bool:
    return not subject.part.outputs["y"].dims[-1].free
