"""Opening primitives in tests: all of a spec, a run to draw, what a figure says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import boxwork as bw
from boxwork.graphs.graph import Graph, Part, Primitive
from boxwork.renderers.figure import Chip, Layout
from boxwork.renderers.layout.layout import layout
from boxwork.renderers.structure.opening import Opening
from boxwork.renderers.values.data import Data


def primitives(part: Part, prefix: str = "", copy: str = "*") -> Iterator[tuple[str, Primitive]]:
    """Every primitive by its path, one copy of what is repeated."""
    assert not isinstance(part, Primitive)
    for node in part.nodes.values():
        which = "0" if node.count == 1 else copy
        path = prefix + node.name + ("" if node.count is None else f".{which}")
        inner = node.part_of(0)
        if node.count == 0:
            continue
        if isinstance(inner, Primitive):
            yield path, inner
        else:
            yield from primitives(inner, f"{path}.", copy)


def run(name: str, length: int = 6, *edits: str, **inputs: Any) -> tuple[Graph, Data]:
    """A spec with random parameters, and a run on some numbers."""
    graph = bw.load(name, *edits)
    model, rng = graph.init(), np.random.default_rng(0)
    given: dict[str, Any] = {}
    for port, wire in graph.inputs.items():
        shape = [length if dim.free else int(dim) for dim in wire.dims]
        index = wire.kind == "index"
        given[port] = (
            rng.integers(0, int(wire.bound or 1), shape) if index else rng.normal(size=shape)
        )
    given |= inputs
    values = {**model.trace(**given), **given}
    return graph.checked, Data(graph.checked, model.parameters, values, graph.interpretation)


def opened(graph: Graph, *paths: str, data: Data | None = None) -> Layout:
    return layout(graph, Opening.of(paths), data)


def said(picture: Layout, start: str) -> list[str]:
    return [chip.words for chip in picture.chips if chip.path.startswith(start) and chip.words]


def chip(picture: Layout, path: str) -> Chip:
    return next(one for one in picture.chips if one.path == path)


def number(words: str) -> float:
    return float(words.rpartition(" ")[2].replace("−", "-"))
