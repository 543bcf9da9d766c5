"""Relative positions: buckets against the formula, and the biases that are looked up."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwork.blocks.block import BlockError
from boxwork.blocks.dims import Dim
from boxwork.engines.running.numpy import Model
from tests.blocks.cases import make
from tests.blocks.harness import Use, of, real
from tests.blocks.specs import graph_of

RNG = np.random.default_rng(31)


def buckets(seq: int, count: int = 32, far: int = 128, both_ways: bool = False, past: int = 0):
    block = make("RelativeBuckets", buckets=Dim.of(count), far=Dim.of(far), both_ways=both_ways)
    use = Use(block, {"like": (real(*of(seq=seq)),)})
    return use.run({}, offsets={"seq": past})["y"]


def bucket(n: int, count: int, far: int) -> int:
    """As T5's paper has it, the rounding of logarithms mended."""
    exact = count // 2
    if n < exact:
        return n
    place = (count - exact) * math.log(n / exact) / math.log(far / exact)
    return min(exact + int(place + 1e-9), count - 1)


@given(count=st.sampled_from([2, 5, 8, 32]), far=st.integers(17, 200), both=st.booleans())
def test_buckets_by_distance(count, far, both) -> None:
    if both and count % 4:
        return
    y = buckets(40, count, far, both)
    for i, j in ((i, j) for i in range(40) for j in range(40)):
        n = abs(i - j) if both else max(i - j, 0)
        own = count // 2 if both else count
        assert y[i, j] == bucket(n, own, far) + (own if both and j > i else 0), (i, j)


def test_the_buckets_of_t5() -> None:
    """Single up to 15, then wider; the last begins at 113 and has all from there on."""
    y = buckets(300)[-1, ::-1]
    assert y[:16].tolist() == list(range(16))
    assert y[16:26].tolist() == [16] * 3 + [17] * 2 + [18] * 3 + [19] * 2
    assert y[112] == 30
    assert set(y[113:]) == {31}


@given(past=st.integers(0, 30), new=st.integers(1, 5))
def test_rows_go_on_after_the_past(past, new) -> None:
    np.testing.assert_array_equal(buckets(new, past=past), buckets(past + new)[past:])


@pytest.mark.parametrize(("count", "far", "both"), [(32, 16, False), (32, 8, True), (7, 50, True),
                                                    (2, 50, True), (32, 10**6, False)])  # fmt: skip
def test_buckets_that_cannot_be(count, far, both) -> None:
    block = make("RelativeBuckets", buckets=Dim.of(count), far=Dim.of(far), both_ways=both)
    with pytest.raises(BlockError, match=f"far = {far} must be larger"):
        Use(block, {"like": (real(*of(seq=3)),)}).declared()


def test_the_bias_is_looked_up() -> None:
    graph = graph_of(
        """
        dims: {n: any}
        inputs: {x: "real[n, 5]"}
        outputs: {y: "real[3, n, past(n)]"}
        nodes: {y: {use: RelativePositionBias, in: x, with: {heads: 3, buckets: 8, far: 20}}}
        """
    )
    table = RNG.normal(size=(8, 3))
    model = Model(graph, {"y.embed.table": table}, dtype=np.float64)
    y = model(x=np.zeros((2, 30, 5)))  # of positions alone: the same for all samples
    np.testing.assert_array_equal(y, np.moveaxis(table[buckets(30, 8, 20)], -1, 0))
    ragged = model(x=[np.zeros((4, 5)), np.zeros((6, 5))])
    for found, size in zip(ragged, (4, 6), strict=True):
        np.testing.assert_array_equal(found, y[:, :size, :size])
