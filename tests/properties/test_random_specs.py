"""What checks, runs: random specs have the declared type on every wire, and are drawn."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwork.engines.parameters.initialise import init
from boxwork.engines.running.numpy import Model
from boxwork.graphs.graph import Graph
from boxwork.renderers.draw import figure
from boxwork.renderers.svg.svg import svg
from boxwork.specs.diagnostics import DataError
from tests.examples import examples
from tests.properties.random_specs import graph_of, random_spec
from tests.properties.test_shipped_specs import declared
from tests.renderers.faults import faults

SEEDS = st.integers(0, 2**32)
JUSTIFIED = ("BW410", "BW411")  # lengths that a box, or what it requires, cannot have


def inputs(graph: Graph, batch: tuple[int, ...], lengths: dict[str, int], seed: int) -> Any:
    """Random inputs of a graph."""
    random = np.random.default_rng(seed)
    found = {}
    for name, wire in graph.inputs.items():
        shape = (*batch, *(dim.size(lengths) for dim in wire.dims))
        if wire.bound is None:
            found[name] = random.normal(size=shape)
        else:
            found[name] = random.integers(0, wire.bound.size(lengths), shape)
    return found


def run(model: Model, values: Any, paths: list[str] | None = None) -> Any:
    """The values at some paths; nothing if the lengths do not fit, which is said."""
    try:
        return model.run(values, paths)
    except DataError as error:
        if {d.code for d in error.diagnostics} <= set(JUSTIFIED):
            return None
        raise


def hold_types(graph: Graph, found: Any, batch: tuple[int, ...], lengths: dict[str, int]) -> None:
    for path, wire in declared(graph.root):
        if path not in found:
            continue
        value, shape = found[path], tuple(dim.size(lengths) for dim in wire.dims)
        assert value.shape in (shape, (*batch, *shape)), path
        assert (value.dtype == np.float64) == (wire.kind == "real"), path
        if wire.bound is not None and value.size:
            assert 0 <= value.min() <= value.max() < wire.bound.size(lengths), path


def check(seed: int) -> None:
    random = Random(seed)
    text = random_spec(random)
    graph = graph_of(text)
    model = Model(graph, init(graph, seed, np.float64), dtype="float64")
    paths = [path for path, _ in declared(graph.root)]
    samples = []
    for batch in ((), (2,), (2, 3)):
        lengths = {name: random.randint(1, 5) for name in graph.free}
        values = inputs(graph, batch, lengths, seed)
        found = run(model, values, paths)
        if found is not None:
            hold_types(graph, found, batch, lengths)
            outputs = run(model, values)
            assert set(outputs) == set(graph.outputs)
            for index in np.ndindex(*batch):
                one = run(model, {name: value[index] for name, value in values.items()}, paths)
                same(found, one, index)
    for _ in range(random.randint(2, 4)):
        lengths = {name: random.randint(1, 5) for name in graph.free}
        sample = inputs(graph, (), lengths, random.randint(0, 99))
        alone = run(model, sample, paths)
        if alone is not None:
            samples.append((sample, alone))
    if samples:
        values = {name: [sample[name] for sample, _ in samples] for name in graph.inputs}
        found = model.run(values, paths)
        for place, (_, alone) in enumerate(samples):
            same(found, alone, (place,))
    for opened in ([], ["all"]):
        picture = figure(graph, open=opened)
        assert faults(picture) == []
        assert svg(picture).startswith("<svg")


def same(found: Any, alone: Any, index: tuple[int, ...]) -> None:
    """A sample of a batch is what it is alone."""
    for path, expected in alone.items():
        whole = found[path]
        ours = whole[index[0]] if isinstance(whole, list) else whole
        if not isinstance(whole, list) and whole.ndim > expected.ndim:
            ours = whole[index]
        assert ours.shape == expected.shape, path
        np.testing.assert_allclose(ours, expected, rtol=1e-7, atol=1e-9, err_msg=path)


@settings(max_examples=examples(60))
@given(seed=SEEDS)
def test_what_checks_runs(seed: int) -> None:
    check(seed)
