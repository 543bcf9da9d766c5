"""Edits where names have two meanings, copies are many and sizes come later."""

from pathlib import Path

import pytest

from boxwork.graphs.load import load
from boxwork.specs.diagnostics import SpecError
from boxwork.specs.write import expand

from .support import (
    graph_of,
    names,
    node_at,
    part_at,
    primitive_at,
    spec_and_graph,
    structure,
    wires,
)

BASE = """
    +++ base.yaml
    format: 1
    name: base
    dims: {seq: any, d: 4, layers: 3}
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    blocks:
      Layer:
        inputs: {x: "real[n, d]"}
        outputs: {y: "real[n, d]"}
        nodes:
          a: {use: Linear, with: {width: d}}
          y: {use: ReLU}
    nodes:
      stack: {use: Layer, repeat: layers}
      y: {use: LayerNorm}
"""
NAMESAKE = """
    blocks: {LayerNorm: {use: LayerNorm, with: {bias: false}}}
    nodes: {a: {use: LayerNorm}, y: {use: ReLU}}
"""


def again(text: str, tmp_path: Path, *sets: str) -> str:
    """A spec expanded; what was written must load as the same, with nothing unused."""
    spec, graph = spec_and_graph(text, *sets)
    written = expand(spec)
    path = tmp_path / "expanded.yaml"
    path.write_text(written, encoding="utf-8")
    read, other = load(path)
    assert structure(other) == structure(graph)
    assert expand(read) == written
    assert {d.code for d in other.warnings} <= {"BW903"}  # hiding the catalogue is meant
    return written


def extending(text: str) -> str:
    """A variant of a base that is written below it."""
    frame = 'format: 1\ndims: {seq: any, d: 4}\ninputs: {x: "real[seq, d]"}\n'
    lines = [line.removeprefix("    ") for line in text.strip("\n").splitlines()]
    return f'\n+++ base.yaml\n{frame}outputs: {{y: "real[seq, d]"}}\n' + "\n".join(lines)


def test_a_preset_may_refine_its_namesake_and_be_edited(tmp_path: Path) -> None:
    assert "eps: 1e-05" in again(NAMESAKE, tmp_path)
    base = extending(NAMESAKE)
    assert names(graph_of("extends: base.yaml\nremove: [y]\n" + base)) == ["LayerNorm"]
    assert names(graph_of("extends: base.yaml\nswap: {LayerNorm: RMSNorm}" + base)) == [
        "RMSNorm",
        "ReLU",
    ]
    kept = graph_of("extends: base.yaml\nset: {a: {with: {eps: 0.5}}}" + base)
    assert primitive_at(kept, "a").settings == {"bias": False, "eps": 0.5}


def test_edits_reach_into_the_block_that_a_namesake_refines(tmp_path: Path) -> None:
    base = extending("""
    blocks: {FeedForward: {use: FeedForward, with: {hidden: 8}}}
    nodes: {y: {use: FeedForward}}
    """)
    swapped = "extends: base.yaml\nswap: {ReLU: GELU}" + base
    assert "GELU" in names(graph_of(swapped), "y")
    again(swapped, tmp_path)
    edited = "extends: base.yaml\nset: {y.up: {with: {bias: false}}}" + base
    assert primitive_at(graph_of(edited), "y.up").settings["bias"] is False
    again(edited, tmp_path)


def test_settings_that_a_namesake_declares_are_kept() -> None:
    base = extending("""
    blocks: {LayerNorm: {use: LayerNorm, with: {bias: false}}}
    nodes: {a: {use: LayerNorm}, y: {use: RMSNorm, with: {eps: 0.5}}}
    """)
    graph = graph_of("extends: base.yaml\nset: {y: {use: LayerNorm}}" + base)
    assert primitive_at(graph, "y").settings == {"bias": False, "eps": 0.5}


def biases(text: str, *sets: str, **keywords: object) -> list[object]:
    """Whether each copy of the stack has a bias."""
    graph = graph_of(text, *sets, **keywords)
    count = node_at(graph, "stack").count or 0
    return [primitive_at(graph, f"stack.{i}.a").settings["bias"] for i in range(count)]


ONE = "set: {stack.1.a: {with: {bias: false}}}\n"
V1 = "    +++ v1.yaml\n    format: 1\n    name: v1\n    extends: base.yaml\n"
CHANGED = [True, False, True, True, True, True]


@pytest.mark.parametrize("six", [6, "6", "2 * 3"])
def test_an_edit_of_one_copy_is_of_one_copy_however_many_there_are(six: object) -> None:
    text = f"    extends: base.yaml\n    {ONE}{BASE}"
    assert biases(text, layers=six) == CHANGED
    assert biases(text, f"dims.layers={six}") == CHANGED
    assert biases(text, f"dims={{layers: {six}}}") == CHANGED
    above = f"    extends: v1.yaml\n    dims: {{layers: {six}}}\n{V1}    {ONE}{BASE}"
    assert biases(above) == CHANGED
    over = f"    extends: v1.yaml\n    dims: {{layers: 3}}\n{V1}    dims: {{layers: 9}}\n    {ONE}"
    assert biases(over + BASE) == CHANGED[:3]
    assert biases(over + BASE, layers=six) == CHANGED


def test_one_copy_replaced_is_one_copy_of_a_stack_that_grows() -> None:
    text = (
        f"    extends: v1.yaml\n    dims: {{layers: 5}}\n{V1}    set: {{stack.1: {{use: ReLU}}}}\n"
    )
    graph = graph_of(text + BASE)
    found = [part_at(graph, f"stack.{i}").name for i in range(5)]
    assert found == ["Layer", "ReLU", "Layer", "Layer", "Layer"]


def test_an_edit_of_a_copy_that_is_not_there_in_the_end_is_left_out() -> None:
    text = f"    extends: v1.yaml\n    dims: {{layers: 1}}\n{V1}    {ONE}{BASE}"
    assert [d.code for d in graph_of(text).warnings] == ["BW904"]
    text = f"    extends: base.yaml\n    {ONE}{BASE}"
    for few in (1, "1"):
        assert [d.code for d in graph_of(text, layers=few).warnings] == ["BW904"]


GPT = "extends: gpt\n"


def made(*sets: str) -> str:
    """What came of edits from outside, written out."""
    return expand(spec_and_graph(GPT, *sets)[0])


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["dims={layers: 1}", "dims.d_ff=5"], ["dims={layers: 1, d_ff: 5}"]),
        (["dims.layers=1", "dims={d_ff: 5}"], ["dims={layers: 1, d_ff: 5}"]),
        (["dims={layers: 2}", "dims={d_ff: 5, layers: 1}"], ["dims={layers: 1, d_ff: 5}"]),
        (["remove=drop", "remove=norm"], ["remove=[drop, norm]"]),
        (
            ["remove=[drop]", "remove={node: pos, instead: tok}"],
            ["remove=[drop, {node: pos, instead: tok}]"],
        ),
        (["require=layers < 9", "require=[heads < 9]"], ["require=[layers < 9, heads < 9]"]),
        (
            [
                "insert={after: drop, nodes: {one: {use: ReLU}}}",
                "insert=[{after: one, nodes: {two: {use: GELU}}}]",
            ],
            ["insert={after: drop, nodes: {one: {use: ReLU}, two: {use: GELU}}}"],
        ),
        (["swap={LayerNorm: RMSNorm}"], ["swap.LayerNorm=RMSNorm"]),
        (
            ["swap={LayerNorm: RMSNorm}", "swap.GELU=ReLU"],
            ["swap={LayerNorm: RMSNorm, GELU: ReLU}"],
        ),
        (["set={norm: {with: {eps: 0.5}}}"], ["set.norm.with.eps=0.5"]),
        (
            ["set.norm.with.eps=0.5", "set={norm: {with: {bias: false}}}"],
            ["set.norm.with={eps: 0.5, bias: false}"],
        ),
        (["set.norm.with.eps=0.5", "set.norm.with.eps=0.25"], ["set.norm.with.eps=0.25"]),
    ],
)
def test_edits_from_outside_are_laid_over_each_other(parts: list[str], whole: list[str]) -> None:
    assert made(*parts) == made(*whole)


def test_a_later_meaning_and_a_later_swap_win_whole() -> None:
    sets = ["swap.LayerNorm={use: RMSNorm, with: {eps: 0.5}}", "swap.LayerNorm={use: RMSNorm}"]
    assert made(*sets) == made("swap.LayerNorm=RMSNorm")


READERS = """
    blocks:
      Two:
        inputs: {x: "real[n, d]"}
        outputs: {main: "real[n, d]", extra: "real[n, d]"}
        nodes: {main: {use: ReLU}, extra: {use: GELU}}
    nodes:
      mid: {use: ReLU}
      first: {use: Two, in: mid, repeat: 3}
      late: {use: Tanh, in: first.main}
      last: {use: Tanh, in: first.2}
      both: {use: Tanh, in: first.2.main}
      zero: {use: Tanh, in: first.0}
      side: {use: Tanh, in: first.2.extra}
      y: {use: Add, in: [first.main, mid, late, last, both, zero, side]}
"""


def test_the_first_output_and_the_last_copy_are_the_node_itself() -> None:
    insert = "extends: base.yaml\ninsert: {after: first, nodes: {new: {use: ReLU}}}"
    graph = graph_of(insert + extending(READERS))
    read = {name: wires(graph, name)["x"] for name in ("late", "last", "both", "zero", "side")}
    assert read == {
        "late": ["new.y"],
        "last": ["new.y"],
        "both": ["new.y"],
        "zero": ["first.0.main"],
        "side": ["first.2.extra"],
    }
    assert next(iter(wires(graph, "y").values()))[:2] == ["new.y", "mid.y"]


@pytest.mark.parametrize("wire", ["first", "first.y", "first.1", "first.1.y"])
def test_readers_of_what_is_removed_are_joined_however_they_name_it(wire: str) -> None:
    base = extending(f"""
    nodes:
      mid: {{use: ReLU}}
      first: {{use: GELU, repeat: 2}}
      tanh: {{use: Tanh, in: {wire}}}
      y: {{use: Add, in: [{wire}, mid, tanh]}}
    """)
    graph = graph_of("extends: base.yaml\nremove: [first]" + base)
    assert wires(graph, "tanh") == {"x": ["mid.y"]}
    assert next(iter(wires(graph, "y").values())) == ["mid.y", "mid.y", "tanh.y"]


def test_outputs_that_sizes_name() -> None:
    base = extending("""
    blocks: {Halves: {use: Split, with: {sizes: {one: 2, two: 2}}}}
    nodes:
      halves: {use: Halves}
      third: {use: Split, in: x, with: {sizes: [2, 2]}}
      y: {use: Concat, in: [halves.one, third.0]}
    """)
    inserts = ", ".join(f"{{after: {n}, nodes: {{{n}_2: {{use: ReLU}}}}}}" for n in NEW)
    graph = graph_of(f"extends: base.yaml\ninsert: [{inserts}]" + base)
    assert next(iter(wires(graph, "y").values())) == ["halves_2.y", "third_2.y"]


NEW = ("halves", "third")


def test_removing_what_only_one_copy_has() -> None:
    text = (
        "    extends: v1.yaml\n    remove: [stack.1.extra.act]\n"
        f"{V1}    set: {{stack.1: {{use: More}}}}\n"
        "    blocks:\n      Inside:\n        inputs: {x: 'real[n, e]'}\n"
        "        outputs: {y: 'real[n, e]'}\n"
        "        nodes: {act: {use: Tanh}, y: {use: GELU}}\n"
        "      More:\n        inputs: {x: 'real[n, d]'}\n        outputs: {y: 'real[n, d]'}\n"
        "        nodes: {extra: {use: Inside}, y: {use: ReLU}}\n"
    )
    graph = graph_of(text + BASE)
    assert names(graph, "stack.1.extra") == ["GELU"]
    assert names(graph, "stack.2") == ["Linear", "ReLU"]


def test_expand_leaves_wires_implied_where_a_setting_decides(tmp_path: Path) -> None:
    text = """
    blocks:
      Layer:
        inputs: {x: "real[n, d]"}
        outputs: {y: "real[n, d]", e: "real[d]"}
        settings: {extra: block, act: block = ReLU}
        nodes:
          a: {use: act}
          e: {use: extra}
          y: {use: GELU, in: a}
      One: {use: Array, with: {dims: [d]}}
    nodes:
      a: {use: Layer, with: {extra: One}}
      y: {use: Layer, with: {extra: %s}}
    """
    alone = again(text % "One", tmp_path)
    assert "e: {use: extra}" in alone
    assert "a: {use: act, in: x}" in alone
    assert "e: {use: extra}" in again(text % "MeanPool", tmp_path)


def test_words_in_quotes_stay_in_quotes(tmp_path: Path) -> None:
    text = """
    dims: {seq: any, d: 5}
    inputs: {x: "index<d>[seq]"}
    interpret: {x: {tokenizer: words, vocabulary: [a, b, "none", "true", c], start: "none"}}
    outputs: {y: "real[seq, d]"}
    nodes: {y: {use: OneHot}}
    """
    spec, _ = spec_and_graph(text)
    again(text, tmp_path)
    assert load(tmp_path / "expanded.yaml")[0].interpretation == spec.interpretation


def test_arrays_are_laid_over_each_other_one_by_one() -> None:
    base = extending("""
    nodes: {y: {use: LayerNorm, values: {scale: [1, 2, 3, 4], bias: [0, 0, 0, 0]}}}
    """)
    graph = graph_of("extends: base.yaml\nset: {y: {values: {bias: [5, 6, 7, 8]}}}" + base)
    values = graph.root.nodes["y"].values
    assert values["scale"].numbers == (1, 2, 3, 4)
    assert values["bias"].numbers == (5, 6, 7, 8)


def test_what_is_inherited_is_said_to_be() -> None:
    with pytest.raises(SpecError) as caught:
        load("gpt2", ["dims.heads=5"])
    assert "extends" not in str(caught.value)
    with pytest.raises(SpecError) as caught:
        graph_of(GPT + "dims: {heads: 5}")
    assert "gpt.yaml:13:12 (through extends: gpt)" in str(caught.value)


def test_a_block_of_which_every_copy_was_edited_is_left_out(tmp_path: Path) -> None:
    edits = ", ".join(f"stack.{i}.a: {{with: {{bias: {b}}}}}" for i, b in enumerate(BIASES))
    text = f"    extends: base.yaml\n    set: {{{edits}}}\n{BASE}"
    assert "  Layer:" not in again(text, tmp_path)
    edits = ", ".join(f"stack.{i}: {{use: ReLU}}" for i in range(3))
    assert "  Layer:" not in again(
        f"    extends: base.yaml\n    set: {{{edits}}}\n{BASE}", tmp_path
    )


BIASES = ("false", "true", "false")
