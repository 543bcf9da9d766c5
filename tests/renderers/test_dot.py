"""DOT: every box and line once, at our places, as Graphviz reads them; odd names as they are."""

import json
import re
import subprocess
from xml.etree import ElementTree

import pytest

import boxwork as bw
from boxwork.drawings import Drawing
from boxwork.renderers.draw import figure
from boxwork.renderers.figure import Layout
from boxwork.renderers.formats.dot import dot
from boxwork.renderers.formats.program import program_path
from boxwork.renderers.look.palettes import PALETTES

from .looks import drawings
from .support import graph_of
from .zoo import SPECS

ODD = "<b>\"q\" & 'a' \\N \\\\ {x|y} ünï ☃"
needs_graphviz = pytest.mark.skipif(program_path() is None, reason="Graphviz is not installed")


@pytest.fixture(params=drawings())
def drawing(request: pytest.FixtureRequest) -> Drawing:
    return drawings()[request.param]


def nodes(text: str) -> dict[str, str]:
    """The nodes of a DOT file, and what stands in their brackets."""
    return dict(re.findall(r'^ *"((?:[^"\\]|\\.)*)" \[(.*)\]$', text, re.MULTILINE))


def edges(text: str) -> list[tuple[str, str]]:
    return re.findall(r'^ *"(.*?)" -> "(.*?)" \[', text, re.MULTILINE)


def test_every_box_and_line_is_there_once(drawing: Drawing) -> None:
    layout, text = drawing.layout, dot(drawing.layout)
    found = nodes(text)
    for box in layout.boxes:
        cluster = text.count(f'subgraph "cluster {box.path}" {{')
        assert cluster == (box.shape in ("frame", "network"))
        if box.shape != "frame":
            assert (box.path in found) == (box.shape != "network" or not layered(layout, box.path))
    small = (*layout.neurons, *layout.cells, *layout.chips)
    assert {one.path for one in small} <= set(found)
    assert len(edges(text)) == len(layout.lines) + len(layout.edges) + len(layout.strokes)
    assert {end for edge in edges(text) for end in edge} <= set(found)
    assert text.count("{") == text.count("}")


def layered(layout: Layout, path: str) -> bool:
    return any(box.shape == "layer" and path.startswith(box.path + "-") for box in layout.boxes)


def test_all_texts_are_there(drawing: Drawing) -> None:
    text = dot(drawing.layout)
    for said in drawing.layout.texts:
        assert f">{said.text.replace('&', '&amp;')}<" in text or said.text in "+×~", said


def test_a_line_that_is_known_by_heart() -> None:
    text = dot(bw.load("gpt2").draw().layout)
    assert '"norm" -> "logits"' in text
    assert re.search(r'"tok" \[shape="box", pos="[\d.]+,[\d.]+!", width="2\.708"', text)
    assert 'fillcolor="#fbe3e1"' in text
    assert 'id="stack.-.attn"' in text
    assert re.search(r'"tokens" -> "tok" \[pos="e,[^"]+", label=<<FONT[^>]*>seq</FONT>>, lp=', text)
    assert len(re.findall(r"headlabel=<<FONT[^>]*>[KVQ]<", text)) == 3


@pytest.mark.parametrize("theme", PALETTES)
def test_themes_have_their_colours(theme: str) -> None:
    text = dot(bw.load("gpt2").draw().layout, theme)  # type: ignore[arg-type]
    assert f'bgcolor="{PALETTES[theme].page.page}"' in text
    assert f'fillcolor="{PALETTES[theme].inks["norm"][0]}"' in text


@needs_graphviz
def test_graphviz_keeps_all_places(drawing: Drawing) -> None:
    layout = drawing.layout
    found = json.loads(graphviz(dot(layout), "json"))
    at = {one["name"]: one for one in found["objects"]}
    for box in layout.boxes:
        if box.shape in ("frame", "network"):
            corners = [float(n) for n in at[f"cluster {box.path}"]["bb"].split(",")]
            wanted = (box.x, layout.height - box.y - box.h, box.x + box.w, layout.height - box.y)
            assert corners == pytest.approx(shifted(corners, wanted), abs=0.2)
    places = {box.path: box for box in layout.boxes if box.path in at and box.shape != "frame"}
    (one, first), *others = places.items()
    origin = offset(at[one]["pos"], first, layout.height)
    for path, box in others:
        assert offset(at[path]["pos"], box, layout.height) == pytest.approx(origin, abs=0.2), path
        assert float(at[path]["width"]) == pytest.approx(box.w / 72, abs=0.01)


def offset(pos: str, box: object, height: float) -> tuple[float, float]:
    x, y = map(float, pos.rstrip("!").split(","))
    return x - box.x - box.w / 2, y - height + box.y + box.h / 2  # type: ignore[attr-defined]


def shifted(found: list[float], wanted: tuple[float, ...]) -> list[float]:
    """What is wanted, moved to where Graphviz puts the lower left corner of its page."""
    dx, dy = found[0] - wanted[0], found[1] - wanted[1]
    return [wanted[0] + dx, wanted[1] + dy, wanted[2] + dx, wanted[3] + dy]


@needs_graphviz
def test_graphviz_complains_about_nothing(drawing: Drawing) -> None:
    complaints = said(dot(drawing.layout)).splitlines()
    # The wheel knows no widths of letters beyond ASCII, and says so.
    assert [line for line in complaints if "non-ASCII" not in line] == []


@needs_graphviz
def test_odd_names_are_told_as_they_are() -> None:
    label = json.dumps(ODD, ensure_ascii=False)  # as YAML writes it, too
    spec = SPECS["constant"].replace("A long label of a box", label)
    layout = figure(graph_of(spec))
    root = ElementTree.fromstring(graphviz(dot(layout), "svg"))
    words = " ".join("".join(text.itertext()) for text in root.findall(".//{*}text"))
    for word in ODD.split():
        assert word in words


def test_names_of_graphs_are_quoted() -> None:
    layout = bw.load("gpt2").draw().layout
    layout.name = 'a "b" \\'
    assert dot(layout).startswith('digraph "a \\"b\\" \\\\" {\n')


def graphviz(text: str, kind: str) -> str:
    return _run(text, kind).stdout


def said(text: str) -> str:
    return _run(text, "svg").stderr


def _run(text: str, kind: str) -> subprocess.CompletedProcess[str]:
    command = [str(program_path()), "-Kneato", "-n2", f"-T{kind}"]
    return subprocess.run(command, input=text, capture_output=True, check=True, encoding="utf-8")
