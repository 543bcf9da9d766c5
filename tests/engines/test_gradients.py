"""Losses and gradients of whole specs: equal to finite differences, whatever the batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from boxwork.engines.gradients.gradients import Trainable

from .slopes import TOY, drawn, hold_finite_differences, random_values, trainable, with_loss
from .support import graph_of

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


def test_a_loss_on_a_softmax_is_taken_from_its_input() -> None:
    """Chances of exactly 0 would have an infinite loss; their scores do not."""
    net, wanted = trainable("gpt")
    net.parameters["logits.bias"][...] = [0, 0, 0, 0, 0, 0, -2000]
    loss = net.loss({"tokens": [1, 2], wanted: [3, 6]})
    assert 900 < loss < 1100
    softmaxes = [step for step in net.plan.steps if step.primitive.name == "Softmax"]
    assert softmaxes == []


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
