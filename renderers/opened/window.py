"""Convolution: the places that a kernel is laid on, one after the other."""

from __future__ import annotations

from boxwork.blocks.convolution import Convolution
from boxwork.renderers.figure import Cell
from boxwork.renderers.opened.formula import formula
from boxwork.renderers.opened.sheet import Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject
from boxwork.renderers.values.written import subscript

CELL, HIGH = 34.0, 22.0
BETWEEN = 84.0  # from what comes in to what comes out
OUTS = 3  # that are shown
MOST = 14  # places below, with which it can be drawn


def window(subject: Subject) -> Region:
    """What the first outputs are sums of; zeros beyond the end are crossed out."""
    block = subject.part.block
    assert isinstance(block, Convolution)
    kernel, stride = int(block.kernel_size), int(block.stride)
    before = kernel - 1 if block.causal else int(block.padding)
    count = kernel + stride * (OUTS - 1)
    if count > MOST:
        return formula(subject)
    sheet, left = Sheet(subject), -CELL * count / 2
    for k in range(count):
        _place(sheet, "x", k, (left + k * CELL, 0.0), "" if k < before else _name("x", k - before))
    for t in range(OUTS):
        first = left + t * stride * CELL
        middle = first + kernel * CELL / 2
        _place(sheet, "y", t, (middle - CELL / 2, BETWEEN), _name("y", t))
        for j in range(kernel):
            start = (first + (j + 0.5) * CELL, HIGH + 2)
            sheet.arrow(start, (middle, BETWEEN - 2), thick=1.6 if t == 0 else 0.7)
    sheet.say("…", (left + count * CELL + 10, HIGH / 2), "neuron")
    sheet.say("…", (left + count * CELL + 10, BETWEEN + HIGH / 2), "neuron")
    return sheet.framed(*_notes(block, stride))


def _place(sheet: Sheet, wire: str, k: int, at: tuple[float, float], name: str) -> None:
    cell = Cell(f"{sheet.path}[{wire}, {k}]", *at, CELL, HIGH)
    cell.hidden = not name
    sheet.region.cells.append(cell)
    if name:
        sheet.say(name, (at[0] + CELL / 2, at[1] + HIGH / 2))


def _name(wire: str, place: int) -> str:
    return f"{wire}{subscript(place + 1)}"


def _notes(block: Convolution, stride: int) -> list[str]:
    """What is done with what an arrow brings, and where the next output looks."""
    times = "weights of its own for each channel" if block.per_channel else "a matrix of weights"
    bias = ", and a bias is added" if block.bias else ""
    moved = "" if stride == 1 else f"; the next one looks {stride} places further"
    return [f"each arrow: times {times}, the same ones for every output{bias}{moved}"]
