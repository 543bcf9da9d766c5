"""Cutting and joining: the numbers of a position in one row, and the same ones in parts."""

from __future__ import annotations

from dataclasses import dataclass

from boxwork.blocks.combine import Concat
from boxwork.blocks.shaping import MergeHeads, Split, SplitHeads
from boxwork.renderers.figure import Cell
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width
from boxwork.renderers.opened.formula import formula_of
from boxwork.renderers.opened.sheet import Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject
from boxwork.renderers.values.written import subscript

WIDE, HIGH = 66.0, 24.0  # of a part
APART, ABOVE = 26.0, 74.0  # between parts, and from one row to the other
MOST = 6  # parts that are shown
SHADES = (0.55, 0.2)  # of parts side by side, in turn


@dataclass(frozen=True, slots=True)
class Part:
    """One of the parts: what it is called, how wide it is, its numbers at the last position."""

    name: str
    size: str
    numbers: list[float] | None


def parts(subject: Subject) -> Region:
    """The whole row and the row of its parts, whichever comes in below the other."""
    sheet, found = Sheet(subject), _parts(subject)
    shown: list[Part | None] = list(found)
    if len(found) > MOST:
        shown = [*found[: MOST // 2], None, found[-1]]
    names = [part.name for part in found]
    wide = max([WIDE, *(width(name, s.NOTE) + 16 for name in names)])
    wide = max([wide, *(width(part.size, s.NOTE) + 12 for part in found)])
    joins = isinstance(subject.part.block, Concat | MergeHeads)
    for k, part in enumerate(shown):
        middle = k - (len(shown) - 1) / 2
        whole, apart = middle * wide, middle * (wide + APART)
        low, high = (apart, whole) if joins else (whole, apart)
        if part is None:
            sheet.say("…", (low, 0), "neuron")
            sheet.say("…", (high, ABOVE), "neuron")
            continue
        _put(sheet, part, k, (low, 0.0), wide, "below")
        _put(sheet, part, k, (high, ABOVE), wide, "above")
        sheet.arrow((low, HIGH / 2 + 2), (high, ABOVE - HIGH / 2 - 2))
        sheet.say(part.size, (apart, -HIGH / 2 - 10 if joins else ABOVE + HIGH / 2 + 10))
        if part.numbers:
            at = -HIGH / 2 - (32 if joins else 16)
            sheet.strip(f"numbers {k}", part.numbers, (low, at), wide - 10)
    return sheet.framed(*formula_of(subject.part))


def _put(sheet: Sheet, part: Part, k: int, at: tuple[float, float], wide: float, row: str) -> None:
    place = (at[0] - wide / 2, at[1] - HIGH / 2, wide, HIGH)
    name = f"{sheet.path}[{row}, {k}]"
    sheet.region.cells.append(Cell(name, *place, SHADES[k % len(SHADES)]))
    sheet.say(part.name, at)


def _parts(subject: Subject) -> list[Part]:
    block = subject.part.block
    if isinstance(block, Concat):
        wires = subject.part.inputs["x"]
        return [
            Part(f"x{subscript(k + 1)}", str(wire.dims[-1]), subject.row("x", k))
            for k, wire in enumerate(wires)
        ]
    return _cut(subject) if isinstance(block, Split) else _heads(subject)


def _cut(subject: Subject) -> list[Part]:
    """The outputs of a Split; numbers up to the first one whose width only the run knows."""
    row, found = subject.row("x"), []
    for name, wire in subject.part.outputs.items():
        size = wire.dims[-1]
        row = None if size.free else row
        numbers, row = (row[: int(size)], row[int(size) :]) if row else (None, None)
        found.append(Part(name.replace("_", " "), str(size), numbers))
    return found


def _heads(subject: Subject) -> list[Part]:
    """Equal parts of the row that is cut, or made."""
    cuts = isinstance(subject.part.block, SplitHeads)
    row = subject.row("x") if cuts else subject.out()
    apart = subject.part.outputs["y"] if cuts else subject.part.inputs["x"][0]
    heads, size = int(apart.dims[-3]), str(apart.dims[-1])
    each = len(row) // heads if row else 0
    return [
        Part(f"head {h + 1}", size, row[h * each : (h + 1) * each] if row else None)
        for h in range(heads)
    ]
