"""Closed boxes with their texts and ports, and the names of inputs and outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from boxwork.renderers.figure import Box, Line, Text
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width
from boxwork.renderers.regions.circle import circle, slots
from boxwork.renderers.regions.extra import Extra, outline
from boxwork.renderers.regions.ports import Entry, Way, head_places, places
from boxwork.renderers.regions.region import Arm, Head, Pin, Region, Side, Strand
from boxwork.renderers.regions.words import HEIGHTS, kept, lines, put_count, stacked, text_width
from boxwork.renderers.structure.scope import OUTPUT, Element

NARROW = frozenset({"activation", "combine", "dropout", "position", "shaping"})
EDGE = 20.0  # from the outermost wire to the corner of a box


def closed(element: Element, ways: Sequence[Way], extra: Extra) -> Region:
    """Lay out one closed piece for the wires that come to it."""
    if element.role != "node":
        return _name(element)
    told = kept(element)  # a circle has no room for words
    if element.sign and not told and (taken := slots(element, ways, extra.outer)):
        return circle(element, taken, extra)
    return _box(element, ways, extra)


def _name(element: Element) -> Region:
    """The name of an input or an output, a wire's end outside every box."""
    path = element.name
    words = path.removeprefix(OUTPUT).replace("_", " ")
    half = width(words, s.NAME) / 2 + 4
    region = Region(half, half, s.NAME_HEIGHT)
    box = Box(path, "text", element.role, -half, 0, 2 * half, s.NAME_HEIGHT)
    box.role = element.role
    region.boxes.append(box)
    region.texts.append(Text(path, "name", words, 0, s.NAME_BASE))
    for wire in element.wires:
        region.pins.append(Pin(wire.net, 0, [Strand(((0, 0),), path, "")]))
    for net in element.nets:
        region.heads[net] = Head(0, ((0, s.NAME_HEIGHT),), path)
    return region


def _box(element: Element, ways: Sequence[Way], extra: Extra) -> Region:
    part, name = element.part, element.name
    assert part is not None
    pins, arms = places(part, ways)
    heads = head_places(element.nets, part, element.strips)
    texts = lines(element, extra.notes)
    half = max(s.NARROW_BOX if part.family in NARROW else s.BOX, text_width(texts)) / 2
    half = max([half, *(abs(x) + EDGE for x in (*heads, *(x for x, _, _ in pins)))])
    base = s.NAME_HEIGHT + s.WIDTH_ROOM if element.below[0] else 0.0
    air = s.BOX_AIR + extra.spare * HEIGHTS["note"]
    height = air + sum(HEIGHTS[role] for role, _ in texts)
    top = base + height
    pile = s.CARDS if element.side is not None else 0.0
    region = Region(half, half + pile, top + pile)
    region.boxes.append(outline(element, "box", (-half, base, 2 * half, height), extra))
    region.texts += stacked(name, texts, top - air / 2)
    for x, way, label in pins:
        region.pins.append(Pin(way.wire.net, x, [Strand(((x, base),), name, way.wire.port)]))
        if label:
            region.texts.append(Text(name, "port", label, x + 7, base - 14, "start"))
    for arm in arms:
        _add_arm(region, arm, half, base + height / 2, name)
    for net, x in zip(element.nets, heads, strict=True):
        region.heads[net] = Head(x, ((x, top),), name)
    if element.below[0]:
        _put_below(region, element, base)
    put_count(region, element, base + height / 2, extra.outer)
    return region


def _add_arm(region: Region, entry: Entry, half: float, y: float, name: str) -> None:
    """A wire that comes to the side of a box, its name above the arrow."""
    way, label = entry
    side: Side = "right" if way.side == "right" else "left"
    sign = 1 if side == "right" else -1
    strand = Strand(((sign * half, y),), name, way.wire.port)
    region.arms.append(Arm(way.wire.net, y, side, [strand]))
    if label:
        anchor: Literal["start", "end"] = "start" if sign > 0 else "end"
        at = (sign * (half + 12), y + 5)
        region.texts.append(Text(name, "port", label, *at, anchor))
        reach = half + width(label, s.PORT) + 16
        region.left = max(region.left, reach if sign < 0 else 0)
        region.right = max(region.right, reach if sign > 0 else 0)


def _put_below(region: Region, element: Element, base: float) -> None:
    """Under a box that reads only lengths: in words what it makes of them."""
    words, length = element.below
    port = next(iter(element.part.inputs)) if element.part else ""
    at = (8, s.NAME_HEIGHT + 14)
    region.texts.append(Text(element.name, "name", words, 0, s.NAME_BASE))
    region.texts.append(Text(element.name, "width", length, *at, "start"))
    points = ((0.0, s.NAME_HEIGHT), (0.0, base))
    region.lines.append(Line(element.name, element.name, port, points))
    half = width(words, s.NAME) / 2
    region.left, region.right = max(region.left, half), max(region.right, half)
