"""A series laid out as a column: rows about one spine, wires between them, lanes beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from boxwork.renderers import sizes as s
from boxwork.renderers.closed import Way
from boxwork.renderers.figure import Text
from boxwork.renderers.fonts import width
from boxwork.renderers.region import (
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
from boxwork.renderers.scope import Element, Net
from boxwork.renderers.tracks import FAR, Fan, fan_out, lane, set_levels

Closer = Callable[[Element, Sequence[Way], Side], Region]


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


Lane = tuple[Net, Side]


class Column:
    """Lays out one series; ``region()`` does it all."""

    def __init__(self, rows: Sequence[Row], ends: Ends, close: Closer) -> None:
        self.rows, self.ends, self.close = rows, ends, close
        self.size = len(rows)
        self.sources: dict[Net, int] = {}
        for i, row in enumerate(rows):
            nets = row.region.heads if row.region else row.element.nets if row.element else ()
            self.sources |= dict.fromkeys(nets, i)
        self.lanes: dict[Lane, float] = {}  # and their places
        self.ends_at: dict[Lane, int] = {}  # the last row that each reaches
        self.sides: dict[tuple[int, Net], Side] = {}  # the lane by which a row is reached
        self.leaving: set[Lane] = set()  # those that go on to the top
        self.arrivals: dict[Lane, list[tuple[float, Bundle]]] = {}
        self.made = Region(0, 0, 0)

    def region(self) -> Region:
        """Lay the column out."""
        self._choose_lanes()
        self.regions = self._close_rows()
        self._enter()
        self.fans = [self._fans(i) for i in range(self.size + 1)]
        self.departing = self._departing()
        self._set_heights()
        self._write_widths()
        self._place_lanes()
        self._connect()
        return self.made

    # Lanes: wires that pass rows.

    def _reads(self, i: int) -> list[tuple[Net, Side | None]]:
        """The wires that row ``i`` reads, and from which side if only one will do."""
        row = self.rows[i]
        if row.region:
            pins: list[tuple[Net, Side | None]] = [(pin.net, None) for pin in row.region.pins]
            return pins + [(arm.net, arm.side) for arm in row.region.arms]
        return [(wire.net, None) for wire in row.element.wires] if row.element else []

    def _choose_lanes(self) -> None:
        outer = self.ends.outer
        other: Side = "right" if outer == "left" else "left"
        for i, row in enumerate(self.rows):
            taken: set[Side] = {outer} if row.element and row.element.beside else set()
            for net, forced in self._reads(i):
                near = self.sources.get(net, -1) == i - 1 and not forced
                if net in self.ends.sides or near:
                    continue
                known = [side for side in (outer, other) if (net, side) in self.lanes]
                nearer = self._nearer(row, net)
                wanted: list[Side] = [forced] if forced else [*known, nearer, outer, other]
                side = next((side for side in wanted if side not in taken), wanted[0])
                if row.element:
                    taken.add(side)
                self.sides[i, net] = side
                self.lanes[net, side] = 0.0
                self.ends_at[net, side] = i
        for net in sorted(self.ends.exits):
            if self.sources.get(net, self.size) < self.size - 1:
                side = other if (net, other) in self.lanes else outer
                self.lanes[net, side] = 0.0
                self.leaving.add((net, side))

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
            left = (net, "left") in self.lanes or net in self.ends.far
            return -FAR if left else FAR

        element.nets.sort(key=place)

    def _way(self, i: int, net: Net) -> str:
        """From where a wire comes to row ``i``: below, left or right (a lane), or edge."""
        if net in self.ends.sides:
            return "edge"
        return self.sides.get((i, net), "below")

    def _close_rows(self) -> list[Region]:
        regions: list[Region] = []
        for i, row in enumerate(self.rows):
            if row.region:
                regions.append(row.region)
                continue
            assert row.element is not None
            self._sort_heads(i)
            ways = []
            for wire in row.element.wires:
                net, start = wire.net, self.sources.get(wire.net, -1)
                side = self.ends.sides.get(net) or self.sides.get((i, net))
                x = regions[-1].heads[net].x if i and not side else 0.0
                start = -2 if net in self.ends.sides else start
                ways.append(Way(wire, side or "below", x, start))
            regions.append(self.close(row.element, ways, self.ends.outer))
        return regions

    def _enter(self) -> None:
        """Where foreign wires come in from below; those that only pass start in their lane."""
        self.entries: dict[Net, float | None] = {}
        first: dict[Net, list[float]] = {}
        if self.regions:
            for pin in self.regions[0].pins:
                first.setdefault(pin.net, []).append(pin.x)
            for arm in self.regions[0].arms:
                first.setdefault(arm.net, []).append(0.0)
        foreign = [n for i in range(self.size) for n, _ in self._reads(i) if n not in self.sources]
        for net in dict.fromkeys(foreign):
            if net not in self.ends.sides:
                xs = first.get(net, []) if self._way(0, net) == "below" else []
                alone = net == self.ends.spine or len(first) == 1
                self.entries[net] = None if not xs else 0.0 if alone else xs[0]

    def _start(self, i: int, net: Net) -> float:
        """The x at which a wire comes into channel ``i`` from straight below."""
        return self.regions[i - 1].heads[net].x if i else (self.entries[net] or 0.0)

    # Channels: the spaces below each row, and above the last.

    def _fans(self, i: int) -> dict[tuple[Net, str], Fan]:
        fans: dict[tuple[Net, str], Fan] = {}
        for pin in self.regions[i].pins if i < self.size else ():
            way = self._way(i, pin.net)
            start = self.sources.get(pin.net, -1)
            far = {"left": start - FAR, "right": FAR - start}
            if way == "edge":
                x = 2 * FAR * (-1 if self.ends.sides[pin.net] == "left" else 1)
            else:
                x = far[way] if way in far else self._start(i, pin.net)
            fans.setdefault((pin.net, way), Fan(pin.net, x, [])).pins.append(pin)
        return fans

    def _departing(self) -> list[list[Net]]:
        """The wires that leave for a lane, by channel."""
        departing: list[list[Net]] = [[] for _ in range(self.size + 1)]
        for net in dict.fromkeys(net for net, _ in self.lanes):
            start = self.sources.get(net, -1)
            if start >= 0 or self.entries[net] is not None:
                departing[start + 1].append(net)
        return departing

    def _lanes(self, net: Net) -> list[Lane]:
        sides: tuple[Side, Side] = ("left", "right")
        return [(net, side) for side in sides if (net, side) in self.lanes]

    def _set_heights(self) -> None:
        y = 0.0
        self.floors: list[float] = []  # of the channels
        self.ys: list[float] = []  # of the rows, then of the top
        self.fan_ys: list[float] = []  # of the lowest track
        self.dots: list[float] = []  # of the highest junction
        for i in range(self.size + 1):
            self.floors.append(y)
            levels = set_levels(list(self.fans[i].values()))
            named = i < self.size and any(t.role == "port" for t in self.regions[i].texts)
            fan = (s.FAN_NAMED if named else s.FAN) + s.TRACK * (levels - 1) if levels else 0.0
            dots = s.DOT + s.TRACK * (len(self.departing[i]) - 1) if self.departing[i] else 0.0
            y += fan + dots + self._rest(i, bool(fan or dots))
            self.ys.append(y)
            self.fan_ys.append(y - fan)
            self.dots.append(y - fan - s.DOT)
            if i < self.size:
                y += self.regions[i].height
        self.made.height = y

    def _rest(self, i: int, bent: bool) -> float:
        """The height of a channel below its tracks and junctions."""
        if self._widths(i):
            return 28.0 if bent or i == self.size else s.WIDTH_ROOM
        if i == 0:
            return (
                min(self.ends.floor, s.DOT)
                if bent and self.ends.floor
                else (s.TRACK if bent else self.ends.floor)
            )
        if i == self.size:
            return self.ends.roof
        roomy = i in self.ends.roomy
        return s.DOT if bent else s.WIDTH_ROOM if roomy else s.GAP

    def _widths(self, i: int) -> Mapping[Net, str]:
        element = self.rows[i - 1].element if i else None
        return element.widths if element else {}

    def _write_widths(self) -> None:
        """Lay down the rows and the widths above them, and note how far each row reaches."""
        self.reach: dict[Side, list[float]] = {"left": [], "right": []}
        for i in range(self.size + 1):
            left = right = 0.0
            for fan in self.fans[i].values():
                xs = [x for x in (fan.x, *(pin.x for pin in fan.pins)) if abs(x) < FAR / 2]
                left, right = max([left, *(-x for x in xs)]), max([right, *xs])
            for net, words in self._widths(i).items():
                x = self._start(i, net) + 8
                tight = i == self.size or self.departing[i] or self.fan_ys[i] < self.ys[i]
                y = self.floors[i] + (9 if tight else 14)
                self.made.texts.append(Text(net.element, "width", words, x, y, "start"))
                right = max(right, x + width(words, s.WIDTH))
            self._note_reach(left, right)
            if i < self.size:
                self.made.put(self.regions[i], 0, self.ys[i])
                below = [a.net for a in self.regions[i].arms if self._way(i, a.net) == "below"]
                xs = [self._start(i, net) for net in below]
                region = self.regions[i]
                self._note_reach(max([region.left, *(-x for x in xs)]), max([region.right, *xs]))

    def _note_reach(self, left: float, right: float) -> None:
        self.reach["left"].append(left)
        self.reach["right"].append(right)

    def _place_lanes(self) -> None:
        spans = []
        for net, side in self.lanes:
            first = 2 * (self.sources.get(net, -1) + 1)
            row = self.ends_at.get((net, side), 0)
            arm = row < self.size and any(a.net == net for a in self.regions[row].arms)
            last = 2 * self.size if (net, side) in self.leaving else 2 * row + arm
            spans.append((last - first, first, net, side))
        for length, first, net, side in sorted(spans):
            reach = self.reach[side]
            here = slice(first, first + length + 1)
            x = max(reach[here]) + s.LANE
            reach[here] = [x] * (length + 1)
            self.lanes[net, side] = -x if side == "left" else x
        self.made.left = max(self.reach["left"])
        self.made.right = max(self.reach["right"])

    # Wires, from the top down: each channel knows where its wires go from its upper edge.

    def _connect(self) -> None:
        top = self.made.height
        for at in sorted(self.leaving):
            self.arrivals[at] = [(top, [Strand(((self.lanes[at], top),))])]
        for i in range(self.size, -1, -1):
            arms = self._arms(i)
            self._arrive(i, arms)
            nets = self.regions[i - 1].heads if i else self.entries
            for net in nets:
                self._leave(i, net, arms.get((net, "below"), []))

    def _pins(self, i: int, fan: Fan) -> list[Pin]:
        y = self.ys[i]
        return [Pin(pin.net, pin.x, moved_bundle(pin.bundle, 0, y)) for pin in fan.pins]

    def _arms(self, i: int) -> dict[tuple[Net, str], list[Arm]]:
        arms: dict[tuple[Net, str], list[Arm]] = {}
        if i < self.size:
            y = self.ys[i]
            for arm in self.regions[i].arms:
                at = Arm(arm.net, arm.y + y, arm.side, moved_bundle(arm.bundle, 0, y))
                arms.setdefault((arm.net, self._way(i, arm.net)), []).append(at)
        return arms

    def _arrive(self, i: int, arms: Mapping[tuple[Net, str], list[Arm]]) -> None:
        """Wires that come to row ``i`` along a lane or from the edge."""
        for (net, way), fan in self.fans[i].items():
            if way == "below":
                continue
            y = self.fan_ys[i] + fan.level * s.TRACK
            x = fan.x if way == "edge" else self.lanes[net, _side(way)]
            for bundle in fan_out(x, y, self._pins(i, fan)):
                bundle[0] = Strand(
                    bundle[0].points[1:], bundle[0].target, bundle[0].port, bundle[0].dot
                )
                self._come(net, way, y, bundle)
        for (net, way), there in arms.items():
            for arm in there if way != "below" else ():
                self._come(net, way, arm.y, arm.bundle)

    def _come(self, net: Net, way: str, y: float, bundle: Bundle) -> None:
        if way == "edge":
            self.made.arms.append(Arm(net, y, self.ends.sides[net], bundle))
        else:
            self.arrivals.setdefault((net, _side(way)), []).append((y, bundle))

    def _leave(self, i: int, net: Net, arms: Sequence[Arm]) -> None:
        """A wire that starts below channel ``i``: on to the next row, into lanes, or out."""
        if i:
            bundle = self._trunk(i, net, self._start(i, net), arms)
            if bundle:
                head = moved_head(self.regions[i - 1].heads[net], 0, self.ys[i - 1])
                lines, rest = finished(head, bundle)
                self.made.lines += lines
                if rest:
                    self.made.heads[net] = rest
        elif self.entries[net] is not None:
            x = self._start(0, net)
            self.made.pins.append(Pin(net, x, self._trunk(0, net, x, arms)))
        else:
            for at in self._lanes(net):
                x = self.lanes[at]
                self.made.pins.append(Pin(net, x, before([(x, 0.0)], lane(x, self.arrivals[at]))))

    def _trunk(self, i: int, net: Net, x: float, arms: Sequence[Arm]) -> Bundle:
        """A wire and all its branches in channel ``i``, the straightest first."""
        ways: list[tuple[Bundle, float, bool]] = []  # from where on the trunk, with a dot?
        fan = self.fans[i].get((net, "below"))
        if i == self.size and net in self.ends.exits:
            ways.append(([Strand(((x, self.made.height),))], self.made.height, False))
        if fan:
            pins, y = self._pins(i, fan), self.fan_ys[i] + fan.level * s.TRACK
            straight = [pin.bundle for pin in pins if abs(pin.x - x) < 0.5]
            ways += [(before([(x, self.ys[i])], bundle), y, True) for bundle in straight]
            ways += [(bundle, y - s.CORNER, False) for bundle in fan_out(x, y, pins)]
        ways += [(before([(x, arm.y)], arm.bundle), arm.y, True) for arm in arms]
        if net in self.departing[i]:
            y = self.dots[i] - s.TRACK * self.departing[i].index(net)
            for at in self._lanes(net):
                there = self.lanes[at]
                up = lane(there, self.arrivals[at])
                ways.append((before([(x, y), (there, y)], up), y, True))
        bundle: Bundle = []
        for k, (way, y, dot) in enumerate(ways):
            if k and y == ways[0][1]:  # both ways turn at once
                y, dot = y - s.CORNER, False
            first, *rest = before([(x, y if k else self.floors[i])], way)
            first = Strand(first.points, first.target, first.port, first.dot or (dot and k > 0))
            bundle += [first, *rest]
        return bundle


def _side(way: str) -> Side:
    return "left" if way == "left" else "right"
