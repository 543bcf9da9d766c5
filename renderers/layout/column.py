"""A series laid out as a column: rows about one spine, wires between them, lanes beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from boxwork.renderers.figure import Strip, Text
from boxwork.renderers.layout.channels import Channels
from boxwork.renderers.layout.rows import FAR, Coming, Ends, Lane, Lanes, Row
from boxwork.renderers.layout.tracks import Fan, Span, aligned, fan_out, lane_up
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width
from boxwork.renderers.regions.ports import BESIDE, Way
from boxwork.renderers.regions.region import (
    Arm,
    Bundle,
    Pin,
    Region,
    Side,
    Strand,
    before,
    finished,
    moved_bundle,
    moved_head,
)
from boxwork.renderers.structure.scope import Element, Net

Closer = Callable[[Element, Sequence[Way], Side], Region]


class Column:
    """Lays out one series; ``region()`` does it all."""

    def __init__(self, rows: Sequence[Row], ends: Ends, close: Closer) -> None:
        self.rows, self.ends, self.size = rows, ends, len(rows)
        self.lanes = Lanes(rows, ends)
        self.regions: list[Region] = []
        for i, row in enumerate(rows):
            self.regions.append(row.region or self._closed(i, close))
        self.channels = Channels(self.lanes, self.regions)
        self.made = Region(0, 0, self.channels.tops[-1])
        self.places: dict[Lane, float] = {}
        self.arrivals: dict[Lane, list[tuple[float, Bundle]]] = {}

    def region(self) -> Region:
        """Lay the column out."""
        for i, region in enumerate(self.regions):
            self.made.put(region, 0, self.channels.tops[i])
        self._write_widths()
        self._place_lanes()
        self._connect()
        return self.made

    def _closed(self, i: int, close: Closer) -> Region:
        """The region of a closed row, for the wires that come to it."""
        element = self.rows[i].element
        assert element is not None
        ways = []
        for wire in element.wires:
            net = wire.net
            way = self.ends.sides.get(net) or self.lanes.way(i, net)
            assert way != "edge"
            x = self.regions[-1].heads[net].x if i and way == "below" else 0.0
            start = -2 if net in self.ends.sides else self.lanes.sources.get(net, -1)
            ways.append(Way(wire, way, x, start))
        return close(element, ways, self.ends.outer)

    # How far the rows reach, and where the lanes are beside them.

    def _write_widths(self) -> None:
        for i in range(self.size + 1):
            for net, words in self.channels.widths(i).items():
                x, y = self.channels.start(i, net) + 8, self.channels.baseline(i)
                if words:
                    self.made.texts.append(Text(net.element, "width", words, x, y, "start"))
                if strip := self._strip(i, net):
                    at = x + (width(words, s.WIDTH) + BESIDE if words else 0.0)
                    middle = y + 0.35 * s.WIDTH - strip.h / 2
                    self.made.strips.append(replace(strip, x=at, y=middle))

    def _strip(self, i: int, net: Net) -> Strip | None:
        """The numbers of a run beside the width of a wire in channel ``i``."""
        element = self.rows[i - 1].element if i else None
        return element.strips.get(net) if element else None

    def _reach(self) -> dict[Side, list[float]]:
        """How far each channel and row reaches, in turn, to the left and to the right."""
        left, right = [], []
        for i in range(self.size + 1):
            fans = self.channels.fans[i].values()
            xs = [x for fan in fans for x in (fan.x, *(pin.x for pin in fan.pins))]
            xs = [0.0, *(x for x in xs if abs(x) < FAR / 2)]
            for net, words in self.channels.widths(i).items():
                strip = self._strip(i, net)
                more = strip.w + (BESIDE if words else 0.0) if strip else 0.0
                xs.append(self.channels.start(i, net) + 8 + width(words, s.WIDTH) + more)
            left.append(-min(xs))
            right.append(max(xs))
            if i < self.size:
                region = self.regions[i]
                below = [a.net for a in region.arms if self.lanes.way(i, a.net) == "below"]
                xs = [self.channels.start(i, net) for net in below]
                left.append(max([region.left, *(-x for x in xs)]))
                right.append(max([region.right, *xs]))
        return {"left": left, "right": right}

    def _place_lanes(self) -> None:
        """Put each lane just beyond what it passes, the shortest first."""
        reach = self._reach()
        spans = []
        beyond: dict[Side, list[Span]] = {"left": [], "right": []}
        for (net, side), row in self.lanes.last.items():
            first = 2 * (self.lanes.sources.get(net, -1) + 1)
            arm = row < self.size and any(a.net == net for a in self.regions[row].arms)
            last = 2 * self.size if (net, side) in self.lanes.leaving else 2 * row + arm
            spans.append((last - first + 1, first, net, side))
        for length, first, net, side in sorted(spans):
            here = slice(first, first + length)
            x = max(reach[side][here]) + s.LANE
            reach[side][here] = [x] * length
            beyond[side].append((first, first + length, x, net))
        for side, lanes in beyond.items():
            for net, x in aligned(lanes).items():
                self.places[net, side] = -x if side == "left" else x
        self.made.left, self.made.right = max(reach["left"]), max(reach["right"])

    # Wires, from the top down: each channel knows where its wires go from its upper edge.

    def _connect(self) -> None:
        top = self.made.height
        for at in sorted(self.lanes.leaving):
            self.arrivals[at] = [(top, [Strand(((self.places[at], top),))])]
        for i in range(self.size, -1, -1):
            arms = self._arms(i)
            self._arrive(i, arms)
            if i:
                for net in self.regions[i - 1].heads:
                    self._leave(i, net, arms.get((net, "below"), []))
        for net, x in self.channels.entries.items():
            if x is not None:
                bundle = self._trunk(0, net, x, arms.get((net, "below"), []))
                self.made.pins.append(Pin(net, x, bundle))
                continue
            for at in self.lanes.of(net):
                x = self.places[at]
                bundle = before([(x, 0.0)], lane_up(x, self.arrivals[at]))
                self.made.pins.append(Pin(net, x, bundle))

    def _pins(self, i: int, fan: Fan) -> list[Pin]:
        y = self.channels.tops[i]
        return [Pin(pin.net, pin.x, moved_bundle(pin.bundle, 0, y)) for pin in fan.pins]

    def _arms(self, i: int) -> dict[tuple[Net, Coming], list[Arm]]:
        arms: dict[tuple[Net, Coming], list[Arm]] = {}
        y = self.channels.tops[i]
        for arm in self.regions[i].arms if i < self.size else ():
            at = Arm(arm.net, arm.y + y, arm.side, moved_bundle(arm.bundle, 0, y))
            arms.setdefault((arm.net, self.lanes.way(i, arm.net)), []).append(at)
        return arms

    def _bend(self, i: int, fan: Fan) -> float:
        return self.channels.bends[i] + fan.level * s.TRACK

    def _arrive(self, i: int, arms: Mapping[tuple[Net, Coming], list[Arm]]) -> None:
        """Wires that come to row ``i`` along a lane or from the edge."""
        for (net, way), fan in self.channels.fans[i].items():
            if way == "below":
                continue
            x, y = fan.x if way == "edge" else self.places[net, way], self._bend(i, fan)
            for first, *rest in fan_out(x, y, self._pins(i, fan)):
                start = Strand(first.points[1:], first.target, first.port, first.dot)
                self._come(net, way, y, [start, *rest])
        for (net, way), there in arms.items():
            for arm in there:
                self._come(net, way, arm.y, arm.bundle)

    def _come(self, net: Net, way: Coming, y: float, bundle: Bundle) -> None:
        if way == "edge":
            self.made.arms.append(Arm(net, y, self.ends.sides[net], bundle))
        elif way != "below":
            self.arrivals.setdefault((net, way), []).append((y, bundle))

    def _leave(self, i: int, net: Net, arms: Sequence[Arm]) -> None:
        """A wire of row ``i - 1``: on to the next row, into lanes, or out at the top."""
        bundle = self._trunk(i, net, self.channels.start(i, net), arms)
        if bundle:
            head = moved_head(self.regions[i - 1].heads[net], 0, self.channels.tops[i - 1])
            lines, rest = finished(head, bundle)
            self.made.lines += lines
            if rest:
                self.made.heads[net] = rest

    def _trunk(self, i: int, net: Net, x: float, arms: Sequence[Arm]) -> Bundle:
        """A wire and all its branches in channel ``i``, the straightest first."""
        ways: list[tuple[Bundle, float, bool]] = []  # from where on the trunk, with a dot?
        fan = self.channels.fans[i].get((net, "below"))
        if i == self.size and net in self.ends.exits:
            ways.append(([Strand(((x, self.made.height),))], self.made.height, False))
        if fan:
            pins, y = self._pins(i, fan), self._bend(i, fan)
            straight = [pin.bundle for pin in pins if abs(pin.x - x) < 0.5]
            ways += [(before([(x, self.channels.tops[i])], way), y, True) for way in straight]
            ways += [(bundle, y - s.CORNER, False) for bundle in fan_out(x, y, pins)]
        ways += [(before([(x, arm.y)], arm.bundle), arm.y, True) for arm in arms]
        if net in self.channels.departing[i]:
            y = self.channels.dots[i] - s.TRACK * self.channels.departing[i].index(net)
            for at in self.lanes.of(net):
                there = self.places[at]
                up = before([(x, y), (there, y)], lane_up(there, self.arrivals[at]))
                ways.append((up, y, True))
        return self._joined(x, self.channels.floors[i], ways)

    @staticmethod
    def _joined(x: float, floor: float, ways: Sequence[tuple[Bundle, float, bool]]) -> Bundle:
        """The branches of a wire: the first from the floor, the others from the first."""
        bundle: Bundle = []
        for k, (way, y, dot) in enumerate(ways):
            if k and y == ways[0][1]:  # both turn at once
                y, dot = y - s.CORNER, False
            first, *rest = before([(x, y if k else floor)], way)
            first = Strand(first.points, first.target, first.port, first.dot or (dot and k > 0))
            bundle += [first, *rest]
        return bundle
