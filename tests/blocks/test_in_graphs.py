"""Every primitive as the node of a spec: inferred widths, the engine, the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwork.engines.parameters.initialise import init
from boxwork.engines.running.numpy import Model
from boxwork.graphs.graph import Primitive
from boxwork.specs.diagnostics import DataError, SpecError
from tests.blocks.cases import CASES, draw
from tests.blocks.harness import Use
from tests.blocks.specs import graph_of, input_names, spec_of

ALL = pytest.mark.parametrize("name", sorted(CASES))
RANDOM = st.randoms(use_true_random=False)


@ALL
@given(random=RANDOM)
def test_inference_gives_what_the_declaration_says(name, random) -> None:
    use = draw(name, random)
    graph = graph_of(spec_of(use))
    (node,) = graph.root.nodes.values()
    part = node.part
    assert isinstance(part, Primitive)
    assert part.block == use.block
    assert list(part.outputs) == list(use.declared())
    for port, wire in use.declared().items():
        assert str(part.outputs[port]) == str(wire)
        assert part.outputs[port].named() == wire.named()
    for own, parameter in use.parameters().items():
        assert part.parameters[own].init == parameter.init
        assert [int(d) for d in part.parameters[own].dims] == [int(d) for d in parameter.dims]


@ALL
@given(random=RANDOM, batch=st.sampled_from([(), (2,), (2, 3)]))
def test_the_engine_gives_what_the_block_computes(name, random, batch) -> None:
    use = draw(name, random)
    arrays = use.draw(1, batch, np.float32)
    found = through_the_engine(use, arrays)
    for port, array in use.run(arrays, "kernel", dtype=np.float32).items():
        assert found[f"out_{port}"].dtype == array.dtype
        np.testing.assert_array_equal(found[f"out_{port}"], array)


def through_the_engine(use: Use, arrays):
    graph = graph_of(spec_of(use))
    own = {f"node{name}": several[0] for name, several in arrays.items() if name[0] == "."}
    values = {
        name: arrays[port][i] if port in arrays else np.zeros(shape(use, port, i), _kind(use, port))
        for port, names in input_names(use).items()
        for i, name in enumerate(names)
    }
    return Model(graph, own, dtype=np.float32).run(values)


def shape(use: Use, port: str, i: int) -> tuple[int, ...]:
    return tuple(int(dim) for dim in use.wires[port][i].dims)


def _kind(use: Use, port: str):
    return np.int64 if use.wires[port][0].bound is not None else np.float32


REFUSED = {
    "{use: SplitHeads, with: {heads: 4}}": r"width % heads == 0.* width = 6",
    "{use: Split, with: {sizes: [2, 3]}}": "2 \\+ 3 add up to 5, but the input is 6 wide",
    "{use: RotaryEncoding, with: {share: 0.5}}": "0.5 of the width 6 is 3",
    "{use: Dropout, with: {rate: 1}}": "rate < 1",
    "{use: SinusoidalEncoding, with: {width: 6, form: article}}": "needs the context",
    "{use: MultiHeadAttention, in: {query: x, memory: z}, with: {heads: 2, causal: true}}": (
        "queries and keys along the same dim, not n and m"
    ),
    "{use: MultiHeadAttention, with: {heads: 3, kv_heads: 2}}": "heads % kv_heads == 0",
}


@pytest.mark.parametrize("node", REFUSED)
def test_what_a_block_refuses_is_said_where_it_is_used(node) -> None:
    spec = f"""
        dims: {{n: any, m: any}}
        inputs: {{x: "real[n, 6]", z: "real[m, 6]"}}
        outputs: {{y: "real[n, 6]"}}
        nodes: {{y: {node}}}
    """
    with pytest.raises(SpecError, match=REFUSED[node]):
        graph_of(spec)


def test_a_run_past_the_positions_is_refused() -> None:
    graph = graph_of(
        """
        dims: {n: any}
        inputs: {x: "real[n, 2]"}
        outputs: {y: "real[n, 3]"}
        nodes: {y: {use: PositionalEmbedding, in: x, with: {count: 4, width: 3}}}
        """
    )
    model = Model(graph, init(graph))
    assert model(x=np.zeros((4, 2))).shape == (4, 3)
    with pytest.raises(DataError, match=r"x gives n = 5, .* seq <= count: at most 4"):
        model(x=np.zeros((5, 2)))


def test_heads_of_a_length_known_at_run_time() -> None:
    graph = graph_of(
        """
        dims: {n: any}
        inputs: {x: "real[2, n]"}
        outputs: {y: "real[3, 2, n / 3]"}
        nodes: {y: {use: SplitHeads, in: x, with: {heads: 3}}}
        """
    )
    model = Model(graph, {}, dtype=np.float64)
    assert model(x=np.zeros((2, 6))).shape == (3, 2, 2)
    with pytest.raises(DataError, match="n = 7"):
        model(x=np.zeros((2, 7)))
