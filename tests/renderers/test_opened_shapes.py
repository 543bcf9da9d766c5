"""Figures of what only moves numbers: rows cut into parts and joined, one row of many positions."""

from __future__ import annotations

import numpy as np
import pytest

from boxwork.engines.running.numpy import Model
from boxwork.graphs.graph import Graph
from boxwork.renderers.figure import Layout, Strip
from boxwork.renderers.values.data import Data

from .faults import faults
from .opened import opened
from .support import graph_of

CUT = """\
dims: {seq: any}
inputs: {x: "real[seq, 24]"}
outputs: {y: "real[seq, 24]", z: "real[seq, 24]"}
nodes:
  heads:  {use: SplitHeads, in: x, with: {heads: HEADS}}
  y:      {use: MergeHeads}
  some:   {use: Split, in: x, with: {sizes: {left: 4, middle_one: 12, right: 8}}}
  z:      {use: Concat, in: [some.right, some.left, some.middle_one]}
"""
POOLED = """\
dims: {seq: any}
inputs: {x: "real[seq, 5]"}
outputs: {y: "real[5]"}
nodes:
  y: {use: KIND}
"""


def run_of(graph: Graph, x: np.ndarray) -> Data:
    inner = [name for name in graph.root.nodes if name != "some"]
    values = dict(Model(graph, {}, dtype="float64").run({"x": x}, inner))
    if "some" in graph.root.nodes:
        left, middle, right = np.split(x, [4, 16], axis=-1)
        values |= {"some": left, "some.middle_one": middle, "some.right": right}
    return Data(graph, {}, {**values, "x": x})


def strips(picture: Layout, path: str) -> list[Strip]:
    found = [one for one in picture.strips if one.path.startswith(f"{path}[numbers")]
    return sorted(found, key=lambda one: one.x)


def same(strip: Strip, numbers: np.ndarray) -> bool:
    return strip.bars == pytest.approx(list(numbers / abs(numbers).max()))


@pytest.mark.parametrize("heads", [1, 2, 6, 8])
def test_parts_are_those_of_the_row(heads: int) -> None:
    graph = graph_of(CUT.replace("HEADS", str(heads)))
    x = np.random.default_rng(4).normal(size=(3, 24))
    paths = ("heads", "y", "some", "z")
    plain, picture = opened(graph, *paths), opened(graph, *paths, data=run_of(graph, x))
    assert faults(plain) == faults(picture) == []
    assert not plain.strips
    each = np.split(x[-1], heads)
    kept = each if heads <= 6 else [*each[:3], each[-1]]
    for path in ("heads", "y"):
        found = strips(picture, path)
        assert len(found) == len(kept)
        assert all(map(same, found, kept))
    left, middle, right = np.split(x[-1], [4, 16])
    assert all(map(same, strips(picture, "some"), (left, middle, right)))
    assert all(map(same, strips(picture, "z"), (right, left, middle)))
    said = {text.text for text in picture.texts}
    assert {"left", "middle one", "right", "12", "x₁", "head 1", f"head {heads}"} <= said


@pytest.mark.parametrize("length", [1, 2, 6, 9])
@pytest.mark.parametrize("kind", ["FirstPosition", "LastPosition", "MeanPool"])
def test_positions_that_count_have_an_arrow(kind: str, length: int) -> None:
    graph = graph_of(POOLED.replace("KIND", kind))
    x = np.random.default_rng(5).normal(size=(length, 5))
    data = run_of(graph, x)
    plain, picture = opened(graph, "y"), opened(graph, "y", data=data)
    assert faults(plain) == faults(picture) == []
    shown = list(range(length)) if length <= 6 else [0, 1, 2, length - 2, length - 1]
    assert all(map(same, strips(picture, "y"), x[shown]))
    counting = {"FirstPosition": [0], "LastPosition": [length - 1]}.get(kind, shown)
    assert len(picture.strokes) == len(counting)
    cells = {cell.path: cell for cell in picture.cells}
    starts = [stroke.points[0][0] for stroke in picture.strokes]
    for place, start in zip(counting, starts, strict=True):
        cell = cells[f"y[x, {place}]"]
        assert cell.x + cell.w / 2 == pytest.approx(start)
        assert cell.shade
    (made,) = [one for one in picture.strips if one.path == "y[y.numbers]"]
    assert same(made, np.asarray(data.values["y"]))
