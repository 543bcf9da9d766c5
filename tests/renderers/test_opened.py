"""Opened primitives: every box opens, nothing touches, the numbers are those of the run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

import boxwork as bw
from boxwork.blocks.activation import GELU, SiLU
from boxwork.blocks.bounds import Clamp
from boxwork.graphs.graph import Graph, Part, Primitive, Ref
from boxwork.renderers.data import Data
from boxwork.renderers.dense import DRAWN
from boxwork.renderers.draw import draw, figure, figures
from boxwork.renderers.figure import Chip, Layout
from boxwork.renderers.layout import layout
from boxwork.renderers.opened.curve import FUNCTIONS
from boxwork.renderers.opened.kinds import FIGURES
from boxwork.renderers.opened.words import chosen
from boxwork.renderers.opening import Opening
from boxwork.renderers.origin import origin
from boxwork.specs import library
from boxwork.specs.diagnostics import DataError

from .faults import faults
from .support import graph_of, shipped

SPECS = sorted(library.shipped())


def primitives(part: Part, prefix: str = "", copy: str = "*") -> Iterator[tuple[str, Primitive]]:
    """Every primitive by its path, one copy of what is repeated."""
    assert not isinstance(part, Primitive)
    for node in part.nodes.values():
        which = "0" if node.count == 1 else copy
        path = prefix + node.name + ("" if node.count is None else f".{which}")
        inner = node.part_of(0)
        if node.count == 0:
            continue
        if isinstance(inner, Primitive):
            yield path, inner
        else:
            yield from primitives(inner, f"{path}.", copy)


def run(name: str, length: int = 6, *edits: str, **inputs: Any) -> tuple[Graph, Data]:
    """A spec with random parameters, and a run on some numbers."""
    graph = bw.load(name, *edits)
    model, rng = graph.init(), np.random.default_rng(0)
    given: dict[str, Any] = {}
    for port, wire in graph.inputs.items():
        shape = [length if dim.free else int(dim) for dim in wire.dims]
        index = wire.kind == "index"
        given[port] = (
            rng.integers(0, int(wire.bound or 1), shape) if index else rng.normal(size=shape)
        )
    given |= inputs
    values = {**model.trace(**given), **given}
    return graph.checked, Data(graph.checked, model.parameters, values, graph.interpretation)


def opened(graph: Graph, *paths: str, data: Data | None = None) -> Layout:
    return layout(graph, Opening.of(paths), data)


def said(picture: Layout, start: str) -> list[str]:
    return [chip.words for chip in picture.chips if chip.path.startswith(start) and chip.words]


def chip(picture: Layout, path: str) -> Chip:
    return next(one for one in picture.chips if one.path == path)


def number(words: str) -> float:
    return float(words.rpartition(" ")[2].replace("−", "-"))


# Every box opens.


@pytest.mark.parametrize("name", SPECS)
def test_every_box_of_every_spec_opens(name: str) -> None:
    graph = shipped(name)
    paths = [path for path, _ in primitives(graph.root)]
    picture = opened(graph, *paths)
    assert faults(picture) == []
    frames = {box.path for box in picture.boxes if box.shape in ("network", "layer")}
    assert {path.removesuffix(".*") for path in paths} <= frames


def test_each_figure_is_that_of_a_kind() -> None:
    assert set(FIGURES) == set(DRAWN)
    assert set(FUNCTIONS) < set(DRAWN)


def test_a_block_of_ones_own_shows_its_formula() -> None:
    graph = graph_of("""\
dims: {n: 3}
inputs: {x: "real[n]"}
outputs: {y: "real[n]"}
nodes:
  y: {use: Scale, with: {by: 2}}
""")
    data = Data(graph, {}, {"x": [1.0, 2.0, -3.0], "y": [2.0, 4.0, -6.0]})
    picture = opened(graph, "y", data=data)
    assert faults(picture) == []
    texts = [text.text for text in picture.texts]
    assert "y = by * x" in texts
    assert {"1", "2", "−3", "4", "−6"} <= set(texts)


# With the numbers of a run.


SMALL = {"gpt": ["dims.layers=1"], "gpt-modern": ["dims.layers=1"], "multi-head-shared": [],
         "multi-head-separate": [], "cross-attention": [], "leaf-flower-dropout": [],
         "layer-norm": [], "letters": [], "translator": ["dims.layers=1"]}  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_nothing_touches_in_a_run(name: str) -> None:
    graph, data = run(name, 6, *SMALL[name])
    paths = [path for path, _ in primitives(graph.root, "", "0")]
    for picture in (opened(graph, *paths, data=data), figure(graph, open=["all"], data=data)):
        assert faults(picture) == []
    assert faults(figure(graph, data=data)) == []


@pytest.mark.parametrize("length", [1, 2, 7, 20, 32])
def test_attention_of_any_length(length: int) -> None:
    graph, data = run("gpt", length, "dims.layers=1")
    picture = opened(graph, "stack.0.attn.mix", data=data)
    assert faults(picture) == []


def test_a_sink_and_a_cap_are_in_the_numbers() -> None:
    graph = bw.load("gpt", "set.stack.*.attn.with={sinks: true, cap: 0.5, window: 4}", layers=1)
    model = graph.init()
    model.parameters["stack.0.attn.mix.sinks"][:] = np.linspace(-1, 1, 3)
    given = {"tokens": [8, 21, 13, 16, 20]}
    weights = model.trace(paths=["stack.0.attn.mix.weights"], **given)["stack.0.attn.mix.weights"]
    values = {**model.trace(**given), **given}
    data = Data(graph.checked, model.parameters, values, graph.interpretation)
    picture = opened(graph.checked, "stack.0.attn.mix", data=data)
    assert faults(picture) == []
    for k in range(5):
        words = chip(picture, f"stack.0.attn.mix[0.u.{k}]").words
        assert number(words) == pytest.approx(float(weights[0, -1, k]), abs=0.005)
    assert chip(picture, "stack.0.attn.mix[0.sink]").words == "−1"
    share = 1 - float(weights[0, -1].sum())
    assert f"sink: {share:.2g}" in [text.text for text in picture.texts]
    plain = opened(graph.checked, "stack.*.attn.mix")
    assert faults(plain) == []
    assert "sink" in said(plain, "stack.0.attn.mix")


def test_weights_are_those_of_the_run() -> None:
    graph = bw.load("gpt", layers=1)
    model = graph.init()
    asked = ["stack.0.attn.mix.weights", "stack.0.attn.mix"]
    traced = model.trace(paths=asked, tokens="humpt")
    weights = traced["stack.0.attn.mix.weights"]
    given = {"tokens": [8, 21, 13, 16, 20]}
    data = Data(graph.checked, model.parameters, {**model.trace(**given), **given},
                graph.interpretation)  # fmt: skip
    picture = opened(graph.checked, "stack.0.attn.mix", data=data)
    for k in range(5):
        words = chip(picture, f"stack.0.attn.mix[0.u.{k}]").words
        assert number(words) == pytest.approx(float(weights[0, -1, k]), abs=0.005)
    cells = {cell.path: cell for cell in picture.cells}
    for h in range(3):
        for i in range(5):
            for j in range(5):
                cell = cells[f"stack.0.attn.mix[{h}, {i}, {j}]"]
                assert cell.hidden == (j > i), "the mask is causal"
                if j <= i:
                    shade = min(1.0, 1.6 * float(weights[h, i, j]))
                    assert cell.shade == pytest.approx(shade, abs=1e-6)
    thick = {}
    for stroke in picture.strokes:
        thick.setdefault(round(stroke.thick, 4), stroke)
    largest = max(float(w) for w in weights[0, -1])
    assert max(thick) == pytest.approx(0.8 + 5.2 * largest, abs=1e-3)
    assert [t.text for t in picture.texts if t.role == "neuron"][:5] == list("humpt")


def test_the_shares_of_the_article() -> None:
    """Products 0.69, 0 and 0 make 0.5, 0.25 and 0.25 of the three words."""
    graph = bw.load("self-attention")
    x = np.zeros((3, 4))
    x[0, 0], x[2, 1] = 1.0, 1.0
    ones, query = np.eye(4), np.zeros((4, 4))
    query[1, 0] = np.log(2)
    weights = {"attn.k.weight": ones, "attn.v.weight": ones, "attn.q.weight": query}
    from boxwork.engines.numpy import Model

    model = Model(graph.checked, weights)
    data = Data(graph.checked, weights, {**model.trace(features=x), "features": x})
    picture = opened(graph.checked, "attn", "attn.mix", data=data)
    assert faults(picture) == []
    shares = [chip(picture, f"attn.mix[0.u.{k}]").words for k in range(3)]
    assert shares == ["u₁ = 0.5", "u₂ = 0.25", "u₃ = 0.25"]


def test_without_a_run_there_are_symbols() -> None:
    picture = opened(shipped("self-attention-practice"), "attn.mix")
    assert faults(picture) == []
    assert {"k₁ · q", "k₂ · q", "kₙ · q", "qₙ", "u₁", "softmax"} <= set(said(picture, "attn.mix"))
    hidden = [cell.path for cell in picture.cells if cell.hidden]
    assert len(hidden) == 6


def test_keys_outside_the_window_are_hidden() -> None:
    graph = graph_of("""\
dims: {seq: any}
inputs: {q: "real[1, seq, 2]"}
outputs: {y: "real[1, seq, 2]"}
nodes:
  y: {use: DotProductAttention, in: {q: q, k: q, v: q}, with: {causal: true, window: 2}}
""")
    q = np.ones((1, 4, 2))
    picture = opened(graph, "y", data=Data(graph, {}, {"q": q, "y": q}))
    assert faults(picture) == []
    keys = [chip(picture, f"y[0.k.{k}]").hidden for k in range(4)]
    assert keys == [True, True, False, False]
    assert chip(picture, "y[0.score.0]").words == "hidden"


def test_norms_show_what_they_take_out() -> None:
    graph, data = run("layer-norm", features=[32.0, 107.0, 56.0, 11.2])
    picture = opened(graph, "norm", data=data)
    assert faults(picture) == []
    assert number(chip(picture, "norm[mean]").words) == pytest.approx(51.55)
    spread = float(np.std([32, 107, 56, 11.2]))
    assert number(chip(picture, "norm[deviation]").words) == pytest.approx(spread, rel=1e-3)


def test_softmax_shows_powers_and_their_sum() -> None:
    graph, data = run("softmax", features=[0.8, 0.2])
    picture = opened(graph, "scores", data=data)
    assert faults(picture) == []
    powers = np.exp([0.0, -0.6])
    assert said(picture, "scores[exp") == ["1", "0.549"]
    assert number(chip(picture, "scores[sum]").words) == pytest.approx(powers.sum(), abs=1e-3)
    shares = [number(words) for words in said(picture, "scores[y")]
    assert shares == pytest.approx(list(powers / powers.sum()), abs=1e-3)


CURVES = [
    *((kind, "") for kind in FUNCTIONS if kind is not Clamp),
    (GELU, "approximate: tanh"),
    (SiLU, "beta: 1.702"),
    (Clamp, "high: 3"),
    (Clamp, "low: -3, high: 3.5"),
    (Clamp, "low: 0"),
]


@pytest.mark.parametrize(("kind", "settings"), CURVES)
def test_curves_are_those_of_the_blocks(kind: Any, settings: str) -> None:
    from boxwork.engines.numpy import Model

    graph = graph_of(f"""\
dims: {{n: 9}}
inputs: {{x: "real[n]"}}
outputs: {{y: "real[n]"}}
nodes:
  y: {{use: {kind.__name__}, with: {{{settings}}}}}
""")
    part = graph.root.nodes["y"].part_of(0)
    assert isinstance(part, Primitive)
    axes = FUNCTIONS[kind](part.block)
    x = np.linspace(-4, 4, 9)
    made = Model(graph, {}, dtype="float64")(x)
    assert [axes.function(each) for each in x] == pytest.approx(list(made), abs=1e-6)
    assert kind is not GELU or settings or axes.function(1.0) == pytest.approx(0.8413447)
    picture = opened(graph, "y", data=Data(graph, {}, {"x": x, "y": made}))
    assert faults(picture) == []
    marks = sum(stroke.kind == "mark" for stroke in picture.strokes)
    assert marks == sum(abs(x) <= axes.reach) == (3 if settings == "low: 0" else 9)


def test_places_that_are_shown_of_many() -> None:
    assert chosen([0.2, 0.8], 6) == [0, 1]
    weights = [0.0, 0.3, 0.0, 0.0, 0.2, 0.1, 0.0, 0.4, 0.0]
    assert chosen(weights, 6) == [None, 1, None, 4, 5, None, 7, 8]


# Experts that are chosen.


ROUTERS = """\
dims: {d: 4, few: 6, many: 32}
inputs: {x: "real[d]"}
outputs: {y: "real[few]", z: "real[many]"}
nodes:
  s: {use: Linear, in: x, with: {width: few}}
  p: {use: Softmax}
  y: {use: ChooseTop, with: {active: 2, sum_to: 1}}
  s_2: {use: Linear, in: x, with: {width: many}}
  p_2: {use: Logistic}
  b: {use: Array, with: {dims: [many], trained: false}}
  z:
    use: ChooseTop
    in: {scores: p_2, bias: b}
    with: {active: 5, groups: 8, active_groups: 4}
"""


def test_experts_that_are_chosen_are_those_of_the_run() -> None:
    from boxwork.engines.initialise import init
    from boxwork.engines.numpy import Model

    graph = graph_of(ROUTERS)
    parameters, given = init(graph), {"x": np.array([1.0, -2.0, 0.5, 3.0])}
    model = Model(graph, parameters, dtype="float64")
    values = {**model.run(given, ["p", "y", "p_2", "z"]), **given}
    plain, shown = (opened(graph, "y", "z", data=data) for data in
                    (None, Data(graph, parameters, values)))  # fmt: skip
    for picture in (plain, shown):
        assert faults(picture) == []
        for node, active, count in (("y", 2, 6), ("z", 5, 32)):
            cells = [cell for cell in picture.cells if cell.path.startswith(f"{node}[weight")]
            assert len(cells) == count
            assert sum(not cell.hidden for cell in cells) == active
    for node in "yz":
        there = {f"{node}[weight, {k}]" for k in np.flatnonzero(values[node])}
        cells = [cell for cell in shown.cells if cell.path.startswith(f"{node}[weight")]
        assert {cell.path for cell in cells if not cell.hidden} == there
    assert {f"{weight:.3g}" for weight in values["y"] if weight} <= {t.text for t in shown.texts}


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
    for theme in ("auto", "light", "dark", "grey", "contrast"):
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
