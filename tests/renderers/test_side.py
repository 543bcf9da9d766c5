"""Copies side by side say so, in every way out; what weighs them is drawn."""

import pytest

import boxwork as bw
from boxwork.graphs.comparing.compare import compare
from boxwork.graphs.comparing.telling import lines
from boxwork.graphs.graph import WEIGH, Ref
from boxwork.renderers.abreast.abreast import abreast
from boxwork.renderers.formats.dot import dot
from boxwork.renderers.formats.mermaid import mermaid
from boxwork.renderers.layout.layout import layout
from boxwork.renderers.page.told import facts
from boxwork.renderers.structure.opening import Opening, check_paths
from boxwork.renderers.svg.aloud import description, tip
from boxwork.renderers.svg.svg import svg
from boxwork.renderers.text import tree
from boxwork.renderers.values.data import Data
from boxwork.renderers.values.origin import origin
from boxwork.specs.diagnostics import DataError

from .faults import faults
from .support import graph_of, laid_out
from .zoo import SPECS

SAID = "8 side by side, 2 active"
EXPERTS = SPECS["experts"]


@pytest.mark.parametrize("opened", [(), ("stack.*.routed",)])
def test_closed_and_open_boxes_say_so_once(opened: tuple[str, ...]) -> None:
    picture = laid_out(graph_of(EXPERTS), "stack.*", *opened)
    (box,) = [box for box in picture.boxes if box.beside]
    assert (box.path, box.shape) == ("stack.*.routed", "frame" if opened else "box")
    assert [text.path for text in picture.texts if text.text == SAID] == [box.path]
    (wire,) = [line for line in picture.lines if line.port == WEIGH]
    assert (wire.source, wire.target) == ("stack.*.choice", "stack.*.routed")
    assert [text.text for text in picture.texts if text.role == "port"] == [WEIGH]
    assert not faults(picture)


@pytest.mark.parametrize("opened", ["stack.0.ff", "stack.0.ff.routed"])
def test_the_numbers_of_a_run_stand_clear_of_the_name_beside_the_arrow(opened: str) -> None:
    graph = bw.load("mixtral-8x7b", toy=True)
    values = graph.init(seed=0).trace(tokens=[3, 1, 4])
    picture = layout(graph.checked, Opening.of([opened]), Data(graph.checked, {}, values))
    assert "stack.0.ff.choice" in [strip.path for strip in picture.strips]
    assert not faults(picture)


def test_they_are_told_apart_from_copies_in_a_chain() -> None:
    picture = laid_out(graph_of(EXPERTS))
    chained = [box for box in picture.boxes if box.copies and not box.beside]
    assert [box.path for box in chained] == ["stack"]
    piled, one = svg(picture).count("<rect"), svg(laid_out(graph_of(alone()))).count("<rect")
    assert piled == one + 2  # two more cards


def alone() -> str:
    """The same spec with one expert."""
    return EXPERTS.replace("parallel: experts,\n               weigh: choice", "label: One")


def test_it_is_written_in_every_format() -> None:
    graph = graph_of(EXPERTS)
    picture = laid_out(graph)
    for made in (svg(picture), dot(picture), mermaid(picture)):
        assert made.count(SAID) == 1
    (line,) = [one for one in dot(picture).splitlines() if one.startswith('    "stack.*.routed"')]
    assert 'penwidth="4"' in line
    (row,) = [line for line in tree(graph).splitlines() if "routed" in line]
    assert "routed ‖8" in row
    assert row.endswith(f"8 × 1,920; {SAID}")


def test_it_is_read_aloud() -> None:
    picture = laid_out(graph_of(EXPERTS))
    (box,) = [one for one in picture.boxes if one.beside]
    assert tip(box) == f"{box.path} · 8 side by side GatedFeedForward · 15,360 parameters"
    ensemble = laid_out(graph_of(SPECS["an ensemble"]))
    assert "by way of 4 side by side Member, Softmax" in description(ensemble)


def test_a_page_tells_what_arrives_and_what_comes_out() -> None:
    graph = graph_of(EXPERTS)
    picture = laid_out(graph)
    (box,) = [one for one in picture.boxes if one.beside]
    told = facts(graph, picture, box, {})
    assert told["reads"][-1] == ["weigh", "real[seq, experts = 8]"]
    assert told["gives"] == [["y", "real[seq, d = 16]"]]
    assert told["notes"] == [SAID]
    ensemble = graph_of(SPECS["an ensemble"])
    picture = laid_out(ensemble)
    told = facts(ensemble, picture, next(b for b in picture.boxes if b.beside), {})
    assert told["gives"] == [["y", "real[members = 4, classes = 3]"]]


def test_the_width_is_written_where_it_changes() -> None:
    for opened in ((), ("member",)):
        picture = laid_out(graph_of(SPECS["an ensemble"]), *opened)
        assert "4 × 3" in [text.text for text in picture.texts if text.role == "width"]


def test_no_numbers_of_one_copy_stand_for_all() -> None:
    graph = graph_of(SPECS["an ensemble"])
    assert origin(graph, "member.", Ref("up", "y")) is None
    assert origin(graph, "", Ref("member", "y")) == "member"


def test_a_primitive_side_by_side_is_not_opened() -> None:
    graph = graph_of(SPECS["weighed from afar"])
    (box,) = [b for b in laid_out(graph, "all").boxes if b.path == "y"]
    assert box.shape == "box"
    with pytest.raises(DataError, match="BW450"):
        check_paths(graph, ["y"])


def test_comparisons_tell_of_them() -> None:
    more = EXPERTS.replace("experts: 8, active: 2", "experts: 16, active: 4")
    a, b, one = graph_of(EXPERTS), graph_of(more), graph_of(alone())
    assert lines(compare(a, b)) == ["8 experts, 2 active → 16 experts, 4 active"]
    assert lines(compare(b, a)) == ["16 experts, 4 active → 8 experts, 2 active"]
    assert lines(compare(a, a)) == []
    mixture = "mixture of 8 experts, 2 active, each gated SiLU, 40 wide"
    assert f"{mixture} → gated SiLU feed-forward, 40 wide" in lines(compare(a, one))
    found = abreast([compare(a, b)], ["few", "many"])
    assert any("16 experts" in text.text for text in found.texts)


def test_a_mixture_of_ones_own_is_told_as_one() -> None:
    """It says neither its family nor its title."""
    dense = """\
dims: {seq: any, d: 16, hidden: 40}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
blocks:
  Layer:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      norm: {use: LayerNorm, in: x}
      ff: {use: GatedFeedForward, with: {hidden: hidden}}
      y: {use: Add, in: [x, ff]}
nodes:
  y: {use: Layer, repeat: 2}
"""
    mixture = EXPERTS[EXPERTS.index("  Mixture:") : EXPERTS.index("nodes:\n  norm")]
    routed = (
        dense.replace("hidden: 40}", "hidden: 40, experts: 8, active: 2}")
        .replace("use: GatedFeedForward, with: {hidden: hidden}", "use: Mixture")
        .replace("nodes:\n  y: {use: Layer", f"{mixture}nodes:\n  y: {{use: Layer")
    )
    found = compare(graph_of(dense), graph_of(routed))
    said, router = lines(found)
    assert said.startswith("gated SiLU feed-forward, 40 wide → mixture of 8 experts, 2 active, ")
    assert said.endswith("each gated SiLU, 40 wide; 1 shared expert beside them")
    assert router == "router: weights as they are"
    written = [text.text for text in abreast([found], ["dense", "routed"]).texts]
    assert "GatedFeedForward → Mixture" not in written


def test_what_routes_to_experts_is_new_where_they_stand_in_for_one() -> None:
    """The dense block is one of the experts, not the mixture round them."""
    dense = """\
dims: {seq: any, d: 16, hidden: 40}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
blocks:
  Layer:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      norm: {use: LayerNorm, in: x}
      ff: {use: FF}
      y: {use: Add, in: [x, ff]}
  FF: {use: GatedFeedForward, with: {hidden: hidden}}
nodes:
  y: {use: Layer, repeat: 2}
"""
    routed = dense.replace("hidden: 40}", "hidden: 40, experts: 8}", 1).replace(
        "  FF: {use: GatedFeedForward, with: {hidden: hidden}}\n",
        """\
  FF:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      scores: {use: Linear, in: x, with: {width: experts, bias: false}}
      choice: {use: ChooseTop, with: {active: 2}}
      y: {use: GatedFeedForward, in: x, with: {hidden: hidden}, parallel: experts, weigh: choice}
""",
    )
    said, router = lines(compare(graph_of(dense), graph_of(routed)))
    before, after = said.split(" → ")
    assert before == "gated SiLU feed-forward, 40 wide"
    assert after == "mixture of 8 experts, 2 active, each gated SiLU, 40 wide"
    assert router == "router: scores without softmax, weights as they are"
