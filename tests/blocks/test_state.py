"""State as declared and as it is: a block run piece by piece is the block run at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwork.blocks.dims import Dim
from boxwork.blocks.types import WireType
from boxwork.engines.running.state import Memory
from tests.blocks.cases import CASES, draw
from tests.blocks.harness import Arrays, Use, compat
from tests.blocks.test_reach import along, outputs_with, places
from tests.examples import examples

ALL = pytest.mark.parametrize("name", sorted(CASES))
RANDOM = st.randoms(use_true_random=False)


def stepped(use: Use) -> Iterator[tuple[str, int, str]]:
    """The dims that the block can be stepped along: the free ones of graphs are like these."""
    fixed = {str(d.name) for p in use.parameters().values() for d in p.dims}
    fixed |= {str(v.name) for v in vars(use.block).values() if isinstance(v, Dim)}
    asked = {port.name for port in use.block.output_ports() if port.optional}
    made = [wire for port, wire in use.declared().items() if port not in asked]
    read = [wire for wires in use.wires.values() for wire in wires]
    for name, size, reach in along(use):
        twice = any([str(d.name) for d in wire.dims].count(name) > 1 for wire in (*read, *made))
        if reach != "whole" and name not in fixed and not twice:
            yield name, size, reach


def piece(use: Use, arrays: Arrays, name: str, start: int, stop: int) -> tuple[Use, Arrays]:
    """The same use on some positions of a dim."""

    def some(wire: WireType) -> WireType:
        dims = (Dim.named(name, stop - start) if str(d.name) == name else d for d in wire.dims)
        return replace(wire, dims=tuple(dims))

    def part(array: np.ndarray, wire: WireType) -> np.ndarray:
        for axis, dim in enumerate(wire.dims, start=array.ndim - len(wire.dims)):
            if str(dim.name) == name:
                array = np.take(array, range(start, stop), axis=axis)
        return array

    short = Use(use.block, {p: tuple(map(some, wires)) for p, wires in use.wires.items()})
    return short, {
        key: [part(a, w) for a, w in zip(several, use.wires.get(key, ()), strict=True)]
        if key in use.wires
        else several
        for key, several in arrays.items()
    }


def by_pieces(use: Use, arrays: Arrays, name: str, cuts: list[int]) -> tuple[Memory, Any]:
    """The outputs of a block that is stepped along a dim, put together again."""
    labels = {declared: use.block.reach(port, declared)
              for port, _, dim, declared, _ in places(use) if dim == name}  # fmt: skip
    back = "past" in labels.values()  # along other dims, nothing is kept
    memory = Memory(compat, {"": use.block.state(use.dims())} if back else {})
    found: dict[str, list[np.ndarray]] = {}
    for start, stop in itertools.pairwise(cuts):
        short, some = piece(use, arrays, name, start, stop)
        outputs = short.run(some, offsets=dict.fromkeys(labels, start), memory=memory, wanted=())
        for port in outputs_with(use, name):
            if outputs[port] is not None:
                found.setdefault(port, []).append(outputs[port])
    return memory, {
        port: np.concatenate(parts, axis=outputs_with(use, name)[port])
        for port, parts in found.items()
    }


@ALL
@settings(max_examples=examples(40))
@given(random=RANDOM, seed=st.integers(0, 99), batch=st.sampled_from([(), (2,)]))
def test_steps_with_state_are_the_whole_run(name, random, seed, batch) -> None:
    use = draw(name, random)
    for dim, size, _ in stepped(use):
        inner = sorted(random.sample(range(1, size), random.randint(1, size - 1)))
        arrays = use.draw(seed, batch)
        _, found = by_pieces(use, arrays, dim, [0, *inner, size])
        whole = use.run(arrays, wanted=())
        assert found
        for port, value in found.items():
            np.testing.assert_allclose(value, whole[port], atol=1e-9, err_msg=f"{dim} {port}")


@ALL
@settings(max_examples=examples(40))
@given(random=RANDOM)
def test_what_is_kept_has_the_declared_type(name, random) -> None:
    use = draw(name, random)
    for dim, size, reach in stepped(use):
        states = use.block.state(use.dims())
        if reach == "same":
            continue
        assert states
        memory, _ = by_pieces(use, use.draw(1), dim, [*range(size + 1)])
        assert not memory.forgotten()
        for state, declared in states.items():
            sizes = [int(d.size({})) for d in declared.type.dims]
            if declared.axis is None:
                assert list(memory.recall("", state).shape) == sizes
                continue
            growing = memory._growing["", state]
            kept = growing.end - growing.start
            assert kept == min(size, int(declared.limit or size))
            sizes[declared.axis] = kept
            view = growing.buffer[growing._at(growing.start, growing.end)]
            assert list(view.shape) == sizes


def test_these_tests_have_something_to_test() -> None:
    found = {
        (name, dim, reach)
        for name in CASES
        for seed in range(200)
        for dim, _, reach in stepped(draw(name, Random(seed)))
    }
    assert ("DotProductAttention", "seq", "past") in found
    assert ("GRU", "seq", "past") in found
    assert ("RotaryEncoding", "seq", "same") in found
    assert ("Positions", "seq", "same") in found
    assert ("Linear", "a", "same") in found
