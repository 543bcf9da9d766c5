"""Opened primitives: every box opens, nothing touches, the numbers are those of the run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import boxwork as bw
from boxwork.blocks.activation import GELU, SiLU
from boxwork.blocks.bounds import Clamp
from boxwork.blocks.combine import Concat
from boxwork.blocks.pooling import FirstPosition, LastPosition, MeanPool
from boxwork.blocks.shaping import MergeHeads, Split, SplitHeads
from boxwork.graphs.graph import Primitive
from boxwork.renderers.draw import figure
from boxwork.renderers.opened.curve import FUNCTIONS
from boxwork.renderers.opened.kinds import FIGURES
from boxwork.renderers.structure.dense import DRAWN
from boxwork.renderers.values.data import Data
from boxwork.renderers.values.written import chosen
from boxwork.specs import library

from .faults import faults
from .opened import chip, number, opened, primitives, run, said
from .support import graph_of, shipped

SPECS = sorted(library.shipped())


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
    shaping = {Concat, FirstPosition, LastPosition, MeanPool, MergeHeads, Split, SplitHeads}
    assert set(FIGURES) == set(DRAWN) | shaping
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


@pytest.mark.parametrize("use", ["{use: SinusoidalEncoding, in: x, with: {width: n}}",
                                 "{use: MergeHeads, in: parts}"])  # fmt: skip
def test_boxes_beside_the_way(use: str) -> None:
    """No wire leaves one that nobody reads; heads may be none at all."""
    graph = graph_of(f"""\
dims: {{n: 4, seq: any, h: 0}}
inputs: {{x: "real[seq, n]", parts: "real[h, seq, n]"}}
outputs: {{y: "real[seq, n]"}}
nodes:
  aside: {use}
  y: {{use: ReLU, in: x}}
""")
    assert faults(opened(graph, "aside", "y")) == []


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


@pytest.mark.parametrize("length", [0, 1, 2, 5, 20])
def test_what_is_summed_stands_below_the_wire_that_leaves(length: int) -> None:
    graph, data = run("gpt", length or 1, "dims.layers=1")
    picture = opened(graph, "stack.0.attn.mix", data=data if length else None)
    made = chip(picture, "stack.0.attn.mix[0.y]")
    (line,) = [one for one in picture.lines if one.source == "stack.0.attn.mix"]
    assert made.x + made.w / 2 == pytest.approx(line.points[0][0])


def test_the_shares_of_the_article() -> None:
    """Products 0.69, 0 and 0 make 0.5, 0.25 and 0.25 of the three words."""
    graph = bw.load("self-attention")
    x = np.zeros((3, 4))
    x[0, 0], x[2, 1] = 1.0, 1.0
    ones, query = np.eye(4), np.zeros((4, 4))
    query[1, 0] = np.log(2)
    weights = {"attn.k.weight": ones, "attn.v.weight": ones, "attn.q.weight": query}
    from boxwork.engines.running.numpy import Model

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
    from boxwork.engines.running.numpy import Model

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
    from boxwork.engines.parameters.initialise import init
    from boxwork.engines.running.numpy import Model

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
