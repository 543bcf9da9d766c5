"""Draw a graph: one call from a checked graph to the text of an SVG."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from boxwork.graphs.graph import Graph
from boxwork.renderers.data import Data
from boxwork.renderers.dense import NEURONS
from boxwork.renderers.figure import Layout
from boxwork.renderers.layout import layout
from boxwork.renderers.look import Look
from boxwork.renderers.opening import Opening, check_paths
from boxwork.renderers.svg import svg
from boxwork.renderers.theme import Theme


def draw(
    graph: Graph,
    *,
    open: Iterable[str] = (),
    depth: int | None = None,
    theme: Theme = "auto",
    data: Data | None = None,
    neurons: int = NEURONS,
) -> str:
    """The drawing of a graph as SVG; see ``figure``."""
    made = figure(graph, open=open, depth=depth, data=data, neurons=neurons)
    return svg(made, Look(theme))


def figure(
    graph: Graph,
    *,
    open: Iterable[str] = (),
    depth: int | None = None,
    data: Data | None = None,
    neurons: int = NEURONS,
) -> Layout:
    """The boxes, lines and texts of a drawing of a graph, from which every format is made.

    ``open`` names the boxes to open by their paths (``stack.3.attn``, ``stack.*.attn``) or
    is ``["all"]``; ``depth`` opens that many levels. ``data`` holds the numbers to show; with
    values of a run and nothing to open, what is small enough to show them is open.
    ``neurons`` says up to how many are drawn as circles side by side. Raises DataError for
    an unknown path.
    """
    return layout(graph, opened(graph, open, depth, data, neurons), data)


def opened(
    graph: Graph, open: Iterable[str], depth: int | None, data: Data | None, neurons: int
) -> Opening:
    """What ``figure`` opens; DataError for an unknown path."""
    paths = [open] if isinstance(open, str) else list(open)
    check_paths(graph, paths)
    opening = Opening.of(paths, depth, neurons)
    if data is not None and data.values and not paths and depth is None:
        opening = replace(opening, numbers=True)  # where a run is drawn, it should be seen
    return opening
