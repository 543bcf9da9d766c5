"""Any other block: its formula, between what comes in and what goes out."""

from __future__ import annotations

import inspect
import re

from boxwork.graphs.graph import Primitive
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width, wrap
from boxwork.renderers.opened.sheet import HIGH, Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject

WIDEST = 300.0  # of a line of a formula
LINE = 20.0
STEP = 36.0
_SECTION = re.compile(r"^([A-Z][a-z]+): ", re.MULTILINE)


def formula_of(part: Primitive) -> list[str]:
    """The formula in a block's docstring, in the pieces that it is written in."""
    told = _SECTION.split(inspect.getdoc(type(part.block)) or "")
    found = dict(zip(told[1::2], told[2::2], strict=True)).get("Formula", "")
    return [" ".join(piece.split()) for piece in found.split(";\n") if piece.strip()]


def formed(part: Primitive) -> list[str]:
    """The formula; where a setting chooses among several forms, that one."""
    said, form = formula_of(part), getattr(part.block, "form", "")
    return [piece for piece in said if form and piece.startswith(form)] or said


def about(part: Primitive) -> str:
    """What a block says of itself where it gives no formula: its first sentence."""
    return " ".join((inspect.getdoc(type(part.block)) or "").partition("\n\n")[0].split())


def formula(subject: Subject) -> Region:
    """What comes in, the formula, what goes out; with a run, the numbers of one position."""
    sheet, part = Sheet(subject), subject.part
    said = formed(part) or [about(part) or part.title]
    lines = [line for piece in said for line in wrap(piece, s.NEURON, WIDEST)]
    high = LINE * len(lines) + 16
    wide = max(width(line, s.NEURON) for line in lines) + 32
    base = _inputs(sheet, subject)
    sheet.panel("formula", -wide / 2, base, wide / 2, base + high)
    for k, line in enumerate(lines):
        sheet.say(line, (0, base + high - 8 - LINE * (k + 0.5)), "neuron")
    found = subject.out() if len(part.outputs) == 1 else None
    if found:
        sheet.arrow((0, base + high), (0, base + high + STEP - HIGH / 2))
        sheet.numbers("y", found, (0, base + high + STEP))
    return sheet.framed()


def _inputs(sheet: Sheet, subject: Subject) -> float:
    """The numbers that come in, one row for each wire; gives back where the formula begins."""
    rows = []
    for port, types in subject.part.inputs.items():
        for order in range(len(types)):
            found = subject.row(port, order) if types[order].kind == "real" else None
            if found:
                name = f"{port}[{order}]" if len(types) > 1 else port
                rows.append((name, found))
    for k, (name, numbers) in enumerate(rows):
        y = -(len(rows) - k) * STEP + 6
        wide = sheet.numbers(name, numbers, (0, y))
        if len(rows) > 1:
            sheet.say(name, (-wide / 2 - 8, y), "note", "end")
    if len(rows) == 1:
        sheet.arrow((0, -STEP + 6 + HIGH / 2), (0, 0))
    return 0.0
