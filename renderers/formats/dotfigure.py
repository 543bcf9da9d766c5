"""Opened primitives in DOT: small boxes as nodes, arrows and curves as splines, bars of strips."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from boxwork.renderers.figure import Box, Cell, Chip, Layout, Strip, Stroke
from boxwork.renderers.formats.dottext import INCH, listed, place, quoted, straight, towards
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.numbers import px
from boxwork.renderers.look.palettes import Palette

TIP = 5.0  # from the end of a spline to the point of its arrow


def figure(layout: Layout, box: Box, palette: Palette, indent: str) -> Iterator[str]:
    """What stands in the frame of an opened primitive, besides numbers in circles and cells."""
    for chip in layout.chips:
        if not (box.x <= chip.x <= box.x + box.w and box.y <= chip.y <= box.y + box.h):
            continue
        if chip.shape == "panel":  # a cluster, so that lines lie above it
            yield from _panel(layout, chip, palette, indent)
        else:
            yield f"{indent}{quoted(chip.path)} {listed(_chip(layout, chip, palette))}"
    for k, stroke in enumerate(layout.strokes):
        if stroke.path == box.path:
            yield from _stroke(layout, stroke, f"line {k} of {box.path}", palette, indent)


def strips(layout: Layout, palette: Palette, indent: str) -> Iterator[str]:
    """The numbers of wires as bars."""
    for k, strip in enumerate(layout.strips):
        for i, bar in enumerate(strip.bars):
            if bar:
                name = f"bar {i} of strip {k} of {strip.path}"
                yield f"{indent}{quoted(name)} {listed(_bar(layout, strip, i, palette))}"


def rect(layout: Layout, one: Box | Cell | Chip) -> dict[str, str]:
    """The place and size of a node."""
    middle = one.x + one.w / 2, layout.height - one.y - one.h / 2
    size = {"width": f"{one.w / INCH:.4g}", "height": f"{one.h / INCH:.4g}"}
    return {"shape": "box", "pos": f"{place(middle)}!", **size, "label": quoted("")}


def _panel(layout: Layout, one: Chip, palette: Palette, indent: str) -> Iterator[str]:
    fill, stroke = palette.inks[one.family]
    low, high = layout.height - one.y - one.h, layout.height - one.y
    corners = ",".join(map(px, (one.x, low, one.x + one.w, high)))
    look = {"bb": corners, "style": "rounded,filled", "fillcolor": fill, "color": stroke}
    yield f"{indent}subgraph {quoted(f'cluster {one.path}')} {{"
    yield f"{indent}  graph {listed(look | {'label': quoted('')})}"
    yield f"{indent}  {quoted(one.path)} {listed(rect(layout, one) | {'style': 'invis'})}"
    yield f"{indent}}}"


def _chip(layout: Layout, one: Chip, palette: Palette) -> dict[str, str]:
    fill, stroke = palette.inks.get(one.family, palette.inks["composite"])
    look = "filled" if one.shape == "circle" else "rounded,filled"
    return rect(layout, one) | {
        "shape": "circle" if one.shape == "circle" else "box",
        "style": f"{look},dashed" if one.hidden else look,
        "fillcolor": palette.page.grid if one.hidden else fill,
        "color": palette.page.wire if one.shape == "circle" else stroke,
        "fontsize": px(s.VALUE),
        "tooltip": one.tip or one.path,
        "label": quoted(one.words),
    }


def _stroke(layout: Layout, one: Stroke, name: str, palette: Palette, indent: str) -> Iterator[str]:
    """A line between two points that are not seen."""
    points = [(x, layout.height - y) for x, y in one.points]
    ends = quoted(f"{name}, start"), quoted(f"{name}, end")
    for end, at in zip(ends, (points[0], points[-1]), strict=True):
        unseen = {"shape": "point", "style": "invis", "width": "0.01", "pos": f"{place(at)}!"}
        yield f"{indent}{end} {listed(unseen | {'label': quoted('')})}"
    arrow = one.kind == "arrow"
    tip = points[-1]
    if arrow:
        points[-1] = towards(tip, points[-2], TIP)
    way = [points[0], *(step for a, b in pairwise(points) for step in straight(a, b))]
    made = {
        "pos": (f"e,{place(tip)} " if arrow else "") + " ".join(map(place, way)),
        "arrowhead": "normal" if arrow else "none",
        "arrowsize": "0.5",
        "penwidth": px(one.thick),
        "color": palette.series[0] if one.kind == "curve" else palette.page.wire,
    }
    if one.dashed:
        made["style"] = "dashed"
    yield f"{indent}{ends[0]} -> {ends[1]} {listed(made)}"


def _bar(layout: Layout, one: Strip, i: int, palette: Palette) -> dict[str, str]:
    wide, high = one.w / len(one.bars), abs(one.bars[i]) * one.h / 2
    x, middle = one.x + i * wide, one.y + one.h / 2
    y = middle - high if one.bars[i] > 0 else middle
    colour = palette.series[0 if one.bars[i] > 0 else 1]
    bar = Cell(one.path, x, y, wide * 0.75, high)
    look = {"style": "filled", "fillcolor": colour, "color": colour, "penwidth": "0"}
    return rect(layout, bar) | look | {"tooltip": one.tip}
