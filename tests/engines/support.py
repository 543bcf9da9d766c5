"""What the tests of the engines share: graphs from a few lines of YAML, models, errors."""

import tempfile
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from boxwork.engines.parameters.initialise import init
from boxwork.engines.running.numpy import Model
from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load
from boxwork.specs.diagnostics import DataError
from boxwork.specs.interpret import Interpretation


def spec_of(text: str) -> tuple[Interpretation, Graph]:
    """The interpretation and the checked graph of a spec, which gets its first lines here."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.yaml"
        path.write_text("format: 1\nname: Test\n" + dedent(text), encoding="utf-8")
        spec, graph = load(path)
    return spec.interpretation, graph


def graph_of(text: str) -> Graph:
    return spec_of(text)[1]


def shipped(name: str, **dims: Any) -> Graph:
    return load(name, keywords=dims)[1]


def model_of(graph: Graph | str, seed: int = 0, **options: Any) -> Model:
    """A model with every parameter drawn at random, those that start as 0 or 1 too."""
    import numpy as np

    made = graph_of(graph) if isinstance(graph, str) else graph
    parameters = init(made, seed, np.float64)
    noise = np.random.default_rng(seed)
    for array in parameters.values():
        array += 0.1 * noise.standard_normal(array.shape)
    return Model(made, parameters, **{"dtype": "float64"} | options)


def wrong(call: Any, *args: Any, **options: Any) -> list[tuple[str, str]]:
    """The codes and messages of what a call finds wrong."""
    with pytest.raises(DataError) as caught:
        call(*args, **options)
    assert all(d.severity == "error" for d in caught.value.diagnostics)
    assert str(caught.value)
    return [(d.code, d.message) for d in caught.value.diagnostics]
