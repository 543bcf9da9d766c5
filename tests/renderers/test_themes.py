"""Themes: what can be read on what, families without their colours, sizes on paper, classes."""

import re
from itertools import combinations
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest

import boxwork as bw
from boxwork.renderers.charts.chart import chart
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.look import Length, Look
from boxwork.renderers.look.palettes import FAMILIES, PALETTES, Ground
from boxwork.renderers.look.theme import THEMES, grounds
from boxwork.renderers.svg.signs import INSET, SIGNS

from .looks import classes, contrast, drawings, lightness

DOC = Path(__file__).parents[2] / "docs/drawing.md"
GROUNDS = ("frame", "inner")  # what boxes and wires lie on besides the page
PRINTED: tuple[Ground, ...] = ("grey", "contrast", "contrast-dark")


@pytest.mark.parametrize("name", PALETTES)
def test_every_text_can_be_read_on_everything_it_stands_on(name: Ground) -> None:
    palette = PALETTES[name]
    least = 7 if name.startswith("contrast") else 4.5
    fills = [palette.page.page, *(fill for fill, _ in palette.inks.values())]
    for text in (palette.page.text, palette.page.muted):
        for fill in fills:
            assert contrast(text, fill) >= least, (text, fill)


@pytest.mark.parametrize("name", PRINTED)
def test_weights_in_the_colours_of_their_lines_can_be_read(name: Ground) -> None:
    palette = PALETTES[name]
    for colour in palette.series:
        for ground in GROUNDS:
            fill = palette.inks[ground][0]
            least = 7 if name.startswith("contrast") else 4.5
            assert contrast(colour, fill) >= least, (colour, fill)


@pytest.mark.parametrize("name", PRINTED)
def test_lines_and_borders_stand_out_from_what_they_lie_on(name: Ground) -> None:
    palette = PALETTES[name]
    grounds = [palette.page.page, *(palette.inks[ground][0] for ground in GROUNDS)]
    for family, (fill, stroke) in palette.inks.items():
        for ground in [fill, *grounds]:
            assert contrast(stroke, ground) >= 3, (family, stroke, ground)
        assert contrast(palette.page.wire, fill) >= 3, family  # its sign


def test_grey_has_no_colour() -> None:
    palette = PALETTES["grey"]
    for colour in (
        *palette.page,
        *palette.series,
        *(c for ink in palette.inks.values() for c in ink),
    ):
        assert len({colour[1:3], colour[3:5], colour[5:7]}) == 1, colour


def test_every_family_has_a_colour_in_every_palette() -> None:
    for palette in PALETTES.values():
        assert set(palette.inks) == {*FAMILIES, "inner"}


def test_no_two_families_look_alike_in_grey() -> None:
    assert set(SIGNS) == set(FAMILIES) - {"frame"}
    for one, other in combinations(SIGNS, 2):
        assert SIGNS[one] != SIGNS[other]
    greys = [lightness(PALETTES["grey"].inks[family][0]) for family in SIGNS]
    assert max(greys) - min(greys) > 0.35  # the greys help, too


@pytest.mark.parametrize("theme", THEMES)
def test_boxes_have_signs_where_colours_are_not_enough(theme: str) -> None:
    def signed(**looks: object) -> dict[str, str]:
        """The signs of boxes by family, as drawn from the corner of the box."""
        root = ElementTree.fromstring(bw.load("gpt2").draw(**looks).svg)
        found = {}
        for group in root.iter():
            for path in group.findall("{*}path[@class='kind']"):
                kind, family = group.get("class", "").split()
                assert kind == "box"
                found[family] = re.sub(r"^M\S+ \S+?(?=m)", "", path.get("d") or "")
        return found

    expected = {f: SIGNS[f] for f in ("embedding", "norm", "attention", "feedforward", "linear")}
    expected |= {"dropout": SIGNS["dropout"]}
    assert signed(theme=theme) == (expected if theme == "grey" or "contrast" in theme else {})
    assert signed(theme=theme, signs=True) == expected
    assert signed(theme=theme, signs=False) == {}


def test_signs_stay_in_the_margin_beside_all_texts() -> None:
    assert INSET + 8 + 0.6 <= s.BOX_SIDE + 0.1
    for path in SIGNS.values():
        assert path.startswith("m")


# Sizes on paper.


def attributes(svg: str) -> tuple[str, str, str]:
    root = ElementTree.fromstring(svg)
    return root.get("width", ""), root.get("height", ""), root.get("viewBox", "")


def test_a_width_on_paper_scales_the_whole_drawing() -> None:
    plain, paper = bw.load("gpt2").draw(), bw.load("gpt2").draw(width="85mm")
    wide, high, view = attributes(plain.svg)
    assert view == f"0 0 {wide} {high}"
    assert attributes(paper.svg)[::2] == ("85mm", view)
    assert float(attributes(paper.svg)[1][:-2]) == pytest.approx(
        85 * float(high) / float(wide), 1e-3
    )
    assert paper.svg.replace(' width="85mm"', "").count("mm") == 1  # nothing else is in millimetres
    assert attributes(bw.load("gpt2").draw(width=420).svg)[0] == "420"


def test_a_font_size_is_that_of_the_titles() -> None:
    wide, _, view = attributes(bw.load("gpt2").draw(font_size="8pt").svg)
    assert wide.endswith("pt")
    assert float(wide[:-2]) == pytest.approx(float(view.split()[2]) / s.TITLE * 8, 1e-3)


@pytest.mark.parametrize(
    ("given", "pixels"),
    [("85mm", 321.26), ("3.35in", 321.6), ("420px", 420), (" 12 pt", 16), (7, 7)],
)
def test_lengths(given: str, pixels: float) -> None:
    assert Length.of(given).pixels == pytest.approx(pixels, 1e-4)


@pytest.mark.parametrize("given", ["", "mm", "85km", "-3mm", "0", "1e3", "nan", "1 2mm", "9" * 400])
def test_what_is_no_length(given: str) -> None:
    with pytest.raises(ValueError, match="as in 85mm"):
        Length.of(given)


def test_what_cannot_be_chosen() -> None:
    with pytest.raises(ValueError, match="contrast, contrast-light, contrast-dark, not 'blue'"):
        Look(theme="blue")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="each decides the other"):
        Look(width=Length(1), font_size=Length(1))
    for scale in (0, float("nan"), 1e9):
        with pytest.raises(ValueError, match=r"0\.01 to 100"):
            Look(scale=scale)


def test_every_theme_has_a_palette_and_charts_know_them() -> None:
    following = {"auto", "contrast-light"}  # further names of palettes
    assert set(THEMES) == {*following, *PALETTES} == {*following, *get_args(Ground)}
    for theme in THEMES:
        made = chart({"a": [(0, 1), (1, 2)]}, title="t", x="x", y="y", theme=theme)
        for ground in grounds(theme):
            assert ground is None or f".s0{{stroke:{PALETTES[ground].series[0]}}}" in made
        assert made.count("prefers-color-scheme:dark") == (theme in ("auto", "contrast"))


# Classes, which users restyle by.


def test_the_classes_are_those_that_the_docs_list() -> None:
    table = re.search(r"## Classes\n(.*?)\n## ", DOC.read_text("utf-8"), re.DOTALL)
    assert table
    listed = set(re.findall(r"`\.([\w-]+)`", table[1]))
    svgs = [drawing.svg for drawing in drawings().values()]
    svgs += [bw.load("gpt2").draw(theme="grey").svg]
    written = set().union(*map(classes, svgs))
    numbered = {name for name in written if re.fullmatch(r"n\d", name)}
    assert numbered
    assert written - numbered <= listed, "docs/drawing.md does not list these"
    assert listed - written <= {*FAMILIES, "inner", "n0", "n6"}, "no drawing has these"


def test_a_style_sheet_has_the_colours_of_what_is_drawn() -> None:
    """And of nothing else: every family that occurs has its rule, in both schemes."""
    for name, ways in (("gpt2", {}), ("leaf-flower", {"open": "all"}), ("gpt", {"open": "all"})):
        text = bw.load(name).draw(**ways).svg
        rules, drawn = text.partition("</style>")[::2]
        named = set(re.findall(r"^\.(\w+)>rect\{fill:#", rules, re.MULTILINE))
        occurring = {
            kind for kinds in re.findall(r'class="([^"]*)"', drawn) for kind in kinds.split()
        }
        assert named == (occurring & set(FAMILIES)) | {"frame", "inner"}
        looks = set(re.findall(r"\.edge\.(n\d),", rules))
        assert looks == {kind for kind in occurring if re.fullmatch(r"n\d", kind)}
