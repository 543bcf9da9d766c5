"""Batches of sequences of unlike length give what each sequence gives alone."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from boxwork.engines.running.numpy import Model
from boxwork.engines.running.run import PaddingError

from ..examples import examples
from .support import model_of, shipped, wrong

BIDIRECTIONAL = """
dims: {seq: any, vocab: 9, d: 6}
inputs: {tokens: "index<vocab>[seq]"}
outputs: {pooled: "real[d]", last: "real[d]", all: "real[seq, d]", pos: "real[seq, d]"}
nodes:
  tok: {use: Embedding, with: {count: vocab, width: d}}
  pos: {use: SinusoidalEncoding, in: tokens, with: {width: d}}
  sum: {use: Add, in: [tok, pos]}
  all: {use: EncoderLayer, repeat: 2, with: {heads: 2, hidden: 8}}
  pooled: {use: MeanPool, in: all}
  last: {use: LastPosition, in: all}
"""

# Softmax over the free dim and Flatten know nothing of padding: the samples run apart.
BLIND = """
dims: {seq: any, d: 3}
inputs: {x: "real[seq, d]", w: "real[seq]"}
outputs: {chances: "real[seq]", flat: "real[seq * d]", fixed: "real[2]", pair: "real[seq + seq]"}
nodes:
  chances: {use: Softmax, in: w}
  flat: {use: Flatten, in: x}
  fixed: {use: Array, with: {dims: [2]}}
  pair: {use: Concat, in: [w, chances]}
"""


def close(model: Model, values: dict[str, list[Any]], paths: list[str] | None = None) -> None:
    """Every output of a ragged batch equals that of its samples one by one."""
    found = model.run(values, paths)
    count = len(next(iter(values.values())))
    for place in range(count):
        alone = model.run({name: value[place] for name, value in values.items()}, paths)
        for path, expected in alone.items():
            whole = found[path]
            got = whole[place] if isinstance(whole, list) or whole.ndim > expected.ndim else whole
            assert got.shape == expected.shape, path
            assert_allclose(got, expected, rtol=1e-9, atol=1e-12, err_msg=path)


lengths = st.lists(st.integers(1, 12), min_size=1, max_size=5)
MODELS = {
    "gpt": model_of(shipped("gpt")),
    "transformer": model_of(shipped("transformer", vocab=29, d_model=24, heads=4, layers=2)),
    "llama": model_of(
        shipped("llama-3.1-8b", vocab=41, d_model=32, heads=4, kv_heads=2, layers=2, d_ff=40)
    ),
    "bidirectional": model_of(BIDIRECTIONAL),
}


@pytest.mark.parametrize("name", MODELS)
@settings(max_examples=examples(30))
@given(data=st.data())
def test_ragged_batches_of_tokens(name: str, data: st.DataObject) -> None:
    model = MODELS[name]
    count = len(data.draw(lengths))
    values = {
        name: [
            data.draw(st.lists(st.integers(0, wire.bound.size({}) - 1), min_size=1, max_size=12))
            for _ in range(count)
        ]
        for name, wire in model.graph.inputs.items()
        if wire.bound
    }
    close(model, values)


@pytest.mark.parametrize("name", MODELS)
def test_every_activation_of_a_ragged_batch(name: str) -> None:
    model = MODELS[name]
    values = {name: [[1, 2, 3], [4], [5, 6, 7, 8, 1]] for name in model.graph.inputs}
    trace = model.trace(**values)
    close(model, values, list(trace))


@settings(max_examples=examples(30))
@given(sizes=lengths)
def test_boxes_that_know_nothing_of_padding(sizes: list[int]) -> None:
    model = model_of(BLIND)
    random = np.random.default_rng(len(sizes))
    values = {
        "x": [random.normal(size=(n, 3)) for n in sizes],
        "w": [random.normal(size=n) for n in sizes],
    }
    close(model, values)
    found = model.run(values)
    assert found["fixed"].shape == (2,)
    assert isinstance(found["flat"], list) == (len(set(sizes)) > 1)


def test_padding_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_of(BLIND)

    def never(*_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr("boxwork.engines.feeding.inputs.Batch.apart", never)
    values = {"x": [np.zeros((2, 3)), np.zeros((1, 3))], "w": [[1, 2], [3]]}
    model.run(values, ["fixed", "x"])
    for path in ("chances", "flat", "pair"):
        with pytest.raises((AssertionError, PaddingError)):
            model.run(values, [path])


def test_equal_lengths_give_one_array() -> None:
    model = MODELS["gpt"]
    assert model(tokens=[[1, 2], [3, 4]]).shape == (2, 2, 28)
    assert [y.shape for y in model(tokens=[[1, 2], [3]])] == [(2, 28), (1, 28)]
    assert model(tokens=[[1, 2]]).shape == (1, 2, 28)
    assert model(tokens=(np.array([1, 2]), [3]))[1].shape == (1, 28)


def test_lists_own_their_memory() -> None:
    first, second = MODELS["gpt"](tokens=[[1, 2], [3]])
    assert not np.shares_memory(first, second)
    assert first.flags.owndata


def test_lengths_must_agree_in_each_sample() -> None:
    model = model_of(BLIND)
    assert wrong(model, x=[np.zeros((2, 3)), np.zeros((1, 3))], w=[[1, 2], [3, 4]]) == [
        ("BW406", "w gives seq = 2, but x[1] gives seq = 1")
    ]
    assert wrong(model, x=[np.zeros((2, 3)), np.zeros((1, 3))], w=[[1, 2], [3], [4, 5]]) == [
        ("BW406", "the inputs disagree about batch axes: x: 2; w: 3")
    ]


# What stands on positions alone has no batch axis, until lengths give it one.
POSITIONS = """
dims: {seq: any, vocab: 9, d: 4, count: 12}
inputs: {tokens: "index<vocab>[seq]"}
outputs: {last: "real[d]", learned: "real[d]", mean: "real[d]", sum: "real[d]", one: "real[d]"}
nodes:
  tok: {use: Embedding, with: {count: vocab, width: d}}
  pos: {use: SinusoidalEncoding, in: tokens, with: {width: d}}
  table: {use: PositionalEmbedding, in: tokens, with: {count: count, width: d}}
  last: {use: LastPosition, in: pos}
  learned: {use: LastPosition, in: table}
  mean: {use: MeanPool, in: pos}
  tokens_mean: {use: MeanPool, in: tok}
  sum: {use: Add, in: [last, tokens_mean, learned]}
  one: {use: Array, with: {dims: [d]}}
"""


BLIND_POSITIONS = POSITIONS.replace("one:", 'flat: "real[seq * d]", one:', 1) + (
    "  flat: {use: Flatten, in: pos}\n"
)


@pytest.mark.parametrize("text", [POSITIONS, BLIND_POSITIONS], ids=["padded", "apart"])
@pytest.mark.parametrize("sizes", [(5, 2, 1), (3, 2, 1), (4, 4, 2, 1), (1, 2), (2, 2, 1, 2)])
def test_what_hangs_on_positions_alone(text: str, sizes: tuple[int, ...]) -> None:
    model = model_of(text)
    values = {"tokens": [list(range(n)) for n in sizes]}
    close(model, values)
    found = model.run(values)
    assert {found[name].shape for name in ("last", "learned", "mean", "sum")} == {(len(sizes), 4)}
    assert found["one"].shape == (4,)


@pytest.mark.parametrize("sizes", [(5, 2, 1), (3, 2, 1), (2, 1)])
def test_attention_among_positions_alone(sizes: tuple[int, ...]) -> None:
    """Keys, values or queries without a batch axis, with as many samples as heads or rows."""
    model = model_of(
        """
        dims: {seq: any, heads: 3, d: 6}
        inputs: {x: "real[seq, d]"}
        outputs: {a: "real[seq, d]", b: "real[seq, d]", c: "real[seq, d]", e: "real[rows, d]"}
        nodes:
          pos: {use: SinusoidalEncoding, in: x, with: {width: d}}
          rows: {use: Array, with: {dims: [rows, d]}}
          a: {use: MultiHeadAttention, in: pos, with: {heads: heads}}
          b: {use: MultiHeadAttention, in: {query: x, memory: pos}, with: {heads: heads}}
          c: {use: MultiHeadAttention, in: {query: pos, memory: x}, with: {heads: heads}}
          e: {use: MultiHeadAttention, in: {query: rows, memory: pos}, with: {heads: heads}}
        """.replace("dims: {", "dims: {rows: 3, ", 1)
    )
    close(model, {"x": [np.linspace(0, 1, 6 * n).reshape(n, 6) for n in sizes]})
