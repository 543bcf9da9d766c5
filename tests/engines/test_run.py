"""Running: numbers, names, batches, memory of its own, dtypes."""

from collections.abc import Mapping
from typing import Any

import array_api_strict
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from boxwork.engines.parameters.initialise import init
from boxwork.engines.planning.plan import Planner
from boxwork.engines.running.numpy import Model

from .support import graph_of, model_of, shipped, wrong

SMALL = {
    "gpt": {"context": 16},
    "gpt2": {"context": 16, "vocab": 37, "d_model": 24, "heads": 3, "layers": 2},
    "transformer": {"vocab": 29, "d_model": 24, "heads": 4, "layers": 2},
    "llama-3.1-8b": {
        "vocab": 41,
        "d_model": 32,
        "heads": 4,
        "kv_heads": 2,
        "d_ff": 56,
        "layers": 2,
    },
    "leaf-flower": {},
    "gpt-modern": {},
}


def some_inputs(model: Model, batch: tuple[int, ...] = (), seed: int = 1) -> dict[str, Any]:
    """Inputs of any graph: every free dim gets a length of its own."""
    random = np.random.default_rng(seed)
    sizes = {name: 5 + place for place, name in enumerate(model.graph.free)}
    values = {}
    for name, wire in model.graph.inputs.items():
        shape = (*batch, *(dim.size(sizes) for dim in wire.dims))
        bound = wire.bound and wire.bound.size(sizes)
        values[name] = random.integers(bound, size=shape) if bound else random.normal(size=shape)
    return values


@pytest.fixture(params=SMALL)
def model(request: pytest.FixtureRequest) -> Model:
    return model_of(shipped(request.param, **SMALL[request.param]))


def test_every_wire_has_its_declared_type(model: Model) -> None:
    values = some_inputs(model)
    sizes = {name: 5 + place for place, name in enumerate(model.graph.free)}
    plan = Planner(model.graph).plan(list(model.trace(**values)))
    trace = model.trace(**values)
    for path, wire in plan.types.items():
        assert trace[path].shape == tuple(dim.size(sizes) for dim in wire.dims), path
        assert trace[path].dtype == (np.int64 if wire.kind == "index" else np.float64), path


def test_a_batch_is_its_samples(model: Model) -> None:
    values = some_inputs(model, (2, 3))
    whole = model.run(values)
    for place in np.ndindex(2, 3):
        alone = model.run({name: value[place] for name, value in values.items()})
        for name, array in alone.items():
            assert_allclose(whole[name][place], array, rtol=1e-10, atol=1e-12)


def test_float32_stays_float32(model: Model) -> None:
    single = Model(model.graph, model.parameters, dtype="float32")
    values = some_inputs(model)
    trace = single.trace(**values)
    for path, array in trace.items():
        assert array.dtype in (np.float32, np.int64), path
    for name, array in model.run(values).items():
        assert_allclose(trace[name], array, rtol=2e-3, atol=2e-4)


def test_outputs_and_traces_own_their_memory(model: Model) -> None:
    values = some_inputs(model)
    before = {path: array.copy() for path, array in model.parameters.items()}
    first = model.run(values)
    trace = model.trace(**values)
    arrays = list(trace.values()) + list(first.values())
    for place, array in enumerate(arrays):
        assert array.flags.owndata
        assert array.flags.writeable
        for other in arrays[:place]:
            assert not np.shares_memory(array, other)
    expected = model.run(values)
    for array in arrays:
        array[...] = 7
    for path, array in model.parameters.items():
        assert_array_equal(array, before[path])
    for name, array in model.run(values).items():
        assert_array_equal(array, expected[name])


def test_what_is_given_is_left_alone() -> None:
    model = model_of("""
        dims: {n: any}
        inputs: {x: "real[n]"}
        outputs: {y: "real[n]"}
        nodes: {y: {use: Dropout, with: {rate: 0}}}
        """)
    given = np.ones(3)
    assert model(x=given) is not given
    assert not np.shares_memory(model(x=given), given)


def test_other_names_of_values_resolve_but_are_not_listed() -> None:
    model = model_of(shipped("gpt"))
    trace = model.trace(tokens=[1, 2, 3])
    assert isinstance(trace, Mapping)
    assert "stack.1.y" in list(trace)
    assert "stack.1" not in list(trace)
    assert trace["stack.1"] is trace["stack.1.y"]
    assert trace["stack"] is trace["stack.2.y"]
    assert "stack.1" in trace
    assert "stack.3" not in trace
    with pytest.raises(
        KeyError, match=r"no activation `stack\.0\.atn`; did you mean `stack\.0\.attn`"
    ):
        trace["stack.0.atn"]
    with pytest.raises(KeyError, match="was not asked for"):
        trace["stack.0.attn.mix.weights"]


def test_asking_for_paths() -> None:
    model = model_of(shipped("gpt"))
    trace = model.trace(tokens=[1, 2, 3], paths=["stack.*.attn.mix.weights", "stack.0", "tokens"])
    weights = [f"stack.{i}.attn.mix.weights" for i in range(3)]
    assert list(trace) == [*weights, "stack.0", "tokens"]
    assert trace[weights[2]].shape == (3, 3, 3)
    assert_allclose(trace[weights[2]].sum(-1), 1)
    assert list(model.trace(tokens=[1], paths="tok")) == ["tok"]
    assert wrong(model.trace, tokens=[1], paths=["stack.0.atn", "stack.9", "tok"]) == [
        ("BW413", "there is no activation `stack.0.atn`"),
        ("BW413", "there is no activation `stack.9`"),
    ]


def test_outputs_by_name_or_alone() -> None:
    model = model_of("""
        dims: {d: 2}
        inputs: {a: "real[d]", b: "real[d]"}
        outputs: {sum: "real[d]", again: {type: "real[d]", from: sum}}
        nodes: {sum: {use: Add, in: [a, b]}}
        """)
    found = model([1, 2], b=[3, 4])
    assert_array_equal(found["sum"], [4, 6])
    assert_array_equal(found["again"], [4, 6])
    found["sum"][0] = 9
    assert_array_equal(found["again"], [4, 6])


def test_parameters_tied_and_shared_are_one_array() -> None:
    model = model_of("""
        dims: {n: any, v: 5, d: 3}
        inputs: {x: "index<v>[n]"}
        outputs: {y: "real[n, v]"}
        nodes:
          tok: {use: Embedding, with: {count: v, width: d}}
          stack: {use: Linear, with: {width: d}, repeat: 3, share: true}
          y: {use: Linear, with: {width: v, bias: false}, tie: {weight: tok.table}}
        """)
    p = model.parameters
    assert list(p) == ["tok.table", "stack.0.weight", "stack.0.bias"]
    assert len(p) == 3
    assert_array_equal(p["y.weight"], p["tok.table"].T)
    assert p["stack.2.weight"] is p["stack.0.weight"]
    with pytest.raises(KeyError, match=r"no parameter `stack\.3\.weight`"):
        p["stack.3.weight"]
    x = p["tok.table"][[4, 1]]
    for _ in range(3):
        x = x @ p["stack.0.weight"] + p["stack.0.bias"]
    assert_allclose(model(x=[4, 1]), x @ p["tok.table"].T, rtol=1e-12)
    p["tok.table"][...] = 0  # arrays may be changed in place; every use sees it
    assert_array_equal(model(x=[4, 1]), np.zeros((2, 5)))


def test_copies_that_vary_and_copies_that_are_none() -> None:
    text = """
        dims: {n: any, d: 3, layers: LAYERS}
        inputs: {x: "real[n, d]"}
        outputs: {y: "real[n, d]"}
        blocks: {Wide: {use: Linear, with: {width: d}}}
        nodes:
          stack: {use: ReLU, repeat: layers, vary: {use: [Wide, ReLU]}}
          y: {use: Scale, with: {by: 2}}
        """
    x = np.random.default_rng(0).normal(size=(2, 3))
    model = model_of(text.replace("LAYERS", "3"))
    p = model.parameters
    assert list(p) == ["stack.0.weight", "stack.0.bias", "stack.2.weight", "stack.2.bias"]
    inner = np.maximum(x @ p["stack.0.weight"] + p["stack.0.bias"], 0)
    assert_allclose(model(x=x), 2 * (inner @ p["stack.2.weight"] + p["stack.2.bias"]))
    assert_array_equal(model_of(text.replace("LAYERS", "0"))(x=x), 2 * x)


def test_several_outputs_of_one_box() -> None:
    model = model_of("""
        dims: {n: any, d: 6}
        inputs: {x: "real[n, d]"}
        outputs: {y: "real[n, 5]"}
        nodes:
          parts: {use: Split, with: {sizes: {small: 1, middle: 2, large: 3}}}
          y: {use: Concat, in: [parts.large, parts.middle]}
        """)
    x = np.arange(12.0).reshape(2, 6)
    trace = model.trace(x=x)
    assert list(trace) == ["x", "parts", "parts.middle", "parts.large", "y"]
    assert_array_equal(trace["parts.small"], x[:, :1])
    assert_array_equal(trace["y"], x[:, [3, 4, 5, 1, 2]])


def test_dropout_hangs_on_the_key_and_the_path() -> None:
    model = model_of(shipped("gpt", dropout=0.5))
    values = {"tokens": [1, 2, 3, 4]}
    calm = model.run(values, ["drop", "stack.0.drop_1"])
    first = model.run(values, ["drop", "stack.0.drop_1"], training=True, key=1)
    again = model.run(values, ["drop", "stack.0.drop_1"], training=True, key=1)
    other = model.run(values, ["drop", "stack.0.drop_1"], training=True, key=2)
    for path in calm:
        assert not (calm[path] == 0).any()
        assert 0.3 < (first[path] == 0).mean() < 0.7
        assert_array_equal(first[path], again[path])
        assert not np.array_equal(first[path], other[path])
    assert not np.array_equal(first["drop"] == 0, first["stack.0.drop_1"] == 0)


@pytest.mark.parametrize("name", ["gpt", "transformer", "llama-3.1-8b"])
def test_strict_arrays_run_as_well(name: str) -> None:
    model = model_of(shipped(name, **SMALL[name]))
    values = some_inputs(model, (2,))
    arrays = {path: array_api_strict.asarray(a) for path, a in model.parameters.items()}
    strict = Model(model.graph, arrays, xp=array_api_strict)
    assert strict.dtype == np.float64
    for path, array in strict.run(values).items():
        assert type(array) is array_api_strict.asarray(0).__class__
        assert_allclose(np.asarray(array), model.run(values)[path], rtol=1e-10)


def test_plans_are_made_once_and_not_kept_for_ever() -> None:
    model = model_of(shipped("gpt"))
    for i in range(100):
        model.trace(tokens=[1], paths=[f"stack.{i % 3}", "tok", *["sum"] * (i % 40)])
    for paths in model._planner.everything:
        model.trace(tokens=[1], paths=[paths])
    assert len(model._plans) == 32


@pytest.mark.parametrize("dtype", ["float16", "int64", "nonsense", complex, "float31"])
def test_other_dtypes_are_refused(dtype: Any) -> None:
    graph = shipped("leaf-flower")
    ((code, message),) = wrong(Model, graph, init(graph), dtype=dtype)
    assert code == "BW421"
    assert message == f"the dtype of a run is float32 or float64, not {dtype}"


def test_a_run_that_cannot_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = graph_of("""
        dims: {n: any, d: 2}
        inputs: {x: "real[n, d]"}
        outputs: {y: "real[n, d]"}
        nodes: {y: {use: MultiHeadAttention, with: {heads: 1}}}
        """)
    model = model_of(graph, dtype="float32")
    monkeypatch.setattr("boxwork.engines.planning.memory.available", lambda: 5_000_000_000)
    ((code, message),) = wrong(model, x=np.zeros((100_000, 2), np.float32))
    assert code == "BW420"
    assert message == "this run (at y.mix) needs 80 GB of memory, and 5 GB are free"


def test_memory_that_runs_out_in_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_of(shipped("leaf-flower"))

    def forward(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr("boxwork.blocks.linear.Linear.kernel", forward)
    assert wrong(model, features=[1, 2, 3, 4]) == [
        ("BW420", "the memory is not enough for middle (Linear)")
    ]


def test_a_box_that_cannot_run_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_of(shipped("gpt"))

    def forward(*_: Any) -> None:
        raise IndexError("index 4 is out of bounds")

    monkeypatch.setattr("boxwork.blocks.embedding.Embedding.forward", forward)
    expected = [("BW411", "tok (Embedding) cannot run on this: index 4 is out of bounds")]
    assert wrong(model, tokens=[1, 2]) == expected
    assert wrong(model, tokens=[[1, 2], [3]]) == expected


@pytest.mark.parametrize("name", ["gpt", "gpt2", "llama-3.1-8b"])
def test_a_causal_model_on_a_prefix_gives_the_prefix(name: str) -> None:
    model = model_of(shipped(name, **SMALL[name]))
    tokens = np.random.default_rng(3).integers(20, size=14)
    whole = model(tokens)
    for length in (1, 5, 13):
        assert_allclose(model(tokens[:length]), whole[:length], rtol=1e-9, atol=1e-12)


def test_a_model_that_looks_ahead_does_not() -> None:
    model = model_of(shipped("transformer", **SMALL["transformer"]))
    source = np.random.default_rng(3).integers(20, size=9)
    trace = model.trace(source, [1, 2], paths=["encoder"])
    assert not np.allclose(model.trace(source[:5], [1, 2])["encoder"], trace["encoder"][:5])
