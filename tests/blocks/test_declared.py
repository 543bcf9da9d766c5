"""Every primitive's forward on random dims: the declared types, the same everywhere."""

import array_api_strict as strict
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwork.blocks.catalogue import primitives
from tests.blocks.cases import CASES, draw
from tests.blocks.harness import Use

ALL = pytest.mark.parametrize("name", sorted(CASES))
RANDOM = st.randoms(use_true_random=False)
BATCHES = st.sampled_from([(), (2,), (2, 3)])
BROADCAST = ["Add", "Multiply", "Concat", "Prepend", "DotProductAttention", "CrossEntropy",
             "SumOfDifferences", "MeanSquaredError"]  # fmt: skip
KINDS = {"real": "f", "index": "i"}


def test_every_primitive_is_tried() -> None:
    ours = {n for n, b in primitives().items() if b.__module__.startswith("boxwork.blocks.")}
    assert set(CASES) == ours


@ALL
@given(random=RANDOM, batch=BATCHES, dtype=st.sampled_from([np.float32, np.float64]))
def test_outputs_have_their_declared_types(name, random, batch, dtype) -> None:
    use = draw(name, random)
    assert use.holds()
    outputs = use.run(use.draw(1, batch, dtype), dtype=dtype)
    batched = batch if any(a for a in use.draw(1)) and _has_values(use) else ()
    declared = use.declared()
    assert set(outputs) == set(declared)
    for port, array in outputs.items():
        sizes = tuple(int(dim) for dim in declared[port].dims)
        assert array.shape == (*batched, *sizes)
        assert array.dtype.kind == KINDS[declared[port].kind]
        if declared[port].kind == "real":
            assert array.dtype == dtype
        else:
            assert (array >= 0).all()
            assert (array < int(declared[port].bound)).all()


def _has_values(use: Use) -> bool:
    """Whether a wire carries values, and so batch axes, into the block."""
    return any(port.type.kind != "shape" for port in use.block.inputs())


@ALL
@given(random=RANDOM, batch=BATCHES, training=st.booleans(), padded=st.booleans())
def test_the_strict_namespace_gives_the_same(name, random, batch, training, padded) -> None:
    use = draw(name, random)
    arrays = use.draw(2, batch, np.float32)
    given_ = {"training": training, "dtype": np.float32}
    if padded and batch and (dim := _padded_dim(use)):
        given_["padded"] = {dim: np.ones(batch, dtype=np.int64)}
    here, there = use.run(arrays, **given_), use.run(arrays, xp=strict, **given_)
    for port, array in here.items():
        other = np.asarray(there[port])
        assert other.dtype == array.dtype
        np.testing.assert_allclose(other, array, rtol=1e-6, atol=1e-6)


def _padded_dim(use: Use) -> str:
    padded = {"DotProductAttention": "k_len", "MeanPool": "seq", "LastPosition": "seq"}
    return (padded | {"Convolution": "seq"}).get(use.name, "")


@ALL
@given(random=RANDOM)
def test_single_precision_is_near_double(name, random) -> None:
    use = draw(name, random)
    arrays = use.draw(3)
    single = {
        key: [a.astype(np.float32) if a.dtype.kind == "f" else a for a in several]
        for key, several in arrays.items()
    }
    exact, near = use.run(arrays), use.run(single, dtype=np.float32)
    for port, array in exact.items():
        np.testing.assert_allclose(near[port], array, rtol=2e-4, atol=2e-4)


@ALL
@given(random=RANDOM)
def test_a_batch_is_its_samples(name, random) -> None:
    use = draw(name, random)
    arrays = use.draw(4, (2,))
    if not _has_values(use):
        return
    together = use.run(arrays)
    for sample in range(2):
        alone = {
            key: several if key[0] == "." else [a[sample] for a in several]
            for key, several in arrays.items()
        }
        for port, array in use.run(alone).items():
            np.testing.assert_allclose(together[port][sample], array, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", BROADCAST)
@given(random=RANDOM, which=st.integers(0, 3))
def test_wires_without_batch_are_broadcast(name, random, which) -> None:
    use = draw(name, random)
    arrays = use.draw(5, (2,))
    wires = {key: several for key, several in arrays.items() if key[0] != "."}
    places = [(key, i) for key, several in wires.items() for i in range(len(several))]
    key, i = places[which % len(places)]
    if len(places) == 1:
        return
    arrays[key][i] = arrays[key][i][0]
    spread = {k: list(several) for k, several in arrays.items()}
    spread[key][i] = np.stack([arrays[key][i]] * 2)
    here, there = use.run(arrays), use.run(spread)
    for port, array in there.items():
        full = np.broadcast_to(here[port], array.shape)
        np.testing.assert_allclose(full, array, rtol=1e-12, atol=1e-12)
