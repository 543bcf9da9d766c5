"""A linear layer of its own for every head: their matrices side by side."""

from __future__ import annotations

import math
from typing import Any

from boxwork.renderers.figure import Cell
from boxwork.renderers.opened.formula import formula_of
from boxwork.renderers.opened.sheet import HIGH, Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject
from boxwork.renderers.values.written import subscript

HEADS = 6  # that are shown
SIDE = 14  # rows and columns that are shown of a matrix
CELL, GAP = 15.0, 44.0


def per_head(subject: Subject) -> Region:
    """For each head its numbers, its matrix, and what comes out."""
    sheet, dims = Sheet(subject), subject.part.dims
    heads, below, above = (int(dims[name]) for name in ("heads", "width_in", "width"))
    rows, columns = min(below, SIDE), min(above, SIDE)
    found = subject.data.weights(f"{subject.scope}{subject.name}.weight")
    given, made = subject.array("x"), _made(subject)
    wide = max(columns * CELL, 72.0) + GAP
    count = min(heads, HEADS)
    for h in range(count):
        x = (h - (count - 1) / 2) * wide
        sheet.chip(f"x{h}", f"x{subscript(h + 1)}", (x, 0), wide=44)
        if given is not None:
            sheet.strip(f"x{h}.numbers", given[h, -1].tolist(), (x, -HIGH), 60)
        base = HIGH / 2 + 26
        sheet.arrow((x, HIGH / 2), (x, base))
        _put_matrix(sheet, h, (x - columns * CELL / 2, base), (rows, columns), found)
        top = base + rows * CELL
        sheet.arrow((x, top), (x, top + 26))
        sheet.chip(f"y{h}", f"y{subscript(h + 1)}", (x, top + 26 + HIGH / 2), wide=44)
        if made is not None:
            sheet.strip(f"y{h}.numbers", made[h, -1].tolist(), (x, top + 26 + 2 * HIGH), 60)
    notes = [*formula_of(subject.part), f"{heads} heads, {below} rows and {above} columns each"]
    if found is not None:
        notes.append("the stronger the colour, the farther from 0; with a dash: below 0")
    return sheet.framed(*notes)


def _made(subject: Subject) -> Any:
    return subject.data.array(subject.scope + subject.name, 3)


def _put_matrix(
    sheet: Sheet, head: int, at: tuple[float, float], size: tuple[int, int], found: Any
) -> None:
    rows, columns = size
    numbers = [
        [found.at(head, i, j).value if found else None for j in range(columns)] for i in range(rows)
    ]
    largest = max((abs(n) for row in numbers for n in row if n and math.isfinite(n)), default=1.0)
    for i, row in enumerate(numbers):
        for j, number in enumerate(row):
            x, y = at[0] + j * CELL, at[1] + (rows - 1 - i) * CELL
            shade = None if number is None else number / largest
            name = f"{sheet.path}[{head}, {i}, {j}]"
            below = number is not None and number < 0
            sheet.region.cells.append(Cell(name, x, y, CELL, CELL, shade, dashed=below))
