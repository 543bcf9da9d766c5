"""Sinusoids: for some of the numbers their waves along the positions, quick ones and slow ones."""

from __future__ import annotations

import math

from boxwork.blocks.positions import SinusoidalEncoding
from boxwork.renderers.figure import Strip
from boxwork.renderers.opened.formula import formed
from boxwork.renderers.opened.sheet import HIGH, Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject
from boxwork.renderers.values.written import gapped, period

POSITIONS = 64  # that are drawn
WIDE, TALL, ROW = 320.0, 22.0, 32.0  # of a wave, and from one to the next
MOST = 10  # numbers up to which all are shown


def waves(subject: Subject) -> Region:
    """A strip for each of some numbers; in a run its last position is marked."""
    sheet, block = Sheet(subject), subject.part.block
    assert isinstance(block, SinusoidalEncoding)
    made, first = block.waves(), int(block.form == "article")
    rows = _shown(len(made), block.form == "halves")
    out = subject.out()
    count = _length(subject) if out else 0
    since = max(count - POSITIONS, 0)
    for k, place in enumerate(rows):
        y = (len(rows) - 1 - k) * ROW
        if place is None:
            sheet.say("…", (-WIDE / 2 - 14, y), "neuron", "end")
            continue
        rate, sine = made[place]
        turn = math.sin if sine else math.cos
        bars = tuple(turn(rate * (since + p + first)) for p in range(POSITIONS))
        low = (-WIDE / 2, y - TALL / 2, WIDE, TALL)
        tip = f"number {place + first} at {POSITIONS} positions"
        sheet.region.strips.append(Strip(f"{sheet.path}[{place}]", *low, bars, tip))
        said = "sin" if sine else "cos"
        sheet.say(f"{place + first}: {said}", (-WIDE / 2 - 14, y), "note", "end")
        sheet.say(f"one wave: {period(rate)}", (WIDE / 2 + 14, y), "note", "start")
    top = (len(rows) - 1) * ROW + TALL / 2
    sheet.say(str(since + first), (-WIDE / 2, -TALL / 2 - 10), "note", "start")
    sheet.say(str(since + first + POSITIONS - 1), (WIDE / 2, -TALL / 2 - 10), "note", "end")
    sheet.say("positions", (0, -TALL / 2 - 10))
    if out:
        x = -WIDE / 2 + (count - since - 0.5) * WIDE / POSITIONS
        sheet.line("mark", [(x, -TALL / 2 - 4), (x, top + 6)], 1.2)
        sheet.numbers("y", out, (0, top + 10 + HIGH))
    return sheet.framed(*formed(subject.part), *(["the line: the last position"] if out else []))


def _length(subject: Subject) -> int:
    """How many positions a run has."""
    found = subject.data.array(subject.scope + subject.name, 2)
    return 0 if found is None else len(found)


def _shown(count: int, halves: bool) -> list[int | None]:
    """The numbers that are shown: all, or some that are quick, slower and slowest."""
    if count <= MOST:
        return list(range(count))
    if halves:
        half, some = count // 2, count // 8
        return gapped([0, some, half - 1, half, half + some, count - 1])
    some = max(count // 16, 1) * 2
    return gapped([k + one for k in (0, some, 2 * some, count - 2) for one in (0, 1)])
