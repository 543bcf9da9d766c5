"""Gradients of every primitive against finite differences, in every setting that is drawn."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from boxwork.blocks.block import Block
from boxwork.blocks.catalogue import primitives
from tests.blocks.cases import CASES, draw
from tests.blocks.gradients import backward, directions, jumps, slope, upstream
from tests.blocks.harness import Arrays, Use

ALL = pytest.mark.parametrize("name", sorted(CASES))
RANDOM = st.randoms(use_true_random=False)
BATCHES = st.sampled_from([(), (2,), (2, 3)])
NOT_DIFFERENTIABLE: dict[str, str] = {}  # block -> why
PADDED = {"DotProductAttention": "k_len", "MeanPool": "seq", "LastPosition": "seq",
          "Convolution": "seq"}  # fmt: skip
MIXED = ["Add", "Multiply", "Concat", "Prepend", "DotProductAttention", "CrossEntropy",
         "SumOfDifferences", "MeanSquaredError", "ChooseTop"]  # fmt: skip


def away_from_kinks(use: Use, arrays: Arrays) -> Arrays:
    """Numbers from which no step of the difference goes over a kink."""
    if use.name == "ReLU":
        (x,) = arrays["x"]
        arrays["x"] = [x + np.where(x < 0, -0.01, 0.01)]
    if use.name == "Clamp":  # whose bounds are on tenths
        arrays["x"] = [np.floor(x * 10) / 10 + 0.05 for x in arrays["x"]]
    if use.name == "ChooseTop":  # above 0, as chances are: a sum near 0 has no slope to speak of
        arrays["scores"] = [0.2 + abs(scores) for scores in arrays["scores"]]
    if use.name == "SumOfDifferences":
        (y,), (wanted,) = arrays["y"], arrays["wanted"]
        arrays |= {"y": [np.round(4 * y) / 4], "wanted": [np.round(4 * wanted) / 4 + 0.1]}
    return arrays


def hold(use: Use, arrays: Arrays, seed: int, **given: Any) -> None:
    """The gradients of all real inputs and of all parameters, against finite differences."""
    arrays = away_from_kinks(use, arrays)
    rng, dy = np.random.default_rng(seed), upstream(use, arrays, seed, **given)
    found = backward(use, arrays, dy, **given)
    trained = {f".{name}" for name, p in use.parameters().items() if p.trained}
    assert {name for name in found if name[0] == "."} == trained
    for name, several in found.items():
        for wire, gradient in enumerate(several):
            if arrays[name][wire].dtype.kind != "f":
                assert gradient is None
                continue
            for along in directions(rng, arrays[name][wire].shape):
                if use.name == "ChooseTop":  # another choice is a jump, not a slope
                    assume(not jumps(use, arrays, (name, wire), along, **given))
                exact = 0.0 if gradient is None else float((gradient * along).sum())
                near = slope(use, arrays, (name, wire), along, dy, **given)
                assert exact == pytest.approx(near, rel=1e-6, abs=2e-9), (name, wire)


def lengths(use: Use, batch: tuple[int, ...], seed: int) -> dict[str, Any]:
    """Random lengths along the padded dim of a block, 0 where it allows that."""
    dim = PADDED[use.name]
    size = int(use.dims()[dim])
    least = 0 if use.name == "DotProductAttention" else 1
    return {dim: np.random.default_rng(seed).integers(least, size + 1, size=batch)}


@ALL
@given(random=RANDOM, batch=BATCHES, seed=st.integers(0, 99), training=st.booleans())
def test_gradients_equal_finite_differences(name, random, batch, seed, training) -> None:
    use = draw(name, random)
    hold(use, use.draw(seed, batch), seed, training=training)


@pytest.mark.parametrize("name", MIXED)
@given(random=RANDOM, seed=st.integers(0, 99), which=st.sets(st.integers(0, 3), min_size=1))
def test_wires_without_batch_beside_batched_ones(name, random, seed, which) -> None:
    use = draw(name, random)
    arrays = use.draw(seed, (2, 2))
    places = [(key, i) for key, a in arrays.items() if key[0] != "." for i in range(len(a))]
    for place in which:
        if place < len(places):
            key, i = places[place]
            arrays[key][i] = arrays[key][i][0, 0]
    hold(use, arrays, seed)


@pytest.mark.parametrize("name", sorted(PADDED))
@given(random=RANDOM, seed=st.integers(0, 99), batch=st.sampled_from([(3,), (2, 2)]),
       mixed=st.booleans())  # fmt: skip
def test_padding_gets_no_gradient(name, random, seed, batch, mixed) -> None:
    use = draw(name, random)
    arrays, padded = use.draw(seed, batch), lengths(use, batch, seed)
    if mixed:  # a wire that is the same for all samples, which differ in length
        key = random.choice([key for key in arrays if arrays[key] and key[0] != "."])
        arrays[key] = [arrays[key][0][(0,) * len(batch)]]
    hold(use, arrays, seed, padded=padded)


@pytest.mark.parametrize(("name", "port"), [("MeanPool", "x"), ("LastPosition", "x"),
                                            ("Convolution", "x"),
                                            ("DotProductAttention", "v")])  # fmt: skip
def test_what_is_padding_is_told_apart(name, port) -> None:
    for seed in range(20):
        use = draw(name, Random(seed))
        arrays, padded = use.draw(seed, (3,)), lengths(use, (3,), seed)
        dy = upstream(use, arrays, seed, padded=padded)
        (gradient,) = backward(use, arrays, dy, padded=padded)[port]
        for sample, length in enumerate(next(iter(padded.values()))):
            assert gradient is None or not gradient[sample][..., length:, :].any()


@ALL
@given(random=RANDOM, batch=BATCHES, training=st.booleans())
def test_single_precision_stays_single(name, random, batch, training) -> None:
    use = draw(name, random)
    arrays = use.draw(5, batch, np.float32)
    given_ = {"training": training, "dtype": np.float32}
    found = backward(use, arrays, upstream(use, arrays, 5, **given_), **given_)
    for several in found.values():
        assert {g.dtype for g in several if g is not None} <= {np.dtype(np.float32)}


@ALL
@given(random=RANDOM)
def test_what_nobody_needs_need_not_be_there(name, random) -> None:
    """The rest is the same then."""
    use = draw(name, random)
    arrays = use.draw(6, (2,))
    dy = upstream(use, arrays, 6)
    full, less = backward(use, arrays, dy), backward(use, arrays, dy, needed=())
    for key in full:
        for wanted, found in zip(full[key], less[key], strict=True):
            if key[0] == "." or found is not None:
                np.testing.assert_array_equal(found, wanted)


@ALL
@given(random=RANDOM, batch=BATCHES, seed=st.integers(0, 99), mixed=st.booleans())
def test_kernels_equal_the_plain_bodies(name, random, batch, seed, mixed) -> None:
    """Outputs, what is saved for the way back, and so the gradients; batches may be mixed."""
    use = draw(name, random)
    arrays, given_ = use.draw(seed, batch), {"training": True}
    if mixed and batch and name in MIXED:
        key = random.choice([key for key in arrays if arrays[key] and key[0] != "."])
        arrays[key] = [arrays[key][0][(0,) * len(batch)], *arrays[key][1:]]
    elif batch and name in PADDED:
        given_ |= {"padded": lengths(use, batch, seed)}
    dy = upstream(use, arrays, seed, **given_)
    plain = use.run(arrays, **given_), backward(use, arrays, dy, "forward", **given_)
    quick = use.run(arrays, "kernel", **given_), backward(use, arrays, dy, "kernel", **given_)
    for wanted, found in zip(plain, quick, strict=True):
        assert list(found) == list(wanted)
        for key in wanted:
            for one, other in zip(_listed(found[key]), _listed(wanted[key]), strict=True):
                assert (one is None) is (other is None)
                if one is not None:
                    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


@ALL
def test_every_primitive_has_gradients_or_a_reason(name) -> None:
    assert primitives()[name].differentiable() is (name not in NOT_DIFFERENTIABLE)


def test_a_block_without_backward_says_so() -> None:
    assert not Block.differentiable()


def test_another_forward_than_that_of_a_parent() -> None:
    """Its kernel and its gradients are not those of the parent."""
    parent: Any = primitives()["GELU"]
    other = type("Other", (parent,), {"forward": lambda self, cx, p, x: -x})
    assert other.kernel is Block.kernel
    assert not other.differentiable()
    assert type("Same", (parent,), {}).differentiable()


def test_dropout_drops_the_same_on_the_way_back() -> None:
    use = draw("Dropout", Random(1))
    arrays = {"x": [np.ones((40, 50))]}
    block = type(use.block)(rate=0.5, form="inverted")
    use = Use(block, use.wires)
    given_ = {"training": True, "seed": 4}
    y = use.run(arrays, **given_)["y"]
    (dx,) = backward(use, arrays, {"y": np.ones((40, 50))}, **given_)["x"]
    np.testing.assert_array_equal(dx, y)
    assert 0.4 < (dx == 0).mean() < 0.6
