"""Closed pieces: boxes with their texts and ports, circles with a sign, names of wires."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from boxwork.graphs.graph import Composite, Part
from boxwork.renderers import sizes as s
from boxwork.renderers.figure import Box, Line, Text
from boxwork.renderers.fonts import width, wrap
from boxwork.renderers.region import Arm, Head, Pin, Region, Side, Strand
from boxwork.renderers.scope import OUTPUT, Element, Net, Wire

NARROW = frozenset({"activation", "combine", "dropout", "position", "shaping"})


@dataclass(frozen=True, slots=True)
class Way:
    """How a wire comes to a piece: from below (at ``x``) or along a side, and since when."""

    wire: Wire
    side: Literal["below", "left", "right"]
    x: float = 0.0
    start: int = 0


@dataclass(slots=True)
class Extra:
    """What a closed box shows beyond its own words."""

    outer: Side
    notes: Sequence[str] = ()
    parameters: int = 0


def closed(element: Element, ways: Sequence[Way], extra: Extra) -> Region:
    """Lay out one closed piece for the wires that come to it."""
    if element.role != "node":
        return _name(element)
    if element.sign and (slots := _slots(element, ways, extra.outer)):
        return _circle(element, slots, extra)
    return _box(element, ways, extra)


def title(element: Element) -> str:
    """What people call this box."""
    if element.node and element.node.label:
        return element.node.label
    assert element.part is not None
    words = element.part.title
    if element.part.family == "attention" and element.part.settings.get("causal"):
        masked = element.part.name.endswith("Attention")
        words = f"Masked {words[0].lower()}{words[1:]}" if masked else words
    return words


def index(element: Element) -> str:
    """Which copies a piece stands for, if not all: `` 3`` or `` 4 … 11``."""
    copies = element.shown.copies if element.shown else None
    if not copies or not element.node or len(copies) == element.node.count != 1:
        return ""
    return f" {copies[0]}" if len(copies) == 1 else f" {copies[0]} … {copies[-1]}"


def detail(part: Part) -> str:
    """The second line of a box."""
    words = part.detail
    return "" if words == "causal" else words.replace("causal, ", "")


def ports(part: Part, port: str) -> tuple[str, ...]:
    """The names that the arrows to one port of a box bear."""
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
    order = {"V": 0, "K": 1, "Q": 2}
    name = ports(part, wire.port)[0]
    names = list(part.inputs)
    place = names.index(wire.port) if wire.port in names else 0
    return order.get(name, 3 + place), wire.order


def count_text(element: Element, x: float, y: float, outer: Side) -> Text:
    """The number of copies, beside what is repeated."""
    assert element.shown is not None
    copies = element.shown.copies or ()
    anchor: Literal["start", "end"] = "end" if outer == "left" else "start"
    return Text(element.name, "count", f"{len(copies)}×", x, y - 0.35 * s.COUNT, anchor)


def _name(element: Element) -> Region:
    """The name of an input or an output, a wire's end outside every box."""
    path = element.name
    words = path.removeprefix(OUTPUT).replace("_", " ")
    half = width(words, s.NAME) / 2 + 4
    region = Region(half, half, s.NAME_HEIGHT)
    box = Box(path, "text", element.role, -half, 0, 2 * half, s.NAME_HEIGHT)
    box.role = element.role
    region.boxes.append(box)
    region.texts.append(Text(path, "name", words, 0, 7))
    for wire in element.wires:
        region.pins.append(Pin(wire.net, 0, [Strand(((0, 0),), path, "")]))
    for net in element.nets:
        region.heads[net] = Head(0, ((0, s.NAME_HEIGHT),), path)
    return region


def _slots(
    element: Element, ways: Sequence[Way], outer: Side
) -> dict[Literal["below", "left", "right"], Way] | None:
    """Which wire comes to which side of a circle; None if it cannot take them so."""
    free = {"left", "right"} - ({outer} if element.beside else set())
    slots: dict[Literal["below", "left", "right"], Way] = {}
    for way in ways:
        if way.side != "below":
            if way.side not in free:
                return None
            free.discard(way.side)
            slots[way.side] = way
    below = sorted((way for way in ways if way.side == "below"), key=lambda way: way.x)
    if len({way.wire.net for way in below}) < len(below):
        return None
    reach = 2.5 * s.CIRCLE
    if len(below) == 2 and free == {"left", "right"} and below[0].x < -reach < reach < below[1].x:
        return slots | {"left": below[0], "right": below[1]}
    if len(below) > 1 and "left" in free and below[0].x < -reach:
        slots["left"] = below.pop(0)
    if len(below) > 1 and "right" in free and below[-1].x > reach:
        slots["right"] = below.pop()
    if len(below) > 1:
        return None
    if below:
        slots["below"] = below[0]
    return slots


def _circle(
    element: Element, slots: dict[Literal["below", "left", "right"], Way], extra: Extra
) -> Region:
    r, name = s.CIRCLE, element.name
    region = Region(r, r, 2 * r)
    region.boxes.append(_frame(element, "circle", -r, 0, 2 * r, 2 * r, extra))
    for side, way in slots.items():
        if side == "below":
            strand = Strand(((0, 0),), name, way.wire.port)
            region.pins.append(Pin(way.wire.net, 0, [strand]))
        else:
            x = -r if side == "left" else r
            strand = Strand(((x, r),), name, way.wire.port)
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
    region.boxes.append(_frame(source, "circle", x - r, 0, 2 * r, 2 * r, Extra(outer)))
    points = ((x - sign * r, r), (sign * r, r))
    region.lines.append(Line(source.name, element.name, port, points))
    lines = wrap(title(source), s.NAME, 90)
    edge = x + sign * (r + 8)
    anchor: Literal["start", "end"] = "end" if sign < 0 else "start"
    top = r + (len(lines) * s.TITLE_LINE) / 2
    for i, line in enumerate(lines):
        y = top - (i + 0.5) * s.TITLE_LINE - 0.35 * s.NAME
        region.texts.append(Text(source.name, "name", line, edge, y, anchor))
    reach = abs(edge) + max(width(line, s.NAME) for line in lines) + 6
    if sign < 0:
        region.left = reach
    else:
        region.right = reach


def _box(element: Element, ways: Sequence[Way], extra: Extra) -> Region:
    part, name = element.part, element.name
    assert part is not None
    pins, arms = _places(part, ways)
    lines = _lines(element, extra.notes)
    half = max(s.NARROW_BOX if part.family in NARROW else s.BOX, _text_width(lines)) / 2
    half = max([half, *(abs(x) + 20 for x, _, _ in pins)])
    heads = _head_places(element.nets, part)
    half = max([half, *(abs(x) + 20 for x in heads)])
    base = s.NAME_HEIGHT + s.WIDTH_ROOM if element.below[0] else 0.0
    height = s.BOX_AIR + sum(_line_height(role) for role, _ in lines)
    region = Region(half, half, base + height)
    region.boxes.append(_frame(element, "box", -half, base, 2 * half, height, extra))
    region.texts += _stacked(name, lines, base + height - s.BOX_AIR / 2)
    for x, way, label in pins:
        region.pins.append(Pin(way.wire.net, x, [Strand(((x, base),), name, way.wire.port)]))
        if label:
            region.texts.append(Text(name, "port", label, x + 7, base - 14, "start"))
    for way, label in arms:
        _add_arm(region, way, label, half, base + height / 2, name)
    for net, x in zip(element.nets, heads, strict=True):
        region.heads[net] = Head(x, ((x, base + height),), name)
    if element.below[0]:
        _put_below(region, element, base)
    if element.repeated and element.shown and len(element.shown.copies or ()) > 1:
        _put_count(region, element, base + height / 2, extra.outer)
    return region


def _add_arm(region: Region, way: Way, label: str, half: float, y: float, name: str) -> None:
    side: Side = "right" if way.side == "right" else "left"
    x = half if side == "right" else -half
    region.arms.append(Arm(way.wire.net, y, side, [Strand(((x, y),), name, way.wire.port)]))
    if label:
        anchor: Literal["start", "end"] = "start" if side == "right" else "end"
        sign = 1 if side == "right" else -1
        region.texts.append(Text(name, "port", label, x + sign * 12, y + 5, anchor))
        reach = half + width(label, s.PORT) + 16
        region.left = max(region.left, reach if side == "left" else 0)
        region.right = max(region.right, reach if side == "right" else 0)


def _put_below(region: Region, element: Element, base: float) -> None:
    words, length = element.below
    region.texts.append(Text(element.name, "name", words, 0, 7))
    region.texts.append(Text(element.name, "width", length, 8, s.NAME_HEIGHT + 14, "start"))
    points = ((0.0, s.NAME_HEIGHT), (0.0, base))
    port = next(iter(element.part.inputs)) if element.part else ""
    region.lines.append(Line(element.name, element.name, port, points))
    half = width(words, s.NAME) / 2
    region.left, region.right = max(region.left, half), max(region.right, half)


def _put_count(region: Region, element: Element, y: float, outer: Side) -> None:
    edge = region.left if outer == "left" else region.right
    text = count_text(element, (edge + 8) * (-1 if outer == "left" else 1), y, outer)
    region.texts.append(text)
    reach = edge + 12 + width(text.text, s.COUNT)
    region.left = max(region.left, reach if outer == "left" else 0)
    region.right = max(region.right, reach if outer == "right" else 0)


Place = tuple[float, Way, str]


def _places(part: Part, ways: Sequence[Way]) -> tuple[list[Place], list[tuple[Way, str]]]:
    """Where the wires of a box arrive: on its lower edge, or in the middle of a side."""
    sides = [way.side for way in ways]
    names = [name for way in ways for name in ports(part, way.wire.port)]
    attention = any(name in ("V", "K", "Q") for name in names)
    plain = sides.count("below") == 1 and sides.count("left") < 2 and sides.count("right") < 2
    if plain and not attention and len(ways) > 1:
        label = "" if len({way.wire.port for way in ways}) < 2 else None
        arms = [(w, ports(part, w.wire.port)[0]) for w in ways if w.side != "below"]
        if label is not None:
            arms = [(way, label) for way, _ in arms]
        return [(0.0, way, "") for way in ways if way.side == "below"], arms
    groups: dict[str, list[tuple[Way, str]]] = {"left": [], "below": [], "right": []}
    for way in sorted(ways, key=_from_left):
        groups[way.side] += [(way, name) for name in ports(part, way.wire.port)]
    if len(names) == 1:
        return [(0.0, ways[0], "")], []
    return list(_row(groups)), []


def _from_left(way: Way) -> tuple[float, ...]:
    names = {"v": 0, "memory": 0, "k": 1, "query": 2, "q": 2}
    place = names.get(way.wire.port, 3)
    if way.side == "below":
        return (round(way.x), place, way.wire.order)
    return (way.start if way.side == "left" else -way.start, place, way.wire.order)


def _row(groups: dict[str, list[tuple[Way, str]]]) -> Iterable[Place]:
    """Places on the lower edge, those of the wires from below in the middle."""
    below = groups["below"]
    names = [name for group in groups.values() for _, name in group]
    step = 57.0 if len(below) == 3 == len(names) else 34.0
    step = max([step, *(width(name, s.PORT) + 20 for name in names)])
    x = -step * (max(len(below), 1) - 1) / 2 - step * len(groups["left"])
    x += 0 if below else step / 2
    for group in ("left", "below", "right"):
        for way, name in groups[group]:
            yield x, way, name
            x += step


def _head_places(nets: Sequence[Net], part: Part) -> list[float]:
    if len(nets) < 2:
        return [0.0] * len(nets)
    if part.family == "attention":
        return [64.0 * i for i in range(len(nets))]
    return [64.0 * (i - (len(nets) - 1) / 2) for i in range(len(nets))]


Lines = list[tuple[Literal["title", "detail", "note"], str]]


def _lines(element: Element, notes: Sequence[str]) -> Lines:
    """The texts inside a box, from the top."""
    part = element.part
    assert part is not None
    lines: Lines = [
        ("title", line) for line in wrap(title(element) + index(element), s.TITLE, s.BOX - 24)
    ]
    lines += [("detail", line) for line in wrap(detail(part), s.DETAIL, 230)]
    lines += [("note", line) for note in notes for line in wrap(note, s.NOTE, 230)]
    return lines


def _line_height(role: str) -> float:
    return s.TITLE_LINE if role == "title" else s.DETAIL_LINE


def _text_width(lines: Lines) -> float:
    sizes = {"title": s.TITLE, "detail": s.DETAIL, "note": s.NOTE}
    return max(width(text, sizes[role]) for role, text in lines) + 2 * s.BOX_SIDE


def _stacked(path: str, lines: Lines, top: float) -> Iterable[Text]:
    sizes = {"title": s.TITLE, "detail": s.DETAIL, "note": s.NOTE}
    for role, text in lines:
        height = _line_height(role)
        yield Text(path, role, text, 0, top - height / 2 - 0.35 * sizes[role])
        top -= height


def _frame(
    element: Element,
    shape: Literal["box", "circle"],
    x: float,
    y: float,
    w: float,
    h: float,
    extra: Extra,
) -> Box:
    assert element.part is not None
    sign = element.sign if shape == "circle" else ""
    box = Box(element.name, shape, element.family, x, y, w, h, sign)
    box.block = element.node.used if element.node else element.part.name
    copies = element.shown.copies if element.shown else None
    box.copies = f"{len(copies)}×" if copies and len(copies) > 1 else ""
    box.parameters = extra.parameters
    return box


__all__ = ["Composite", "Extra", "Way", "closed", "count_text", "ports", "rank", "title"]
