"""Comparisons drawn: no faults of geometry, rows at one height, what is missing as a ghost."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from boxwork.graphs.comparing.compare import compare
from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load
from boxwork.renderers.abreast.abreast import abreast
from boxwork.renderers.abreast.remarked import remarks
from boxwork.renderers.figure import Box, Layout, Text
from boxwork.renderers.layout.stretch import Stretch
from boxwork.renderers.look.look import Look
from boxwork.renderers.look.sizes import NOTE
from boxwork.renderers.look.theme import THEMES
from boxwork.renderers.svg.svg import svg
from tests.blocks.specs import graph_of

from .faults import faults
from .support import laid_out, random_series_parallel, shipped
from .zoo import SPECS

EXPERTS = SPECS["experts"]

PAIRS = [
    ("gpt2", "llama-3.1-8b"),
    ("llama-3.1-8b", "gpt2"),
    ("gpt2", "transformer"),
    ("transformer", "gpt2"),
    ("gpt", "gpt-modern"),
    ("translator", "translator-sep"),
    ("words", "letters"),
    ("gpt", "self-attention"),
    ("self-attention", "self-attention-practice"),
    ("leaf-flower", "leaf-flower-relu"),
    ("deep-plain", "deep-residual"),
    ("multi-head-shared", "multi-head-separate"),
    ("mistral-7b", "olmo-2-7b"),
    ("olmo-2-7b", "gemma-3-27b"),
    ("llama-2-7b", "deepseek-v3"),
    ("t5-small", "whisper-tiny"),
    ("transformer", "t5-small"),
    ("mixtral-8x7b", "gpt-oss-20b"),
]


def drawn(*graphs: Graph) -> Layout:
    names = [f"graph {k}" for k in range(len(graphs))]
    return abreast([compare(a, b) for a, b in pairwise(graphs)], names)


def box(made: Layout, path: str) -> Box:
    (found,) = [one for one in made.boxes if one.path == path]
    return found


def middle(one: Box) -> float:
    return one.y + one.h / 2


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_a_designer_would_let_it_pass(a: str, b: str) -> None:
    assert faults(drawn(shipped(a), shipped(b))) == []


@pytest.mark.parametrize("seed", range(8))
def test_random_graphs_beside_each_other_have_no_faults(seed: int) -> None:
    one, other = (random_series_parallel(seed + k, 6) for k in (0, 100))
    assert faults(drawn(one, other)) == []


def test_three_columns() -> None:
    made = drawn(shipped("gpt"), shipped("gpt-modern"), shipped("llama-3.1-8b"))
    assert faults(made) == []
    ff = [box(made, f"{k}/stack.*.ff") for k in (1, 2, 3)]
    assert [one.x for one in ff] == sorted(one.x for one in ff)
    assert max(map(middle, ff)) - min(map(middle, ff)) < 0.5


@pytest.mark.parametrize(("a", "b"), [PAIRS[0], PAIRS[1], PAIRS[4]])
def test_boxes_that_correspond_stand_at_one_height(a: str, b: str) -> None:
    made = drawn(shipped(a), shipped(b))
    boxes = {one.path: one for one in made.boxes}
    pairs = remarks(compare(shipped(a), shipped(b)), set(), set()).pairs
    there = [
        (boxes[f"1/{one}"], boxes[f"2/{other}"])
        for one, other in pairs.items()
        if f"1/{one}" in boxes and f"2/{other}" in boxes
    ]
    assert len(there) >= 8
    for one, other in there:
        if one.shape == "frame":
            assert one.y == pytest.approx(other.y, abs=0.6)
            assert one.y + one.h == pytest.approx(other.y + other.h, abs=0.6)
        else:
            assert middle(one) == pytest.approx(middle(other), abs=0.6)


def test_what_changed_is_said_and_marked_and_what_did_not_is_calm() -> None:
    made = drawn(shipped("gpt2"), shipped("llama-3.1-8b"))
    said = {text.text for text in made.texts if text.role == "change"}
    assert {"LayerNorm → RMSNorm", "12 heads → 32 q / 8 kv", "GELU → gated SiLU"} <= said
    assert {"biases gone", "+ RotaryEncoding", "12× → 32×"} <= said
    assert box(made, "1/stack.*.norm_1").mark == box(made, "2/stack.*.norm_1").mark == "changed"
    assert box(made, "1/tok").mark == box(made, "2/tok").mark == "calm"
    assert box(made, "1/drop").mark == "removed"
    back = drawn(shipped("llama-3.1-8b"), shipped("gpt2"))
    assert box(back, "2/drop").mark == "added"


def test_ghosts_stand_where_the_other_side_has_a_box() -> None:
    made = drawn(shipped("gpt2"), shipped("llama-3.1-8b"))
    ghosts = {one.path: one for one in made.boxes if one.mark == "ghost"}
    assert set(ghosts) == {
        "2/stack.stack.*.drop_1 (gone)", "2/stack.stack.*.drop_2 (gone)",
        "2/drop (gone)", "2/sum (gone)", "2/pos (gone)",
    }  # fmt: skip
    for path, ghost in ghosts.items():
        model = path.removeprefix("2/").removesuffix(" (gone)").replace("stack.stack", "stack")
        assert middle(ghost) == pytest.approx(middle(box(made, f"1/{model}")), abs=0.6)
    through = [line for line in made.lines if "2/drop (gone)" in (line.source, line.target)]
    assert {line.source for line in through} == {"2/drop (gone)", "2/tok"} or len(through) >= 2


def test_boxes_that_correspond_at_other_heights_are_neither_new_nor_gone() -> None:
    made = drawn(shipped("t5-small"), shipped("whisper-tiny"))
    marks = {box.path: box.mark for box in made.boxes}
    assert marks["1/encoder.*.attn"] == marks["2/encoder.*.attn"] == "changed"
    assert marks["1/encoder"] == marks["2/encoder"] == "changed"
    assert marks["2/conv_1"] == "added"
    ghosts = [box.path for box in made.boxes if box.mark == "ghost"]
    assert ghosts
    assert not any("encoder.*.attn" in path for path in ghosts)
    assert sum(text.text == "6× → 4×" for text in made.texts) == 2


def test_the_same_twice_is_calm_and_as_it_was() -> None:
    made = drawn(shipped("gpt2"), shipped("gpt2"))
    assert {one.mark for one in made.boxes if one.shape in ("box", "circle")} == {"calm"}
    assert not made.links
    assert not [text for text in made.texts if text.role == "change"]
    alone = laid_out(shipped("gpt2"))
    heights = {one.path: one.h for one in alone.boxes}
    assert {one.path: one.h for one in made.boxes} == {
        f"{k}/{path}": h for k in (1, 2) for path, h in heights.items()
    }


def test_room_is_put_between_boxes_only() -> None:
    made = laid_out(shipped("gpt2"))
    stretch = Stretch(made)
    ff = next(one for one in made.boxes if one.path == "stack.*.ff")
    edge = stretch.span(ff)[0]
    assert stretch.raise_to(edge, edge + 100)
    after = stretch.result()
    assert faults(after) == []
    sizes = {one.path: one.h for one in made.boxes}
    for one in after.boxes:
        assert one.h - sizes[one.path] == pytest.approx(100 if one.path == "stack" else 0)
    assert after.height == made.height + 100


@pytest.mark.parametrize("theme", THEMES)
def test_marks_are_more_than_colour_in_every_theme(theme) -> None:
    made = svg(drawn(shipped("gpt2"), shipped("llama-3.1-8b")), Look(theme))
    ElementTree.fromstring(made)
    assert re.search(r"\.changed>rect.*stroke-width:3\.4", made)
    assert re.search(r"\.ghost>rect\{stroke-dasharray", made)
    assert 'class="box norm changed"' in made
    assert 'class="box dropout ghost"' in made
    assert made.count('class="link"') > 8
    assert len(set(re.findall(r' id="([^"]+)"', made))) == len(re.findall(r' id="([^"]+)"', made))


def test_other_drawings_know_nothing_of_comparisons() -> None:
    made = svg(laid_out(shipped("gpt2")))
    assert "ghost" not in made
    assert ".change" not in made


def test_wrappers_are_drawn_open_beside_what_they_stand_for() -> None:
    made = drawn(shipped("gpt2"), load("transformer")[1])
    assert box(made, "2/decoder.*.norm_1").shape == "frame"
    assert middle(box(made, "1/stack.*.norm_2")) == pytest.approx(
        middle(box(made, "2/decoder.*.norm_1.y")), abs=0.6
    )


def test_what_is_open_in_one_column_is_open_in_the_next() -> None:
    made = drawn(shipped("llama-2-7b"), shipped("mixtral-8x7b"), shipped("deepseek-v3"))
    assert faults(made) == []
    experts = [box(made, f"{k}/stack.*.ff.routed") for k in (2, 3)]
    assert middle(experts[0]) == pytest.approx(middle(experts[1]), abs=0.6)
    ghosts = [one.path for one in made.boxes if one.mark == "ghost"]
    assert not any(path.startswith("3/") for path in ghosts)
    assert box(made, "3/stack.*.ff.always").mark == "added"
    said = [text.text for text in made.texts if text.role == "change"]
    assert {"32 heads → 32 q / 8 kv", "one → 2 of 8 experts", "2 of 8 → 8 of 256 experts"} <= set(
        said
    )


def test_the_frame_of_one_copy_is_that_of_several() -> None:
    made = drawn(shipped("deepseek-v3"), shipped("kimi-k2"))
    assert box(made, "1/first").mark == box(made, "2/first.0").mark == "changed"
    assert "3× → 1×" in [text.text for text in made.texts if text.role == "change"]


def test_a_closed_mixture_says_shortly_what_changed_in_it() -> None:
    made = drawn(shipped("mixtral-8x7b"), shipped("deepseek-v3"))
    said = [text.text for text in made.texts if text.path == "2/stack.*.ff "]
    assert said[:3] == ["2 of 8 → 8 of 256 experts", "softmax → sigmoid", "balancing bias added"]
    assert len(said) == 5
    assert re.fullmatch(r"and \d more", said[-1])


def test_boxes_that_only_stand_at_one_place_are_gone_and_added() -> None:
    made = drawn(shipped("vit-base"), shipped("bert-base"))
    assert faults(made) == []
    assert box(made, "1/cls").mark == box(made, "1/pos").mark == "removed"
    assert box(made, "2/type").mark == box(made, "2/pos").mark == "added"
    assert not [text for text in made.texts if text.role == "change" and "Array" in text.text]


@pytest.mark.parametrize(
    ("a", "b"), [PAIRS[2], ("moe", "bert-base"), ("transformer", "whisper-tiny")]
)
def test_dots_lead_through_nothing_and_words_without_dots_name_their_box(a: str, b: str) -> None:
    graphs = [shipped(name) if name != "moe" else graph_of(EXPERTS) for name in (a, b)]
    made = drawn(*graphs)
    assert faults(made) == []
    for (left, y), (right, _) in made.links:
        for one in made.boxes:
            inside = one.x + 1 < right and left < one.x + one.w - 1 and one.y < y < one.y + one.h
            assert not inside or one.shape == "frame"
    ends = {y for (_, y), _ in made.links}
    notes: dict[str, list[Text]] = {}
    for text in made.texts:
        if text.role == "change":
            notes.setdefault(text.path, []).append(text)
    for texts in notes.values():
        at = (texts[0].y + texts[-1].y) / 2 - 0.35 * NOTE
        linked = any(abs(at - y) < 1 for y in ends)
        assert linked or texts[0].text.endswith(":")


STACK = """\
dims: {seq: any, d: 8}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
blocks:
  Layer:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      act: {use: ReLU}
      y: {use: Add, in: [x, act]}
nodes:
  stack: {use: Layer, repeat: 3}
  y: {use: LayerNorm}
"""


@pytest.mark.parametrize("turned", [False, True])
def test_layers_written_out_stand_beside_their_stack_and_are_no_ghosts(turned: bool) -> None:
    layers = "".join(f"  layer_{k}: {{use: Layer}}\n" for k in range(3))
    out = STACK.replace("  stack: {use: Layer, repeat: 3}\n", layers)
    pair = [graph_of(STACK), graph_of(out)]
    made = drawn(*reversed(pair)) if turned else drawn(*pair)
    assert faults(made) == []
    marks = {one.path.partition("/")[2]: one.mark for one in made.boxes}
    assert {marks[f"layer_{k}"] for k in (1, 2)} == {"calm"}
    assert marks["stack.*.act"] == marks["layer_0.act"] == "calm"
    assert "ghost" not in {one.mark for one in made.boxes}
