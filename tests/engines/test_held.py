"""Blocks of users are held to what their ports declare, each time they run."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import boxwork as bw
from boxwork.blocks import catalogue
from tests.engines.support import graph_of, wrong

SPEC = """
dims: {seq: any, n: 3}
inputs: {x: "real[seq, n]"}
outputs: {y: "real[seq, n]"}
nodes:
  y: {use: Odd}
"""


@pytest.fixture(autouse=True)
def catalogue_as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = dict(catalogue.primitives())
    yield
    catalogue._primitives.clear()
    catalogue._primitives.update(before)


def odd(forward: Callable[..., Any], ports: str = "x: real[*] -> y: real[*]") -> bw.Model:
    fields = {"__doc__": "Odd.", "__module__": "mine", "ports": ports, "forward": forward}
    bw.register(type("Odd", (bw.Block,), fields))
    graph = graph_of(SPEC)
    return bw.Graph(None, graph).init()  # type: ignore[arg-type]


def said(model: bw.Model, shape: tuple[int, ...] = (2, 3)) -> str:
    ((code, message),) = wrong(model.engine, x=np.ones(shape, np.float32))
    assert code == "BW412"
    assert message.startswith("y (Odd): forward ")
    return message


@pytest.mark.parametrize(
    ("forward", "message"),
    [
        (lambda self, cx, p, x: None, "nothing (None) for y, which is declared real[seq, n]"),
        (lambda self, cx, p, x: 1.5, "a float for y"),
        (lambda self, cx, p, x: [x], "a list for y"),
        (lambda self, cx, p, x: x.sum(), ("the shape () for y, which is declared real[seq, n]: "
         "here (2, 3)")),
        (lambda self, cx, p, x: x[..., :2], "the shape (2, 2) for y"),
        (lambda self, cx, p, x: x[None], "the shape (1, 2, 3) for y"),
        (lambda self, cx, p, x: x.astype(int), "int64 for y"),
        (lambda self, cx, p, x: x > 0, "bool for y"),
        (lambda self, cx, p, x: x * np.float64(2), ("float64 for y, which is declared "
         "real[seq, n]: this run computes in float32")),
        (lambda self, cx, p, x: (x, x), "gives 2 outputs, and 1 (y) are declared"),
        (lambda self, cx, p, x: (), "gives 0 outputs"),
        (lambda self, x: x, "cannot be called with its 1 inputs"),
        (lambda self, cx, p, x, more: x, "cannot be called with its 1 inputs"),
        (lambda self, cx, p, x: x + p.weight, "raises AttributeError"),
        (lambda self, cx, p, x: x + "a", "raises"),
    ],
)  # fmt: skip
def test_what_breaks_the_declaration(forward: Callable[..., Any], message: str) -> None:
    assert message in said(odd(forward))


def test_batch_axes_are_held() -> None:
    model = odd(lambda self, cx, p, x: x - x.mean(axis=0) if x.ndim == 2 else x[0])
    assert model.engine(x=np.ones((2, 3))).shape == (2, 3)
    found = said(model, (4, 2, 3))
    assert found.endswith("the shape (2, 3) for y, which is declared real[seq, n]: here "
                          "(4, 2, 3), with 1 batch axis")  # fmt: skip


def test_samples_of_unlike_length() -> None:
    samples = [np.ones((2, 3)), np.ones((1, 3))]
    good = odd(lambda self, cx, p, x: x * 2)
    assert [y.shape for y in good.engine(x=samples)] == [(2, 3), (1, 3)]
    bad = odd(lambda self, cx, p, x: x[..., :1])
    ((code, message),) = wrong(bad.engine, x=samples)
    assert code == "BW412"
    assert "the shape (1, 2, 1)" in message


def test_several_outputs_and_indices() -> None:
    ports = "x: real[*, n] -> y: real[*, n], best: index<n>[*], why?: real[*]"
    give = {"best": 2}

    def forward(self: Any, cx: Any, p: Any, x: Any) -> Any:
        return x, np.full(x.shape[:-1], give["best"]), None

    model = odd(forward, ports)
    assert model.engine.trace(x=np.ones((2, 3)), paths=["y.best"])["y.best"].tolist() == [2, 2]
    ((_, message),) = wrong(model.engine.trace, x=np.ones((2, 3)), paths=["y.why"])
    assert "nothing (None) for why" in message
    give["best"] = 3
    assert "gives 3 for best, which is declared index<n>[seq], whose numbers go from 0 to 2" in (
        said(model)
    )
    give["best"] = 0.5  # type: ignore[assignment]
    assert "float64 for best" in said(model)
