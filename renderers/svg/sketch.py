"""Chips, arrows, curves and strips of numbers inside opened primitives, as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from boxwork.renderers.figure import Chip, Point, Strip, Stroke
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.numbers import px

HEAD, HALF = 7.0, 3.0  # length and half width of the head of a thin arrow, with its strokes
RADIUS = 6.0  # of the corners of a chip


def sketched(
    strokes: Iterable[Stroke], chips: Iterable[Chip], strips: Iterable[Strip]
) -> Iterator[str]:
    """All of it, panels at the bottom and chips above the lines that end at them."""
    chips = list(chips)
    yield from (chip(one) for one in chips if one.shape == "panel")
    yield from map(stroke, strokes)
    yield from (chip(one) for one in chips if one.shape != "panel")
    yield from map(strip, strips)


def parted(chips: Iterable[Chip]) -> tuple[list[Chip], Mapping[str, list[Chip]]]:
    """The panels, and the chips that are read aloud, by the path of the box they stand in."""
    panels: list[Chip] = []
    others: dict[str, list[Chip]] = {}
    for one in chips:
        kept = panels if one.shape == "panel" else others.setdefault(one.path.partition("[")[0], [])
        kept.append(one)
    return panels, others


def chip(one: Chip) -> str:
    """A small box or circle with its words."""
    radius = one.h / 2 if one.shape == "circle" else 12.0 if one.shape == "panel" else RADIUS
    kind = f"{one.shape} {one.family}" + (" hidden" if one.hidden else "")
    place = f'x="{px(one.x)}" y="{px(one.y)}" width="{px(one.w)}" height="{px(one.h)}"'
    tip = f"<title>{escape(one.tip)}</title>" if one.tip else ""
    words = ""
    if one.words:
        at = f'x="{px(one.x + one.w / 2)}" y="{px(one.y + one.h / 2 + 0.35 * s.VALUE)}"'
        words = f'<text class="value" {at} text-anchor="middle">{escape(one.words)}</text>'
    return f'<g class="part {kind}">{tip}<rect {place} rx="{px(radius)}"/>{words}</g>'


def stroke(one: Stroke) -> str:
    """A line; an arrow has its head at the end, and is as thick as what it stands for."""
    dash = ' stroke-dasharray="4 3"' if one.dashed else ""
    thick = f'stroke-width="{px(one.thick * s.air())}"'
    points = list(one.points)
    head = ""
    if one.kind == "arrow":
        tip, points[-1] = points[-1], _short(points[-2], points[-1], HEAD * s.air() - 1)
        head = f'<path class="head" d="{_head(one.points[-2], tip, one.thick)}"/>'
    way = "M" + "L".join(f"{px(x)} {px(y)}" for x, y in points)
    return f'<path class="{one.kind}" {thick}{dash} d="{way}"/>{head}'


def _short(a: Point, b: Point, by: float) -> Point:
    length = ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5 or 1.0
    return b[0] - (b[0] - a[0]) * by / length, b[1] - (b[1] - a[1]) * by / length


def _head(a: Point, b: Point, thick: float) -> str:
    """An arrow head at ``b``, wider for thick lines."""
    back, half = _short(a, b, HEAD * s.air()), (HALF + thick / 3) * s.air()
    length = ((b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2) ** 0.5 or 1.0
    dx, dy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    left = back[0] - dy * half, back[1] + dx * half
    right = back[0] + dy * half, back[1] - dx * half
    return "M" + "L".join(f"{px(x)} {px(y)}" for x, y in (b, left, right)) + "Z"


def strip(one: Strip) -> str:
    """Bars from a middle line; what is above 0 goes up, what is below goes down."""
    up = _bars(one, [max(bar, 0.0) for bar in one.bars])
    down = _bars(one, [min(bar, 0.0) for bar in one.bars])
    middle = f"M{px(one.x)} {px(one.y + one.h / 2)}h{px(one.w)}"
    made = f'<path class="axis" d="{middle}"/>'
    made += f'<path class="above" d="{up}"/>' if up else ""
    made += f'<path class="below" d="{down}"/>' if down else ""
    return f'<g class="strip"><title>{escape(one.tip)}</title>{made}</g>'


def _bars(one: Strip, bars: Sequence[float]) -> str:
    wide, middle = one.w / len(one.bars), one.y + one.h / 2
    air = min(1.0, wide / 4)
    path = []
    for k, bar in enumerate(bars):
        if bar:
            x, top = one.x + k * wide + air / 2, middle - bar * one.h / 2
            path.append(f"M{px(x)} {px(middle)}V{px(top)}h{px(wide - air)}V{px(middle)}Z")
    return "".join(path)
