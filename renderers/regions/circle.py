"""Circles with a sign: sums and products, and small sources beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from boxwork.renderers.figure import Line, Text
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width, wrap
from boxwork.renderers.regions.extra import Extra, outline
from boxwork.renderers.regions.ports import Way
from boxwork.renderers.regions.region import Arm, Head, Pin, Region, Side, Strand
from boxwork.renderers.regions.words import title
from boxwork.renderers.structure.scope import Element

Slot = Literal["below", "left", "right"]
REACH = 2.5 * s.CIRCLE  # what comes up nearer than this cannot turn to a side
WORDS = 90.0  # width of the words of a small source


def slots(element: Element, ways: Sequence[Way], outer: Side) -> dict[Slot, Way] | None:
    """Which wire comes to which side of a circle; None if it cannot take them so."""
    free: set[Slot] = {"left", "right"}
    if element.beside:
        free.discard(outer)
    taken: dict[Slot, Way] = {}
    for way in ways:
        if way.side != "below":
            if way.side not in free:
                return None
            free.discard(way.side)
            taken[way.side] = way
    below = sorted((way for way in ways if way.side == "below"), key=lambda way: way.x)
    if len({way.wire.net for way in below}) < len(below):
        return None
    apart = len(below) == 2 and below[0].x < -REACH < REACH < below[1].x
    if apart and free == {"left", "right"}:
        return taken | {"left": below[0], "right": below[1]}
    if len(below) > 1 and "left" in free and below[0].x < -REACH:
        taken["left"] = below.pop(0)
    if len(below) > 1 and "right" in free and below[-1].x > REACH:
        taken["right"] = below.pop()
    if len(below) > 1:
        return None
    return taken | ({"below": below[0]} if below else {})


def circle(element: Element, taken: Mapping[Slot, Way], extra: Extra) -> Region:
    """A circle with its sign, its wires, and the small source beside it."""
    r, name = s.CIRCLE, element.name
    region = Region(r, r, 2 * r)
    region.boxes.append(outline(element, "circle", (-r, 0, 2 * r, 2 * r), extra))
    for side, way in taken.items():
        if side == "below":
            strand = Strand(((0, 0),), name, way.wire.port)
            region.pins.append(Pin(way.wire.net, 0, [strand]))
        else:
            strand = Strand(((-r if side == "left" else r, r),), name, way.wire.port)
            region.arms.append(Arm(way.wire.net, r, side, [strand]))
    for net in element.nets:
        region.heads[net] = Head(0, ((0, 2 * r),), name)
    if element.beside:
        _put_beside(region, element, element.beside, extra.outer)
    return region


def _put_beside(region: Region, element: Element, source: Element, outer: Side) -> None:
    """A small source next to a circle: a circle of its own, its words, an arrow."""
    r, sign = s.CIRCLE, -1 if outer == "left" else 1
    x = sign * s.BESIDE
    port = next(iter(element.part.inputs)) if element.part else ""
    beside = outline(source, "circle", (x - r, 0, 2 * r, 2 * r), Extra(outer))
    region.boxes.insert(0, beside)  # it runs first, and is read first
    points = ((x - sign * r, r), (sign * r, r))
    region.lines.append(Line(source.name, element.name, port, points))
    lines = wrap(title(source), s.NAME, WORDS)
    edge = x + sign * (r + 8)
    anchor: Literal["start", "end"] = "end" if sign < 0 else "start"
    top = r + len(lines) * s.TITLE_LINE / 2
    for i, line in enumerate(lines):
        y = top - (i + 0.5) * s.TITLE_LINE - 0.35 * s.NAME
        region.texts.append(Text(source.name, "name", line, edge, y, anchor))
    reach = abs(edge) + max(width(line, s.NAME) for line in lines) + 6
    if sign < 0:
        region.left = reach
    else:
        region.right = reach
