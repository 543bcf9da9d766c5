"""Sizes of 0 are legal: what has them runs, or is refused in words."""

from random import Random

import numpy as np
import pytest

import boxwork as bw
from boxwork.blocks.block import BlockError
from boxwork.blocks.dims import Dim
from boxwork.blocks.grammar import ExpressionError
from boxwork.specs.library import shipped
from tests.blocks import cases
from tests.engines.support import model_of, wrong
from tests.engines.support import shipped as small

SMALL = {"layers": 1, "d_model": 8, "d_ff": 8, "vocab": 40, "heads": 2, "kv_heads": 1,
         "head_dim": 4, "context": 16}  # fmt: skip


def test_a_hidden_layer_of_no_width() -> None:
    graph = bw.load("gpt", "set.stack.*.ff.with.hidden=0")
    model = graph.init()
    assert model.parameters["stack.0.ff.y.weight"].shape == (0, 48)
    assert np.isfinite(model(tokens=[1, 2])).all()
    assert (model.trace(tokens=[1, 2])["stack.0.ff"] == model.parameters["stack.0.ff.y.bias"]).all()


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_dim_of_a_spec_may_be_0_or_is_refused(name: str) -> None:
    known = bw.load(name).spec.root.dims
    for none in known:
        sizes = {dim: size for dim, size in SMALL.items() if dim in known} | {none: 0}
        try:
            graph = bw.load(name, **sizes)
            values = {
                port: np.zeros([3 if dim.free else int(dim) for dim in wire.dims], int)
                for port, wire in graph.inputs.items()
            }
            model = graph.init()
            traced = model.trace(**values)
            assert str(model.read(model(**values))) is not None
        except bw.BoxworkError:  # in words
            continue
        assert all(np.isfinite(value).all() for value in traced.values())


@pytest.mark.parametrize("name", sorted(cases.CASES))
def test_every_block_takes_sizes_of_0_or_says_why_not(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(name)

    def dim(random: Random, called: str, least: int = 1, most: int = 5) -> Dim:
        size = random.randint(least, most)
        return Dim.named(called, 0 if chance.random() < 0.4 else size)

    monkeypatch.setattr(cases, "dim", dim)
    for seed in range(60):
        use = cases.draw(name, Random(seed))
        try:
            if not use.holds():
                continue
            declared = use.declared()
        except (BlockError, ExpressionError):  # a diagnostic of the graph
            continue
        if any(int(w.bound) == 0 for ws in use.wires.values() for w in ws if w.bound is not None):
            continue  # no index is below 0
        try:
            found = use.run(use.draw(seed))
        except BlockError:
            continue
        for port, wire in declared.items():
            if found[port] is not None:
                assert found[port].shape == tuple(int(one) for one in wire.dims)


def test_attention_to_nothing_is_0() -> None:
    model = model_of(
        """
        dims: {n: 0, width: 4, rows: 3}
        inputs: {x: "real[rows, width]", memory: "real[n, width]"}
        outputs: {y: "real[rows, width]"}
        nodes:
          y:
            use: MultiHeadAttention
            in: {query: x, memory: memory}
            with: {heads: 2, biased: false}
        """
    )
    assert not model(x=np.ones((3, 4)), memory=np.ones((0, 4))).any()


def test_no_index_is_below_0() -> None:
    graph = small("gpt2", layers=0, vocab=0, d_model=8, heads=2)
    ((code, message),) = wrong(model_of(graph), tokens=[0])
    assert code == "BW407"
    assert message == "tokens[0] = 0 is outside vocab = 0 (so there is no index at all)"


def test_what_is_no_output_is_not_read() -> None:
    model = bw.load("gpt").init()
    for odd in (np.zeros(3), np.zeros((2, 27)), "text", [[0.0]]):
        with pytest.raises(bw.DataError, match=r"BW417.*real\[seq, vocab\]"):
            model.read(odd)
    assert list(model.read(np.zeros((0, 4, 28)))) == []
