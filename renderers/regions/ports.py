"""Where wires arrive at a closed box and leave it, and what the arrows are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from boxwork.graphs.graph import WEIGH, Part
from boxwork.renderers.figure import Strip
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width
from boxwork.renderers.structure.scope import Element, Net, Wire

STEP = 34.0  # between arrows on the lower edge of a box
WIDE_STEP = 57.0  # between three from below, as those of attention
HEAD_STEP = 64.0  # between wires that leave the upper edge
BESIDE = 10.0  # between a width and the numbers beside it


@dataclass(frozen=True, slots=True)
class Way:
    """How a wire comes to a piece: from below (at ``x``) or along a side, and since when."""

    wire: Wire
    side: Literal["below", "left", "right"]
    x: float = 0.0
    start: int = 0


Place = tuple[float, Way, str]  # on the lower edge, with the name of the port
Entry = tuple[Way, str]  # in the middle of a side


def ports(part: Part, port: str) -> tuple[str, ...]:
    """The names of the arrows to one port of a box: the memory of attention has two."""
    if port == WEIGH and port not in part.inputs:
        return (WEIGH,)
    attention = part.family == "attention"
    if attention and {"query", "memory"} <= set(part.inputs):
        return {"query": ("Q",), "memory": ("V", "K")}.get(port, (port,))
    if attention and {"q", "k", "v"} <= set(part.inputs):
        return (port.upper(),) if len(port) == 1 else (port,)
    named = len(part.inputs) > 1 and part.family not in ("norm", "combine")
    return (port.replace("_", " "),) if named else ("",)


def rank(element: Element, wire: Wire) -> tuple[int, int]:
    """The place of a wire among the inputs of an element, from the left."""
    part = element.part
    if part is None:
        return 0, 0
    names = list(part.inputs)
    place = names.index(wire.port) if wire.port in names else len(names)
    return _place(ports(part, wire.port)[0], 3 + place), wire.order


def _place(name: str, other: int = 3) -> int:
    """Values, keys, queries: the order of the figure that everyone knows."""
    return {"V": 0, "K": 1, "Q": 2}.get(name, other)


def places(part: Part, ways: Sequence[Way]) -> tuple[list[Place], list[Entry]]:
    """Where the wires of a box arrive: on its lower edge, or in the middle of a side."""
    named = [(way, name) for way in ways for name in ports(part, way.wire.port)]
    if len(named) == 1:
        return [(0.0, *named[0])] if named[0][1] == "Q" else [(0.0, ways[0], "")], []
    several = len({way.wire.port for way in ways}) > 1
    sides = [way.side for way in ways]
    single = sides.count("below") == 1 and max(map(sides.count, sides)) == 1
    if single and not any(_place(name) < 3 for _, name in named):
        arms = [(way, name if several else "") for way, name in named if way.side != "below"]
        below = [way for way in ways if way.side == "below"]
        return [(0.0, way, WEIGH if _weighs(part, way) else "") for way in below], arms
    groups: dict[str, list[Entry]] = {"left": [], "below": [], "right": []}
    for way, name in sorted(named, key=_from_left):
        groups[way.side].append((way, name))
    return list(_row(groups)), []


def _weighs(part: Part, way: Way) -> bool:
    """Whether a wire says how much copies side by side count."""
    return way.wire.port == WEIGH and WEIGH not in part.inputs


def _from_left(entry: Entry) -> tuple[int, ...]:
    """The order on the lower edge: lanes that come from farther behind are farther out."""
    way, name = entry
    start = {"left": way.start, "below": round(way.x), "right": -way.start}[way.side]
    return start, _place(name), way.wire.order


def _row(groups: dict[str, list[Entry]]) -> Iterator[Place]:
    """Places on the lower edge, those of the wires from below in the middle."""
    below = groups["below"]
    names = [name for group in groups.values() for _, name in group]
    step = WIDE_STEP if len(below) == 3 == len(names) else STEP
    step = max([step, *(width(name, s.PORT) + 20 for name in names)])
    first = (len(below) - 1) / 2 if below else -0.5
    x = -step * (first + len(groups["left"]))
    for group in groups.values():
        for way, name in group:
            yield x, way, name
            x += step


def head_places(
    nets: Sequence[Net], part: Part, strips: Mapping[Net, Strip] | None = None
) -> list[float]:
    """Where the wires leave: in the middle, or side by side with their names and numbers."""
    if len(nets) < 2:
        return [0.0] * len(nets)
    wide = {net: strip.w + BESIDE for net, strip in (strips or {}).items()}
    step = max([HEAD_STEP, *(width(n.port, s.WIDTH) + 24 + wide.get(n, 0.0) for n in nets)])
    first = 0.0 if part.family == "attention" else (len(nets) - 1) / 2
    return [step * (i - first) for i in range(len(nets))]
