"""Rotary positions: pairs of numbers as hands of clocks, quick ones and slow ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from boxwork.blocks.rotary import RotaryEncoding
from boxwork.renderers.figure import Cell, Point
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.opened.sheet import Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject
from boxwork.renderers.values.written import period, subscript

MOST = 5  # pairs up to which all are shown
STEP, GAP = 132.0, 40.0  # from one pair to the next, and where some are left out
CELL, HIGH = 46.0, 22.0
RADIUS = 34.0  # of a clock
CLOCK, OUT = 94.0, 174.0  # how high its middle is, and what comes out
FIRST = 25.0  # degrees at which the hand of a pair starts that has no numbers
HANDS = 4  # positions whose hands are drawn where no run says which
ROUND = 48  # points of a circle


def rotary(subject: Subject) -> Region:
    """A column for each of some pairs: its numbers, the hand they make, what it turns into."""
    return _Rotary(subject).made()


class _Rotary:
    def __init__(self, subject: Subject) -> None:
        block = subject.part.block
        assert isinstance(block, RotaryEncoding)
        self.block, self.sheet, self.subject = block, Sheet(subject), subject
        self.width = int(subject.part.dims["width"])
        self.turned = block.rotated(self.width)
        self.rates = block.rates(self.turned)
        self.x, self.y = _head(subject.array("x")), _head(_out(subject))
        if self.x is None or self.y is None:
            self.x = self.y = None
        self.place = None if self.x is None else len(self.x) - 1

    def made(self) -> Region:
        columns = _shown(len(self.rates))
        wide = sum(GAP if pair is None else STEP for pair in columns)
        rest = self.turned < self.width
        x = -(wide + rest * STEP) / 2
        for pair in columns:
            step = GAP if pair is None else STEP
            if pair is None:
                self.sheet.say("…", (x + step / 2, CLOCK), "neuron")
            else:
                self._pair(pair, x + step / 2)
            x += step
        if rest:
            self._rest(x + STEP / 2)
        return self.sheet.framed(*self._notes())

    def _pair(self, pair: int, x: float) -> None:
        both = self._numbers(pair)
        self._put("x", both, x, 0.0)
        self._put("y", both, x, OUT)
        sheet, rate = self.sheet, self.rates[pair]
        sheet.arrow((x, HIGH / 2), (x, CLOCK - RADIUS))
        sheet.arrow((x, CLOCK + RADIUS), (x, OUT - HIGH / 2))
        sheet.line("axis", _arc((x, CLOCK), RADIUS, 0, 2 * math.pi), 1)
        self._hands(pair, (x, CLOCK))
        place = "p" if self.place is None else str(self.place)
        sheet.say(f"{place} · {shown(rate, 3)}", (x + 8, HIGH / 2 + 14), "note", "start")
        if self.place is not None:
            angle = shown(math.degrees(self.place * rate), 3)
            sheet.say(f"{angle}°", (x + 8, OUT - HIGH / 2 - 17), "note", "start")

    def _numbers(self, pair: int) -> tuple[int, int]:
        """Which two numbers make a pair."""
        if self.block.pairs == "halves":
            return pair, pair + self.turned // 2
        return 2 * pair, 2 * pair + 1

    def _put(self, wire: str, places: Sequence[int], x: float, y: float) -> None:
        """The numbers of a pair; without a run, their names."""
        known = self.x if wire == "x" else self.y
        for k, place in enumerate(places):
            left = x + (k - len(places) / 2) * CELL
            at = (left, y - HIGH / 2, CELL, HIGH)
            name = f"{self.sheet.path}[{wire}, {place}]"
            number = None if known is None else float(known[-1, place])
            self.sheet.region.cells.append(Cell(name, *at, self._shade(number)))
            called = f"{wire}{subscript(place + 1)}"
            self.sheet.say(called if number is None else shown(number, 3), (left + CELL / 2, y))
            if number is not None:
                beyond = HIGH / 2 + 9 if wire == "y" else -HIGH / 2 - 9
                self.sheet.say(called, (left + CELL / 2, y + beyond))

    def _shade(self, number: float | None) -> float | None:
        """How far from 0 it is, beside the farthest that came in."""
        if number is None or not math.isfinite(number):
            return None
        most = max((abs(n) for n in self.x[-1].tolist() if math.isfinite(n)), default=0.0)
        return max(-1.0, min(1.0, number / most)) if most else None

    def _hands(self, pair: int, at: Point) -> None:
        """Where the hand points before and after; without a run, after each of some steps."""
        rate, start = self.rates[pair], math.radians(FIRST)
        turns = [rate * k for k in range(HANDS)]
        if self.x is not None and self.place is not None:
            a, b = (float(self.x[-1, place]) for place in self._numbers(pair))
            if not (math.isfinite(a) and math.isfinite(b)):
                return
            start, turns = math.atan2(b, a), [0.0, rate * self.place]
        for k, turn in enumerate(turns):
            end = _on(at, RADIUS - 1, start + turn)
            self.sheet.arrow(at, end, thick=0.8 + 1.2 * k / (len(turns) - 1), dashed=k == 0)
        seen = turns[-1] % (2 * math.pi)
        if len(turns) == 2 and seen * RADIUS > 4:
            self.sheet.line("mark", _arc(at, RADIUS * 0.5, start, start + seen), 1.2)

    def _rest(self, x: float) -> None:
        """The numbers that stay as they are."""
        for wire, y in (("x", 0.0), ("y", OUT)):
            self._put(wire, (self.turned, self.width - 1), x, y)
        self.sheet.arrow((x, HIGH / 2), (x, OUT - HIGH / 2))
        self.sheet.say("not turned", (x + 8, CLOCK), "note", "start")

    def _notes(self) -> list[str]:
        pairs = [self._numbers(pair) for pair in range(min(2, len(self.rates)))]
        named = [" and ".join(f"x{subscript(k + 1)}" for k in pair) for pair in pairs]
        more = ", …" if len(self.rates) > 2 else ""
        first, last = period(self.rates[0]), period(self.rates[-1])
        turned = "each pair is a hand, turned by p · rate at position p (from 0)"
        said = [f"{', '.join(named)}{more}: {turned}", f"once round in {first} positions"]
        if len(self.rates) > 1:
            said[1] += f" (the first pair) to {last} (the last of {len(self.rates)})"
        if (longer := self.block.longer()) != 1:
            said.append(f"and grows {shown(longer)} times as long")
        if self.place is not None:
            head = ", of the first head" if len(self.subject.part.inputs["x"][0].dims) > 2 else ""
            return [*said, f"dashed: before, at position {self.place}{head}"]
        return [*said, f"hands: positions 0 (dashed) to {HANDS - 1}"]


def _out(subject: Subject) -> Any:
    types = next(iter(subject.part.outputs.values()))
    return subject.data.array(subject.scope + subject.name, len(types.dims))


def _head(found: Any) -> Any:  # [* seq width] -> [seq width]
    """The first head of a run's numbers."""
    return None if found is None else found.reshape(-1, *found.shape[-2:])[0]


def _shown(count: int) -> list[int | None]:
    """The pairs that are shown: all, or quick ones, a middle one and the slowest."""
    if count <= MOST:
        return list(range(count))
    return [0, 1, None, count // 2, None, count - 1]


def _on(middle: Point, radius: float, angle: float) -> Point:
    return middle[0] + radius * math.cos(angle), middle[1] + radius * math.sin(angle)


def _arc(middle: Point, radius: float, start: float, end: float) -> list[Point]:
    count = max(2, round(ROUND * (end - start) / (2 * math.pi)))
    return [_on(middle, radius, start + (end - start) * k / count) for k in range(count + 1)]
