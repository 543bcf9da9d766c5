"""Copies side by side in variants, edits and written out; what they own is tied and counted."""

import numpy as np
import pytest

from boxwork.engines.parameters.initialise import init
from boxwork.engines.parameters.weights import load as read
from boxwork.engines.parameters.weights import save
from boxwork.engines.running.numpy import Model
from boxwork.graphs.load import load
from boxwork.graphs.parameters import aliases, canonical, parameters
from boxwork.graphs.totals import total
from boxwork.specs.write import expand

from .support import graph_of, node_at, spec_and_graph, structure, wrong

BASE = """\
format: 1
name: base
dims: {seq: any, d: 4, experts: 3}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
blocks:
  Mixture:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      score: {use: Linear, in: x, with: {width: experts}}
      gate: {use: Softmax}
      routed: {use: FeedForward, in: x, with: {hidden: 5}, parallel: experts, weigh: gate}
      y: {use: Add, in: [x, routed]}
nodes:
  stack: {use: Mixture, repeat: 2}
  y: {use: LayerNorm}
"""
HEAD = "+++ base.yaml\n" + BASE


def variant(text: str, *sets: str) -> str:
    return f"extends: base.yaml\n{text}\n{HEAD}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        (
            "set: {'stack.*.routed': {parallel: 6, weigh: wide}}\n"
            "insert: [{after: 'stack.*.gate', nodes: {wide: {use: Linear, with: {width: 6}}}}]"
        ),
        "swap: {ReLU: GELU}",
        "set: {'stack.*.routed': {use: GatedFeedForward}}",
        "set: {'stack.*.routed.up': {with: {bias: false}}}",
        "remove: ['stack.*.gate']",
        "set: {'stack.1.routed': {with: {hidden: 9}}}",
    ],
)
def test_what_is_edited_says_the_same_written_out(text: str, tmp_path) -> None:
    spec, graph = spec_and_graph(variant(text))
    path = tmp_path / "out.yaml"
    path.write_text(expand(spec), encoding="utf-8")
    again = load(path)[1]
    assert structure(again) == structure(graph)
    assert {k: v.dims for k, v in parameters(again).items()} == {
        k: v.dims for k, v in parameters(graph).items()
    }
    values = {"x": np.random.default_rng(0).normal(size=(3, 4))}
    one, other = (Model(g, init(g, 1, np.float64))(**values) for g in (graph, again))
    np.testing.assert_array_equal(one, other)


def test_an_edit_reaches_what_weighs_them() -> None:
    """A node that is removed or follows another is read by `weigh` as by any wire."""
    graph = graph_of(variant("remove: ['stack.*.gate']"))
    assert str(node_at(graph, "stack.0.routed").inputs["weigh"][0]) == "score.y"
    inserted = "insert: [{after: 'stack.*.gate', nodes: {half: {use: Scale, with: {by: 0.5}}}}]"
    graph = graph_of(variant(inserted))
    assert str(node_at(graph, "stack.0.routed").inputs["weigh"][0]) == "half.y"
    lost = "remove: ['stack.*.score']\nset: {'stack.*.gate': {in: x}}"
    assert wrong(variant(lost))


def test_an_edit_inside_is_one_of_all_copies() -> None:
    graph = graph_of(variant("set: {'stack.*.routed.up': {with: {bias: false}}}"))
    assert "stack.0.routed.up.bias" not in parameters(graph)
    assert "stack.0.routed.y.bias" in parameters(graph)
    assert wrong(variant("set: {'stack.*.routed.0.up': {with: {bias: false}}}"))[0][0] == "BW303"


def test_set_from_outside(tmp_path) -> None:
    path = tmp_path / "base.yaml"
    path.write_text(BASE, encoding="utf-8")
    graph = load(path, ["dims.experts=7"])[1]
    assert [str(d) for d in parameters(graph)["stack.0.routed.up.weight"].dims] == ["7", "4", "5"]
    graph = load(path, ["set.stack.*.routed.share=true"])[1]
    assert [str(d) for d in parameters(graph)["stack.0.routed.up.weight"].dims] == ["4", "5"]


def test_ties_inside_across_and_turned() -> None:
    graph = graph_of("""
        dims: {seq: any, d: 4, h: 5, n: 3}
        blocks:
          Auto:
            inputs: {x: "real[seq, d]"}
            outputs: {y: "real[seq, d]"}
            nodes:
              up: {use: Linear, in: x, with: {width: h}}
              y: {use: Linear, with: {width: d}, tie: {weight: up.weight}}
        nodes:
          score: {use: Linear, in: x, with: {width: n}}
          one: {use: Auto, in: x, parallel: n, weigh: score}
          two: {use: Auto, in: one, parallel: n, weigh: score, tie: {up.weight: one.up.weight}}
          three: {use: Linear, in: two, with: {width: h}, parallel: n, weigh: score,
                  tie: {weight: one.y.weight}}
          y: {use: Linear, with: {width: d}, parallel: n, weigh: score,
              tie: {weight: {to: three.weight, transpose: true}}}
    """)
    assert canonical(graph, "one.y.weight") == ("one.up.weight", True)
    assert canonical(graph, "two.y.weight") == ("one.up.weight", True)
    assert canonical(graph, "three.weight") == ("one.up.weight", False)
    assert canonical(graph, "y.weight") == ("one.up.weight", True)
    assert len(aliases(graph)) == 5
    owned = {path: array.shape for path, array in init(graph, 0, np.float64).items()}
    assert owned["one.up.weight"] == (3, 4, 5)
    assert total(graph) == sum(int(np.prod(shape)) for shape in owned.values())
    values = {"x": np.random.default_rng(0).normal(size=(2, 4))}
    model = Model(graph, init(graph, 0, np.float64))
    apart = graph_of("""
        dims: {seq: any, d: 4, h: 5, n: 3}
        blocks:
          Auto:
            inputs: {x: "real[seq, d]"}
            outputs: {y: "real[seq, d]"}
            nodes:
              up: {use: Linear, in: x, with: {width: h}}
              y: {use: Linear, with: {width: d}}
        nodes:
          score: {use: Linear, in: x, with: {width: n}}
          one: {use: Auto, in: x, parallel: n, weigh: score}
          two: {use: Auto, in: one, parallel: n, weigh: score}
          three: {use: Linear, in: two, with: {width: h}, parallel: n, weigh: score}
          y: {use: Linear, with: {width: d}, parallel: n, weigh: score}
    """)
    free = {path: np.array(model.parameters[path]) for path in parameters(apart)}
    np.testing.assert_allclose(Model(apart, free)(**values), model(**values))


def test_numbers_for_all_copies_and_the_same_for_each() -> None:
    text = """
        dims: {seq: any, d: 2, n: 2}
        inputs: {x: "real[d]"}
        outputs: {y: "real[n, d]"}
        blocks:
          Own:
            inputs: {x: "real[d]"}
            outputs: {y: "real[d]"}
            nodes:
              y: {use: Linear, with: {width: d}, values: {weight: [[1, 0], [0, 1]], bias: [5, 6]}}
        nodes:
          y: {use: Own, parallel: n, values: {y.bias: [[1, 2], [3, 4]]}}
    """
    made = init(graph_of(text), 0)
    assert made["y.y.bias"].tolist() == [[1, 2], [3, 4]]
    assert made["y.y.weight"].tolist() == [[[1, 0], [0, 1]]] * 2


def test_weight_files_have_them_as_one_array(tmp_path) -> None:
    graph = graph_of(variant(""))
    arrays = init(graph, 3)
    save(tmp_path / "w.safetensors", graph, arrays)
    found = read(tmp_path / "w.safetensors", graph)
    assert found.keys() == arrays.keys()
    for path, array in arrays.items():
        np.testing.assert_array_equal(found[path], array)


def test_nothing_is_written_out_however_many_there_are() -> None:
    many = BASE.replace("experts: 3", "experts: 1_000_000")
    graph = graph_of(f"extends: base.yaml\n+++ base.yaml\n{many}")
    assert total(graph) == 2 * (4 * 10**6 + 10**6 + 10**6 * (4 * 5 + 5 + 5 * 4 + 4)) + 8
    assert len(parameters(graph)) == 2 * 6 + 2
