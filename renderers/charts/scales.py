"""Axes: their range and ticks at round numbers, linear or logarithmic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from boxwork.renderers.look.numbers import shown

ROUND = (1, 2, 5)
SMALLEST, LARGEST = 1e-290, 1e300  # beyond, ratios and spans overflow


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from ``low`` to ``high`` with the numbers and words of its ticks."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    log: bool = False

    def at(self, value: float) -> float:
        """The place of a value: 0 at the lower end, 1 at the upper."""
        if self.log:
            low, high = math.log10(self.low), math.log10(self.high)
            return (math.log10(value) - low) / (high - low)
        return (value - self.low) / (self.high - self.low)


def placed(value: float, *, log: bool = False) -> bool:
    """Whether a value has a place on an axis: it is finite, and above 0 on a logarithmic one."""
    return math.isfinite(value) and abs(value) < LARGEST and (value > SMALLEST or not log)


def scale(values: Sequence[float], *, log: bool = False, snug: bool = False) -> Scale:
    """The axis for some values; a ``snug`` one ends at them, others at ticks."""
    if log:
        return _log(min(values, default=0.1), max(values, default=1.0))
    low, high = _apart(min(values, default=0.0), max(values, default=1.0))
    if not snug and 0 < low < high / 2:
        low = 0.0
    whole = snug and all(float(value).is_integer() for value in values)
    step = _step((high - low) / 5)
    if whole and step < 1:
        step = 1.0
    first, last = math.floor(low / step), math.ceil(high / step)
    ticks = [round(i * step, 12 - _power(step)) for i in range(first, last + 1)]
    if snug:
        ticks = [tick for tick in ticks if low <= tick <= high]
    else:
        low, high = ticks[0], ticks[-1]
    return Scale(low, high, tuple((tick, words(tick, step)) for tick in ticks))


def _apart(low: float, high: float) -> tuple[float, float]:
    """Ends that differ: those of a constant are moved away from it."""
    if high - low > 1e-9 * max(abs(low), abs(high)) and high - low > SMALLEST:
        return low, high
    room = abs(low) / 2 if abs(low) > SMALLEST else 1.0
    return low - room, high + room


def _power(value: float) -> int:
    """The power of ten at or below a positive number."""
    return math.floor(math.log10(value) + 1e-9)


def _step(rough: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** _power(rough)
    return next((k * power for k in ROUND if k * power >= rough * 0.999), 10 * power)


def _log(low: float, high: float) -> Scale:
    """From one round number to another, with ticks at powers of ten or between them."""
    first, last = _power(low) - 1, _power(high) + 2
    marks = [_mark(k, power) for power in range(first, last) for k in ROUND]
    below = max(mark for mark in marks if mark <= low * 1.000001)
    above = min(mark for mark in marks if mark >= high * 0.999999)
    if below == above:
        place = marks.index(below)
        below, above = marks[place - 1], marks[place + 1]
    decades = math.log10(above) - math.log10(below)
    kept = [mark for mark in marks if below <= mark <= above]
    if decades > 1.5:
        every = math.ceil(decades / 8)
        kept = [_mark(1, power) for power in range(first, last) if power % every == 0]
        kept = [mark for mark in kept if below <= mark <= above]
    return Scale(below, above, tuple((mark, words(mark, mark)) for mark in kept), log=True)


def _mark(digit: int, power: int) -> float:
    return float(f"{digit}e{power}")


def words(value: float, step: float) -> str:
    """A number at a tick, with the decimals that its step asks for: ``20,000``, ``0.05``."""
    size = max(abs(value), step)
    if size >= 1e7 or step < 1e-4:
        return shown(value)
    decimals = max(0, -_power(step))
    return f"{value:,.{decimals}f}".replace("-", "−")
