"""Variants: what they inherit, and every edit, in order."""

from pathlib import Path

import pytest

from boxwork.graphs.load import load
from boxwork.graphs.parameters import parameters
from boxwork.graphs.totals import total
from boxwork.specs.diagnostics import SpecError

from .support import graph_of, names, node_at, part_at, primitive_at, structure, wires, wrong

GPT = """
    extends: gpt
    dims: {layers: 4}
"""


def codes(text: str, *sets: str, **keywords: int) -> list[str]:
    """The warnings of a variant."""
    return [d.code for d in graph_of(text, *sets, **keywords).warnings]


def test_dims_settings_and_text_are_laid_over_those_of_the_base() -> None:
    graph = graph_of(
        GPT + "    name: deep\n    settings: {dropout: 0.3}\n    require: [layers == 4]\n"
    )
    assert graph.name == "deep"
    assert node_at(graph, "stack").count == 4
    assert primitive_at(graph, "drop").settings["rate"] == 0.3
    assert wrong(GPT + "    require: [layers == 5]\n")[0][0] == "BW116"


def test_outputs_are_added_or_get_another_type() -> None:
    """The node of the name, or another: as in a spec."""
    text = """
        extends: base.yaml
        settings: {pooling: MeanPool}
        outputs: {y: "real[d]", before: {type: "real[seq, d]", from: x_2}}
        +++ base.yaml
        format: 1
        dims: {seq: any, d: 4}
        settings: {pooling: block = none}
        inputs: {x: "real[seq, d]"}
        outputs: {y: "real[seq, d]", z: {type: "real[seq, d]", from: x_2}}
        nodes:
          x_2: {use: Linear, with: {width: d}}
          y: {use: pooling}
    """
    graph = graph_of(text)
    assert {name: str(wire) for name, wire in graph.outputs.items()} == {
        "y": "real[4]", "z": "real[seq, 4]", "before": "real[seq, 4]",
    }  # fmt: skip
    assert wrong(text.replace("settings: {pooling: MeanPool}", ""))[0][0] == "BW213"
    assert wrong(text.replace("before: {", "later: {").replace("from: x_2}}", "from: w}}", 1)) == [
        ("BW201", "there is no wire `w` here")
    ]


def test_blocks_are_replaced_by_name() -> None:
    graph = graph_of(GPT + "    blocks: {Drop: {use: Scale, with: {by: 1}}}\n")
    assert part_at(graph, "drop").name == "Scale"
    assert part_at(graph, "stack.0.drop_1").name == "Scale"


def test_inherited_dims_may_go_unused_but_own_ones_may_not() -> None:
    assert codes(GPT + "    remove: [stack]\n") == []
    assert codes("extends: gpt\ndims: {spare: 3}\n") == ["BW901"]


def test_swap_reaches_everywhere() -> None:
    graph = graph_of(GPT + "    swap: {LayerNorm: RMSNorm}\n")
    assert part_at(graph, "norm").name == "RMSNorm"
    assert part_at(graph, "stack.3.norm_1").name == "RMSNorm"  # a default of the catalogue
    assert "LayerNorm" not in str(structure(graph))


def test_swap_keeps_what_both_declare_and_the_spec_had_written() -> None:
    text = "extends: base.yaml\nswap: {LayerNorm: RMSNorm, Linear: PerHeadLinear}\n+++ base.yaml\n"
    base = (
        'format: 1\ndims: {seq: any, d: 4}\ninputs: {x: "real[2, seq, d]"}\n'
        'outputs: {y: "real[2, seq, d]"}\nnodes:\n  n: {use: LayerNorm, with: {eps: 0.25}}\n'
        "  y: {use: Linear, with: {width: d, bias: false}}\n"
    )
    graph = graph_of(text + base)
    assert primitive_at(graph, "n").settings["eps"] == 0.25
    assert primitive_at(graph, "y").settings["bias"] is False


def test_swap_drops_what_the_new_block_does_not_declare() -> None:
    base = """
        extends: base.yaml
        swap: {GELU: ReLU}
        +++ base.yaml
        format: 1
        dims: {seq: any, d: 4}
        inputs: {x: "real[seq, d]"}
        outputs: {y: "real[seq, d]"}
        nodes:
          y: {use: GELU, with: {approximate: tanh}}
    """
    assert names(graph_of(base)) == ["ReLU"]


def test_swap_both_ways_at_once() -> None:
    text = "extends: base.yaml\nswap: {ReLU: GELU, GELU: ReLU}\n+++ base.yaml\n"
    base = (
        'format: 1\ndims: {seq: any, d: 4}\ninputs: {x: "real[seq, d]"}\n'
        'outputs: {y: "real[seq, d]"}\nnodes:\n  a: {use: ReLU}\n  b: {use: GELU}\n'
        "  y: {use: FeedForward, with: {hidden: 8, activation: GELU}}\n"
    )
    graph = graph_of(text + base)
    assert names(graph)[:2] == ["GELU", "ReLU"]
    assert part_at(graph, "y").title == "Feed forward"
    assert part_at(graph, "y.act").name == "ReLU"


def test_swap_takes_settings_for_the_new_block() -> None:
    graph = graph_of(GPT + "    swap: {GELU: {use: GELU, with: {approximate: tanh}}}\n")
    assert primitive_at(graph, "stack.1.ff.act").settings["approximate"] == "tanh"


def test_swap_of_a_composite_inside_another() -> None:
    text = GPT + "    swap: {FeedForward: {use: GatedFeedForward, with: {hidden: 10}}}\n"
    assert "gate" in str(list(parameters(graph_of(text))))


def test_remove_joins_readers_to_the_only_input() -> None:
    graph = graph_of(GPT + "    remove: [drop, 'stack.*.drop_1']\n")
    assert wires(graph, "stack") == {"x": ["sum.y"]}
    assert wires(graph, "stack.2.add_1")["x"] == ["x", "attn.y"]


def test_remove_drops_out_of_a_variadic_reader_and_a_lonely_add_goes() -> None:
    graph = graph_of(GPT + "    remove: [pos]\n")
    assert "sum" not in graph.root.nodes
    assert wires(graph, "drop") == {"x": ["tok.y"]}


def test_remove_with_instead() -> None:
    graph = graph_of(GPT + "    remove: [{node: stack, instead: tok}]\n")
    assert wires(graph, "norm") == {"x": ["tok.y"]}


def test_insert_after_takes_over_all_readers() -> None:
    new = "{after: stack.*.norm_1, nodes: {half: {use: Scale, with: {by: 0.5}}, act: {use: ReLU}}}"
    graph = graph_of(GPT + f"    insert: [{new}]\n")
    assert wires(graph, "stack.0.half") == {"x": ["norm_1.y"]}
    assert wires(graph, "stack.0.attn")["query"] == ["act.y"]


def test_insert_after_an_input() -> None:
    text = (
        "extends: gpt\ninsert: [{after: stack.*.x, nodes: {half: {use: Scale, with: {by: 0.5}}}}]\n"
    )
    graph = graph_of(text)
    assert wires(graph, "stack.0.half") == {"x": ["x"]}
    assert wires(graph, "stack.0.add_1")["x"] == ["half.y", "drop_1.y"]


def test_insert_before_on_the_first_input_only() -> None:
    new = "{before: stack.*.add_1, nodes: {half: {use: Scale, with: {by: 0.5}}}}"
    graph = graph_of(GPT + f"    insert: [{new}]\n")
    assert wires(graph, "stack.0.half") == {"x": ["x"]}
    assert wires(graph, "stack.0.add_1")["x"] == ["half.y", "drop_1.y"]


def test_set_copies_the_composite_that_it_reaches_into() -> None:
    graph = graph_of(GPT + "    set: {'stack.*.attn': {with: {kv_heads: 1}}}\n")
    assert int(primitive_at(graph, "stack.0.attn.k").dims["width"]) == 16
    assert part_at(graph, "stack.0").title == "GPT transformer block"


def test_set_one_copy_only() -> None:
    graph = graph_of(GPT + "    set: {stack.2.attn: {with: {causal: false}}}\n")
    causal = [primitive_at(graph, f"stack.{i}.attn.mix").settings["causal"] for i in range(4)]
    assert causal == [True, True, False, True]
    assert sorted(parameters(graph)) == sorted(parameters(graph_of(GPT)))


def test_set_the_settings_of_one_copy() -> None:
    graph = graph_of(GPT + "    set: {stack.3: {with: {hidden: 5}}, stack.1: {with: {heads: 1}}}\n")
    hidden = [int(primitive_at(graph, f"stack.{i}.ff.up").dims["width"]) for i in range(4)]
    assert hidden == [192, 192, 192, 5]
    heads = [int(primitive_at(graph, f"stack.{i}.attn.q_heads").dims["heads"]) for i in range(4)]
    assert heads == [3, 1, 3, 3]


def test_set_another_block_drops_settings_it_does_not_have() -> None:
    text = GPT + "    set: {'stack.*.ff': {use: GatedFeedForward, with: {activation: SiLU}}}\n"
    graph = graph_of(text)
    assert part_at(graph, "stack.0.ff").name == "GatedFeedForward"
    assert part_at(graph, "stack.0.ff.act").name == "SiLU"


def test_the_order_of_edits_is_fixed() -> None:
    # Written backwards: the swap comes first, then what is removed is gone, then the rest.
    text = """
        extends: gpt
        set: {norm2: {with: {eps: 0.5}}}
        insert: [{after: norm, nodes: {norm2: {use: RMSNorm}}}]
        remove: [drop]
        swap: {LayerNorm: RMSNorm}
    """
    graph = graph_of(text)
    assert names(graph)[-4:] == ["RMSNorm", "RMSNorm", "Linear", "Softmax"]
    assert "drop" not in graph.root.nodes
    assert primitive_at(graph, "norm2").settings["eps"] == 0.5


def test_an_edit_of_a_copy_that_was_shrunk_away_is_a_warning() -> None:
    text = GPT + "    set: {stack.3.attn: {with: {window: 8}}}\n"
    assert codes(text) == []
    assert codes(text, "dims.layers=2") == ["BW904"]
    assert codes(text, layers=2) == ["BW904"]
    assert wrong(text.replace("stack.3", "stack.4"))[0][0] == "BW303"


def test_variants_of_variants(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("format: 1\nextends: gpt-modern\ndims: {layers: 5}\n")
    (tmp_path / "b.yaml").write_text(
        "format: 1\nextends: a.yaml\nset: {stack.4.attn: {with: {causal: false}}}\n"
    )
    graph = load(tmp_path / "b.yaml")[1]
    assert node_at(graph, "stack").count == 5
    assert primitive_at(graph, "stack.4.attn.mix").settings["causal"] is False
    assert part_at(graph, "stack.4.norm_1").name == "RMSNorm"


def test_edits_from_the_command_line_are_those_of_a_variant() -> None:
    written = graph_of(GPT + "    swap: {LayerNorm: RMSNorm}\n    set: {drop: {with: {rate: 0}}}\n")
    given = load("gpt", ["dims.layers=4", "swap.LayerNorm=RMSNorm", "set.drop.with.rate=0"])[1]
    assert structure(given) == structure(written)
    assert load("gpt", ["dims.layers=2", "dims.layers=4"])[1].root.nodes["stack"].count == 4
    assert total(load("gpt", keywords={"layers": 4})[1]) == total(graph_of(GPT))


@pytest.mark.parametrize("value", ["0.2", "dropout", "none", "[1]"])
def test_settings_of_the_spec_are_read_by_their_type(value: str) -> None:
    if value == "0.2":
        assert (
            primitive_at(load("gpt", [f"settings.dropout={value}"])[1], "drop").settings["rate"]
            == 0.2
        )
        return
    with pytest.raises(SpecError):
        load("gpt", [f"settings.dropout={value}"])
