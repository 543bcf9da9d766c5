"""Shipped specs at random small sizes: they check, run, and every wire has its declared type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwork.api import load as load_graph
from boxwork.blocks.dims import Dim
from boxwork.blocks.types import WireType
from boxwork.engines.gradients.gradients import Trainable
from boxwork.engines.parameters.initialise import init
from boxwork.engines.running.numpy import Model
from boxwork.graphs.building.build import build
from boxwork.graphs.graph import Composite, Graph, Node
from boxwork.graphs.load import load
from boxwork.specs.library import shipped
from boxwork.specs.objective import objective
from tests.examples import examples
from tests.gallery import DECODERS, KINDS, toy

CAUSAL = ("gpt", "gpt-modern", "gpt-words", "translator-sep", *KINDS)
SPECS = sorted(shipped())


@st.composite
def small(draw: st.DrawFn, name: str) -> dict[str, int]:
    """Sizes that fit each other, for the dims that a spec has."""
    groups, heads_each, head_dim = draw(st.tuples(*[st.integers(1, 3)] * 3))
    pairs = 4 if name.startswith("glm") else 2  # of which positions turn one half
    heads, width = groups * heads_each, pairs * head_dim
    wished = {
        "d_model": heads * width,
        "heads": heads,
        "kv_heads": groups,
        "head_dim": width,
        "d_ff": draw(st.integers(1, 9)),
        "vocab": draw(st.integers(1, 30)),
        "context": draw(st.integers(8, 20)),
        "window": draw(st.integers(1, 4)),
        "layers": draw(st.integers(0, 3)),
        "image": 8,
        "patch": draw(st.sampled_from([2, 4, 8])),
    }
    wished |= {"d_expert": 3, "experts": 4, "active": 2, "groups": 2, "active_groups": 1}
    wished |= {"q_rank": 3, "kv_rank": 5, "nope": 2, "rope": 4, "v_dim": 3}
    graph_dims = load(name)[0].root.dims
    return {dim: size for dim, size in wished.items() if dim in graph_dims}


def filled(graph: Graph, batch: tuple[int, ...], lengths: dict[str, int], seed: int) -> Any:
    """Random inputs of a graph."""
    random = np.random.default_rng(seed)
    found = {}
    for name, wire in graph.inputs.items():
        shape = (*batch, *(dim.size(lengths) for dim in wire.dims))
        if wire.kind == "index":
            assert wire.bound is not None
            found[name] = random.integers(0, int(wire.bound), shape)
        else:
            found[name] = random.normal(size=shape)
    return found


def beside(node: Node, path: str, count: Dim) -> Iterator[tuple[str, WireType]]:
    """The paths of copies side by side: inside of them, a dim for the copies stands in front."""
    first, *further = node.outputs.items()
    yield path, first[1]
    yield from ((f"{path}.{port}", wire) for port, wire in further)
    if isinstance(node.part, Composite):
        for inner, wire in declared(node.part, f"{path}."):
            if inner not in {f"{path}.{port}" for port, _ in further}:
                yield inner, WireType(wire.kind, (count, *wire.dims), wire.bound)


def declared(composite: Composite, prefix: str = "") -> Iterator[tuple[str, WireType]]:
    """Every path of a graph with the type its wire was declared with."""
    for node in composite.nodes.values():
        if node.parallel is not None:
            yield from beside(node, f"{prefix}{node.name}", node.parallel.count)
            continue
        copies = [""] if node.count is None else [f".{i}" for i in range(node.count)]
        for i, copy in enumerate(copies):
            part, path = node.part_of(i), f"{prefix}{node.name}{copy}"
            side = node.parallel is not None
            outputs = node.outputs if side else part.outputs
            for k, (port, wire) in enumerate(outputs.items()):
                yield (path if k == 0 else f"{path}.{port}"), wire
            if isinstance(part, Composite) and not side:  # inside, each has a dim of copies more
                yield from declared(part, f"{path}.")


@pytest.mark.parametrize("name", SPECS)
@settings(max_examples=examples(8))
@given(data=st.data())
def test_every_wire_has_its_declared_type(name: str, data: st.DataObject) -> None:
    _, graph = load(name, (), data.draw(small(name)))
    lengths = {dim: data.draw(st.integers(1, 8)) for dim in graph.free}
    batch = data.draw(st.sampled_from([(), (2,), (2, 3)]))
    model = Model(graph, init(graph, seed=data.draw(st.integers(0, 9)), dtype="float32"))
    given = filled(graph, batch, lengths, 0)
    wires = dict(declared(graph.root))
    seen = model.trace(**given, paths=wires)
    for path, wire in wires.items():
        value = seen[path]
        shape = tuple(dim.size(lengths) for dim in wire.dims)
        assert value.shape in (shape, (*batch, *shape)), path
        assert (value.dtype == np.float32) == (wire.kind == "real"), path
        assert np.isfinite(value).all()
    outputs = model.run(given)
    assert all(outputs[name].shape[: len(batch)] == batch for name in graph.outputs)


@pytest.mark.parametrize("name", CAUSAL)
@settings(max_examples=examples(6))
@given(data=st.data())
def test_a_run_on_a_prefix_is_the_prefix_of_the_run(name: str, data: st.DataObject) -> None:
    _, graph = load(name, (), data.draw(small(name)))
    length = data.draw(st.integers(2, 8))
    cut = data.draw(st.integers(1, length - 1))
    model = Model(graph, init(graph, seed=1, dtype="float64"))
    tokens = filled(graph, (), {"seq": length}, data.draw(st.integers(0, 99)))["tokens"]
    np.testing.assert_allclose(model(tokens)[:cut], model(tokens[:cut]), rtol=0, atol=1e-9)


@pytest.mark.parametrize("layers", [2, None])
@pytest.mark.parametrize("name", DECODERS)
def test_a_step_of_training_lowers_the_loss(name: str, layers: int | None) -> None:
    sizes = toy(name) | ({} if layers is None else {"layers": layers})
    goal = objective(load(name, keywords=sizes)[0])
    net = Trainable(build(goal.spec), init(build(goal.spec), seed=1), loss=goal.loss)
    text = np.random.default_rng(0).integers(0, sizes["vocab"], (2, 9))
    example = {"tokens": text[:, :-1], goal.wanted: text[:, 1:]}
    before, gradients = net.gradients(example)
    assert set(gradients) == set(net.trained)
    for path, gradient in gradients.items():
        assert np.any(gradient), path
        net.parameters[path] -= 0.05 * gradient
    assert net.loss(example) < before


@settings(max_examples=examples(6))
@given(data=st.data())
def test_a_decoder_is_causal_and_an_encoder_is_not(data: st.DataObject) -> None:
    sizes = data.draw(small("transformer")) | {"layers": 2}
    _, graph = load("transformer", (), sizes)
    model = Model(graph, init(graph, seed=2, dtype="float64"))
    given = filled(graph, (), {"source_len": 6, "target_len": 6}, data.draw(st.integers(0, 99)))
    whole = model(**given)
    short = model(source=given["source"], target=given["target"][:4])
    np.testing.assert_allclose(whole[:4], short, rtol=0, atol=1e-9)
    memory = model.trace(**given, paths=["encoder"])["encoder"]
    cut = model.trace(source=given["source"][:4], target=given["target"], paths=["encoder"])
    if sizes["vocab"] > 1 and sizes["d_model"] > 2:  # norms make -1 and 1 of any two numbers
        assert np.abs(memory[:4] - cut["encoder"]).max() > 1e-9


@pytest.mark.parametrize("name", SPECS)
def test_the_same_seed_gives_the_same_bytes(name: str) -> None:
    small_dims = {"layers": 1} if "layers" in load(name)[0].root.dims else {}
    dims = load(name)[0].root.dims
    small_dims |= {"vocab": 11} if "vocab" in dims else {}
    small_dims |= {"d_model": 64} if "d_model" in dims else {}
    small_dims |= {"heads": 8} if "heads" in dims else {}
    small_dims |= {"kv_heads": 2} if "kv_heads" in dims else {}
    _, graph = load(name, (), small_dims)
    first, second, other = (init(graph, seed=s, dtype="float32") for s in (7, 7, 8))
    assert {k: v.tobytes() for k, v in first.items()} == {k: v.tobytes() for k, v in second.items()}
    if load_graph(name).random:  # else its numbers are all written in the spec, or start alike
        assert any(not np.array_equal(first[k], other[k]) for k in first)
