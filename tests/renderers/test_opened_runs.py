"""Runs in drawings: numbers beside wires, where they come from, and what cannot be drawn."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

import boxwork as bw
from boxwork.graphs.graph import Ref
from boxwork.renderers.draw import draw, figures
from boxwork.renderers.layout.layout import layout
from boxwork.renderers.look.theme import THEMES
from boxwork.renderers.structure.opening import Opening
from boxwork.renderers.values.data import Data
from boxwork.renderers.values.origin import origin
from boxwork.specs.diagnostics import DataError

from .faults import faults
from .opened import number, opened, run
from .support import shipped

# Numbers beside wires.


def test_strips_are_the_numbers_of_the_last_position() -> None:
    graph, data = run("gpt", 5, "dims.layers=1", "dims.d_model=12")
    picture = layout(graph, Opening.of([]), data)
    assert faults(picture) == []
    strip = next(one for one in picture.strips if one.path == "sum")
    numbers = np.asarray(data.values["sum"])[-1]
    assert strip.bars == pytest.approx(list(numbers / abs(numbers).max()), abs=1e-6)
    assert picture.texts[-1].text.startswith("Values of a run: the last position, “")


def test_a_batch_shows_its_first_sample_and_says_so() -> None:
    graph = bw.load("gpt", layers=1)
    model = graph.init()
    tokens = [[1, 2, 3], [4, 5, 6]]
    below = [t.text for t in model.draw(inputs={"tokens": tokens}).layout.texts if not t.path]
    words = "Values of a run: the last position, “c”, of the first of 2 samples"
    assert " ".join(below).startswith(words)
    assert "samples" not in model.draw(inputs={"tokens": tokens[0]}).svg


def test_wide_wires_are_thinned() -> None:
    graph, data = run("letters-embedded", 5)
    strips = layout(graph, Opening.of([]), data).strips
    assert strips
    assert max(len(strip.bars) for strip in strips) <= 64
    assert any("64 of " in strip.tip for strip in strips)


def test_a_row_inside_a_composite_is_told_where_it_comes_from() -> None:
    graph = bw.load("gpt", layers=2).checked
    inside = "stack.1.attn."
    assert origin(graph, inside, Ref("", "query")) == "stack.1.norm_1"
    assert origin(graph, "stack.1.", Ref("", "x")) == "stack.0.y"
    assert origin(graph, "stack.0.", Ref("", "x")) == "drop"
    assert origin(graph, "", Ref("stack", "y", 0)) == "stack.0.y"
    assert origin(graph, "stack.*.", Ref("", "x")) is None
    with_run, data = run("self-attention")
    picture = opened(with_run, "attn", "attn.k", data=data)
    shown = [t.text for t in picture.texts if t.path.startswith("attn.k.x[") and t.role == "value"]
    x = np.asarray(data.values["features"])[-1]
    assert [number(words) for words in shown] == pytest.approx(list(x), abs=0.01)


@pytest.mark.parametrize("paths", [["stack.0.ff"], ["stack.0.ff", "stack.0.ff.routed"]])
@pytest.mark.parametrize("name", ["mixtral-8x7b", "deepseek-v3"])
def test_copies_side_by_side_tell_which_of_them_run(name: str, paths: list[str]) -> None:
    model = bw.load(name, toy=True).init(seed=0)
    given = {"tokens": [1, 2, 3, 4, 5]}
    weights = model.trace(**given)["stack.0.ff.choice"][-1]
    picture = model.draw(inputs=given, open=paths).layout
    assert faults(picture) == []
    (said,) = [t.text for t in picture.texts if t.text.startswith("in this run: ")]
    counting = sorted(np.flatnonzero(weights), key=lambda k: -weights[k])
    assert said == "in this run: " + ", ".join(f"{k} ({weights[k]:.2g})" for k in counting)
    strip = next(one for one in picture.strips if one.path == "stack.0.ff.routed")
    made = np.asarray(model.trace(**given)["stack.0.ff.routed"])[-1]
    assert strip.bars == pytest.approx(list(made / abs(made).max()), abs=1e-5)
    unknown = model.draw(inputs=given, open=[path.replace("0", "*") for path in paths]).layout
    plain = model.draw(open=paths).layout
    for other in (unknown, plain):
        assert faults(other) == []
        assert not [t.text for t in other.texts if t.text.startswith("in this run: ")]


# What opens by itself.


def test_all_opens_figures_in_small_specs_only() -> None:
    graph = shipped("multi-head-shared")
    assert figures(graph, None) == "all"
    assert figures(shipped("gpt2"), None) == "none"
    picture = draw(graph, open=["all"])
    assert 'data-path="attn.mix[0.softmax]"' not in picture
    assert "softmax</text>" in picture
    assert "softmax</text>" not in draw(graph)


def test_a_hundred_layers_stay_closed_inside() -> None:
    graph = shipped("gpt2", layers=100)
    picture = layout(graph, Opening.of(["all"]))
    assert picture.chips == []
    assert len(picture.boxes) > 1000


def test_the_same_bytes_and_valid_xml() -> None:
    graph, data = run("gpt", 6, "dims.layers=1")
    for theme in THEMES:
        made = [draw(graph, open=["all"], data=data, theme=theme) for _ in range(2)]
        assert made[0] == made[1]
        ElementTree.fromstring(made[0])


def test_numbers_that_are_not_finite() -> None:
    graph = bw.load("layer-norm").checked
    x = [np.nan, np.inf, -np.inf, 1.0]
    picture = opened(graph, "norm", data=Data(graph, {}, {"features": x, "norm": x}))
    assert faults(picture) == []
    soft = bw.load("softmax").checked
    values = {"features": [np.inf, 0.0], "scores": [np.nan, 0.0]}
    ElementTree.fromstring(draw(soft, open=["scores"], data=Data(soft, {}, values)))


# What does not fit.


def test_values_that_do_not_fit_are_told_all_at_once() -> None:
    graph = bw.load("leaf-flower")
    with pytest.raises(DataError) as error:
        graph.draw(
            values={"features": [32, 107], "middle": np.zeros((3, 2)), "scores": [0.8, 0.2]},
            parameters={"middle.weight": [[1.0]]},
        )
    said = [str(one.message) for one in error.value.diagnostics]
    assert said == [
        "the values of features do not fit its wire: [2] is not [4]",
        "the values of middle do not fit its wire: [3, 2] is not [3]",
        "the numbers of middle.weight do not fit: [1, 1] is not [4, 3]",
    ]
    assert {one.code for one in error.value.diagnostics} == {"BW453"}
    graph.draw(values={"features": np.zeros((5, 4)), "nowhere": [1.0]})
