"""Draw a graph: one call from a checked graph to the text of an SVG."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from boxwork.blocks.attention import DotProductAttention
from boxwork.blocks.block import Block
from boxwork.graphs.graph import Graph, Part, Primitive
from boxwork.renderers.figure import Layout
from boxwork.renderers.layout.layout import layout
from boxwork.renderers.look.look import Look
from boxwork.renderers.look.theme import Theme
from boxwork.renderers.structure.dense import NEURONS
from boxwork.renderers.structure.opening import Figures, Opening, check_paths
from boxwork.renderers.svg.svg import svg
from boxwork.renderers.values.data import Data

SMALL = 16  # primitives up to which all of them open
MIXED = 4  # attentions up to which they open to show a run


def figures(graph: Graph, data: Data | None) -> Figures:
    """Which primitives open by themselves, besides those that can be seen whole."""
    if count(graph.root) <= SMALL:
        return "all"
    run = data is not None and bool(data.values)
    return "run" if run and count(graph.root, DotProductAttention) <= MIXED else "none"


def count(part: Part, kind: type[Block] = Block) -> int:
    """How many primitives of a kind there are, every copy counted."""
    if isinstance(part, Primitive):
        return int(isinstance(part.block, kind))
    total = 0
    for node in part.nodes.values():
        each = [count(inner, kind) for inner in node.parts]
        copies = 1 if node.count is None else node.count
        total += sum(each[k % len(each)] for k in range(copies))
    return total


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
    ``all`` opens a primitive where that buries nothing: Linears and Embeddings that can be
    seen whole, in small graphs all that have a figure, with a run attention and softmax.
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
    return replace(opening, figures=figures(graph, data))
