"""The declared costs of every block are what NumPy really computes and keeps."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwork.blocks.block import Block
from boxwork.blocks.catalogue import primitives
from boxwork.blocks.cost import Flops, Lengths, Sum, product
from boxwork.blocks.dims import Dim
from boxwork.engines.running.state import Memory
from tests.blocks.cases import CASES, draw, make
from tests.blocks.executed import Namespace, Tape
from tests.blocks.harness import Use, of, real
from tests.examples import examples

NOW = Lengths.full({})
RANDOM = st.randoms(use_true_random=False)


def declared(use: Use) -> Flops:
    flops = use.block.flops(use.dims(), use.wires)
    assert flops is not None
    return flops


def executed(use: Use, batch: tuple[int, ...] = (), seed: int = 0) -> Tape:
    tape = Tape()
    use.run(use.draw(seed, batch), xp=Namespace(tape))
    return tape


@pytest.mark.parametrize("name", sorted(CASES))
@settings(max_examples=examples(40))
@given(random=RANDOM)
def test_the_formula_counts_what_numpy_executes(name: str, random: Random) -> None:
    use = draw(name, random)
    tape, flops = executed(use), declared(use)
    assert flops.matmul.at(NOW) == tape.matmul
    assert flops.elementwise.at(NOW) == tape.elementwise


def test_every_primitive_of_ours_says_what_it_costs() -> None:
    ours = [c for c in primitives().values() if c.__module__.startswith("boxwork.blocks.")]
    assert [c.__name__ for c in ours if c.flops is Block.flops] == []


@pytest.mark.parametrize("name", sorted(CASES))
@settings(max_examples=examples(40))
@given(random=RANDOM)
def test_what_is_kept_for_training_has_the_declared_shapes(name: str, random: Random) -> None:
    use = draw(name, random)
    cx, own, values = use.prepared(use.draw(0), training=True)
    use.block.forward(cx, own, *values)
    shapes = use.block.saves(use.dims(), use.wires)
    found = {key: tuple(map(int, dims)) for key, dims in shapes.items()}
    assert found == {key: array.shape for key, array in cx.kept.items()}


def attention(seq: Dim, heads: int = 4, kv: int = 2, **settings: object) -> Use:
    (h, g, width, v) = of(heads=heads, kv_heads=kv, width=3, v_width=5)
    wires = {"q": (real(h, seq, width),), "k": (real(g, seq, width),), "v": (real(g, seq, v),)}
    return Use(make("DotProductAttention", **settings), wires)


@given(
    length=st.integers(1, 12),
    window=st.none() | st.integers(1, 14),
    causal=st.booleans(),
    new=st.integers(1, 12),
)
def test_what_the_mask_leaves_is_what_the_queries_see(
    length: int, window: int | None, causal: bool, new: int
) -> None:
    new = min(new, length) if causal else length
    use = attention(Dim.named("seq"), causal=causal, window=window and Dim.of(window))
    keys, queries = np.arange(length), np.arange(length - new, length)[:, None]
    sees = np.ones((new, length), bool)
    sees &= (keys <= queries) | (not causal)
    sees &= abs(keys - queries) < (window or length)
    flops = declared(use)
    needed = flops.needed.at(Lengths({"seq": new}, {"seq": length}))
    assert needed == 2 * 4 * (3 + 5) * sees.sum()
    plain = flops.needed.plain()
    assert plain.at(Lengths.full({"seq": length})) == flops.needed.at(Lengths.full({"seq": length}))
    assert "past" not in str(plain)


@given(before=st.integers(0, 9), window=st.none() | st.integers(1, 12))
def test_a_step_costs_what_numpy_executes_with_the_state(before: int, window: int | None) -> None:
    given = {"causal": True, "window": window and Dim.of(window)}
    one, symbolic = attention(Dim.of(1), **given), attention(Dim.named("seq"), **given)
    block = symbolic.block
    memory = Memory(np, {"": block.state(symbolic.dims())})
    for _ in range(before):
        one.run(one.draw(0), memory=memory)
    tape = Tape()
    one.run(one.draw(0), xp=Namespace(tape), memory=memory)
    at = Lengths({"seq": 1}, {"seq": before + 1})
    flops = declared(symbolic)
    assert flops.matmul.at(at) == tape.matmul
    assert flops.elementwise.at(at) == tape.elementwise


def test_sums_are_written_as_they_are_meant() -> None:
    seq = Dim.named("seq")
    width = Dim.named("d_model", 768)
    four = Dim.of(4) * width
    found = product(2, seq, width, four) + product(-1, seq)
    assert str(found) == "2 × seq × d_model × (4 * d_model) - seq"
    at = Lengths.full({"seq": 1024})
    assert found.numbers(at) == "2 × 1,024 × 768 × 3,072 - 1,024"
    assert found.at(at) == 2 * 1024 * 768 * 3072 - 1024
    assert str(Sum()) == "0" == Sum().numbers(at)
    huge = product(2, Dim.of(10**15), Dim.of(10**15))
    assert huge.at(at) == 2 * 10**30  # no size is so large, but a count may be


def test_a_window_is_written_without_what_is_nothing() -> None:
    seq, window = Dim.named("seq"), Dim.named("window", 8)
    needed = declared(attention(seq, causal=True, window=window)).needed.plain()
    assert str(needed) == (
        "heads × (v_width + width) × min(seq, window) × (min(seq, window) + 1)"
        " + 2 × heads × (v_width + width) × window × (-min(seq, window) + seq)"
    )


def test_another_forward_needs_flops_of_its_own() -> None:
    class Other(primitives()["ReLU"]):  # type: ignore[misc]
        def forward(self, cx, p, x):  # type: ignore[no-untyped-def]
            return x

    assert Other.flops is Block.flops
