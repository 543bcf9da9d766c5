"""Wires in the space between two rows: which of them bend there, and on which track."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boxwork.renderers import sizes as s
from boxwork.renderers.region import Bundle, Pin, Strand, before
from boxwork.renderers.scope import Net

FAR = 1e6  # lanes come from beyond everything; the outermost from farthest
MANY = 200


@dataclass(slots=True)
class Fan:
    """A wire that comes at ``x`` and goes up at the places of some pins."""

    net: Net
    x: float
    pins: list[Pin]
    level: int = 0

    @property
    def straight(self) -> bool:
        return all(abs(pin.x - self.x) < 0.5 for pin in self.pins)

    def span(self) -> tuple[float, float]:
        xs = [self.x, *(pin.x for pin in self.pins)]
        return min(xs), max(xs)


def set_levels(fans: Sequence[Fan]) -> int:
    """Give the wires that bend their tracks, counted from below; return how many there are.

    Of two wires that go the same way, the one that comes from farther behind bends higher:
    then they do not cross.
    """
    bent = [fan for fan in fans if not fan.straight]
    to_right = [fan for fan in bent if fan.span()[1] > fan.x and fan.span()[0] >= fan.x]
    rest = [fan for fan in bent if fan not in to_right] if len(bent) < MANY else []
    to_right.sort(key=lambda fan: -fan.x)
    rest.sort(key=lambda fan: fan.x)
    ordered = to_right + rest if len(bent) < MANY else bent
    for i, fan in enumerate(ordered):
        low, high = fan.span()
        below = ordered[:i] if len(bent) < MANY else ordered[i - 1 : i]
        met = [o.level for o in below if o.span()[0] < high + 12 and o.span()[1] > low - 12]
        fan.level = max(met, default=-1) + 1
    return max((fan.level for fan in bent), default=-1) + 1


def fan_out(x: float, y: float, pins: Sequence[Pin]) -> list[Bundle]:
    """Bundles from (x, y) along the track ``y`` to pins on the left, then on the right."""
    made = []
    for sign in (-1, 1):
        there = sorted((p for p in pins if sign * (p.x - x) > 0.5), key=lambda p: -sign * p.x)
        bundle: Bundle = []
        for i, pin in enumerate(there):
            start = x if i == 0 else pin.x - sign * s.CORNER
            bundle += before([(start, y), (pin.x, y)], pin.bundle)
        if bundle:
            made.append(bundle)
    return made


def lane(x: float, arrivals: Sequence[tuple[float, Bundle]], *, down: bool = False) -> Bundle:
    """The bundle of a lane at ``x``: on to its last arrival, branching off at the others."""
    *others, (end, last) = sorted(arrivals, key=lambda arrival: arrival[0], reverse=down)
    bundle = before([(x, end)], last)
    for y, arrival in others:
        first, *rest = before([(x, y)], arrival)
        bundle += [Strand(first.points, first.target, first.port, dot=True), *rest]
    return bundle
