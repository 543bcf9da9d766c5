"""A function of one number as a curve, with the numbers of a run as marks on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from boxwork.blocks.activation import GELU, Logistic, ReLU, SiLU, Tanh
from boxwork.blocks.block import Block
from boxwork.blocks.bounds import Clamp
from boxwork.renderers.figure import Point
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.opened.formula import formula_of
from boxwork.renderers.opened.sheet import Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject

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


@dataclass(frozen=True, slots=True)
class Axes:
    """A function, how far the axis reaches on both sides of 0, lowest and highest y; some y."""

    function: Function
    reach: float
    low: float
    high: float
    written: tuple[float, ...]


def _gelu(block: GELU) -> Axes:
    exact = block.approximate == "exact"
    return Axes(_exact_gelu if exact else _tanh_gelu, 4, -1, 4, (4,))


def _silu(block: SiLU) -> Axes:
    return Axes(lambda x: x * _logistic(block.beta * x), 4, -1, 4, (4,))


def _clamp(block: Clamp) -> Axes:
    """As far again as the farther bound, so that both ends are seen."""
    low, high = (
        bound if bound is not None else sign * math.inf
        for bound, sign in ((block.low, -1), (block.high, 1))
    )
    bounds = [abs(bound) for bound in (low, high) if math.isfinite(bound)]
    reach = 1.5 * max(bounds) or 1.5
    clamp: Function = lambda x: min(max(x, low), high)  # noqa: E731
    written = tuple(bound for bound in (low, high) if bound and math.isfinite(bound))
    return Axes(clamp, reach, 1.1 * min(clamp(-reach), 0), 1.1 * max(clamp(reach), 0), written)


FUNCTIONS: Mapping[type[Block], Callable[[Any], Axes]] = {
    ReLU: lambda _: Axes(lambda x: max(x, 0.0), 4, -1, 4, (4,)),
    GELU: _gelu,
    SiLU: _silu,
    Logistic: lambda _: Axes(_logistic, 6, -0.25, 1.25, (1,)),
    Tanh: lambda _: Axes(math.tanh, 4, -1.25, 1.25, (1,)),
    Clamp: _clamp,
}


def curve(subject: Subject) -> Region:
    """The curve on its axes, and where the numbers of a run lie on it."""
    sheet, block = Sheet(subject), subject.part.block
    axes = FUNCTIONS[type(block)](block)
    function, reach, low, high = axes.function, axes.reach, axes.low, axes.high
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
    for value in axes.written:
        sheet.say(shown(value), (8, at(0, value)[1] + 4), "note", "start")
    rest = len(found) - len(inside)
    many = f"{len(inside)} of the {len(found)} numbers" if rest else "the numbers"
    return sheet.framed(*_form(subject), *([f"marks: {many} of the run"] if inside else []))


def _form(subject: Subject) -> list[str]:
    """The formula; of several forms, the one that is used."""
    said = formula_of(subject.part)
    form = getattr(subject.part.block, "approximate", "")
    return [piece.removeprefix(f"{form}: ") for piece in said if not form or piece.startswith(form)]
