"""The numbers of a wire as a strip of bars: up above 0, down below, some of them if many."""

from __future__ import annotations

import math
from collections.abc import Sequence

from boxwork.graphs.graph import Composite, Ref
from boxwork.renderers.figure import Strip
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.structure.scope import LAST, Element, Net, Scope
from boxwork.renderers.values.data import Data
from boxwork.renderers.values.origin import origin

MOST = 64  # numbers that are drawn; of more, so many at even distances
BAR, HIGH = 2.5, 19.0  # the width of a bar of many, and the height of a strip
WIDE, FULL = 8.0, 10  # the width of a bar of few, and how many are few


def set_strips(scope: Scope, path: str, data: Data) -> None:
    """Note the numbers of a run on all wires that carry several; ``path`` leads here."""
    if not data.values or (not path and not scope.root):
        return
    shown = _shown(scope)
    for element in scope.elements.values():
        written = element.layers or (element.open and not isinstance(element.part, Composite))
        for net in () if written else (net for net in element.nets if net not in shown):
            wire = element.outputs[net.port]
            if wire.kind != "real" or not wire.dims:
                continue
            numbers = data.value(_source(element, net, path, data) or "", len(wire.dims))
            if numbers and len(numbers) > 1:
                element.strips[net] = strip(element.name, numbers)
                told_inside = element.open and isinstance(element.part, Composite)
                if not told_inside or element.side is not None:
                    element.widths.setdefault(net, "")  # room beside the wire


def _shown(scope: Scope) -> set[Net]:
    """The wires that are read by opened primitives alone: these show the numbers themselves."""
    inside: set[Net] = set()
    outside: set[Net] = set()
    for element in scope.elements.values():
        opened = element.open and not isinstance(element.part, Composite)
        (inside if opened or element.layers else outside).update(w.net for w in element.wires)
    return inside - outside


def _source(element: Element, net: Net, path: str, data: Data) -> str | None:
    """Where the value on a wire is made."""
    if element.node is None:
        return net.element
    copies = element.shown.copies if element.shown else None
    copy = None
    if copies is not None:
        copy = copies[-1] if net.copy == LAST else net.copy
    return origin(data.graph, path, Ref(element.node.name, net.port, copy))


def strip(path: str, numbers: Sequence[float], wide: float = 0.0) -> Strip:
    """A strip with its lower left corner at 0, 0."""
    count = len(numbers)
    kept = thinned(numbers)
    finite = [abs(number) for number in kept if math.isfinite(number)]
    largest = max(finite, default=0.0)
    bars = tuple(_bar(number, largest) for number in kept) or (0.0,)
    each = WIDE if count <= FULL else max(BAR, WIDE * FULL / len(bars))
    return Strip(path, 0, 0, wide or each * len(bars), HIGH, bars, told(numbers, len(kept)))


def thinned(numbers: Sequence[float]) -> list[float]:
    """All numbers, or as many as are drawn, at even distances."""
    count = len(numbers)
    return [numbers[k * count // MOST] for k in range(MOST)] if count > MOST else list(numbers)


def told(numbers: Sequence[float], kept: int) -> str:
    """What a strip shows, in words."""
    count = len(numbers)
    many = f"{kept} of {count:,} numbers" if kept < count else f"{count} numbers"
    if not numbers:
        return "no numbers"
    return f"{many}, from {shown(min(numbers))} to {shown(max(numbers))}"


def _bar(number: float, largest: float) -> float:
    if not math.isfinite(number):
        return 0.0 if math.isnan(number) else math.copysign(1.0, number)
    return number / largest if largest else 0.0
