"""A function of one number as a curve, with the numbers of a run as marks on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from boxwork.blocks.activation import GELU, Logistic, ReLU, SiLU, Tanh
from boxwork.blocks.block import Block
from boxwork.renderers.figure import Point
from boxwork.renderers.numbers import shown
from boxwork.renderers.opened.formula import formula_of
from boxwork.renderers.opened.sheet import Sheet
from boxwork.renderers.opened.subject import Subject
from boxwork.renderers.region import Region

WIDE, HIGH = 190.0, 110.0
POINTS = 64
MARKED = 64  # numbers of a run that have a mark
MARK = 6.0  # half the height of a mark

Function = Callable[[float], float]


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def _exact_gelu(x: float) -> float:
    return x * (1 + math.erf(x / math.sqrt(2))) / 2


def _tanh_gelu(x: float) -> float:
    return x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2


# Each with how far the axis reaches on both sides of 0, and the lowest and highest y.
FUNCTIONS: Mapping[type[Block], tuple[Function, float, float, float]] = {
    ReLU: (lambda x: max(x, 0.0), 4, -1, 4),
    GELU: (_exact_gelu, 4, -1, 4),
    SiLU: (lambda x: x * _logistic(x), 4, -1, 4),
    Logistic: (_logistic, 6, -0.25, 1.25),
    Tanh: (math.tanh, 4, -1.25, 1.25),
}


def curve(subject: Subject) -> Region:
    """The curve on its axes, and where the numbers of a run lie on it."""
    sheet, block = Sheet(subject), subject.part.block
    function, reach, low, high = FUNCTIONS[type(block)]
    if isinstance(block, GELU) and block.approximate == "tanh":
        function = _tanh_gelu
    found = subject.row("x") or []
    seen = [x for x in found[:MARKED] if math.isfinite(x)]

    def at(x: float, y: float) -> Point:
        return x / reach * WIDE / 2, (y - low) / (high - low) * HIGH

    steps = [(2 * k / POINTS - 1) * reach for k in range(POINTS + 1)]
    sheet.line("axis", [at(-reach, 0), at(reach, 0)], 1)
    sheet.line("axis", [at(0, low), at(0, high)], 1)
    sheet.line("curve", [at(x, function(x)) for x in steps], 2.2)
    inside = [x for x in seen if -reach <= x <= reach]
    for x in inside:
        cx, cy = at(x, function(x))
        sheet.line("mark", [(cx, cy - MARK), (cx, cy + MARK)], 1.2)
    y = at(0, 0)[1]
    sheet.say(shown(-reach), (-WIDE / 2 - 6, y), "note", "end")
    sheet.say(shown(reach), (WIDE / 2 + 6, y), "note", "start")
    top = high if high == reach else 1.0
    sheet.say(shown(top), (8, at(0, top)[1] + 4), "note", "start")
    rest = len(found) - len(inside)
    many = f"{len(inside)} of the {len(found)} numbers" if rest else "the numbers"
    return sheet.framed(*_form(subject), *([f"marks: {many} of the run"] if inside else []))


def _form(subject: Subject) -> list[str]:
    """The formula; of several forms, the one that is used."""
    said = formula_of(subject.part)
    form = getattr(subject.part.block, "approximate", "")
    return [piece.removeprefix(f"{form}: ") for piece in said if not form or piece.startswith(form)]
