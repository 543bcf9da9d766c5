"""Wires in the space between two rows: which of them bend there, and on which track."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boxwork.renderers.look import sizes as s
from boxwork.renderers.regions.region import Bundle, Pin, Strand, before
from boxwork.renderers.structure.scope import Net

MANY = 200  # wires in one channel, or lanes beside a column, that are compared with each other
ALIKE = 72.0  # lanes this near to each other had better stand in one line

Span = tuple[int, int, float, Net]  # the channels and rows that a lane passes, and how far out


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
    seen: list[tuple[int, float, float]] = []
    for fan in _in_order(bent):
        low, high = fan.span()
        met = [
            level for level, left, right in seen[-MANY:] if left < high + 12 and right > low - 12
        ]
        fan.level = max(met, default=-1) + 1
        seen.append((fan.level, low, high))
    return max((fan.level for fan in bent), default=-1) + 1


def _in_order(fans: Sequence[Fan]) -> list[Fan]:
    """Wires from the lowest track up: those that go right, then the rest.

    A wire that comes up where another one goes on bends below it, or they would meet.
    """
    to_right = [fan.span()[0] >= fan.x for fan in fans]
    wished = sorted((f for f, right in zip(fans, to_right, strict=True) if right), key=_behind)
    wished += sorted((f for f, right in zip(fans, to_right, strict=True) if not right), key=_x)
    coming = {round(fan.x / 4): fan for fan in fans}
    ordered: dict[int, Fan] = {}

    def add(fan: Fan, depth: int) -> None:
        if id(fan) in ordered:
            return
        for pin in fan.pins if depth < MANY else ():
            place = round(pin.x / 4)
            for other in (coming.get(place + k) for k in (-1, 0, 1)):
                if other and other is not fan and id(other) not in waiting:
                    waiting.add(id(fan))
                    add(other, depth + 1)
        ordered[id(fan)] = fan

    waiting: set[int] = set()
    for fan in wished:
        add(fan, 0)
    return list(ordered.values())


def _behind(fan: Fan) -> float:
    return -fan.x


def _x(fan: Fan) -> float:
    return fan.x


def aligned(lanes: Sequence[Span]) -> dict[Net, float]:
    """How far out lanes of one side are: nearly in line is in line, if no other is in the way."""
    placed = {net: x for *_, x, net in lanes}
    if len(lanes) > MANY:
        return placed
    for first, last, x, net in sorted(lanes, key=lambda lane: -lane[2]):
        apart = [placed[o] for a, b, _, o in lanes if b <= first or a >= last]
        there = max((to for to in apart if x < to <= x + ALIKE), default=x)
        met = [placed[o] for a, b, _, o in lanes if o != net and a < last and b > first]
        if all(other < x or other >= there + s.LANE for other in met):
            placed[net] = there
    return placed


def fan_out(x: float, y: float, pins: Sequence[Pin]) -> list[Bundle]:
    """Bundles from (x, y) along the track ``y`` to pins on the left, then on the right."""
    made = []
    for sign in (-1, 1):
        there = sorted((p for p in pins if sign * (p.x - x) > 0.5), key=lambda p: -sign * p.x)
        bundle: Bundle = []
        for i, pin in enumerate(there):
            start = x if i == 0 else pin.x - sign * min(s.CORNER, abs(pin.x - x))
            bundle += before([(start, y), (pin.x, y)], pin.bundle)
        if bundle:
            made.append(bundle)
    return made


def lane_up(x: float, arrivals: Sequence[tuple[float, Bundle]], *, down: bool = False) -> Bundle:
    """The bundle of a lane at ``x``: on to its last arrival, branching off at the others."""
    *others, (end, last) = sorted(arrivals, key=lambda arrival: arrival[0], reverse=down)
    bundle = before([(x, end)], last)
    for y, arrival in others:
        first, *rest = before([(x, y)], arrival)
        bundle += [Strand(first.points, first.target, first.port, dot=True), *rest]
    return bundle
