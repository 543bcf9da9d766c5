"""Parameters by path: ties, shares, repeats, and totals that cost what is written."""

import math

import pytest

from boxwork.graphs.graph import Graph
from boxwork.graphs.parameters import aliases, canonical, parameters
from boxwork.graphs.totals import Count, total, totals

from ..effort import calls
from .support import graph_of, shipped

LAYER = """
  Layer:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      q: {use: Linear, in: x, with: {width: d}}
      y: {use: Linear, with: {width: d, bias: false}}
"""

TWO_STACKS = f"""
dims: {{seq: any, d: 3, layers: 4}}
inputs: {{x: "real[seq, d]"}}
outputs: {{out: "real[seq, d]"}}
blocks: {LAYER}
nodes:
  encoder: {{use: Layer, repeat: layers}}
  decoder: {{use: Layer, repeat: layers, tie: {{TIE}}}}
  out: {{use: LayerNorm}}
"""

SPECS = {
    "plain": TWO_STACKS.replace("{TIE}", "{}"),
    "star": TWO_STACKS.replace("{TIE}", "{'*.q.weight': encoder.*.q.weight}"),
    "one copy": TWO_STACKS.replace("{TIE}", "{'2.q': encoder.1.q}"),
    "turned": TWO_STACKS.replace(
        "{TIE}", "{'*.y.weight': {to: encoder.*.q.weight, transpose: true}}"
    ),
    "whole": TWO_STACKS.replace("{TIE}", "encoder.*"),
    "many to one": TWO_STACKS.replace("{TIE}", "{'*.q.bias': encoder.0.q.bias}"),
    "shared": TWO_STACKS.replace("repeat: layers}", "repeat: layers, share: true}").replace(
        "{TIE}", "{}"
    ),
    "shared and tied": TWO_STACKS.replace(
        "repeat: layers,", "repeat: layers, share: true,"
    ).replace("{TIE}", "{'*.q.weight': encoder.2.q.weight}"),
    "none": TWO_STACKS.replace("layers: 4", "layers: 0").replace("{TIE}", "{}"),
    "chain": """
        dims: {seq: any, d: 3}
        inputs: {x: "real[seq, d]"}
        outputs: {out: "real[seq, d]"}
        nodes:
          a: {use: Linear, in: x, with: {width: d}}
          b: {use: Linear, with: {width: d}, tie: {weight: {to: a.weight, transpose: true}}}
          c: {use: Linear, with: {width: d}, tie: {weight: {to: b.weight, transpose: true}}}
          out: {use: Array, with: {dims: [d], trained: false}}
          sum: {use: Linear, in: c, with: {width: d}}
    """.replace("out: {use: Array", "fixed: {use: Array").replace("sum: {use", "out: {use"),
    "vary": f"""
        dims: {{seq: any, d: 4}}
        inputs: {{x: "real[seq, d]"}}
        outputs: {{stack: "real[seq, d]"}}
        blocks: {LAYER.replace(chr(10), chr(10) + "        ")}
        nodes:
          stack: {{use: Layer, repeat: 5, vary: {{use: [Layer, Layer, RMSNorm]}}}}
    """,
    "nested": f"""
        dims: {{seq: any, d: 2}}
        inputs: {{x: "real[seq, d]"}}
        outputs: {{b: "real[seq, d]"}}
        blocks:
          Group:
            inputs: {{x: "real[seq, d]"}}
            outputs: {{y: "real[seq, d]"}}
            nodes:
              inner: {{use: Layer, repeat: 3, in: x}}
              y: {{use: Linear, with: {{width: d}}, tie: {{weight: inner.1.q.weight}}}}
        {LAYER.replace(chr(10), chr(10) + "        ")}
        nodes:
          a: {{use: Group, repeat: 2}}
          b: {{use: Group, repeat: 2, tie: {{'*.inner.*.q.weight': a.*.inner.*.q.weight}}}}
    """,
}


def size(graph: Graph, path: str) -> int:
    """How many numbers of an array are parameters."""
    parameter = parameters(graph)[path]
    return math.prod(int(dim) for dim in parameter.dims) if parameter.trained else 0


@pytest.mark.parametrize("name", SPECS)
def test_totals_agree_with_the_parameters_one_by_one(name: str) -> None:
    graph = graph_of(SPECS[name])
    listed = list(parameters(graph))
    assert len(listed) == len(set(listed)) == len(parameters(graph))
    assert total(graph) == sum(size(graph, path) for path in listed)
    by_node = totals(graph).nodes
    assert sum(count.total for count in by_node.values()) == total(graph)
    for node, count in by_node.items():
        below = [path for path in listed if path.split(".")[0] == node]
        assert count.total == sum(size(graph, path) for path in below)
        assert count.arrays == len(below)
    others = list(aliases(graph))
    assert len(others) == len(aliases(graph))
    assert not set(others) & set(listed)
    for path in others:
        owner, _ = aliases(graph)[path]
        assert owner in listed


def test_star_ties_pair_up_copy_by_copy() -> None:
    graph = graph_of(SPECS["star"])
    assert dict(aliases(graph)) == {
        f"decoder.{i}.q.weight": (f"encoder.{i}.q.weight", False) for i in range(4)
    }
    assert "decoder.1.q.weight" not in parameters(graph)
    assert "decoder.1.q.bias" in parameters(graph)


def test_shared_copies_lead_to_the_first() -> None:
    graph = graph_of(SPECS["shared and tied"])
    assert aliases(graph)["decoder.3.y.weight"] == ("decoder.0.y.weight", False)
    assert aliases(graph)["decoder.3.q.weight"] == ("encoder.2.q.weight", False)
    assert "decoder.0.y.weight" not in aliases(graph)


def test_a_chain_leads_to_its_end_and_turning_twice_is_not_turning() -> None:
    graph = graph_of(SPECS["chain"])
    assert canonical(graph, "b.weight") == ("a.weight", True)
    assert canonical(graph, "c.weight") == ("a.weight", False)
    assert canonical(graph, "a.weight") == ("a.weight", False)


def test_ties_within_a_block_stay_within_its_copy() -> None:
    graph = graph_of(SPECS["nested"])
    assert canonical(graph, "a.1.y.weight") == ("a.1.inner.1.q.weight", False)
    assert canonical(graph, "b.1.y.weight") == ("a.1.inner.1.q.weight", False)


def test_buffers_are_told_apart() -> None:
    graph = graph_of(SPECS["chain"])
    assert totals(graph).nodes["fixed"] == Count(buffers=3, arrays=1)
    trained = 9 + 3 + 3 + 3 + 9 + 3
    whole = totals(graph).all
    assert whole == Count(trained, buffers=3, arrays=7, active=trained)
    assert (whole.total, whole.stored) == (trained, trained + 3)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "q",
        "encoder",
        "encoder.4.q.weight",
        "encoder.q.weight",
        "encoder.01.q.weight",
        "encoder.0.q",
        "encoder.0.q.weight.x",
        "encoder.².q.weight",
        "encoder.*.q.weight",
    ],
)
def test_what_is_no_parameter(path: str) -> None:
    graph = graph_of(SPECS["star"])
    assert canonical(graph, path) is None
    assert path not in parameters(graph)
    assert path not in aliases(graph)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("gpt2", 124_439_808), ("gpt2-medium", 354_823_168), ("llama-3.1-8b", 8_030_261_248)],
)
def test_published_totals(name: str, numbers: int) -> None:
    assert total(shipped(name)) == numbers


def test_copies_cost_nothing() -> None:
    def effort(copies: int) -> int:
        text = SPECS["star"].replace("layers: 4", f"layers: {copies}")
        graph = graph_of(text)

        def count() -> None:
            assert total(graph) == copies * (9 + 3 + 9) + copies * (3 + 9) + 6
            assert len(parameters(graph)) == 5 * copies + 2

        return calls(count)

    assert effort(30_000) == effort(4)


def test_doubled_blocks_are_counted_once() -> None:
    blocks = "".join(
        f"""
  B{i}:
    inputs: {{x: "real[seq, d]"}}
    outputs: {{y: "real[seq, d]"}}
    nodes:
      a: {{use: {"B" + str(i + 1) if i < 15 else "Linear, with: {width: d}"}, in: x}}
      y: {{use: {"B" + str(i + 1) if i < 15 else "Linear, with: {width: d}"}}}"""
        for i in range(16)
    )
    graph = graph_of(f"""
dims: {{seq: any, d: 2}}
inputs: {{x: "real[seq, d]"}}
outputs: {{out: "real[seq, d]"}}
blocks: {blocks}
nodes:
  out: {{use: B0}}
""")
    assert total(graph) == 2**16 * 6
    assert len(parameters(graph)) == 2**17
