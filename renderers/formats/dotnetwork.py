"""Networks of neurons and matrices in DOT: clusters of circles and squares, weights as lines."""

from __future__ import annotations

from collections.abc import Iterator

from boxwork.renderers.figure import Box, Cell, Edge, Layout, Neuron, Point
from boxwork.renderers.formats.dotfigure import figure, rect
from boxwork.renderers.formats.dottext import INCH, listed, marked, place, quoted, straight
from boxwork.renderers.look.numbers import px
from boxwork.renderers.look.palettes import Palette

HALF = 0.5  # of a colour at most, in a cell


def network(layout: Layout, box: Box, palette: Palette, indent: str) -> Iterator[str]:
    """The cluster of a network: its parts unseen (lines end there), its neurons, its cells."""
    fill, stroke = palette.inks["frame"]
    low, high = layout.height - box.y - box.h, layout.height - box.y
    corners = (box.x, low, box.x + box.w, high)
    yield f"{indent}subgraph {quoted(f'cluster {box.path}')} {{"
    look = {"style": "rounded,filled", "fillcolor": fill, "color": stroke}
    yield f"{indent}  graph {listed({'bb': ','.join(map(px, corners)), **look})}"
    parts = [one for one in layout.boxes if one.shape == "layer" and _holds(box, one.x, one.y)]
    for part in parts or [box]:
        yield f"{indent}  {quoted(part.path)} {listed(rect(layout, part) | {'style': 'invis'})}"
    for neuron in layout.neurons:
        if _holds(box, neuron.x, neuron.y):
            yield f"{indent}  {quoted(neuron.path)} {listed(_neuron(layout, neuron, palette))}"
    for cell in layout.cells:
        if _holds(box, cell.x, cell.y):
            yield f"{indent}  {quoted(cell.path)} {listed(_cell(layout, cell, palette))}"
    yield from figure(layout, box, palette, f"{indent}  ")
    yield f"{indent}}}"


def weights(layout: Layout, palette: Palette) -> Iterator[str]:
    """The weighted lines; a gap where a weight is written."""
    for edge in layout.edges:
        ends = f"{quoted(edge.source)} -> {quoted(edge.target)}"
        yield f"  {ends} {listed(_edge(layout, edge, palette))}"


def _edge(layout: Layout, edge: Edge, palette: Palette) -> dict[str, str]:
    ways = [(0.0, edge.gap[0]), (edge.gap[1], 1.0)] if edge.gap else [(0.0, 1.0)]
    colour = palette.page.wire
    if edge.look is not None:
        colour = palette.series[edge.look % len(palette.series)]
    made = {
        "pos": ";".join(_piece(layout, edge, *way) for way in ways),
        "arrowhead": "none",
        "color": f"{colour}73" if edge.faint else colour,
        "penwidth": px(edge.thick),
        "edgetooltip": edge.tip,
    }
    if edge.negative:
        made["style"] = "dashed"
    if edge.label:
        middle = (edge.label.x, layout.height - edge.label.y + 4)
        made |= {"label": marked([edge.label], palette, colour), "lp": place(middle)}
    return made


def _piece(layout: Layout, edge: Edge, start: float, stop: float) -> str:
    (ax, ay), (bx, by) = edge.start, edge.end

    def at(part: float) -> Point:
        return ax + (bx - ax) * part, layout.height - (ay + (by - ay) * part)

    return " ".join(map(place, (at(start), *straight(at(start), at(stop)))))


def _neuron(layout: Layout, one: Neuron, palette: Palette) -> dict[str, str]:
    fill = palette.inks["activation"][0] if one.family == "activation" else palette.page.page
    colour = palette.page.wire
    if one.look is not None:
        colour = palette.series[one.look % len(palette.series)]
    size = f"{2 * one.r / INCH:.4g}"
    value = [text for text in layout.texts if text.path == one.path and text.role == "value"]
    return {
        "shape": "doublecircle" if one.winner else "circle",
        "pos": f"{place((one.x, layout.height - one.y))}!",
        "width": size,
        "height": size,
        "style": "filled",
        "penwidth": "2.4",
        "fillcolor": fill,
        "color": colour,
        "tooltip": one.path,
        "label": marked(value, palette) if value else quoted(""),
    }


def _cell(layout: Layout, one: Cell, palette: Palette) -> dict[str, str]:
    colour = palette.series[1 if (one.shade or 0) < 0 else 0]
    return rect(layout, one) | {
        "shape": "box",
        "style": "filled",
        "fillcolor": _blend(palette.page.page, colour, abs(one.shade or 0) * HALF),
        "color": palette.page.text if one.lit else palette.page.grid,
        "penwidth": "2.6" if one.lit else "1",
        "tooltip": one.path,
        "label": quoted("−" if one.dashed else ""),
    }


def _holds(box: Box, x: float, y: float) -> bool:
    return box.x <= x <= box.x + box.w and box.y <= y <= box.y + box.h


def _blend(page: str, colour: str, part: float) -> str:
    """A colour laid over another, so much of it."""
    pairs = [(int(page[i : i + 2], 16), int(colour[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)
