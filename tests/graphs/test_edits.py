"""Edits where names have two meanings, copies are many and sizes come later."""

from pathlib import Path

import pytest

from boxwork.graphs.load import load
from boxwork.specs.write import expand

from .support import graph_of, names, node_at, part_at, primitive_at, spec_and_graph, structure

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
