"""SVG by the book: XML, ids, titles, colours, the same bytes every time, in linear time."""

import re
from xml.etree import ElementTree

import pytest

from boxwork.renderers.draw import draw
from boxwork.renderers.theme import DARK, FAMILIES, LIGHT, Theme

from .support import graph_of, shipped
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
    assert root.get("role") == "img"
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


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 defines it."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("family", FAMILIES)
def test_text_can_be_read_on_every_family(family: str) -> None:
    ink = FAMILIES[family]
    for text in (LIGHT.text, LIGHT.muted):
        assert contrast(text, ink.fill) >= 4.5
    for text in (DARK.text, DARK.muted):
        assert contrast(text, ink.dark_fill) >= 4.5
