"""The frame of an open box: its border, its name, the number of its copies, its wires' ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from boxwork.graphs.graph import WEIGH
from boxwork.renderers.figure import Text
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width, wrap
from boxwork.renderers.regions.extra import Extra, outline
from boxwork.renderers.regions.ports import STEP
from boxwork.renderers.regions.region import (
    Arm,
    Head,
    Pin,
    Region,
    Strand,
    moved_bundle,
    moved_head,
)
from boxwork.renderers.regions.words import index, put_count, remarks, title
from boxwork.renderers.structure.scope import LAST, Element, Net

Coming = Literal["below", "left", "right"]
NEAR = 10.0  # between a caption and a wire
COPY = 40.0  # between the wires of copies
SPARE = 24.0  # a frame is made wider by up to this, for a caption on one line


def framed(
    element: Element,
    inner: Region,
    ends: Mapping[str, Net],
    extra: Extra,
    weigh: Coming | None = None,
) -> Region:
    """An open element: the region inside, in its frame, with the wire that weighs its copies."""
    caption, notes = _caption(element), [*remarks(element), *extra.notes]
    left, right = inner.left + s.FRAME_SIDE, inner.right + s.FRAME_SIDE
    copies = [x for net, x in _copies_at(element).items() if net.copy != LAST]
    right = max([right, *(x + s.FRAME_SIDE for x in copies)])
    wires = [head.x for head in inner.heads.values()] or [0.0]
    lines = _fitted(caption, notes, left + min(wires) - s.CAPTION - NEAR)
    words = max((width(text, _size(role)) for role, text in lines), default=0.0)
    left = max(left, words + s.CAPTION + NEAR - min(wires))
    top = inner.height + _caption_room(lines)
    region = Region(left, right, top)
    region.boxes.append(outline(element, "frame", (-left, 0, left + right, top), extra))
    for i, (role, text) in enumerate(lines):
        y = top - 20 - i * s.CAPTION_LINE
        region.texts.append(Text(element.name, role, text, s.CAPTION - 1 - left, y, "start"))
    region.put(inner, 0, 0, element.inside)
    _connect(region, element, inner, ends, top)
    if weigh is not None:
        _weigh(region, element, weigh, left, right)
    if element.side is not None:
        region.right, region.height = region.right + s.CARDS, region.height + s.CARDS
    put_count(region, element, top / 2, extra.outer)
    return region


def _weigh(region: Region, element: Element, way: Coming, left: float, right: float) -> None:
    """The wire that weighs the copies ends at their frame."""
    net = next(wire.net for wire in element.wires if wire.port == WEIGH)
    if way == "below":
        x = max((pin.x + STEP for pin in region.pins), default=0.0)  # beside what goes inside
        region.pins.append(Pin(net, x, [Strand(((x, 0),), element.name, WEIGH)]))
        region.texts.append(Text(element.name, "port", WEIGH, x + 7, -14, "start"))
        return
    y = region.height / 2
    x = -left if way == "left" else right
    region.arms.append(Arm(net, y, way, [Strand(((x, y),), element.name, WEIGH)]))
    anchor: Literal["start", "end"] = "end" if way == "left" else "start"
    room = 12 + width(WEIGH, s.PORT)
    at = x - 12 if way == "left" else x + 12
    region.texts.append(Text(element.name, "port", WEIGH, at, y + 5, anchor))
    if way == "left":
        region.left = max(region.left, left + room + 4)
    else:
        region.right = max(region.right, right + room + 4)


def _connect(
    region: Region, element: Element, inner: Region, ends: Mapping[str, Net], top: float
) -> None:
    """The wires that cross the border, by their names outside."""
    name = element.inside
    outside = {wire.port: wire.net for wire in element.wires}
    for pin in inner.pins:
        bundle = moved_bundle(pin.bundle, 0, 0, name)
        region.pins.append(Pin(outside[pin.net.port], pin.x, bundle))
    for arm in inner.arms:
        bundle = moved_bundle(arm.bundle, 0, 0, name)
        region.arms.append(Arm(outside[arm.net.port], arm.y, arm.side, bundle))
    aside = _copies_at(element)
    for net in element.nets:
        head = inner.heads.get(ends[net.port])
        if net.copy != LAST or head is None:
            region.heads[net] = Head(aside[net], ((aside[net], top),), element.name)
            continue
        head = moved_head(head, 0, 0, name)
        region.heads[net] = Head(head.x, (*head.points, (head.x, top)), head.source, head.dot)


def _copies_at(element: Element) -> dict[Net, float]:
    """Where wires of single copies leave the frame of all: right of the words of each other."""
    words = max((width(element.widths.get(net, ""), s.WIDTH) for net in element.nets), default=0.0)
    step = max(COPY, words + 2 * NEAR)
    return {net: step * (k + 1) for k, net in enumerate(element.nets)}


def _caption(element: Element) -> str:
    return title(element) + index(element)


Lines = list[tuple[Literal["caption", "note"], str]]


def _fitted(caption: str, notes: Sequence[str], room: float) -> Lines:
    """Caption and notes in lines that stay clear of the wires."""
    room = max(room, 90.0)
    if room < width(caption, s.CAPTION) < room + SPARE:
        room += SPARE
    lines: Lines = [("caption", line) for line in wrap(caption, s.CAPTION, room)]
    return lines + [("note", line) for note in notes for line in wrap(note, s.NOTE, room)]


def _size(role: str) -> float:
    return s.CAPTION if role == "caption" else s.NOTE


def _caption_room(lines: Lines) -> float:
    return 10.0 + s.CAPTION_LINE * len(lines) if lines else 0.0
