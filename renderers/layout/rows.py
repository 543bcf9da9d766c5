"""The rows of a column, and the lanes beside it: which wires pass rows, and on which side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal

from boxwork.renderers.look import sizes as s
from boxwork.renderers.regions.region import Region, Side
from boxwork.renderers.structure.scope import Element, Net

FAR = 1e6  # lanes come from beyond everything; the outermost from farthest
SIDES: tuple[Side, Side] = ("left", "right")

Coming = Literal["below", "left", "right", "edge"]
Lane = tuple[Net, Side]


@dataclass(slots=True)
class Row:
    """A row of a column: an element, or branches side by side; laid out already if open."""

    element: Element | None
    region: Region | None = None


@dataclass(slots=True)
class Ends:
    """How a column meets what is around it.

    ``sides`` are the wires that come from a side, all other foreign wires come from below;
    ``exits`` are the wires somebody reads outside, ``far`` those of them that pass what
    follows, ``spine`` is the wire that enters at x = 0;
    ``floor`` and ``roof`` are the heights kept free below and above, ``roomy`` the channels
    that are as high as if a width was written there.
    """

    sides: Mapping[Net, Side] = field(default_factory=dict)
    exits: AbstractSet[Net] = frozenset()
    far: AbstractSet[Net] = frozenset()
    spine: Net | None = None
    outer: Side = "left"
    floor: float = 0.0
    roof: float = 0.0
    roomy: AbstractSet[int] = frozenset()


class Lanes:
    """Which wires of a column pass rows beside it, and which way each row is reached."""

    def __init__(self, rows: Sequence[Row], ends: Ends) -> None:
        self.rows, self.ends = rows, ends
        self.size = len(rows)
        self.sources: dict[Net, int] = {}
        for i, row in enumerate(rows):
            nets = row.region.heads if row.region else row.element.nets if row.element else ()
            self.sources |= dict.fromkeys(nets, i)
        self.last: dict[Lane, int] = {}  # the lanes, and the last row that each reaches
        self.leaving: set[Lane] = set()  # those that go on to the top
        self._sides: dict[tuple[int, Net], Side] = {}
        self._choose()
        for i in range(self.size):
            self._sort_heads(i)

    def way(self, i: int, net: Net) -> Coming:
        """From where a wire comes to row ``i``: from below, along a lane, from the edge."""
        return "edge" if net in self.ends.sides else self._sides.get((i, net), "below")

    def of(self, net: Net) -> list[Lane]:
        """The lanes of a wire."""
        return [(net, side) for side in SIDES if (net, side) in self.last]

    def foreign(self) -> list[Net]:
        """The wires that come into the column from below, in the order in which they are read."""
        nets = [net for i in range(self.size) for net, _ in self._reads(i)]
        foreign = [n for n in nets if n not in self.sources and n not in self.ends.sides]
        return list(dict.fromkeys(foreign))

    def _reads(self, i: int) -> list[tuple[Net, Side | None]]:
        """The wires that row ``i`` reads, and from which side if only one will do."""
        row = self.rows[i]
        if row.region:
            pins: list[tuple[Net, Side | None]] = [(pin.net, None) for pin in row.region.pins]
            return pins + [(arm.net, arm.side) for arm in row.region.arms]
        return [(wire.net, None) for wire in row.element.wires] if row.element else []

    def _choose(self) -> None:
        for i, row in enumerate(self.rows):
            beside = row.element is not None and row.element.beside is not None
            taken: set[Side] = {self.ends.outer} if beside else set()
            for net, forced in self._reads(i):
                near = self.sources.get(net, -1) == i - 1 and not forced
                again = (i, net) in self._sides and not forced  # read twice: one lane will do
                if net not in self.ends.sides and not near and not again:
                    side = forced or self._side(row, net, taken)
                    if row.element:
                        taken.add(side)
                    self._sides[i, net] = side
                    self.last[net, side] = i
        for net in sorted(self.ends.exits):
            if self.sources.get(net, self.size) < self.size - 1:
                lane = next(iter(self.of(net)), (net, self.ends.outer))
                self.last.setdefault(lane, 0)
                self.leaving.add(lane)

    def _side(self, row: Row, net: Net, taken: AbstractSet[Side]) -> Side:
        """The side of a lane: where there is one already, else the nearer, else the free one."""
        outer = self.ends.outer
        inner: Side = "right" if outer == "left" else "left"
        known = [side for side in (outer, inner) if (net, side) in self.last]
        wanted = [*known, self._nearer(row, net), outer, inner]
        return next((side for side in wanted if side not in taken), wanted[0])

    def _nearer(self, row: Row, net: Net) -> Side:
        """The side for a lane from where its wire starts, or from its place among others."""
        start = self.rows[self.sources[net]].region if net in self.sources else None
        x = start.heads[net].x if start else 0.0
        if abs(x) > 3 * s.CIRCLE:
            return "left" if x < 0 else "right"
        wires = row.element.wires if row.element and not row.element.sign else []
        last = len(wires) > 1 and wires[-1].order > 0 and wires[-1].net == net
        return "right" if last else self.ends.outer

    def _sort_heads(self, i: int) -> None:
        """Put the outputs of a row in the order in which their wires go on, from the left."""
        element = self.rows[i].element
        if element is None or len(element.nets) < 2 or element.family == "attention":
            return
        after = self.rows[i + 1] if i + 1 < self.size else None
        places: dict[Net, float] = {}
        if after and after.region:
            for pin in after.region.pins:
                places.setdefault(pin.net, pin.x)
        elif after and after.element:
            places = {wire.net: k for k, wire in enumerate(after.element.wires)}

        def place(net: Net) -> float:
            if net in places:
                return places[net]
            left = (net, "left") in self.last or net in self.ends.far
            return -FAR if left else FAR

        element.nets.sort(key=place)
