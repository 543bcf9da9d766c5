"""LayerNorm and RMSNorm: what is taken out of a position, then its scale and its bias."""

from __future__ import annotations

import math

from boxwork.blocks.norm import LayerNorm, RMSNorm
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.opened.formula import formula_of
from boxwork.renderers.opened.sheet import HIGH, RADIUS, Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject

STEP = 54.0  # from one thing that is done to the next
BESIDE = 108.0  # from the spine to what is done with it


def norm(subject: Subject) -> Region:
    """A spine of what is done with the numbers of a position, and beside it with what."""
    return _Norm(subject).made()


class _Norm:
    def __init__(self, subject: Subject) -> None:
        self.subject, self.sheet = subject, Sheet(subject)
        self.x = subject.row("x")
        self.y = 0.0  # how far the spine has come

    def made(self) -> Region:
        block = self.subject.part.block
        self._start()
        if isinstance(block, LayerNorm):
            mean = _mean(self.x)
            self._measured("mean", "mean", mean, "−")
            spread = _root(self.x, mean or 0.0, block.eps)
            self._measured("deviation", "deviation", spread, "÷")
            self._given("scale", "×")
            if block.bias:
                self._given("bias", "+")
        else:
            assert isinstance(block, RMSNorm)
            self._measured("root", "root mean square", _root(self.x, 0.0, block.eps), "÷")
            self._given("scale", "×", f"{shown(block.shift)} + scale" if block.shift else "scale")
        self._end()
        return self.sheet.framed(*formula_of(self.subject.part))

    def _start(self) -> None:
        if self.x:
            self.sheet.numbers("x", self.x, (0, self.y))
        else:
            self.sheet.chip("x", "x", (0, self.y))
        self.y += HIGH / 2

    def _measured(self, name: str, words: str, value: float | None, sign: str) -> None:
        """A number that is made of all those on the spine, and taken out of each."""
        sheet, low = self.sheet, self.y
        middle, high = low + STEP * 0.55, low + STEP * 1.35
        said = words if value is None else f"{words} {shown(value)}"
        chip = sheet.chip(name, said, (-BESIDE, middle), "norm")
        right = chip.x + chip.w
        sheet.arrow((0, middle), (right, middle))
        top = middle + HIGH / 2
        sheet.arrow((-BESIDE, top), (-BESIDE, high), (-RADIUS, high))
        self._step(name, sign, high)

    def _given(self, name: str, sign: str, words: str = "") -> None:
        """Numbers that were learned, one for each on the spine."""
        found = self.subject.parameter(name)
        found = found if self.subject.data.known else None
        sheet, high = self.sheet, self.y + STEP * (1.1 if found else 0.75)
        chip = sheet.chip(name, words or name, (BESIDE, high), "linear")
        sheet.arrow((chip.x, high), (RADIUS, high))
        if found:
            sheet.numbers(f"{name}.numbers", found, (BESIDE, high - HIGH / 2 - 14))
        self._step(name, sign, high)

    def _step(self, name: str, sign: str, at: float) -> None:
        self.sheet.arrow((0, self.y), (0, at - RADIUS))
        self.sheet.circle(f"{name}.{sign}", sign, (0, at))
        self.y = at + RADIUS

    def _end(self) -> None:
        y = self.y + STEP * 0.6
        self.sheet.arrow((0, self.y), (0, y - HIGH / 2))
        found = self.subject.out()
        if found:
            self.sheet.numbers("y", found, (0, y))
        else:
            self.sheet.chip("y", "y", (0, y))


def _mean(numbers: list[float] | None) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None


def _root(numbers: list[float] | None, mean: float, eps: float) -> float | None:
    """The root of the mean square of what is left without the mean."""
    if not numbers:
        return None
    return math.sqrt(sum((n - mean) ** 2 for n in numbers) / len(numbers) + eps)
