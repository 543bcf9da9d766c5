"""Dot-product attention against a loop that takes one query after the other."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwork.blocks.block import BlockError
from boxwork.blocks.dims import Dim
from tests.blocks.cases import draw, make
from tests.blocks.harness import Use, of, real


def naive(block, arrays, offset=0, lengths=None):
    """What each query of each head of each sample gets, one number at a time."""
    q, k, v = (arrays[name][0] for name in "qkv")
    bias = arrays["bias"][0] if arrays["bias"] else np.zeros((*q.shape[:-1], k.shape[-2]))
    window = int(block.window) if block.window is not None else math.inf
    scale = block.scale if block.scale is not None else q.shape[-1] ** -0.5
    y = np.zeros((*q.shape[:-1], v.shape[-1]))
    weights = np.zeros((*q.shape[:-1], k.shape[-2]))
    group = q.shape[-3] // k.shape[-3]
    for *sample, h, i in np.ndindex(*q.shape[:-1]):
        at, place = tuple(sample), i + offset
        length = k.shape[-2] if lengths is None else lengths[at]
        seen = [j for j in range(length)
                if (j <= place or not block.causal) and abs(j - place) < window]  # fmt: skip
        own = (*at, h // group)
        scores = [scale * (q[at][h, i] @ k[own][j]) for j in seen]
        if block.cap is not None:
            scores = [block.cap * math.tanh(score / block.cap) for score in scores]
        scores = [score + bias[at][h, i, j] for j, score in zip(seen, scores, strict=True)]
        total = sum(math.exp(score) for score in scores)
        if block.sinks:
            total += math.exp(arrays[".sinks"][0][h])
        for j, score in zip(seen, scores, strict=True):
            weights[at][h, i, j] = math.exp(score) / total
            y[at][h, i] += weights[at][h, i, j] * v[own][j]
    return y, weights


@given(
    random=st.randoms(use_true_random=False),
    batch=st.sampled_from([(), (2,), (2, 2)]),
    pad=st.booleans(),
)
def test_equals_the_loop(random, batch, pad) -> None:
    use = draw("DotProductAttention", random)
    arrays = use.draw(1, batch)
    lengths = None
    if pad:
        most = arrays["k"][0].shape[-2]
        lengths = np.random.default_rng(3).integers(1, most + 1, size=batch)
    found = use.run(arrays, padded={} if lengths is None else {"k_len": lengths})
    y, weights = naive(use.block, arrays, lengths=lengths)
    np.testing.assert_allclose(found["y"], y, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found["weights"], weights, rtol=1e-9, atol=1e-12)


def attention(q_len, k_len, **settings):
    dims = of(heads=2, kv_heads=1, width=4, v_width=3)
    heads, kv_heads, width, v_width = dims
    wires = {
        "q": (real(heads, q_len, width),),
        "k": (real(kv_heads, k_len, width),),
        "v": (real(kv_heads, k_len, v_width),),
    }
    return Use(make("DotProductAttention", **settings), wires)


@pytest.mark.parametrize("window", [None, Dim.of(2), Dim.of(4)])
@pytest.mark.parametrize("seen", [0, 1, 4])
def test_the_last_queries_alone_see_the_same_past(window, seen) -> None:
    (seq,) = of(seq=6)
    whole = attention(seq, seq, causal=True, window=window)
    arrays = whole.draw(2, (3,))
    full = whole.run(arrays)
    step = attention(*of(new=6 - seen, seq=6), causal=True, window=window)
    late = arrays | {"q": [arrays["q"][0][..., seen:, :]]}
    part = step.run(late, offsets={"k_len": seen})
    for port in ("y", "weights"):
        np.testing.assert_allclose(part[port], full[port][..., seen:, :], rtol=1e-12)
    y, _ = naive(step.block, late, offset=seen)
    np.testing.assert_allclose(part["y"], y, rtol=1e-9)


def test_rows_that_see_nothing_are_zeros() -> None:
    (seq,) = of(seq=4)
    use = attention(seq, seq, causal=True, window=Dim.of(1))
    arrays = use.draw(4, (3,), np.float32)
    found = use.run(arrays, padded={"k_len": np.array([0, 1, 4])})
    assert not found["y"][0].any()
    assert not found["y"][1, :, 1:].any()
    assert found["y"][2].all()
    np.testing.assert_array_equal(found["weights"].sum(-1)[:, 0], [[0] * 4, [1, 0, 0, 0], [1] * 4])


def test_what_is_masked_has_no_say() -> None:
    """Not even if it is huge: no overflow, no warning, no trace."""
    (seq,) = of(seq=3)
    use = attention(seq, seq, causal=True)
    arrays = use.draw(5, (), np.float32)
    huge = {name: [a.copy() for a in several] for name, several in arrays.items()}
    huge["k"][0][:, 2] *= 1e18
    huge["v"][0][:, 2] = 1e30
    before, after = use.run(arrays)["y"], use.run(huge)["y"]
    np.testing.assert_array_equal(before[:, :2], after[:, :2])
    assert np.isfinite(after).all()


def test_large_scores_are_stable() -> None:
    (seq,) = of(seq=3)
    for settings in ({}, {"causal": True}):
        use = attention(seq, seq, scale=1e4, **settings)
        arrays = use.draw(6, (), np.float32)
        found = use.run(arrays)
        assert np.isfinite(found["y"]).all()
        np.testing.assert_allclose(found["weights"].sum(-1), 1, rtol=1e-6)


def test_weights_are_made_only_if_wanted() -> None:
    use = attention(*of(q_len=2, k_len=3))
    arrays = use.draw(7)
    assert use.run(arrays, wanted=())["weights"] is None
    assert use.run(arrays)["weights"].shape == (2, 2, 3)


@pytest.mark.parametrize(("settings", "word"), [({"causal": True}, "causal"),
                                                ({"window": Dim.of(2)}, "windowed")])  # fmt: skip
def test_causal_needs_one_dim(settings, word) -> None:
    source, target = Dim.named("source"), Dim.named("target")
    with pytest.raises(BlockError, match=f"{word} attention .* not source and target"):
        attention(source, target, **settings).declared()
    for keys in (source, source.past()):
        declared = attention(source, keys, **settings).declared()
        assert str(declared["y"].dims[1]) == "source"
    attention(source, target).declared()


def test_heads_must_come_in_groups() -> None:
    heads, kv_heads, seq, width = of(heads=3, kv_heads=2, seq=4, width=2)
    wires = {"q": (real(heads, seq, width),), "k": (real(kv_heads, seq, width),)}
    assert not Use(make("DotProductAttention"), wires | {"v": wires["k"]}).holds()
