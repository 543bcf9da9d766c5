"""Biases by distance in generation: rows for what is new, columns for all that was seen."""

import numpy as np
import pytest

from tests.engines.going_on import begun, full, ids, spec

DECODER = """
dims: {seq: any, vocab: 7, d: 6, heads: 2}
inputs: {tokens: "index<vocab>[seq]"}
outputs: {logits: "real[seq, vocab]"}
interpret: {logits: {next: tokens}}
blocks:
  Layer:
    inputs: {x: "real[n, d]", bias: "real[heads, n, past(n)]"}
    outputs: {y: "real[n, d]"}
    nodes:
      attn:
        use: MultiHeadAttention
        in: {query: x, bias: bias}
        with: {heads: heads, causal: true, window: WINDOW}
      y: {use: Add, in: [x, attn]}
nodes:
  tok: {use: Embedding, with: {count: vocab, width: d}}
  bias: {use: RelativePositionBias, in: tokens, with: {heads: heads, buckets: 8, far: 9BOTH}}
  twice: {use: Add, in: [bias, bias]}
  stack: {use: Layer, repeat: 2, in: {x: tok, bias: twice}}
  logits: {use: Linear, with: {width: vocab}}
"""


@pytest.mark.parametrize("window", ["none", "3"])
def test_generation_goes_on_with_biases(window: str) -> None:
    """Step by step, also several positions at once, the scores are those of the whole run."""
    interpretation, model = spec(text(window), dtype="float64")
    row = ids(7, 12)
    session, told = begun(model, interpretation, row[:3])
    assert session.cut.obstacle is None
    for count in (3, 4, 5, 8, 9, 12):
        found = session.scores(np.asarray([row[:count]]))
        np.testing.assert_allclose(found[0], full(model, session.to, row[:count]), atol=1e-9)
    assert told == []


def test_a_bias_both_ways_cannot_go_on() -> None:
    """What follows is not known yet; the spec is run in full, and says why."""
    interpretation, model = spec(text(both=", both_ways: true"), dtype="float64")
    session, told = begun(model, interpretation, [1, 2])
    assert [each.code for each in told] == ["BW909"]
    assert "is along seq twice" in told[0].message
    found = session.scores(np.asarray([[1, 2, 3]]))
    np.testing.assert_allclose(found[0], full(model, session.to, [1, 2, 3]), atol=1e-9)


def text(window: str = "none", both: str = "") -> str:
    return DECODER.replace("WINDOW", window).replace("BOTH", both)
