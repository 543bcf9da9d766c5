"""Figures of angles and of a state that is carried on: rotary positions, waves, a gated unit."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from boxwork.engines.parameters.initialise import init
from boxwork.engines.running.numpy import Model
from boxwork.graphs.graph import Graph
from boxwork.renderers.figure import Layout
from boxwork.renderers.values.data import Data

from .faults import faults
from .opened import chip, opened, said
from .support import graph_of, shipped

# Rotary positions.


def rotary(settings: str = "", width: int = 16, heads: str = "2, ") -> Graph:
    return graph_of(f"""\
dims: {{seq: any}}
inputs: {{x: "real[{heads}seq, {width}]"}}
outputs: {{y: "real[{heads}seq, {width}]"}}
nodes:
  y: {{use: RotaryEncoding, with: {{{settings}}}}}
""")


def run_of(graph: Graph, **given: np.ndarray) -> Data:
    parameters = init(graph, seed=3)
    model = Model(graph, parameters, dtype="float64")
    return Data(graph, parameters, {**model.run(given, ["y"]), **given})


KINDS = [
    ("", 16),
    ("pairs: adjacent", 16),
    ("share: 0.5, pairs: adjacent", 16),
    ("share: 0.25", 8),
    ("scaling: yarn, factor: 4, original: 16", 64),
    ("", 2),
]


@pytest.mark.parametrize(("settings", "width"), KINDS)
def test_pairs_turn_as_the_block_turns_them(settings: str, width: int) -> None:
    graph = rotary(settings, width)
    x = np.random.default_rng(1).normal(size=(2, 4, width))
    data = run_of(graph, x=x)
    plain, picture = opened(graph, "y"), opened(graph, "y", data=data)
    assert faults(plain) == faults(picture) == []
    y = np.asarray(data.values["y"])[0, -1]
    found = {cell.path: words(picture, cell.path) for cell in picture.cells}
    assert {path for path in found if path.startswith("y[x")}
    for path, number in found.items():
        wire, place = path[2:-1].split(", ")
        numbers = x[0, -1] if wire == "x" else y
        assert number == pytest.approx(numbers[int(place)], rel=6e-3)
    kept = [k for k in range(width) if np.array_equal(y[k], x[0, -1, k])]
    assert ("not turned" in texts(picture)) == bool(kept)


def test_hands_point_where_the_pair_does() -> None:
    graph = rotary("pairs: adjacent", 4, heads="")
    x = np.array([[1.0, 0.0, 0.0, 1.0]] * 3)
    data = run_of(graph, x=x)
    picture = opened(graph, "y", data=data)
    y = np.asarray(data.values["y"])[-1]
    hands = [stroke for stroke in picture.strokes if stroke.thick == 2.0]
    assert len(hands) == 2
    for k, hand in enumerate(hands):
        (ax, ay), (bx, by) = hand.points
        angle = math.atan2(y[2 * k + 1], y[2 * k])
        assert math.atan2(ay - by, bx - ax) == pytest.approx(angle)
    assert {"2 · 1", "115°", "2 · 0.01", "1.15°"} <= texts(picture)
    assert "p · 0.01" in texts(opened(graph, "y"))


def test_pairs_too_slow_for_floats_never_come_round() -> None:
    slow = rotary("theta: 1e300, scaling: linear, factor: 1e300", 4, heads="")
    assert any("to ∞ (the last of 2)" in said for said in texts(opened(slow, "y")))


def test_scaled_angles_are_told() -> None:
    said = texts(opened(rotary("scaling: yarn, factor: 4, original: 16", 8), "y"))
    assert "and grows 1.139 times as long" in said


def test_numbers_that_are_not_finite_have_no_hand() -> None:
    graph = rotary("", 4, heads="")
    x = np.array([[np.nan, 1.0, np.inf, 1.0]])
    picture = opened(graph, "y", data=Data(graph, {}, {"x": x, "y": x}))
    assert faults(picture) == []
    assert sum(stroke.thick == 2.0 for stroke in picture.strokes) == 1


# Sinusoids.

WAVES = [
    ("width: 6", 0),
    ("width: 512", 0),
    ("width: 33, base: 100", 0),
    ("width: 12, form: article, context: 40", 1),
    ("width: 384, form: halves", 0),
    ("width: 14", 0),
    ("width: 12, form: halves", 0),
    ("width: 120, form: article, context: 1", 1),  # the slowest do not turn at all
]


@pytest.mark.parametrize(("settings", "first"), WAVES)
@pytest.mark.parametrize("length", [1, 64, 70])
def test_waves_are_those_of_the_block(settings: str, first: int, length: int) -> None:
    size = settings.partition(",")[0].removeprefix("width: ")
    graph = graph_of(f"""\
dims: {{seq: any}}
inputs: {{x: "real[seq]"}}
outputs: {{y: "real[seq, {size}]"}}
nodes:
  y: {{use: SinusoidalEncoding, in: x, with: {{{settings}}}}}
""")
    whole = np.asarray(Model(graph, {}, dtype="float64")(np.zeros(80)))
    data = Data(graph, {}, {"x": np.zeros(length), "y": whole[:length]})
    since = max(length - 64, 0)
    for picture, start in ((opened(graph, "y"), 0), (opened(graph, "y", data=data), since)):
        assert faults(picture) == []
        strips = [one for one in picture.strips if one.path.removesuffix("]")[2:].isdigit()]
        assert strips[0].path == "y[0]"
        assert strips[-1].path == f"y[{int(size) - 1}]"
        places = [int(one.path[2:-1]) for one in strips]
        assert places == sorted(set(places))
        left_out = sum(k - before > 1 for before, k in pairwise(places))
        assert [text.text for text in picture.texts].count("…") == left_out
        for strip in strips:
            place = int(strip.path[2:-1])
            seen = whole[start : start + 64, place]
            assert strip.bars[: len(seen)] == pytest.approx(list(seen), abs=1e-9)
        assert {str(start + first), str(start + first + 63)} <= texts(picture)


def test_the_last_position_is_marked() -> None:
    graph = shipped("positions-sine")
    width = int(graph.root.nodes["pos"].part.outputs["y"].dims[-1])
    y = np.zeros((5, width))
    data = Data(graph, {}, {"tokens": np.zeros(5, int), "pos": y})
    (mark,) = [s for s in opened(graph, "pos", data=data).strokes if s.kind == "mark"]
    strip = next(s for s in opened(graph, "pos", data=data).strips if s.path == "pos[0]")
    assert (mark.points[0][0] - strip.x) / strip.w * 64 == pytest.approx(4.5)
    assert not [s for s in opened(graph, "pos").strokes if s.kind == "mark"]


# A gated recurrent unit.


def unit(width: int, bias: str = "true") -> Graph:
    return graph_of(f"""\
dims: {{seq: any}}
inputs: {{x: "real[seq, 3]"}}
outputs: {{y: "real[seq, {width}]"}}
nodes:
  y: {{use: GRU, with: {{width: {width}, bias: {bias}}}}}
""")


@pytest.mark.parametrize("bias", ["true", "false"])
@pytest.mark.parametrize(("width", "length"), [(5, 1), (5, 4), (24, 3), (100, 2)])
def test_the_last_step_is_that_of_the_run(width: int, length: int, bias: str) -> None:
    graph, rng = unit(width, bias), np.random.default_rng(2)
    parameters = {path: rng.normal(size=each.shape) for path, each in init(graph).items()}
    x = rng.normal(size=(length, 3))
    y = np.asarray(Model(graph, parameters, dtype="float64")(x))
    picture = opened(graph, "y", data=Data(graph, parameters, {"x": x, "y": y}))
    assert faults(picture) == []
    if width <= 6:
        found = [words(picture, f"y[y, {k}]") for k in range(width)]
        assert found == pytest.approx(list(y[-1]), rel=6e-3)
    else:
        (strip,) = [one for one in picture.strips if one.path == "y[y]"]
        kept = [y[-1, k * width // 64] for k in range(64)] if width > 64 else y[-1]
        assert strip.bars == pytest.approx(list(kept / abs(np.array(kept)).max()), abs=1e-9)
    (old,) = [one for one in picture.strips if one.path == "y[h.numbers]"]
    assert any(old.bars) == (length > 1)


def test_without_a_run_a_unit_has_names() -> None:
    picture = opened(unit(5), "y")
    assert faults(picture) == []
    assert not picture.strips
    assert said(picture, "y[") == ["x[t]", "y[t − 1]", "reset r", "new n", "keep z",
                                   "×", "1 − z", "×", "+", "y[t]"]  # fmt: skip
    assert chip(picture, "y[r]").tip == "a logistic"
    lines = [text.text for text in picture.texts if text.role == "note"]
    for gate, curve in (("r", "logistic"), ("z", "logistic"), ("n", "tanh")):
        assert [line for line in lines if line.startswith(f"{gate} = {curve}(")]


def texts(picture: Layout) -> set[str]:
    return {text.text for text in picture.texts}


def words(picture: Layout, path: str) -> float:
    """The number that stands in a cell."""
    cell = next(one for one in picture.cells if one.path == path)
    inside = [
        text.text
        for text in picture.texts
        if cell.x < text.x < cell.x + cell.w and cell.y < text.y < cell.y + cell.h
    ]
    assert len(inside) == 1
    return float(inside[0].replace("−", "-"))
