"""The gated recurrent unit against PyTorch's: values, and gradients through time."""

from pathlib import Path

import numpy as np
import pytest

from boxwork.blocks.context import Saved
from boxwork.blocks.dims import Dim
from boxwork.engines.running.numpy import Model
from tests.blocks.cases import make
from tests.blocks.harness import Use, of, real
from tests.blocks.specs import graph_of

STORED = dict(np.load(Path(__file__).parent.parent / "oracles" / "gru.npz", allow_pickle=False))
PARAMETERS = {name: a for name, a in STORED.items() if name.startswith("y.")}
CLOSE = {"float32": 1e-5, "float64": 1e-12}


@pytest.mark.parametrize("dtype", CLOSE)
def test_states_are_those_of_torch(dtype: str) -> None:
    graph = graph_of(
        """
        dims: {n: any}
        inputs: {x: "real[n, 5]"}
        outputs: {y: "real[n, 6]"}
        nodes: {y: {use: GRU, with: {width: 6}}}
        """
    )
    found = Model(graph, PARAMETERS, dtype=dtype)(x=STORED["x"])
    assert found.dtype == dtype
    assert np.abs(found - STORED["y"]).max() < CLOSE[dtype]
    assert np.abs(found).max() > 0.5


def test_gradients_are_those_of_torch() -> None:
    use = Use(make("GRU", width=Dim.of(6)), {"x": (real(*of(seq=7, width_in=5)),)})
    arrays = {name[1:]: [a] for name, a in PARAMETERS.items()} | {"x": [STORED["x"]]}
    cx, own, values = use.prepared(arrays, needed=("x",))
    y = use.block.forward(cx, own, *values)
    found = use.block.backward(cx, own, Saved(tuple(values), (y,), cx.kept), STORED["dy"])
    gradients = {"x": found.inputs[0]} | {f"y.{n}": a for n, a in found.parameters.items()}
    assert {f"gradient.{path}" for path in gradients} == {n for n in STORED if "gradient" in n}
    for path, gradient in gradients.items():
        wanted = STORED[f"gradient.{path}"]
        np.testing.assert_allclose(gradient, wanted, rtol=1e-9, atol=1e-12)
        assert np.abs(wanted).max() > 0.1
