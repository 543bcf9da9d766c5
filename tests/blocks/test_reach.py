"""Reach as declared and as it is: what an output position really looks at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwork.blocks.block import Block, BlockError, Reach
from boxwork.blocks.dims import Dim
from boxwork.blocks.types import WireType
from tests.blocks.cases import CASES, draw
from tests.blocks.harness import Arrays, Use

ALL = pytest.mark.parametrize("name", sorted(CASES))
RANDOM = st.randoms(use_true_random=False)
ORDER: list[Reach] = ["same", "past", "whole"]


def places(use: Use) -> Iterator[tuple[str, str, str, str, int]]:
    """Every dim of every wire: port, kind, its name, the port's name for it, axis from the end."""
    for port in use.block.inputs():
        before, star, after = port.type.split()
        for wire in use.wires.get(port.name, ()):
            middle = len(wire.dims) - len(before) - len(after) if star else 0
            names = [e.label for e in before] + ["*"] * middle + [e.label for e in after]
            for i, (dim, declared) in enumerate(zip(wire.dims, names, strict=False)):
                yield port.name, port.type.kind, str(dim.name), declared, i - len(wire.dims)


def claims(use: Use) -> dict[str, Reach]:
    """The reach along each dim of the wires: the longest over the ports that carry it."""
    found: dict[str, Reach] = {}
    for port, _, name, declared, _ in places(use):
        reach = use.block.reach(port, declared)
        found[name] = max(found.get(name, "same"), reach, key=ORDER.index)
    return found


def outputs_with(use: Use, name: str) -> dict[str, int]:
    """The outputs that have a dim of that name, and at which axis from the end (the first)."""
    return {
        port: [str(dim.name) for dim in wire.dims].index(name) - len(wire.dims)
        for port, wire in use.declared().items()
        if name in [str(dim.name) for dim in wire.dims]
    }


def along(use: Use) -> list[tuple[str, int, Reach]]:
    """The dims along which reach can be seen: 2 or more long, and some output has them."""
    sizes = {str(d.name): int(d) for wires in use.wires.values() for w in wires for d in w.dims}
    return [
        (name, sizes[name], reach)
        for name, reach in claims(use).items()
        if sizes[name] > 1 and outputs_with(use, name)
    ]


def cut(use: Use, arrays: Arrays, name: str, size: int) -> tuple[Use, Arrays]:
    """The same use on the first positions of a dim."""

    def shorter(wire: WireType) -> WireType:
        dims = tuple(Dim.named(name, size) if str(d.name) == name else d for d in wire.dims)
        return replace(wire, dims=dims)

    short = Use(use.block, {p: tuple(map(shorter, wires)) for p, wires in use.wires.items()})
    wires = {p: list(several) for p, several in use.wires.items()}
    types = wires | {f".{n}": [WireType("real", p.dims)] for n, p in use.parameters().items()}
    return short, {
        key: [first(a, t, name, size) for a, t in zip(several, types.get(key, []), strict=True)]
        for key, several in arrays.items()
    }


def first(array: np.ndarray, type: WireType, name: str, size: int) -> np.ndarray:
    for axis, dim in enumerate(type.dims):
        if str(dim.name) == name:
            array = np.take(array, range(size), axis=axis)
    return array


def prefix_equal(use: Use, name: str, size: int, seed: int) -> bool:
    """Whether a run on a prefix is the prefix of the run."""
    arrays = use.draw(seed)
    short, early = cut(use, arrays, name, size)
    short.declared()  # raises BlockError if the block cannot be cut so
    if not short.holds():
        raise BlockError("cannot be cut so")
    run, full, types = short.run(early), use.run(arrays), use.declared()
    return all(
        np.allclose(run[port], first(full[port], types[port], name, size), atol=1e-9)
        for port in outputs_with(use, name)
    )


def moved(use: Use, name: str, at: int, seed: int) -> set[int]:
    """The output positions that change with the values at one input position."""
    arrays = use.draw(seed)
    other = {key: [a.copy() for a in several] for key, several in arrays.items()}
    fresh = use.draw(seed + 1000)
    count: dict[str, int] = {}
    for port, kind, dim, _, axis in places(use):
        if kind == "shape":
            continue
        wire = count.get(port, 0)
        count[port] = wire + (axis == -1)
        if dim == name:
            here = [slice(None)] * other[port][wire].ndim
            here[axis] = at
            other[port][wire][tuple(here)] = fresh[port][wire][tuple(here)]
    before, after = use.run(arrays), use.run(other)
    found: set[int] = set()
    for port, axis in outputs_with(use, name).items():
        if before[port].dtype.kind == "f":
            change = np.moveaxis(abs(before[port] - after[port]), axis, 0)
            change = change.reshape(change.shape[0], -1).max(axis=1)
            found |= {int(i) for i in np.flatnonzero(change > 1e-12)}
    return found


@ALL
@given(random=RANDOM, seed=st.integers(0, 99))
def test_a_run_on_a_prefix_is_the_prefix_of_the_run(name, random, seed) -> None:
    use = draw(name, random)
    for dim, size, reach in along(use):
        if reach != "whole":
            assert prefix_equal(use, dim, random.randint(1, size - 1), seed), (dim, reach)


@ALL
@given(random=RANDOM, seed=st.integers(0, 99))
def test_nobody_looks_further_than_declared(name, random, seed) -> None:
    use = draw(name, random)
    for dim, size, reach in along(use):
        at = random.randrange(size)
        changed = moved(use, dim, at, seed)
        if reach == "same":
            assert changed <= {at}, dim
        if reach == "past":
            assert min(changed, default=at) >= at, dim


def _seen(name: str) -> Iterator[tuple[Use, str, int, Reach]]:
    for seed in range(400):
        use = draw(name, Random(seed))
        for dim, size, reach in along(use):
            yield use, dim, size, reach


@ALL
def test_whole_is_declared_only_where_a_prefix_differs(name) -> None:
    differs: dict[tuple[Block, str], bool] = {}
    for use, dim, size, reach in _seen(name):
        key = (use.block, dim)
        if reach != "whole" or differs.get(key):
            continue
        for short in range(1, size):
            try:
                differs[key] = differs.get(key, False) or not prefix_equal(use, dim, short, 1)
            except BlockError:
                continue
    assert all(differs.values()), [key for key, value in differs.items() if not value]


@ALL
@given(random=RANDOM)
def test_a_dim_that_no_output_has_is_seen_whole(name, random) -> None:
    use = draw(name, random)
    for dim, reach in claims(use).items():
        assert reach == "whole" or outputs_with(use, dim), dim


@ALL
def test_past_is_declared_only_where_the_past_counts(name) -> None:
    counts: dict[tuple[Block, str], bool] = {}
    for use, dim, _, reach in _seen(name):
        key = (use.block, dim)
        if reach == "past":
            counts[key] = counts.get(key, False) or bool(moved(use, dim, 0, 1) - {0})
    assert all(counts.values()), [key for key, value in counts.items() if not value]


def test_these_tests_have_something_to_test() -> None:
    reaches = {(name, dim, reach) for name in CASES for _, dim, _, reach in _seen(name)}
    assert ("DotProductAttention", "seq", "past") in reaches
    assert ("DotProductAttention", "seq", "whole") in reaches
    assert ("RotaryEncoding", "seq", "same") in reaches
    assert ("SplitHeads", "seq", "same") in reaches
    assert ("Softmax", "width", "whole") in reaches
    assert ("Positions", "seq", "same") in reaches


@pytest.mark.parametrize(("name", "port"), [("RotaryEncoding", "x"), ("Positions", "like"),
                                            ("SinusoidalEncoding", "like")])  # fmt: skip
@given(random=RANDOM, past=st.integers(0, 4))
def test_positions_go_on_from_the_offset(name, port, random, past) -> None:
    """What `same` with an offset means: a later part alone is that part of the whole."""
    use = draw(name, random)
    (wire,) = use.wires[port]
    axis = [str(d.name) for d in wire.dims].index("seq")
    size = int(wire.dims[axis])
    if past >= size:
        return
    arrays = use.draw(9)
    short, _ = cut(use, arrays, "seq", size - past)
    late = {k: [np.take(a, range(past, size), axis=axis) for a in v] for k, v in arrays.items()}
    (full,), (part,) = use.run(arrays).values(), short.run(late, offsets={"seq": past}).values()
    at = outputs_with(use, "seq")["y"]
    np.testing.assert_allclose(part, np.take(full, range(past, size), axis=at), atol=1e-12)
