"""Losses and gradients of whole specs: equal to finite differences, whatever the batch."""

from __future__ import annotations

import tempfile
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from boxwork.blocks import catalogue
from boxwork.blocks.activation import Softmax
from boxwork.blocks.block import Block, Parameter
from boxwork.blocks.context import Gradients
from boxwork.engines.gradients import Trainable
from boxwork.engines.initialise import init
from boxwork.graphs.build import build
from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load
from boxwork.specs.objective import objective
from tests.gallery import toy

from .support import graph_of, wrong

STEP = 1e-6
TOY = {
    "gpt": {"vocab": 7, "d_model": 6, "heads": 2, "layers": 2, "context": 8, "dropout": 0},
    "gpt-modern": {"vocab": 7, "d_model": 8, "heads": 2, "layers": 2, "context": 8, "dropout": 0},
    "transformer": {"vocab": 7, "d_model": 6, "heads": 2, "layers": 2, "d_ff": 5, "dropout": 0},
    "leaf-flower": {},
    "llama-3.1-8b": toy("llama-3.1-8b", vocab=7, d_model=8, head_dim=2, d_ff=6),
    "mistral-7b": toy("mistral-7b", vocab=7, window=3),
    "qwen3-8b": toy("qwen3-8b", vocab=7),
    "olmo-2-7b": toy("olmo-2-7b", vocab=7),
    "gemma-3-27b": toy("gemma-3-27b", vocab=7, layers=6, window=3),
    "mixtral-8x7b": toy("mixtral-8x7b", vocab=7),
    "gpt-oss-20b": toy("gpt-oss-20b", vocab=7, window=3),
    "glm-4.5-air": toy("glm-4.5-air", vocab=7),
    "bert-base": {"vocab": 7, "d_model": 6, "heads": 2, "layers": 1, "context": 8, "dropout": 0},
    "t5-small": {
        "vocab": 7,
        "d_model": 6,
        "heads": 2,
        "head_dim": 2,
        "layers": 2,
        "d_ff": 5,
        "buckets": 4,
        "far": 3,
        "dropout": 0,
    },
    "whisper-tiny": {"vocab": 7, "d_model": 6, "heads": 2, "layers": 1, "d_ff": 5, "mels": 3},
    "vit-base": {"image": 4, "patch": 2, "d_model": 6, "heads": 2, "layers": 1, "classes": 3},
}
# One array used twice (shared copies), one of each copy, and copies that differ.
SHARED = """
dims: {seq: any, d: 4}
inputs: {features: "real[seq, d]"}
outputs: {y: "real[seq, 2]"}
nodes:
  first: {use: Linear, with: {width: d}, repeat: 2, share: true}
  again: {use: Linear, with: {width: d, bias: false},
          tie: {weight: {to: first.0.weight, transpose: true}}}
  act:   {use: Tanh}
  turns: {use: FeedForward, repeat: 3, with: {hidden: 3}, vary: {activation: [Tanh, SiLU]}}
  y:     {use: Linear, with: {width: 2}}
"""


def trainable(name: str, **dims: Any) -> tuple[Trainable, str]:
    """A toy of a shipped spec, every parameter drawn at random, and the name of what is wanted."""
    goal = objective(load(name, keywords={**TOY[name], **dims})[0])
    return drawn(build(goal.spec), goal.loss), goal.wanted


def drawn(graph: Graph, loss: str) -> Trainable:
    parameters = init(graph, 0, np.float64)
    noise = np.random.default_rng(0)
    for array in parameters.values():
        array += 0.3 * noise.standard_normal(array.shape)
    return Trainable(graph, parameters, loss)


def with_loss(text: str, block: str | None = None) -> tuple[Trainable, str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.yaml"
        path.write_text("format: 1\nname: Test\n" + dedent(text), encoding="utf-8")
        goal = objective(load(path)[0], block=block)
    return drawn(build(goal.spec), goal.loss), goal.wanted


def random_values(net: Trainable, batch: tuple[int, ...] = (2,), length: int = 5) -> dict[str, Any]:
    """Random inputs that fit, targets included."""
    random = np.random.default_rng(1)
    found = {}
    for name, wire in net.graph.inputs.items():
        shape = (*batch, *(length if dim.free else int(dim) for dim in wire.dims))
        if wire.bound is not None:
            found[name] = random.integers(0, int(wire.bound), shape)
        else:
            found[name] = random.standard_normal(shape)
    return found


def hold_finite_differences(net: Trainable, values: dict[str, Any]) -> None:
    """The gradient of every parameter, along three random directions."""
    random = np.random.default_rng(2)
    loss, gradients = net.gradients(values)
    assert loss == pytest.approx(net.loss(values), rel=1e-12)
    assert set(gradients) == set(net.trained)
    for path, gradient in gradients.items():
        array = net.parameters[path]
        assert gradient.shape == array.shape
        for _ in range(3):
            way, before = random.standard_normal(array.shape), array.copy()
            ends = []
            for side in (1, -1):
                array[...] = before + side * STEP * way
                ends.append(net.loss(values))
            array[...] = before
            slope = (ends[0] - ends[1]) / (2 * STEP)
            assert float(np.sum(gradient * way)) == pytest.approx(slope, rel=1e-5, abs=1e-8), path


@pytest.mark.parametrize("batch", [(), (3,), (2, 2)])
@pytest.mark.parametrize("name", TOY)
def test_gradients_of_shipped_specs(name: str, batch: tuple[int, ...]) -> None:
    net, _ = trainable(name)
    hold_finite_differences(net, random_values(net, batch))


@pytest.mark.parametrize("loss", [None, "SumOfDifferences"])
def test_gradients_of_shared_tied_and_varied_copies(loss: str | None) -> None:
    net, _ = with_loss(SHARED, loss)
    owned = sorted(path for path in net.trained if path.startswith(("first", "again")))
    assert owned == ["first.0.bias", "first.0.weight"]
    hold_finite_differences(net, random_values(net))


def ragged(net: Trainable, lengths: dict[str, list[int]]) -> list[dict[str, Any]]:
    """Samples of unlike lengths, one by one; ``lengths`` by free dim."""
    count = len(next(iter(lengths.values())))
    random = np.random.default_rng(3)
    return [
        {
            name: random.integers(
                0,
                int(wire.bound or 2),
                [lengths[str(dim.name)][i] if dim.free else int(dim) for dim in wire.dims],
            )
            for name, wire in net.graph.inputs.items()
        }
        for i in range(count)
    ]


@pytest.mark.parametrize(
    ("name", "lengths"),
    [
        ("gpt", {"seq": [3, 5, 1]}),
        ("transformer", {"source_len": [2, 5, 3], "target_len": [4, 1, 3]}),
        ("llama-3.1-8b", {"seq": [4, 2, 2]}),
        ("t5-small", {"source_len": [2, 5, 3], "target_len": [4, 1, 3]}),
        ("whisper-tiny", {"frames": [2, 7, 4], "target_len": [4, 1, 3]}),
    ],
)
def test_padding_counts_for_nothing(name: str, lengths: dict[str, list[int]]) -> None:
    net, _ = trainable(name)
    samples = ragged(net, lengths)
    together = {key: [sample[key] for sample in samples] for key in samples[0]}
    loss, gradients = net.gradients(together)
    counts = lengths.get("target_len") or lengths["seq"]
    alone = [net.gradients(sample) for sample in samples]
    total = sum(counts)
    assert loss == pytest.approx(
        sum(n * one for n, (one, _) in zip(counts, alone, strict=True)) / total, rel=1e-12
    )
    for path, gradient in gradients.items():
        parts = (n * found[path] for n, (_, found) in zip(counts, alone, strict=True))
        assert_allclose(gradient, sum(parts) / total, rtol=1e-9, atol=1e-12, err_msg=path)


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


def test_a_loss_on_a_softmax_is_taken_from_its_input() -> None:
    """Chances of exactly 0 would have an infinite loss; their scores do not."""
    net, wanted = trainable("gpt")
    net.parameters["logits.bias"][...] = [0, 0, 0, 0, 0, 0, -2000]
    loss = net.loss({"tokens": [1, 2], wanted: [3, 6]})
    assert 900 < loss < 1100
    softmaxes = [step for step in net.plan.steps if step.primitive.name == "Softmax"]
    assert softmaxes == []


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


def test_what_the_loss_does_not_hang_on_has_a_gradient_of_zero() -> None:
    net, wanted = with_loss("""
        dims: {d: 2}
        inputs: {features: "real[d]"}
        outputs: {y: "real[d]", other: "real[d]"}
        nodes:
          y: {use: Linear, in: features, with: {width: d}}
          other: {use: Linear, in: features, with: {width: d}}
    """)
    _, gradients = net.gradients({"features": [1, 2], wanted: [0, 0]})
    assert gradients["y.weight"].any()
    assert not gradients["other.weight"].any()


def test_dropout_drops_in_gradients_only_and_by_key() -> None:
    net, wanted = trainable("gpt", dropout=0.5)
    values = {"tokens": [1, 2, 3, 4], wanted: [2, 3, 4, 5]}
    first, same, other = (net.gradients(values, key) for key in (1, 1, 2))
    assert first[0] == same[0] != other[0]
    assert all(np.array_equal(first[1][path], same[1][path]) for path in first[1])
    assert net.loss(values) == net.loss(values) != first[0]


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


def test_a_fixed_array_is_not_trained() -> None:
    net, _ = with_loss("""
        dims: {d: 2}
        inputs: {features: "real[d]"}
        outputs: {y: "real[d]"}
        nodes:
          fixed: {use: Array, with: {dims: [d], trained: false}}
          free:  {use: Array, with: {dims: [d]}}
          y: {use: Add, in: [features, fixed, free]}
    """)
    assert net.trained == {"free.value"}
    hold_finite_differences(net, random_values(net, (3,)))


def test_single_numbers_that_are_read_several_times() -> None:
    net, _ = with_loss("""
        dims: {one: 1}
        inputs: {features: "real[one]"}
        outputs: {y: "real[one]"}
        nodes:
          a: {use: Array, with: {dims: []}}
          b: {use: Multiply, in: [a, a, a, a]}
          c: {use: Expand, in: b, with: {dim: one}}
          y: {use: Multiply, in: [features, c]}
    """)
    hold_finite_differences(net, random_values(net, (3,)))


def test_a_loss_that_no_input_feeds_counts_for_every_sample() -> None:
    graph = graph_of("""
        dims: {seq: any, d: 3}
        inputs: {features: "real[seq, d]"}
        outputs: {loss: "real[seq]"}
        nodes:
          places: {use: PositionalEmbedding, in: features, with: {count: 4, width: d}}
          normal: {use: LayerNorm}
          loss:   {use: MeanSquaredError, in: {y: normal, wanted: places}}
    """)
    net = drawn(graph, "loss")
    values = {"features": [np.zeros((length, 3)) for length in (4, 1)]}
    hold_finite_differences(net, values)
    long, short = (net.loss({"features": one}) for one in values["features"])
    assert net.loss(values) == pytest.approx((4 * long + short) / 5, rel=1e-12)


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
