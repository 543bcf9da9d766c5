"""Every primitive of random specs opens, at any font size, with a run and without one."""

from __future__ import annotations

import random

import numpy as np
import pytest

from boxwork.engines.parameters.initialise import init
from boxwork.engines.running.numpy import Model
from boxwork.graphs.graph import Graph
from boxwork.renderers.look.sizes import aired
from boxwork.renderers.svg.svg import svg
from boxwork.renderers.values.data import Data
from tests.properties.random_specs import graph_of as spec_of
from tests.properties.random_specs import random_spec

from .faults import faults
from .opened import opened, primitives
from .support import graph_of

CROWDED = 400  # texts, cells and small boxes up to which all pairs are looked at


def run_of(graph: Graph, seed: int) -> Data:
    rng, given = np.random.default_rng(seed), {}
    for name, wire in graph.inputs.items():
        shape = [3 if dim.free else int(dim) for dim in wire.dims]
        bound = 2 if wire.bound is None or wire.bound.free else int(wire.bound)
        index = wire.kind == "index"
        given[name] = rng.integers(0, bound, shape) if index else rng.normal(size=shape)
    parameters = init(graph)
    values = Model(graph, parameters, dtype="float64").trace(**given)
    return Data(graph, parameters, {**values, **given})


@pytest.mark.parametrize("seed", [6, 16, 51, 60, 72])
def test_every_box_of_random_specs_opens(seed: int) -> None:
    graph = spec_of(random_spec(random.Random(seed)))
    root = graph.root.nodes.values()
    beside = {node.name for node in root if node.parallel is not None}
    paths = [p for p, _ in primitives(graph.root) if p.split(".")[0] not in beside]
    for data, air in ((None, 1.0), (run_of(graph, seed), 0.6)):
        with aired(air):
            picture = opened(graph, *paths, data=data)
        assert svg(picture)
        if len(picture.texts) + len(picture.cells) + len(picture.chips) < CROWDED:
            assert faults(picture) == []


def test_a_box_that_nothing_reads_and_that_reads_nothing_opens() -> None:
    graph = graph_of("""\
dims: {n: 3}
inputs: {x: "real[n]"}
outputs: {y: "real[n]"}
nodes:
  loose: {use: Array, with: {dims: [n]}}
  y:     {use: ReLU, in: x}
""")
    assert faults(opened(graph, "loose")) == []


def test_where_only_a_run_knows_how_many_there_are_the_formula_is_shown() -> None:
    graph = graph_of("""\
dims: {seq: any, n: any}
inputs: {x: "real[n, seq, 4]"}
outputs: {y: "real[seq, 4 * n]"}
nodes:
  y: {use: MergeHeads, in: x}
""")
    picture = opened(graph, "y")
    assert faults(picture) == []
    assert any(text.text.startswith("y[i, h * head_dim") for text in picture.texts)
    assert not picture.cells
