"""Small dense networks as neurons, tables as matrices: numbers, marks, places."""

from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import boxwork as bw
from boxwork.graphs.graph import Graph
from boxwork.renderers.draw import draw
from boxwork.renderers.figure import Layout
from boxwork.renderers.layout.layout import layout
from boxwork.renderers.look.theme import Theme
from boxwork.renderers.structure.opening import Opening
from boxwork.renderers.values.data import Data
from boxwork.specs.diagnostics import DataError
from boxwork.specs.interpret import Interpretation, Names

from ..examples import examples
from .faults import faults
from .support import drawn, graph_of, shipped, wires
from .test_layout import as_json

LEAF = [32, 107, 56, 11.2]
TWO = """\
dims: {n: 2}
inputs: {features: "real[n]"}
outputs: {a: "real[1]", b: "real[2]"}
nodes:
  left:  {use: Linear, in: features, with: {width: 2}, values:
          {weight: {up: [1.5, {ours: -2}], down: [0.25, 3]}, bias: [0.5, {ours: -1}]}}
  act:   {use: ReLU}
  a:     {use: Linear, with: {width: 1}, values: {weight: [[1], [-1]], bias: [0.125]}}
  right: {use: Linear, in: features, with: {width: 3}}
  tanh:  {use: Tanh}
  b:     {use: Linear, with: {width: 2}}
"""


def leaf(*open: str, run: bool = True) -> Layout:
    graph = bw.load("leaf-flower")
    model = graph.init()
    values = {**model.trace(features=LEAF), "features": LEAF} if run else {}
    data = Data(graph.checked, model.parameters if run else {}, values, graph.interpretation)
    return layout(graph.checked, Opening.of(open or ["all"]), data)


def said(picture: Layout, *roles: str) -> dict[str, str]:
    return {t.path: t.text for t in picture.texts if t.role in roles}


def weights(picture: Layout) -> dict[tuple[str, str], str]:
    return {(e.source, e.target): e.label.text for e in picture.edges if e.label}


# The network of the article.


def test_weights_are_those_of_the_spec_and_ours_are_marked() -> None:
    picture = leaf(run=False)
    found = weights(picture)
    assert len(found) == 4 * 3 + 3 * 2
    blue = [found[f"middle.x[{i}]", "middle[0]"] for i in range(4)]
    assert blue == ["0.1", "−0.29", "−0.07", "0.46"]
    assert found["middle.x[2]", "middle[1]"] == "0.05*"
    marked = {(e.source, e.target) for e in picture.edges if e.label and e.label.role == "ours"}
    assert marked == {ends for ends, text in found.items() if text.endswith("*")}
    assert len(marked) == 7
    notes = [t.text for t in picture.texts if t.role == "note"]
    assert notes == ["italic, with a star: ours, not the source's", "dashed: a negative weight"]
    assert said(picture, "value") == {}, "no run, no values"


def test_a_number_that_was_trained_is_not_ours_any_more() -> None:
    graph = bw.load("leaf-flower")
    weight = np.array(graph.init().parameters["scores.weight"])
    weight[0, 1] += 1
    other = {"middle.weight": graph.init().parameters["middle.weight"], "scores.weight": weight}
    picture = layout(graph.checked, Opening.of(["all"]), Data(graph.checked, other))
    found = weights(picture)
    assert found["middle[0]", "scores[1]"] == "1.1"
    assert found["middle[1]", "scores[1]"] == "0.2*"


def test_values_are_those_of_the_run() -> None:
    graph = bw.load("leaf-flower")
    traced = graph.init().trace(features=LEAF)
    picture = leaf()
    values = said(picture, "value")
    assert [values[f"middle.x[{i}]"] for i in range(4)] == ["32", "107", "56", "11.2"]
    assert values["middle[0]"] == "−26.6"
    for node in ("middle", "scores"):
        for k, number in enumerate(traced[node]):
            written = float(values[f"{node}[{k}]"].replace("−", "-"))
            assert written == pytest.approx(float(number), rel=5e-3)


def test_names_and_the_winner() -> None:
    picture = leaf()
    names = said(picture, "neuron", "winner")
    assert [names[f"middle.x[{i}]"] for i in range(4)] == ["R", "G", "B", "Vol"]
    assert [names[f"middle[{i}]"] for i in range(3)] == ["blue", "second", "third"]
    assert said(picture, "winner") == {"scores[0]": "leaf (green)"}
    assert names["scores[1]"] == "flower"
    assert [n.path for n in picture.neurons if n.winner] == ["scores[0]"]
    assert [t.text for t in picture.texts if t.role == "caption"] == [
        "Middle layer",
        "Output layer",
    ]


def test_sign_and_size_are_told_without_colour() -> None:
    edges = {(e.source, e.target): e for e in leaf().edges}
    assert edges["middle.x[1]", "middle[0]"].negative
    assert not edges["middle.x[0]", "middle[0]"].negative
    thick = [edges[f"middle.x[{i}]", "middle[0]"].thick for i in range(4)]
    assert sorted(range(4), key=thick.__getitem__) == [2, 0, 1, 3]
    made = draw(bw.load("leaf-flower").checked, open=["all"])
    root = ElementTree.fromstring(made)
    dashed = [p for p in root.iter("{http://www.w3.org/2000/svg}path") if p.get("stroke-dasharray")]
    assert len(dashed) == sum(edge.negative for edge in edges.values())


@pytest.mark.parametrize("open", [("all",), ("middle",), ("scores",), ("middle", "scores")])
@pytest.mark.parametrize("run", [False, True])
def test_nothing_touches(open: tuple[str, ...], run: bool) -> None:
    picture = leaf(*open, run=run)
    assert faults(picture) == []
    assert drawn(picture) == wires(shipped("leaf-flower"), everything=True)


def test_golden_network(golden: Callable[[str, str], None]) -> None:
    golden("layout-leaf-flower.json", as_json(leaf()))


def test_several_readings_stand_side_by_side() -> None:
    meaning = Interpretation(outputs={"b": (Names(("leaf", "flower")), Names(("dry", "wet")))})
    graph = graph_of(TWO)
    names = said(layout(graph, Opening.of(["all"]), Data(graph, {}, {}, meaning)), "neuron")
    assert (names["b[0]"], names["b[1]"]) == ("leaf / dry", "flower / wet")


def test_a_tied_matrix_is_read_the_other_way_round() -> None:
    graph = graph_of("""\
dims: {seq: any, letters: 3, d: 2}
inputs: {x: "index<letters>[seq]"}
outputs: {y: "real[seq, letters]"}
nodes:
  tok: {use: Embedding, with: {count: letters, width: d},
        values: {table: [[1, 2], [3, {ours: 4}], [5, 6]]}}
  y:   {use: Linear, with: {width: letters, bias: false}, tie: {weight: tok.table}}
""")
    found = weights(layout(graph, Opening.of(["y"])))
    assert [found[f"y.x[{i}]", "y[1]"] for i in range(2)] == ["3", "4*"]


# Other networks.


def run_of(text: str, **inputs: Any) -> tuple[Graph, Data]:
    from boxwork.engines.parameters.initialise import init
    from boxwork.engines.running.numpy import Model

    graph = graph_of(text)
    model = Model(graph, init(graph, 0, np.dtype(np.float64)), dtype=np.dtype(np.float64))
    meaning = Interpretation(
        {"features": (Names(("cloud cover", "humidity")),)},
        {"b": (Names(("sunny", "rainy in an hour")),), "a": (Names(("dry", "wet")),)},
    )
    return graph, Data(graph, model.parameters, {**model.trace(**inputs), **inputs}, meaning)


def test_two_networks_with_biases_and_activations() -> None:
    graph, data = run_of(TWO, features=[0.5, 3.0])
    picture = layout(graph, Opening.of(["all"]), data)
    assert faults(picture) == []
    assert drawn(picture) == wires(graph, everything=True)
    values = said(picture, "value")
    assert (values["left[0]"], values["act[0]"]) == ("−4.75", "0")
    assert values["left[1]"] == values["act[1]"] == "8.125"
    assert values["a[0]"] == "−8"
    biases = [(t.path, t.role, t.text) for t in picture.texts if t.role in ("weight", "ours")]
    assert ("left[0]", "weight", "+0.5") in biases
    assert ("left[1]", "ours", "−1*") in biases
    assert [(e.source, e.target) for e in picture.edges if e.target.startswith("act")] == [
        ("left[0]", "act[0]"),
        ("left[1]", "act[1]"),
    ]
    assert said(picture, "neuron")["a[0]"] == "dry if above 0, else wet"
    assert {box.path for box in picture.boxes if box.shape == "layer"} == {
        "left", "act", "a", "right", "tanh", "b",
    }  # fmt: skip


def test_a_wire_that_is_read_elsewhere_ends_a_network() -> None:
    graph = graph_of("""\
dims: {n: 2}
inputs: {x: "real[n]"}
outputs: {y: "real[n]"}
nodes:
  one: {use: Linear, in: x, with: {width: n}}
  act: {use: ReLU}
  two: {use: Linear, with: {width: n}}
  y:   {use: Add, in: [two, act]}
""")
    picture = layout(graph, Opening.of(["all"]))
    assert faults(picture) == []
    assert drawn(picture) == wires(graph, everything=True)
    networks = [box.path for box in picture.boxes if box.shape == "network"]
    assert networks == ["one-act", "two"]


def test_copies_show_their_own_numbers() -> None:
    graph, data = run_of(
        """\
dims: {n: 2}
inputs: {features: "real[n]"}
outputs: {b: "real[n]"}
nodes:
  b: {use: Linear, with: {width: n}, repeat: 2}
""",
        features=[1.0, 2.0],
    )
    picture = layout(graph, Opening.of(["all"]), data)
    assert faults(picture) == []
    values = said(picture, "value")
    traced = data.values
    for path in ("b.0", "b.1"):
        written = [float(values[f"{path}[{k}]"].replace("−", "-")) for k in range(2)]
        assert written == pytest.approx(traced[path], abs=0.006)
    assert list(traced["b.0"]) != pytest.approx(traced["b.1"], abs=0.02)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 3), st.floats(0.001, 1e6))
@settings(max_examples=examples(40))
def test_networks_of_any_size(below: int, above: int, seed: int, scale: float) -> None:
    graph = graph_of(f"""\
dims: {{n: {below}, m: {above}}}
inputs: {{x: "real[n]"}}
outputs: {{y: "real[m]"}}
nodes:
  y: {{use: Linear, with: {{width: m}}}}
""")
    rng = np.random.default_rng(seed)
    numbers = {
        "y.weight": rng.normal(size=(below, above)) * scale,
        "y.bias": rng.normal(size=above) * scale,
    }
    values = {"x": rng.normal(size=below) * scale, "y": rng.normal(size=above) * scale}
    picture = layout(graph, Opening.of(["all"]), Data(graph, numbers, values))
    assert faults(picture) == []
    assert len(picture.edges) == below * above
    if max(below, above) <= 4:
        assert len(weights(picture)) == below * above


def test_numbers_that_are_not_finite() -> None:
    graph = graph_of(TWO)
    numbers = {"left.weight": [[np.nan, np.inf], [-np.inf, 1.0]]}
    values = {"left": np.array([np.nan, np.inf]), "act": np.array([-0.0, 1e-30])}
    picture = layout(graph, Opening.of(["all"]), Data(graph, numbers, values))
    assert faults(picture) == []
    assert [said(picture, "value")[f"left[{k}]"] for k in (0, 1)] == ["NaN", "∞"]
    ElementTree.fromstring(draw(graph, open=["all"], data=Data(graph, numbers, values)))


def test_the_last_position_and_the_first_sample_are_shown() -> None:
    graph = graph_of(TWO)
    data = Data(graph, {}, {"rows": np.arange(12).reshape(2, 3, 2), "list": [[1, 2], [3, 4]]})
    assert data.value("rows", 2) == [4, 5]
    assert data.value("rows", 1) == [0, 1]
    assert data.value("list", 2) == [3, 4]
    assert data.value("nowhere", 1) is None


# What is too large, and what opens by itself.


def test_a_large_linear_is_a_matrix_by_its_path_only() -> None:
    graph = shipped("gpt", layers=1)
    assert "network" not in {b.shape for b in layout(graph, Opening.of(["stack"])).boxes}
    picture = layout(graph, Opening.of(["logits"], 0))
    assert faults(picture) == []
    (box,) = [box for box in picture.boxes if box.shape == "network"]
    assert box.path == "logits"
    assert len(picture.cells) == 28 * 5
    assert {cell.shade for cell in picture.cells} == {None}
    wide = layout(graph, Opening.of(["logits"], 0, neurons=48))
    assert len(wide.neurons) == 48 + 28
    assert faults(wide) == []


def test_an_embedding_has_a_column_per_letter() -> None:
    graph = bw.load("gpt", layers=1)
    model = graph.init()
    tokens = [8, 21, 13, 16, 20, 25]
    data = Data(graph.checked, model.parameters, {"tokens": tokens}, graph.interpretation)
    picture = layout(graph.checked, Opening.of(["tok"], 0), data)
    assert faults(picture) == []
    lit = {cell.path.split("[")[1].split(",")[0] for cell in picture.cells if cell.lit}
    assert lit == {str(token) for token in tokens}
    bold = [t.text for t in picture.texts if t.role == "winner"]
    assert sorted(bold) == sorted(set("humpty"))
    below = [
        t.text
        for t in picture.texts
        if t.role in ("note", "winner") and len(t.text) == 1 and t.text != "…"
    ]
    assert below[:3] == ["␣", "a", "b"]
    table = np.asarray(model.parameters["tok.table"])
    shades = {cell.path: cell for cell in picture.cells}
    for row in (0, 3, 47):
        cell = shades[f"tok[8, {row}]"]
        assert cell.shade is not None
        assert np.sign(cell.shade) == np.sign(table[8, row])
        assert cell.dashed == (table[8, row] < 0)


def test_a_small_table_has_its_numbers() -> None:
    graph = graph_of("""\
dims: {seq: any}
inputs: {x: "index<3>[seq]"}
outputs: {y: "real[seq, 2]"}
nodes:
  y: {use: Embedding, with: {count: 3, width: 2}, values: {table: [[1, 2], [3, -4], [5, 6.5]]}}
""")
    picture = layout(graph, Opening.of(["all"]), Data(graph, {}, {"x": [1]}))
    assert faults(picture) == []
    texts = [t.text for t in picture.texts if t.role == "note"]
    assert {"1", "2", "3", "−4", "5", "6.5"} <= set(texts)
    assert [cell.path for cell in picture.cells if cell.lit] == ["y[1, 0]", "y[1, 1]"]


def test_a_huge_table_is_drawn_in_part() -> None:
    graph = shipped("gpt2", layers=1)
    picture = layout(graph, Opening.of(["tok"], 0), Data(graph, {}, {"tokens": [50256, 77]}))
    assert faults(picture) == []
    columns = {int(cell.path.split("[")[1].split(",")[0]) for cell in picture.cells}
    assert {0, 77, 50256} <= columns
    assert len(columns) < 16


def test_paths_into_a_linear_lead_nowhere() -> None:
    with pytest.raises(DataError) as error:
        draw(shipped("leaf-flower"), open=["middle.blue"])
    assert "made of no further boxes" in str(error.value)


# The book.


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_the_same_bytes_and_valid_xml(theme: Theme) -> None:
    graph = bw.load("leaf-flower")
    model = graph.init()
    first, second = (
        model.draw(inputs={"features": LEAF}, open="all", theme=theme).svg for _ in range(2)
    )
    assert first == second
    root = ElementTree.fromstring(first)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert {"middle", "scores"} <= set(ids)
    assert first.count("@media") == (theme == "auto")
    assert "var(" not in first
    tips = {t.text for t in root.iter("{http://www.w3.org/2000/svg}title")}
    assert {"G → blue: −0.29", "B → second: 0.05 (ours)"} <= tips


def test_a_run_opens_what_is_small() -> None:
    model = bw.load("leaf-flower").init()
    assert "−26.6" in model.draw(inputs={"features": LEAF}).svg
    assert "−26.6" not in model.draw(inputs={"features": LEAF}, depth=0).svg
    assert "−26.6" not in model.draw(open="all").svg
    assert "<circle" not in bw.load("leaf-flower").draw().svg
