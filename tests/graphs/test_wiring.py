"""Wires that are implied, optional or defaulted; boxes that are none, repeated, varied, shared."""

import pytest

from boxwork.graphs.parameters import aliases, parameters
from boxwork.graphs.totals import total

from .support import graph_of, names, node_at, primitive_at, structure, wires, wrong

TWO = """
    dims: {seq: any, other: any, d: 4}
    inputs: {x: "real[seq, d]", z: "real[other, d]"}
"""
CROSS = """
    blocks:
      Layer:
        inputs: {x: "real[n, d]", memory: "real[m, d]"}
        outputs: {y: "real[n, d]"}
        nodes:
          y: {use: MultiHeadAttention, in: {query: x, memory: memory}, with: {heads: 2}}
    nodes:
      mem: {use: ReLU, in: z}
      y: {use: Layer, in: {x: x, memory: mem}, repeat: COUNT}
"""


def test_the_node_above_feeds_the_first_port() -> None:
    graph = graph_of(
        "nodes:\n"
        "  a: {use: ReLU}\n"
        "  b: {use: GELU}\n"
        "  y: {use: MultiHeadAttention, with: {heads: 2}}"
    )
    assert wires(graph, "a") == {"x": ["x"]}
    assert wires(graph, "b") == {"x": ["a.y"]}
    assert wires(graph, "y") == {"query": ["b.y"], "memory": ["b.y"]}


def test_a_block_without_inputs_takes_none_from_above() -> None:
    graph = graph_of(
        "nodes:\n"
        "  a: {use: ReLU}\n"
        "  row: {use: Array, with: {dims: [d]}}\n"
        "  all: {use: Expand, with: {dim: seq}}\n"
        "  y: {use: Add, in: [a, all]}"
    )
    assert wires(graph, "row") == {}
    assert wires(graph, "all") == {"x": ["row.y"]}


def test_written_and_implied_wires_are_one_graph() -> None:
    implied = (
        "nodes:\n"
        "  a: {use: Linear, with: {width: 8}}\n"
        "  b: {use: ReLU}\n"
        "  y: {use: Linear, with: {width: d}}"
    )
    written = (
        "nodes:\n"
        "  a: {use: Linear, in: x, with: {width: 2 * d}}\n"
        "  b: {use: ReLU, in: {x: a}}\n"
        "  y: {use: Linear, in: b.y, with: {width: d}}"
    )
    one, other = structure(graph_of(implied)), structure(graph_of(written))
    assert str(one).replace("'2 * d'", "'8'") == str(other).replace("'2 * d'", "'8'")


def test_the_order_of_nodes_is_free() -> None:
    text = "nodes:\n  y: {use: Add, in: [b, a]}\n  b: {use: GELU, in: a}\n  a: {use: ReLU, in: x}"
    assert names(graph_of(text)) == ["ReLU", "GELU", "Add"]


def test_optional_and_defaulted_ports() -> None:
    text = TWO + (
        "    nodes:\n"
        "      a: {use: MultiHeadAttention, in: x, with: {heads: 2}}\n"
        "      y: {use: MultiHeadAttention, in: {query: a, memory: z}, with: {heads: 2}}"
    )
    graph = graph_of(text)
    assert wires(graph, "a") == {"query": ["x"], "memory": ["x"]}
    assert wires(graph, "y") == {"query": ["a.y"], "memory": ["z"]}
    assert set(wires(graph, "a.mix")) == {"q", "k", "v"}


def test_an_optional_input_that_is_wired_goes_in() -> None:
    text = """
        inputs: {x: "real[seq, d]", b: "real[2, seq, seq]"}
        nodes:
          y: {use: MultiHeadAttention, in: {query: x, bias: b}, with: {heads: 2}}
    """
    assert wires(graph_of(text), "y.mix")["bias"] == ["bias"]


def test_ports_of_shape_read_lengths_only() -> None:
    graph = graph_of(
        TWO
        + (
            "    nodes:\n"
            "      p: {use: PositionalEmbedding, in: x, with: {count: 9, width: d}}\n"
            "      y: {use: Add, in: [x, p]}"
        )
    )
    assert str(node_at(graph, "p").outputs["y"]) == "real[seq, 4]"


def test_use_none_is_no_box() -> None:
    text = (
        "settings: {drop: block = none}\n"
        "nodes:\n"
        "  a: {use: ReLU}\n"
        "  no: {use: drop}\n"
        "  gone: {use: none}\n"
        "  y: {use: GELU}"
    )
    graph = graph_of(text)
    assert list(graph.root.nodes) == ["a", "y"]
    assert wires(graph, "y") == {"x": ["a.y"]}
    assert names(graph_of(text, "settings.drop={use: Dropout, with: {rate: 0.1}}")) == [
        "ReLU",
        "Dropout",
        "GELU",
    ]


def test_an_output_may_be_a_box_that_is_none() -> None:
    graph = graph_of("nodes:\n  a: {use: ReLU}\n  y: {use: none}")
    assert str(graph.root.sources["y"]) == "a.y"


@pytest.mark.parametrize("count", [0, 1, 3])
def test_repeat(count: int) -> None:
    graph = graph_of(
        (
            "dims: {seq: any, d: 4, layers: 3}\n"
            "nodes:\n"
            "  a: {use: ReLU}\n"
            "  s: {use: Linear, repeat: layers, with: {width: d}}\n"
            "  y: {use: GELU}"
        ),
        layers=count,
    )
    assert node_at(graph, "s").count == count
    assert len(node_at(graph, "s").parts) == 1
    assert sorted(parameters(graph)) == sorted(
        f"s.{i}.{p}" for i in range(count) for p in ("weight", "bias")
    )
    assert total(graph) == 20 * count
    assert str(graph.outputs["y"]) == "real[seq, 4]"


def test_a_copy_may_be_read() -> None:
    graph = graph_of(
        "nodes:\n"
        "  s: {use: Linear, repeat: 3, with: {width: d}}\n"
        "  y: {use: Add, in: [s.0, s.2, s]}"
    )
    assert wires(graph, "y") == {"x": ["s.0.y", "s.2.y", "s.y"]}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_first_input_is_carried_and_the_others_go_to_all(count: int) -> None:
    graph = graph_of(TWO + CROSS.replace("COUNT", str(count)))
    assert wires(graph, "y") == {"x": ["x"], "memory": ["mem.y"]}
    assert node_at(graph, "y").carried == "x"
    assert total(graph) == count * 80


def test_vary_takes_turns() -> None:
    text = (
        "nodes:\n"
        "  y: {use: MultiHeadAttention, repeat: 5, with: {heads: 2, causal: true},\n"
        "      vary: {window: [2, 3, none], position: [none, RotaryEncoding, none]}}"
    )
    node = node_at(graph_of(text), "y")
    assert [str(node.part_of(i).settings["window"]) for i in range(5)] == [
        "2",
        "3",
        "None",
        "2",
        "3",
    ]
    assert len(node.parts) == 3


def test_vary_of_use_and_none_in_it() -> None:
    text = (
        "blocks:\n"
        "  A: {use: Scale, with: {by: 2}}\n"
        "nodes:\n"
        "  y: {repeat: 4, vary: {use: [A, ReLU, none]}}"
    )
    node = node_at(graph_of(text), "y")
    assert [node.part_of(i).name for i in range(4)] == ["Scale", "ReLU", "none", "Scale"]


def test_none_among_copies_with_several_inputs() -> None:
    text = TWO + CROSS.replace("use: Layer,", "vary: {use: [none, Layer]},").replace("COUNT", "3")
    graph = graph_of(text)
    assert wires(graph, "y") == {"x": ["x"], "memory": ["mem.y"]}
    assert [node_at(graph, "y").part_of(i).name for i in range(3)] == ["none", "Layer", "none"]
    assert total(graph) == 80


def test_a_cycle_longer_than_the_stack_is_cut() -> None:
    text = (
        "dims: {seq: any, d: 4, layers: 6}\n"
        "nodes:\n"
        "  y: {repeat: layers, vary: {use: [ReLU, GELU, SiLU]}}"
    )
    assert [part.name for part in node_at(graph_of(text, layers=2), "y").parts] == ["ReLU", "GELU"]


def test_all_of_a_cycle_is_read_however_few_the_copies() -> None:
    text = (
        "dims: {seq: any, d: 4, layers: 6, wide: 8}\n"
        "blocks: {Far: {use: Scale, with: {by: wide}}}\n"
        "nodes:\n"
        "  y: {repeat: layers, vary: {use: [ReLU, GELU, Far]}}"
    )
    assert graph_of(text, layers=1).warnings == ()
    assert wrong(text.replace("GELU, Far", "Nix, Far").replace("layers: 6", "layers: 1")) == [
        ("BW110", "no block is named `Nix`")
    ]


def test_share_is_one_set_of_parameters() -> None:
    graph = graph_of("nodes:\n  y: {use: Linear, repeat: 3, share: true, with: {width: d}}")
    assert sorted(parameters(graph)) == ["y.0.bias", "y.0.weight"]
    assert aliases(graph)["y.2.weight"] == ("y.0.weight", False)
    assert total(graph) == 20
    assert (
        total(graph_of("nodes:\n  y: {use: Linear, repeat: 3, share: false, with: {width: d}}"))
        == 60
    )


def test_requirements_on_free_dims_wait_for_the_run() -> None:
    text = "dims: {seq: any, d: 4, context: 9}\nrequire: [seq <= context, d == 4, 2 * seq > d + 1]"
    found = {c.text: (str(c.left), c.operator, str(c.right)) for c in graph_of(text).conditions}
    assert found == {
        "seq <= context": ("seq", "<=", "9"),
        "2 * seq > d + 1": ("2 * seq", ">", "5"),
    }


def test_dims_that_only_the_run_knows_may_be_computed_with() -> None:
    text = """
        dims: {seq: any, d: 4}
        outputs: {y: "real[2 * seq // 2, d]"}
    """
    assert wrong(text)[0][0] == "BW212"  # `2 * seq // 2` has no normal form but itself
    assert graph_of('outputs: {y: "real[(seq + 1) * 2 - seq - 2, d]"}').outputs


def test_one_mistake_is_told_once_however_often_it_is_used() -> None:
    text = CROSS.replace("heads: 2", "heads: 3").replace("COUNT", "9")
    assert [code for code, _ in wrong(TWO + text)] == ["BW114"]


def test_copies_share_their_template() -> None:
    graph = graph_of(
        "nodes:\n"
        "  a: {use: GPTBlock, repeat: 50, with: {heads: 2}}\n"
        "  y: {use: GPTBlock, with: {heads: 2}}"
    )
    assert node_at(graph, "a").part is node_at(graph, "y").part
    assert primitive_at(graph, "a.49.attn.q") is primitive_at(graph, "y.attn.q")
