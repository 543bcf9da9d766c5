"""Gradients through blocks that users bring, and what is said of those that break the contract."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boxwork.blocks import catalogue
from boxwork.blocks.activation import Softmax
from boxwork.blocks.block import Block, Parameter
from boxwork.blocks.context import Gradients

from .slopes import hold_finite_differences, random_values, with_loss
from .support import wrong


@pytest.fixture
def own_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    monkeypatch.setattr(catalogue, "_primitives", dict(catalogue.primitives()))


class Stand(Block):
    """Stands every number up as a row of its own.

    Formula: y[i, 0] = x[i]
    Source: a test
    """

    ports = "x: real[seq] -> y: real[seq, 1]"

    def forward(self, cx: Any, p: Any, x: Any) -> Any:
        return cx.xp.expand_dims(x, axis=-1)

    def backward(self, cx: Any, p: Any, saved: Any, dy: Any) -> Any:
        return Gradients((dy[..., 0],))

    def reach(self, port: str, dim: str) -> Any:
        return "same"


@pytest.mark.usefixtures("own_blocks")
def test_samples_that_must_run_apart() -> None:
    """Softmax over a free dim mixes padding in: the samples go one by one, the mean is one."""
    catalogue.register(Stand)
    net, wanted = with_loss("""
        dims: {seq: any}
        inputs: {features: "real[seq]"}
        outputs: {y: "real[seq]"}
        nodes:
          rows: {use: Stand, in: features}
          sums: {use: Linear, with: {width: 1}}
          row:  {use: Flatten}
          y:    {use: Softmax}
    """)
    values = {"features": [[0.1, 0.2], [0.3, -0.4, 0.5]], wanted: [[0.5, 0.5], [0.2, 0.3, 0.5]]}
    hold_finite_differences(net, values)


@pytest.mark.usefixtures("own_blocks")
def test_a_block_derived_from_softmax_is_not_taken_for_one() -> None:
    @catalogue.register
    class Halved(Softmax):
        """Half of every number.

        Formula: y = x / 2
        Source: a test
        """

        def forward(self, cx: Any, p: Any, x: Any) -> Any:
            return x / 2

        def backward(self, cx: Any, p: Any, saved: Any, dy: Any) -> Any:
            return Gradients((dy / 2,))

    text = """
        dims: {d: 3}
        inputs: {features: "real[d]"}
        outputs: {scores: "real[d]"}
        interpret: {scores: {classes: [a, b, c]}}
        nodes:
          sums:   {use: Linear, in: features, with: {width: d}}
          scores: {use: Halved}
    """
    net, _ = with_loss(text)
    assert [step.primitive.name for step in net.plan.steps] == ["Linear", "Halved", "CrossEntropy"]
    hold_finite_differences(net, random_values(net))


@pytest.mark.usefixtures("own_blocks")
def test_a_block_without_backward_is_named() -> None:
    @catalogue.register
    class Sign(Block):
        """The sign of a number.

        Formula: y = sign(x)
        Source: a test
        """

        ports = "x: real[*] -> y: real[*]"

        def forward(self, cx: Any, p: Any, x: Any) -> Any:
            return cx.xp.sign(x)

    text = """
        dims: {d: 2}
        inputs: {features: "real[d]"}
        outputs: {y: "real[d]"}
        nodes:
          before: {use: Linear, in: features, with: {width: d}}
          sign: {use: Sign}
          y: {use: Linear, with: {width: d}}
    """
    ((code, message),) = wrong(with_loss, text)
    assert code == "BW431"
    assert message == "sign (Sign) cannot be trained through: Sign has no `backward`"
    nothing_before = text.replace("Linear, in: features, with: {width: d}", "Tanh, in: features")
    with_loss(nothing_before)  # there it is in nobody's way


def flow(saved: Any, dy: Any) -> dict[str, Any]:
    return {"w": dy * saved.inputs[0]}


@pytest.mark.usefixtures("own_blocks")
@pytest.mark.parametrize(
    ("give", "said"),
    [
        (lambda p, saved, dy: dy, "backward gives a ndarray, not Gradients"),
        (lambda p, saved, dy: Gradients(()), "backward gives 0 gradients for 1 inputs"),
        (
            lambda p, saved, dy: Gradients((dy,)),
            "backward gives no gradient of the parameter w",
        ),
        (
            lambda p, saved, dy: Gradients((dy[..., :1],), flow(saved, dy)),
            "backward gives the shape (2, 1) for x, which is (2, 2)",
        ),
        (
            lambda p, saved, dy: Gradients((dy,), {"w": dy[..., :1]}),
            "backward gives the shape (2, 1) for w, which is (2,)",
        ),
        (lambda p, saved, dy: Gradients((3,), flow(saved, dy)), "backward gives an int for x"),
        (
            lambda p, saved, dy: Gradients((dy.astype(np.float32),), flow(saved, dy)),
            "backward gives float32 for x: this run computes in float64",
        ),
        (lambda p, saved, dy: saved.kept["gone"], "backward raises KeyError: 'gone'"),
    ],
)
def test_a_backward_that_breaks_its_contract_is_named(give: Any, said: str) -> None:
    @catalogue.register
    class Weighed(Block):
        """Every number times a weight of its own.

        Formula: y = w * x
        Source: a test
        """

        ports = "x: real[*, width] -> y: real[*, width]"

        def parameters(self, d: Any) -> Any:
            return {"w": Parameter((d.width,), "ones")}

        def forward(self, cx: Any, p: Any, x: Any) -> Any:
            return x * p.w

        def backward(self, cx: Any, p: Any, saved: Any, dy: Any) -> Any:
            return give(p, saved, dy)

    net, _ = with_loss("""
        dims: {d: 2}
        inputs: {features: "real[d]"}
        outputs: {y: "real[d]"}
        nodes:
          before: {use: Linear, in: features, with: {width: d}}
          y: {use: Weighed}
    """)
    ((code, message),) = wrong(net.gradients, random_values(net))
    assert code == "BW412"
    assert message.startswith(f"y (Weighed): {said}")
