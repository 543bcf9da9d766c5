"""Dropout: which numbers are left out while training, and what is done while running."""

from __future__ import annotations

from boxwork.blocks.dropout import Dropout
from boxwork.renderers.figure import Cell
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.opened.sheet import Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject

CELLS, CELL = 10, 20.0


def dropout(subject: Subject) -> Region:
    """Ten numbers before and after, as many crossed out as the rate says of ten."""
    block = subject.part.block
    assert isinstance(block, Dropout)
    sheet = Sheet(subject)
    out = {(3 * k + 2) % CELLS for k in range(round(block.rate * CELLS))}
    left = -CELLS * CELL / 2
    for row, y in (("x", 0.0), ("y", 58.0)):
        for k in range(CELLS):
            hidden = row == "y" and k in out
            place = (left + k * CELL, y, CELL, CELL)
            cell = Cell(f"{sheet.path}[{row}, {k}]", *place, None if hidden else 0.5)
            cell.hidden = hidden
            sheet.region.cells.append(cell)
        sheet.say(row, (left - 8, y + CELL / 2), "neuron", "end")
    for k in range(CELLS):
        if k not in out:
            x = left + (k + 0.5) * CELL
            sheet.arrow((x, CELL + 2), (x, 56))
    kept = 1 - block.rate
    inverted = block.form == "inverted"
    more = f", the others are divided by {shown(kept)}" if inverted and block.rate else ""
    running = "all stay as they are" if inverted or not block.rate else f"all times {shown(kept)}"
    return sheet.framed(
        f"training: each is 0 with a chance of {shown(100 * block.rate)} %{more}",
        f"running: {running}",
    )
