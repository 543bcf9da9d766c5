"""The channels of a column, the spaces between its rows: tracks, junctions, widths, heights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from boxwork.renderers.layout.rows import FAR, Coming, Lanes
from boxwork.renderers.layout.tracks import Fan, set_levels
from boxwork.renderers.look import sizes as s
from boxwork.renderers.regions.region import Region
from boxwork.renderers.structure.scope import Net

LOW = 9.0  # of a width above the floor of its channel, where there is little room
NAMED = 22.0  # room for the name beside an arrow


class Channels:
    """The spaces below each row and above the last, counted from the bottom.

    ``floors`` are their lower edges; ``tops`` their upper edges, which are the places of the
    rows and the top of the column; ``bends`` their lowest tracks and ``dots`` their highest
    junctions.
    """

    def __init__(self, lanes: Lanes, regions: Sequence[Region]) -> None:
        self._lanes, self._regions = lanes, regions
        self.size = len(regions)
        self.entries = self._enter()
        self.fans = [self._fans(i) for i in range(self.size + 1)]
        self.departing = self._departing()
        self.floors: list[float] = []
        self.tops: list[float] = []
        self.bends: list[float] = []
        self.dots: list[float] = []
        self._set_heights()

    def start(self, i: int, net: Net) -> float:
        """The x at which a wire comes into channel ``i`` from straight below."""
        return self._regions[i - 1].heads[net].x if i else (self.entries[net] or 0.0)

    def widths(self, i: int) -> Mapping[Net, str]:
        """The widths written in channel ``i``."""
        element = self._lanes.rows[i - 1].element if i else None
        return element.widths if element else {}

    def baseline(self, i: int) -> float:
        """The baseline of the widths in channel ``i``."""
        tight = i == self.size or self.departing[i] or self.bends[i] < self.tops[i]
        return self.floors[i] + (LOW if tight else s.WIDTH_BASE)

    def _enter(self) -> dict[Net, float | None]:
        """Where foreign wires come in from below; None for those that start in their lanes."""
        first: dict[Net, list[float]] = {}
        if self._regions:
            for pin in self._regions[0].pins:
                first.setdefault(pin.net, []).append(pin.x)
            for arm in self._regions[0].arms:
                first.setdefault(arm.net, []).append(0.0)
        entries: dict[Net, float | None] = {}
        for net in self._lanes.foreign():
            xs = first.get(net, []) if self._lanes.way(0, net) == "below" else []
            alone = net == self._lanes.ends.spine or len(first) == 1
            entries[net] = None if not xs else 0.0 if alone else xs[0]
        return entries

    def _fans(self, i: int) -> dict[tuple[Net, Coming], Fan]:
        """The wires that come to the lower edge of row ``i``."""
        fans: dict[tuple[Net, Coming], Fan] = {}
        for pin in self._regions[i].pins if i < self.size else ():
            way = self._lanes.way(i, pin.net)
            fan = fans.get((pin.net, way))
            if fan is None:
                fan = fans[pin.net, way] = Fan(pin.net, self._far(i, pin.net, way), [])
            fan.pins.append(pin)
        return fans

    def _far(self, i: int, net: Net, way: Coming) -> float:
        """From where a wire comes into channel ``i``; lanes have no place yet, but an order."""
        if way == "below":
            return self.start(i, net)
        if way == "edge":
            return -2 * FAR if self._lanes.ends.sides[net] == "left" else 2 * FAR
        start = self._lanes.sources.get(net, -1)
        return start - FAR if way == "left" else FAR - start

    def _departing(self) -> list[list[Net]]:
        """The wires that leave for a lane, by channel."""
        departing: list[list[Net]] = [[] for _ in range(self.size + 1)]
        for net in dict.fromkeys(net for net, _ in self._lanes.last):
            start = self._lanes.sources.get(net, -1)
            if start >= 0 or self.entries[net] is not None:
                departing[start + 1].append(net)
        return departing

    def _set_heights(self) -> None:
        y = 0.0
        for i in range(self.size + 1):
            self.floors.append(y)
            levels = set_levels(list(self.fans[i].values()))
            named = i < self.size and any(t.role == "port" for t in self._regions[i].texts)
            bends = (s.FAN_NAMED if named else s.FAN) + s.TRACK * (levels - 1) if levels else 0.0
            dots = s.DOT + s.TRACK * (len(self.departing[i]) - 1) if self.departing[i] else 0.0
            y += bends + dots + self._rest(i, bent=bool(bends or dots))
            y += s.PORT if self.widths(i) and not bends and self._named(i) else 0.0
            self.tops.append(y)
            self.bends.append(y - bends)
            self.dots.append(y - bends - s.DOT)
            if i < self.size:
                y += self._regions[i].height

    def _named(self, i: int) -> bool:
        """Whether an arrow that comes straight up to row ``i`` has its name beside it."""
        texts = self._regions[i].texts if i < self.size else ()
        return any(text.role == "port" and text.y < 0 for text in texts)

    def _rest(self, i: int, *, bent: bool) -> float:
        """The height of a channel below its tracks and junctions."""
        ends = self._lanes.ends
        if self.widths(i):
            return s.TIGHT if bent or i == self.size else s.WIDTH_ROOM
        if i == 0:
            return ends.floor if not bent else min(ends.floor, s.DOT) or s.TRACK
        if i == self.size:
            return ends.roof
        if bent or i in ends.roomy:
            return s.DOT if bent else s.WIDTH_ROOM
        return max(s.GAP, NAMED) if self._named(i) else s.GAP
