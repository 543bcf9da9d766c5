"""Parameters to start from: the same seed, the same bytes."""

import hashlib

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from boxwork.engines.parameters.initialise import init
from boxwork.engines.parameters.weights import load
from boxwork.engines.planning import memory
from boxwork.graphs.parameters import parameters

from .support import graph_of, shipped, wrong

DIMS = {"vocab": 37, "d_model": 24, "heads": 3}


def test_the_same_seed_gives_the_same_bytes() -> None:
    graph = shipped("gpt2", **DIMS)
    first, again, other = init(graph, 1), init(shipped("gpt2", **DIMS), 1), init(graph, 2)
    assert list(first) == list(parameters(graph)) == list(again)
    for path, array in first.items():
        assert array.tobytes() == again[path].tobytes()
        assert array.dtype == np.float32
        if path.endswith(("table", "weight")):
            assert not np.array_equal(array, other[path])


def test_an_array_hangs_on_nothing_but_seed_and_path() -> None:
    small, large = init(shipped("gpt2", **DIMS, layers=2)), init(shipped("gpt2", **DIMS, layers=5))
    for path, array in small.items():
        assert_array_equal(array, large[path])
    assert not np.array_equal(small["stack.0.attn.q.weight"], small["stack.1.attn.q.weight"])
    assert not np.array_equal(small["stack.0.attn.q.weight"], small["stack.0.attn.k.weight"])


def test_the_stream_is_pinned() -> None:
    """Whoever kept a seed wants the same numbers tomorrow."""
    graph = graph_of("""
        inputs: {x: "real[3]"}
        outputs: {y: "real[2]"}
        nodes: {y: {use: Linear, with: {width: 2}}}
        """)
    drawn = init(graph, 3)["y.weight"]
    assert hashlib.sha256(drawn.tobytes()).hexdigest()[:16] == "9fb8b260375e2a1a"


def test_float32_is_float64_rounded() -> None:
    graph = shipped("gpt")
    single, double = init(graph, 5, np.float32), init(graph, 5, np.float64)
    for path, array in double.items():
        assert array.dtype == np.float64
        assert_array_equal(single[path], array.astype(np.float32))


def test_arrays_larger_than_a_chunk_are_drawn_whole() -> None:
    graph = graph_of("""
        inputs: {x: "real[300]"}
        outputs: {y: "real[500]"}
        nodes: {y: {use: Linear, with: {width: 500}}}
        """)
    weight = init(graph)["y.weight"]
    assert_allclose(weight.std(), 300**-0.5, rtol=0.01)
    assert_allclose(weight.mean(), 0, atol=0.001)
    assert len(np.unique(weight)) > 140_000


def test_declared_beginnings() -> None:
    arrays = init(shipped("gpt2", **DIMS))
    assert_array_equal(arrays["norm.scale"], np.ones(24))
    assert_array_equal(arrays["stack.0.attn.q.bias"], np.zeros(24))
    assert_allclose(arrays["stack.0.ff.y.weight"].std(), 96**-0.5, rtol=0.1)


def test_numbers_of_the_spec_are_taken() -> None:
    arrays = init(shipped("leaf-flower"), seed=9)
    assert_allclose(arrays["middle.weight"][:, 0], [0.10, -0.29, -0.07, 0.46], rtol=1e-7)
    assert_allclose(arrays["scores.weight"][:, 0], [-0.17, 0.39, 0.1], rtol=1e-7)


def test_numbers_given_at_a_stack_are_those_of_every_copy() -> None:
    graph = graph_of("""
        inputs: {x: "real[2]"}
        outputs: {stack: "real[2]"}
        blocks:
          Two:
            inputs: {x: "real[2]"}
            outputs: {y: "real[2]"}
            nodes:
              a: {use: Linear, with: {width: 2}, values: {bias: [1, 2]}}
              y: {use: Linear, with: {width: 2}, values: {bias: [5, 6]}}
        nodes:
          stack: {use: Two, repeat: 2, values: {a.bias: [3, 4]}}
        """)
    arrays = init(graph)
    for copy in range(2):
        assert_array_equal(arrays[f"stack.{copy}.a.bias"], [3, 4])
        assert_array_equal(arrays[f"stack.{copy}.y.bias"], [5, 6])


def test_what_cannot_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "available", lambda: 16_000_000_000)
    ((code, message),) = wrong(init, shipped("llama-3.1-8b"))
    assert code == "BW420"
    assert message == (
        "Llama 3.1 8B has 8,030,261,248 parameters: as float32 it needs 32.1 GB of memory, "
        "and 16 GB are free"
    )
    assert wrong(load, "/tmp", shipped("llama-3.1-8b")) == [(code, message)]
    monkeypatch.setattr(memory, "available", lambda: None)
    init(shipped("gpt"))


def test_what_the_machine_tells() -> None:
    free = memory.available()
    assert free is None or 1_000_000 < free < 10**15
    assert memory.readable(0) == "0 bytes"
    assert memory.readable(1234) == "1.23 kB"
    assert memory.readable(1.62e12) == "1.62 TB"
    assert memory.readable(5e17) == "5e+05 TB"


def test_a_number_that_float32_cannot_hold() -> None:
    graph = graph_of(
        """
        dims: {n: 2}
        inputs: {x: "real[n]"}
        outputs: {y: "real[1]"}
        nodes:
          y: {use: Linear, in: x, with: {width: 1}, values: {weight: [[1], [-1e39]], bias: [0]}}
        """
    )
    assert wrong(init, graph) == [("BW512", "y.weight holds -1e+39, too large for float32")]
    assert init(graph, dtype=np.float64)["y.weight"].tolist() == [[1], [-1e39]]
