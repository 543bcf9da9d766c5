"""Neurons, weighted lines and entries of matrices as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from boxwork.renderers.figure import Cell, Edge, Neuron, Point, Text
from boxwork.renderers.look.numbers import px

RING = 3.2  # from the border of a neuron to the second one of the largest


def edge(line: Edge) -> Iterator[str]:
    """A weighted line with its tooltip, open where its weight stands."""
    (ax, ay), (bx, by) = line.start, line.end
    ways = [(0.0, line.gap[0]), (line.gap[1], 1.0)] if line.gap else [(0.0, 1.0)]
    path = "".join(
        f"M{px(ax + (bx - ax) * a)} {px(ay + (by - ay) * a)}"
        f"L{px(ax + (bx - ax) * b)} {px(ay + (by - ay) * b)}"
        for a, b in ways
    )
    ends = f"data-from={quoteattr(line.source)} data-to={quoteattr(line.target)}"
    dash = ' stroke-dasharray="6 4"' if line.negative else ""
    look = "edge" if line.look is None else f"edge n{line.look}"
    look += " faint" if line.faint else ""
    yield (
        f'<path class="{look}" {ends} stroke-width="{px(line.thick)}"{dash} d="{path}">'
        f"<title>{escape(line.tip)}</title></path>"
    )


def neuron(one: Neuron, ident: str, texts: Iterable[str]) -> str:
    """A circle, twice if it is the largest, with what is written in and beside it."""
    at = f'cx="{px(one.x)}" cy="{px(one.y)}"'
    look = "" if one.look is None else f' class="n{one.look}"'
    ring = f'<circle{look} {at} r="{px(one.r - RING)}"/>' if one.winner else ""
    return (
        f'<g {ident} class="neuron {one.family}"><title>{escape(one.path)}</title>'
        f'<circle{look} {at} r="{px(one.r)}"/>{ring}{"".join(texts)}</g>'
    )


def cell(one: Cell) -> str:
    """An entry of a matrix, the darker the farther its number is from 0, below 0 with a dash."""
    place = f'x="{px(one.x)}" y="{px(one.y)}" width="{px(one.w)}" height="{px(one.h)}"'
    kind = "cell" + (" lit" if one.lit else "") + (" hidden" if one.hidden else "")
    made = f'<rect class="{kind}" {place}/>'
    if one.shade:
        sign = "below" if one.shade < 0 else "above"
        made += f'<rect class="{sign}" fill-opacity="{abs(one.shade) * 0.5:.2f}" {place}/>'
    if one.hidden:
        (x, y), a = (one.x + one.w / 2, one.y + one.h / 2), min(one.w, one.h) / 5
        both = f"l{px(2 * a)} {px(2 * a)}m0 {px(-2 * a)}l{px(-2 * a)} {px(2 * a)}"
        cross = f"M{px(x - a)} {px(y - a)}{both}"
        made += f'<path class="cross" d="{cross}"/>'
    if one.dashed:
        middle = f"M{px(one.x + one.w / 2 - 3)} {px(one.y + one.h / 2)}h6"
        made += f'<path class="minus" d="{middle}"/>'
    return made


def label(text: Text, look: int | None) -> str:
    """The weight of a line, in its colour."""
    kind = text.role if look is None else f"{text.role} n{look}"
    place = f'x="{px(text.x)}" y="{px(text.y)}" text-anchor="middle"'
    return f'<text class="{kind}" {place}>{escape(text.text)}</text>'


def link(ends: tuple[Point, Point]) -> str:
    """A dotted line between what corresponds in two graphs."""
    (ax, ay), (bx, by) = ends
    return f'<path class="link" d="M{px(ax)} {px(ay)}L{px(bx)} {px(by)}"/>'
