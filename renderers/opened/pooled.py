"""One row made of those of all positions: the first of them, the last, or their mean."""

from __future__ import annotations

from typing import Any

from boxwork.blocks.pooling import FirstPosition, MeanPool
from boxwork.renderers.figure import Cell
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width
from boxwork.renderers.opened.formula import formula_of
from boxwork.renderers.opened.sheet import Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject
from boxwork.renderers.values.written import subscript, tokens

WIDE, HIGH = 66.0, 24.0  # of a position
APART, ABOVE = 14.0, 74.0  # between positions, and from them to the row that is made
MOST = 6  # positions that are shown


def pooled(subject: Subject) -> Region:
    """The positions side by side, and arrows from those that count; in a run, their numbers."""
    sheet, run = Sheet(subject), _run(subject)
    count = 0 if run is None else len(run)
    places = _places(count)
    names = tokens(subject.data, str(subject.part.dims["seq"]), count) if count else []
    wide = max([WIDE, *(width(name, s.NOTE) + 12 for name in names)])
    for k, place in enumerate(places):
        x = (k - (len(places) - 1) / 2) * (wide + APART)
        if place is None:
            sheet.say("…", (x, 0), "neuron")
            continue
        counts = _counts(subject, place, places)
        _put(sheet, f"x, {place}", (x, 0), wide, counts)
        sheet.say(f"x{subscript('n' if place < 0 else place + 1)}", (x, 0))
        if counts:
            sheet.arrow((x, HIGH / 2 + 2), (x / 6, ABOVE - HIGH / 2 - 2))
        if run is not None:
            sheet.strip(f"numbers {place}", run[place].tolist(), (x, -HIGH / 2 - 16), wide - 8)
        if names:
            sheet.say(names[place], (x, -HIGH / 2 - 38), "neuron")
    _put(sheet, "y", (0, ABOVE), wide, counts=True)
    sheet.say("y", (0, ABOVE))
    if made := subject.out():
        sheet.strip("y.numbers", made, (0, ABOVE + HIGH / 2 + 16), wide - 8)
    return sheet.framed(*_notes(subject, count))


def _places(count: int) -> list[int | None]:
    """The positions that are shown; without a run, two, any, and the last."""
    if not count:
        return [0, 1, None, -1]
    return list(range(count)) if count <= MOST else [0, 1, 2, None, count - 2, count - 1]


def _counts(subject: Subject, place: int, places: list[int | None]) -> bool:
    block = subject.part.block
    only = places[0] if isinstance(block, FirstPosition) else places[-1]
    return isinstance(block, MeanPool) or place == only


def _put(sheet: Sheet, name: str, at: tuple[float, float], wide: float, counts: bool) -> None:
    place = (at[0] - wide / 2, at[1] - HIGH / 2, wide, HIGH)
    shade = 0.5 if counts else None
    sheet.region.cells.append(Cell(f"{sheet.path}[{name}]", *place, shade))


def _notes(subject: Subject, count: int) -> list[str]:
    said = formula_of(subject.part)
    if isinstance(subject.part.block, MeanPool):
        said.append(f"each counts 1 / {count or 'n'}")
    return said


def _run(subject: Subject) -> Any:  # [seq width]
    """The rows of all positions, of the last head if there are several."""
    found = subject.array("x")
    return None if found is None else found.reshape(-1, *found.shape[-2:])[-1]
