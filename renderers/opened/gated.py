"""A gated recurrent unit at the last position: two gates, what is new, and what of both stays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from boxwork.blocks.recurrence import GRU
from boxwork.renderers.figure import Point
from boxwork.renderers.opened.formula import formula_of
from boxwork.renderers.opened.sheet import HIGH, RADIUS, Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.strips import FULL, WIDE
from boxwork.renderers.regions.subject import Subject

RESET, KEEP, OLD = -190.0, 150.0, 300.0  # columns beside the one of what is new
BUS, GATES, MIX, SUM, OUT = 46.0, 92.0, 186.0, 250.0, 310.0  # rows
APART = 54.0  # from the middle to each of the two things that come in
MOST = 90.0  # how wide a strip may be
_EACH = re.compile(r", (?=[rzn] = )")  # between the formulas of gates: a line for each


@dataclass(frozen=True, slots=True)
class Step:
    """The last step of a run: what came in, the state before and after, gates, what is new."""

    x: list[float]
    h: list[float]
    r: list[float]
    z: list[float]
    n: list[float]
    y: list[float]


def gated(subject: Subject) -> Region:
    """Boxes for the gates, and the way of the old state and the new one into their sum."""
    return _Gated(subject).made()


class _Gated:
    def __init__(self, subject: Subject) -> None:
        self.subject, self.sheet, self.step = subject, Sheet(subject), step(subject)

    def made(self) -> Region:
        self._come_in()
        self._gates()
        self._mix()
        said = [line for piece in formula_of(self.subject.part) for line in _EACH.split(piece)]
        return self.sheet.framed(*said)

    def _come_in(self) -> None:
        """What comes in and the state before, side by side, and both ways on."""
        sheet = self.sheet
        sheet.chip("x", "x[t]", (-APART, 0), wide=2 * APART)
        old = sheet.chip("h", "y[t − 1]", (APART, 0), "recurrence", wide=2 * APART)
        if self.step:
            self._numbers("x", self.step.x, (-APART, -HIGH - 4))
            self._numbers("h", self.step.h, (APART, -HIGH - 4))
        sheet.arrow((0, HIGH / 2), (0, GATES - HIGH / 2))
        for x in (RESET, KEEP):
            sheet.arrow((0, BUS), (x, BUS), (x, GATES - HIGH / 2))
        sheet.arrow((old.x + old.w, 0), (OLD, 0), (OLD, SUM), (KEEP + RADIUS, SUM))

    def _gates(self) -> None:
        sheet = self.sheet
        reset = sheet.chip("r", "reset r", (RESET, GATES), "activation", tip="a logistic")
        new = sheet.chip("n", "new n", (0, GATES), "activation", tip="a tanh")
        sheet.chip("z", "keep z", (KEEP, GATES), "activation", tip="a logistic")
        left, right = reset.x + reset.w, new.x
        sheet.arrow((left, GATES), (right, GATES))
        sheet.say("how much of y[t − 1]", ((left + right) / 2 - 3, GATES + 11))
        if self.step:
            self._numbers("r", self.step.r, (RESET, GATES + HIGH + 4))
            self._beside("n", self.step.n, (0, GATES + HIGH + 16))
            self._beside("z", self.step.z, (KEEP, GATES + HIGH + 16))

    def _mix(self) -> None:
        """The new state times what is not kept, the old one times what is, and their sum."""
        sheet, half = self.sheet, KEEP / 2 + 4
        sheet.arrow((0, GATES + HIGH / 2), (0, MIX - RADIUS))
        sheet.circle("new ×", "×", (0, MIX))
        rest = sheet.chip("1 − z", "1 − z", (half, MIX), "activation")
        sheet.arrow((KEEP, GATES + HIGH / 2), (KEEP, MIX), (rest.x + rest.w, MIX))
        sheet.arrow((rest.x, MIX), (RADIUS, MIX))
        sheet.arrow((KEEP, MIX), (KEEP, SUM - RADIUS))
        sheet.circle("old ×", "×", (KEEP, SUM))
        sheet.arrow((0, MIX + RADIUS), (0, SUM - RADIUS))
        sheet.circle("+", "+", (0, SUM))
        sheet.arrow((KEEP - RADIUS, SUM), (RADIUS, SUM))
        sheet.arrow((0, SUM + RADIUS), (0, OUT - HIGH / 2))
        if self.step:
            sheet.numbers("y", self.step.y, (0, OUT))
        else:
            sheet.chip("y", "y[t]", (0, OUT), "recurrence")

    def _numbers(self, name: str, numbers: Sequence[float], at: Point) -> float:
        """Numbers about a point; up to so many are bars as wide as they are elsewhere."""
        wide = min(MOST, WIDE * len(numbers)) if len(numbers) > FULL else 0.0
        return self.sheet.strip(f"{name}.numbers", numbers, at, wide)

    def _beside(self, name: str, numbers: Sequence[float], at: Point) -> None:
        """Numbers at the right of a line."""
        wide = MOST if len(numbers) > FULL else WIDE * len(numbers)
        self._numbers(name, numbers, (at[0] + 8 + wide / 2, at[1]))


def step(subject: Subject) -> Step | None:
    """What the last step of a run computed; None if its numbers are not known."""
    block = subject.part.block
    assert isinstance(block, GRU)
    x, y = subject.array("x"), subject.data.array(subject.scope + subject.name, 2)
    names = ("weight", "recurrent", *(("bias", "recurrent_bias") if block.bias else ()))
    found = [_parameter(subject, name) for name in names]
    if x is None or y is None or any(each is None for each in found):
        return None
    import numpy as np

    h = y[-2] if len(y) > 1 else np.zeros_like(y[-1])
    given, carried = x[-1] @ found[0], h @ found[1]
    if block.bias:
        given, carried = given + found[2], carried + found[3]
    with np.errstate(over="ignore"):
        r, z = (1 / (1 + np.exp(-(given + carried)[part])) for part in _parts(len(h))[:2])
    new = _parts(len(h))[2]
    n = np.tanh(given[new] + r * carried[new])
    return Step(*(each.tolist() for each in (x[-1], h, r, z, n, (1 - z) * n + z * h)))


def _parts(width: int) -> tuple[slice, slice, slice]:
    """Where reset, keep and new stand among the columns of a matrix."""
    return slice(0, width), slice(width, 2 * width), slice(2 * width, 3 * width)


def _parameter(subject: Subject, name: str) -> Any:
    found = subject.data.weights(f"{subject.scope}{subject.name}.{name}")
    if found is None:
        return None
    import numpy as np

    array = np.asarray(found.array, dtype=np.float64)
    return array.T if found.transposed else array
