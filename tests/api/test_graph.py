"""What ``bw.load`` gives: facts, drawings, the whole graph for networkx."""

from pathlib import Path
from xml.etree import ElementTree

import networkx
import pytest

import boxwork as bw


def test_sizes_and_settings_as_keywords() -> None:
    graph = bw.load("gpt2", layers=2, d_model=48, dropout=0)
    assert str(graph.outputs["logits"]) == "real[seq, 50257]"
    assert tuple(map(str, graph.parameters["stack.1.attn.q.weight"].dims)) == ("48", "48")
    assert "stack.2.attn.q.weight" not in graph.parameters


def test_edits_as_the_command_line_takes_them() -> None:
    graph = bw.load("gpt2", "swap.LayerNorm=RMSNorm", layers=1)
    assert "norm.bias" not in graph.parameters
    assert "norm.scale" in graph.parameters


def test_a_path_or_a_string(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(bw.load("gpt").expand(), encoding="utf-8")
    assert repr(bw.load(path)) == repr(bw.load(str(path))) == repr(bw.load("gpt"))


def test_it_tells_what_it_is() -> None:
    graph = bw.load("gpt2")
    assert repr(graph) == "<Graph GPT-2 small: tokens → logits, 124,439,808 parameters>"
    assert str(graph).startswith("GPT-2 small\n  tokens ")
    assert graph.name == "GPT-2 small"
    assert list(graph.inputs) == ["tokens"]
    assert graph.warnings == ()


def test_wrong_keywords_are_errors_with_hints() -> None:
    with pytest.raises(bw.SpecError, match="did you mean `layers`"):
        bw.load("gpt2", layer=2)


def test_warnings_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "spare.yaml"
    text = bw.load("leaf-flower").expand().replace("dims:\n", "dims:\n  spare: 8\n")
    path.write_text(text, encoding="utf-8")
    assert [found.code for found in bw.load(path).warnings] == ["BW901"]


def test_drawings_are_shown_and_saved(tmp_path: Path) -> None:
    graph = bw.load("gpt")
    picture = graph.draw(tmp_path / "gpt.svg")
    assert (tmp_path / "gpt.svg").read_text("utf-8") == picture.svg == str(picture)
    assert picture._repr_svg_() == graph._repr_svg_() == picture.svg
    assert ElementTree.fromstring(picture.svg).tag.endswith("svg")
    assert repr(picture) == "<Drawing of GPT of the article: 18 boxes>"
    assert len(graph.draw(open=["stack"], theme="dark").svg) > len(graph.draw(theme="dark").svg)


def test_one_path_may_be_opened_without_a_list() -> None:
    graph = bw.load("gpt")
    assert graph.draw(open="stack").svg == graph.draw(open=["stack"]).svg


def test_wrong_drawings_are_refused(tmp_path: Path) -> None:
    graph = bw.load("gpt")
    with pytest.raises(bw.DataError, match="BW508"):
        graph.draw(tmp_path / "gpt.bmp")
    with pytest.raises(bw.DataError, match="BW450"):
        graph.draw(open=["stak"])
    with pytest.raises(ValueError, match=r"one of auto, light, dark, grey, .*, not 'blue'"):
        graph.draw(theme="blue")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "graph",
    [bw.load("gpt", layers=2), bw.load("transformer", layers=2), bw.load("leaf-flower")],
    ids=lambda graph: graph.name,
)
def test_the_whole_graph_for_networkx(graph: bw.Graph) -> None:
    found = graph.to_networkx()
    assert networkx.is_directed_acyclic_graph(found)
    sources = {node for node, degree in found.in_degree() if degree == 0}
    assert set(graph.inputs) <= sources
    total = sum(found.nodes[node]["parameters"] for node in found)
    assert f"{total:,} parameters" in repr(graph)
    for output, node in found.graph["outputs"].items():
        assert output in graph.outputs
        assert networkx.ancestors(found, node)


def test_wires_of_the_graph_have_ports_and_types() -> None:
    found = bw.load("transformer", layers=2).to_networkx()
    wires = found.get_edge_data("decoder.0.norm_1.y", "decoder.0.cross.q")
    assert [wire["port"] for wire in wires.values()] == ["x"]
    last = "encoder.1.y.y"
    for layer in (0, 1):
        (wire,) = found.get_edge_data(last, f"decoder.{layer}.cross.k").values()
        assert wire["type"] == "real[source_len, 512]"
    assert found.nodes["decoder.0.cross.k"]["block"] == "Linear"


def test_a_wire_that_is_read_twice_is_two_edges(tmp_path: Path) -> None:
    text = """\
format: 1
name: twice
dims: {d: 4}
inputs: {x: "real[d]"}
outputs: {y: "real[d]"}
nodes:
  y: {use: Add, in: [x, x]}
"""
    (tmp_path / "twice.yaml").write_text(text, encoding="utf-8")
    assert bw.load(tmp_path / "twice.yaml").to_networkx().number_of_edges("x", "y") == 2
