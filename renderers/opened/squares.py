"""Patches: an image as squares, and the order in which they become rows."""

from __future__ import annotations

from boxwork.blocks.patches import Patches
from boxwork.renderers.figure import Cell
from boxwork.renderers.opened.formula import formula
from boxwork.renderers.opened.sheet import Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject

SQUARE, ROW, LONG = 26.0, 16.0, 110.0  # a square of the image; a row that is made of one
SIDE = 5  # squares of a side that are shown
GAP = 46.0


def squares(subject: Subject) -> Region:
    """The squares with their numbers, and beside them the rows, from the first on top."""
    part = subject.part
    assert isinstance(part.block, Patches)
    height, width, channels, side = (
        part.dims[name] for name in ("height", "width", "channels", "patch")
    )
    if any(dim.free for dim in (height, width)):
        return formula(subject)
    down, across = int(height) // int(side), int(width) // int(side)
    if not down or not across:
        return formula(subject)
    sheet = Sheet(subject)
    shown = min(down, SIDE), min(across, SIDE)
    high, wide = shown[0] * SQUARE, shown[1] * SQUARE
    left = -(wide + GAP + LONG) / 2
    for i in range(shown[0]):
        for j in range(shown[1]):
            at = (left + j * SQUARE, high - (i + 1) * SQUARE)
            cut = (i == SIDE - 1 < down - 1) or (j == SIDE - 1 < across - 1)
            _cell(sheet, (i, j), at, SQUARE, SQUARE, "…" if cut else str(i * across + j + 1))
    rows = min(down * across, max(2, round(high / ROW)))
    right, top = left + wide + GAP, high / 2 + rows * ROW / 2
    for k in range(rows):
        last = k == rows - 1 and rows < down * across
        number = "…" if last else str(k + 1)
        _cell(sheet, (k,), (right, top - (k + 1) * ROW), LONG, ROW, number)
    sheet.arrow((left + wide + 8, high / 2), (right - 8, high / 2))
    each = f"{side} × {side} × {channels} = {part.outputs['y'].dims[-1]}"
    return sheet.framed(
        f"{down * across} squares, {down} × {across}, row by row; of each its {each} numbers: "
        "its points row by row, of each point its channels",
    )


def _cell(
    sheet: Sheet,
    place: tuple[int, ...],
    at: tuple[float, float],
    wide: float,
    high: float,
    words: str,
) -> None:
    name = ", ".join(map(str, place))
    cell = Cell(f"{sheet.path}[{name}]", *at, wide, high)
    sheet.region.cells.append(cell)
    sheet.say(words, (at[0] + wide / 2, at[1] + high / 2))
