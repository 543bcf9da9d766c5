"""Small words in figures: subscripts, the places that are shown of many, names of tokens."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

from boxwork.renderers.look.numbers import shown
from boxwork.renderers.values.data import Data

LONG = 9  # letters of a token that are shown
MARKS = {" ": "␣", "\n": "↵", "\t": "⇥"}  # letters that are not seen
_SMALL = str.maketrans("0123456789n", "₀₁₂₃₄₅₆₇₈₉ₙ")


def subscript(index: int | str) -> str:
    """A number, or n, as a subscript."""
    return str(index).translate(_SMALL)


def period(rate: float) -> str:
    """After how many positions a wave begins anew that turns by so much at each."""
    positions = 2 * math.pi / rate if rate else math.inf  # the slowest may turn by less than floats
    if positions == math.inf:
        return "∞"
    return shown(positions, 3) if positions < 1000 else f"{float(f'{positions:.3g}'):,.0f}"


def chosen(weights: Sequence[float], most: int) -> list[int | None]:
    """The places that are shown: all, or the largest and the last; None for those left out."""
    count = len(weights)
    if count <= most:
        return list(range(count))
    order = sorted(range(count - 1), key=lambda k: -weights[k])
    return gapped([*order[: most - 2], count - 1])


def gapped(kept: Collection[int]) -> list[int | None]:
    """Places in order; None wherever some before one of them are left out."""
    places: list[int | None] = []
    for place in sorted(set(kept)):
        if place and place - 1 not in kept:
            places.append(None)
        places.append(place)
    return places


def tokens(data: Data, dim: str, count: int) -> list[str]:
    """The texts of the tokens along a free dim of a run, of the first sample; or none."""
    for name, wire in data.graph.inputs.items():
        along = [str(one) for one in wire.dims if one.free]
        symbols = data.symbols(name)
        if along != [dim] or not symbols or name not in data.values:
            continue
        found = data.indices(name)
        if len(found) == count and all(0 <= i < len(symbols) for i in found):
            return [spelled(symbols[i]) for i in found]
    return []


def spelled(symbol: str) -> str:
    """A token as it is written in a drawing: blanks as marks, long ones cut short."""
    words = "".join(MARKS.get(letter, letter) for letter in symbol)
    return words if len(words) <= LONG else words[: LONG - 1] + "…"
