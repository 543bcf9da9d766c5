"""Layouts: every node and wire once, nothing overlaps, arrows end on their boxes."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load
from boxwork.renderers.draw import figure
from boxwork.renderers.figure import Layout
from boxwork.renderers.layout.tracks import fan_out
from boxwork.renderers.regions.region import Pin, Strand
from boxwork.renderers.structure.scope import Net
from boxwork.specs.library import shipped as names

from ..examples import examples
from .faults import faults
from .support import drawn, graph_of, laid_out, random_dag, random_series_parallel, shipped, wires
from .zoo import SPECS

OPENINGS = [(), ("all",)]


def small(name: str) -> Graph:
    """A shipped spec with two layers, or with a whole cycle of those that take turns."""
    dims, nodes = load(name)[0].root.dims, shipped(name).root.nodes.values()
    cycle = max(len(node.parts) for node in nodes)
    return shipped(name, **({"layers": max(2, cycle)} if "layers" in dims else {}))


@pytest.mark.parametrize("open", OPENINGS, ids=["closed", "open"])
@pytest.mark.parametrize("name", names())
def test_shipped_specs_have_no_faults(name: str, open: tuple[str, ...]) -> None:
    graph = small(name)
    picture = laid_out(graph, *open)
    assert faults(picture) == []
    assert drawn(picture) == wires(graph, everything=bool(open))


@pytest.mark.parametrize("open", OPENINGS, ids=["closed", "open"])
@pytest.mark.parametrize("name", SPECS)
def test_hard_specs_have_no_faults(name: str, open: tuple[str, ...]) -> None:
    graph = graph_of(SPECS[name])
    picture = laid_out(graph, *open)
    assert faults(picture) == []
    assert drawn(picture) == wires(graph, everything=bool(open))


@pytest.mark.parametrize("name", ["gpt2", "transformer", "llama-3.1-8b"])
@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_every_depth_has_no_faults(name: str, depth: int) -> None:
    assert faults(laid_out(small(name), depth=depth)) == []


@given(st.integers(0, 10**6), st.integers(1, 24))
@settings(max_examples=examples(60))
def test_random_series_parallel_graphs(seed: int, size: int) -> None:
    graph = random_series_parallel(seed, size)
    picture = laid_out(graph)
    assert faults(picture) == []
    assert drawn(picture) == wires(graph, everything=False)


@given(st.integers(0, 10**6), st.integers(1, 24))
@settings(max_examples=examples(60))
def test_random_graphs(seed: int, size: int) -> None:
    graph = random_dag(seed, size)
    picture = laid_out(graph)
    assert faults(picture) == []
    assert drawn(picture) == wires(graph, everything=False)


@given(st.integers(0, 10**6), st.integers(1, 9), st.booleans())
@settings(max_examples=examples(40))
def test_random_graphs_with_all_figures(seed: int, size: int, webbed: bool) -> None:
    graph = random_dag(seed, size) if webbed else random_series_parallel(seed, size)
    picture = figure(graph, open=["all"])
    assert picture.strokes or all(box.shape != "network" for box in picture.boxes)
    assert faults(picture) == []


@given(st.integers(4, 7), st.integers(1, 20))
def test_wires_that_nearly_meet_a_pin(step: int, more: int) -> None:
    """A branch never starts before the wire that it comes from."""
    pins = [Pin(Net("", "x"), float(x), [Strand(((float(x), 9.0),))]) for x in (step, step + more)]
    for far, *near in fan_out(0.0, 0.0, pins):
        assert far.points[0] == (0.0, 0.0)
        assert all(strand.points[0][0] >= 0 for strand in near)


def test_every_node_is_drawn_once() -> None:
    picture = laid_out(small("transformer"), "all")
    paths = [box.path for box in picture.boxes]
    assert len(paths) == len(set(paths))
    assert {"encoder.0.attn.q", "decoder.1.cross.mix", "logits", "output logits"} <= set(paths)


def test_the_spine_is_straight() -> None:
    picture = laid_out(shipped("gpt2"))
    boxes = {box.path: box for box in picture.boxes}
    spine = [
        "sum",
        "drop",
        "stack.*.norm_1",
        "stack.*.attn",
        "stack.*.add_1",
        "stack.*.y",
        "norm",
        "logits",
    ]
    assert len({boxes[path].x + boxes[path].w / 2 for path in spine}) == 1
    heights = [boxes[path].y for path in spine]
    assert heights == sorted(heights, reverse=True), "from bottom to top"


def test_attention_has_its_ports_by_name() -> None:
    picture = laid_out(shipped("transformer"))
    words = [t.text for t in picture.texts if t.path == "decoder.*.cross" and t.role == "port"]
    assert words == ["V", "K", "Q"]
    lines = {(n.source, n.port) for n in picture.lines if n.target == "decoder.*.cross"}
    assert lines == {("encoder.*.y", "memory"), ("decoder.*.norm_1", "query")}


def test_encoder_left_of_decoder() -> None:
    boxes = {box.path: box for box in laid_out(shipped("transformer")).boxes}
    assert boxes["encoder"].x + boxes["encoder"].w < boxes["decoder"].x


def test_what_frames_and_boxes_say() -> None:
    picture = laid_out(graph_of(SPECS["varied"]))
    words = {(t.path, t.role, t.text) for t in picture.texts}
    assert ("stack", "count", "7×") in words
    assert ("stack", "note", "2 with window 16") in words
    assert ("same", "note", "one set of") in words
    assert "empty" not in {box.path for box in picture.boxes}
    tied = {(t.path, t.text) for t in laid_out(shipped("gpt2")).texts if t.role == "note"}
    assert tied == {("logits", "tied to tok.table")}


@pytest.mark.parametrize("name", ["gpt2", "transformer"])
def test_golden_layouts(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"layout-{name}.json", as_json(laid_out(shipped(name))))


def as_json(picture: Layout) -> str:
    """A line for each box, line and text, so that changes can be read."""
    facts = picture.facts()
    parts = [
        f'"{key}": ' + ("[\n  " + ",\n  ".join(map(_short, value)) + "\n]")
        if isinstance(value, list)
        else f'"{key}": {json.dumps(value, ensure_ascii=False)}'
        for key, value in facts.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _short(facts: dict[str, object]) -> str:
    rounded = json.loads(json.dumps(facts), parse_float=lambda text: round(float(text), 2))
    return json.dumps(rounded, ensure_ascii=False)


def test_a_column_sends_its_wire_straight_up_beside_others() -> None:
    """The biases of T5: up to the height of attention, across to it, and up into it."""
    picture = laid_out(shipped("t5-small"))
    assert faults(picture) == []
    for side in ("source", "target"):
        line = next(n for n in picture.lines if n.source == f"bias_{side}" and n.port == "bias")
        assert len(line.points) == 4
        box = next(one for one in picture.boxes if one.path == f"bias_{side}")
        assert line.points[0][0] == line.points[1][0] == box.x + box.w / 2


def test_skips_that_nearly_stand_in_line_do() -> None:
    picture = laid_out(shipped("whisper-tiny"), "decoder.*.self", "decoder.*.cross")
    assert faults(picture) == []
    lanes = {
        max(x for x, _ in line.points)
        for line in picture.lines
        if line.target in ("decoder.*.add_1", "decoder.*.add_2") and len(line.points) > 2
    }
    assert len(lanes) == 1
