"""SVG by the book: XML, ids, titles, colours, the same bytes every time, in linear time."""

import re
from xml.etree import ElementTree

import pytest

from boxwork.renderers.draw import draw
from boxwork.renderers.layout.layout import layout
from boxwork.renderers.look.palettes import DARK, LIGHT
from boxwork.renderers.look.theme import Theme
from boxwork.renderers.structure.opening import Opening

from .support import graph_of, random_dag, random_series_parallel, shipped
from .zoo import SPECS

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def opened() -> str:
    return draw(shipped("transformer", layers=2), open=["all"])


def test_it_is_xml_with_unique_ids(opened: str) -> None:
    root = ElementTree.fromstring(opened)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) > 50
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", name or "", re.ASCII) for name in ids)
    assert root.get("role") == "graphics-document document"  # img would hide what is inside
    assert {"decoder.1.cross.mix", "source", "output-logits"} <= set(ids)


def test_every_box_has_a_title(opened: str) -> None:
    root = ElementTree.fromstring(opened)
    groups = [g for g in root.iter(f"{SVG}g") if g.find(f"{SVG}rect") is not None]
    assert groups
    assert all(g.findtext(f"{SVG}title") for g in groups)
    found = next(g for g in groups if g.get("id") == "decoder.1.cross")
    assert found.findtext(f"{SVG}title") == (
        "decoder.1.cross · MultiHeadAttention · 1,050,624 parameters"
    )


def test_text_is_text_and_colours_are_literal(opened: str) -> None:
    assert "foreignObject" not in opened
    assert "var(" not in opened
    assert opened.count("@media") == 1
    assert "Masked multi-head" in opened


@pytest.mark.parametrize(("theme", "page"), [("light", LIGHT.page), ("dark", DARK.page)])
def test_a_forced_theme_has_one_set_of_colours(theme: Theme, page: str) -> None:
    made = draw(shipped("gpt2"), theme=theme)
    assert "@media" not in made
    assert f".page{{fill:{page}}}" in made
    other = DARK.page if theme == "light" else LIGHT.page
    assert f".page{{fill:{other}}}" not in made


def test_names_are_escaped() -> None:
    made = draw(graph_of(SPECS["constant"].replace("A long label of a box", "'<a> & \"b\"'")))
    ElementTree.fromstring(made)
    assert "&lt;a&gt; &amp;" in made


def test_the_same_bytes_every_time() -> None:
    first, second = (draw(graph_of(SPECS["latent"]), open=["all"]) for _ in range(2))
    assert first == second


def test_numbers_are_short(opened: str) -> None:
    places = re.findall(r' (?:d|x|y|width|height)="([^"]*)"', opened)
    assert len(places) > 500
    assert not [place for place in places if re.search(r"\.\d\d|e", place)]


def test_it_reads_in_an_order_in_which_it_can_run(opened: str) -> None:
    """Frames and wires are hidden; boxes stand in groups that go by the names of their frames."""
    root = ElementTree.fromstring(opened)
    below, *boxes, above = [g for g in root if g.tag == f"{SVG}g"]
    assert below.get("aria-hidden") == above.get("aria-hidden") == "true"
    assert {path.get("class") for path in below.iter(f"{SVG}path")} == {"wire", "head"}
    names = {g.get("id"): g for g in below.iter(f"{SVG}g") if g.get("id")}
    group = next(g for g in root.iter(f"{SVG}g") if g.get("aria-labelledby") == "decoder.1")
    assert names["decoder.1"].findtext(f"{SVG}title", "").startswith("decoder.1 · DecoderLayer")
    inner = [g.get("id") or g.get("aria-labelledby") for g in group]
    assert inner[0] == "decoder.1.self"
    read = [g.get("id") for b in boxes for g in b.iter(f"{SVG}g") if g.get("id")]
    assert set(read) | set(names) >= {"source", "output-logits", "decoder.1.cross.mix"}
    at = {name: i for i, name in enumerate(read)}
    assert at["encoder.0.attn.mix"] < at["encoder.1.attn.mix"] < at["decoder.0.cross.mix"]
    assert at["decoder.1.self.mix"] < at["decoder.1.cross.mix"] < at["output-logits"]


@pytest.mark.parametrize("seed", range(12))
def test_boxes_come_in_an_order_in_which_they_can_run(seed: int) -> None:
    graphs = [random_dag(seed, 14), random_series_parallel(seed, 18)]
    graphs += [shipped("transformer", layers=2), graph_of(SPECS["two_sides"])] if not seed else []
    for graph in graphs:
        for opened in ([], ["all"]):
            made = layout(graph, Opening.of(opened, None))
            at = {box.path: i for i, box in enumerate(made.boxes)}
            for line in made.lines:
                assert at[line.source] <= at[line.target], (line.source, line.target)


def test_the_description_is_the_model_in_a_sentence() -> None:
    root = ElementTree.fromstring(draw(shipped("gpt2")))
    assert (root.findtext(f"{SVG}desc") or "").endswith(
        " From tokens at the bottom to logits at the top, by way of Embedding, "
        "PositionalEmbedding, Add, Drop, 12× GPTBlock, LayerNorm, Linear."
    )


def test_neurons_are_read_with_their_numbers() -> None:
    import boxwork as bw

    model = bw.load("leaf-flower").init()
    root = ElementTree.fromstring(model.draw(inputs={"features": [32, 107, 56, 11.2]}).svg)
    neuron = next(g for g in root.iter(f"{SVG}g") if g.findtext(f"{SVG}title") == "middle[0]")
    assert [text.text for text in neuron.iter(f"{SVG}text")] == ["−26.6", "blue"]
