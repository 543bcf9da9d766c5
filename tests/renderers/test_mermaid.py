"""Mermaid: every box and line once, ids and texts that it cannot misread.

The texts of all these drawings were read by Mermaid's own parser once (11.x); here each line is
held to the few forms that are written.
"""

import re

import pytest

from boxwork.drawings import Drawing
from boxwork.renderers.figure import Box, Layout, Line, Text
from boxwork.renderers.formats.mermaid import RESERVED, markdown, mermaid, said

from .looks import drawings

ID = r"[A-Za-z_]\w*"
SAID = r'"[^"\n]*"'
FORMS = (
    rf"{ID}(?:\(\[{SAID}\]\)|\(\({SAID}\)\)|\[\[{SAID}\]\]|\({SAID}\))",
    rf"{ID} -->(?:\|{SAID}\|)? {ID}",
    rf"subgraph {ID}\[{SAID}\]",
    r"direction BT",
    r"end",
    r"classDef \w+ fill:#\w{6},stroke:#\w{6},color:#\w{6}",
    rf"class {ID}(?:,{ID})* \w+",
)


@pytest.fixture(params=drawings())
def drawing(request: pytest.FixtureRequest) -> Drawing:
    return drawings()[request.param]


def body(text: str) -> list[str]:
    head, lines = text.split("\nflowchart BT\n")
    assert re.fullmatch(r'---\ntitle: ".*"\n---', head)
    return [line.strip() for line in lines.splitlines()]


def test_every_line_is_of_a_known_form(drawing: Drawing) -> None:
    for line in body(mermaid(drawing.layout)):
        assert any(
            re.fullmatch(form, line, re.ASCII) or re.fullmatch(form, line) for form in FORMS
        ), line


def test_every_box_and_line_is_there_once(drawing: Drawing) -> None:
    layout, lines = drawing.layout, body(mermaid(drawing.layout))
    layers = sum(box.shape == "layer" for box in layout.boxes)
    chains = sum(
        box.shape == "network" and "-" in box.path.rpartition(".")[2] for box in layout.boxes
    )
    below = sum(line.source == line.target for line in layout.lines)
    wires = [line for line in lines if " -->" in line]
    assert len(wires) == len(layout.lines) + layers - chains
    frames = sum(box.shape == "frame" for box in layout.boxes)
    assert sum(line.startswith("subgraph") for line in lines) == lines.count("end") == frames
    nodes = [found[1] for line in lines if (found := re.match(rf"({ID})[(\[]", line))]
    assert len(nodes) == len(set(nodes)) == len(layout.boxes) - frames - chains + below
    subgraphs = [line.split()[1].partition("[")[0] for line in lines if line.startswith("subgraph")]
    known = {*nodes, *subgraphs}
    for wire in wires:
        assert {wire.split()[0], wire.split()[-1]} <= known
    coloured = [
        name for line in lines if line.startswith("class ") for name in line.split()[1].split(",")
    ]
    assert sorted(coloured) == sorted(known - {name for name in nodes if name.endswith("_below")})


def test_what_is_said() -> None:
    text = mermaid(drawings()["gpt2"].layout)
    assert '  tok("Token embedding<br/>50257 × 768")\n' in text
    assert '  subgraph stack["12× GPT transformer block"]\n' in text
    assert '    stack_add_1(("+"))\n' in text
    assert '  tokens -->|"seq"| tok\n' in text
    assert '  pos_below(["positions 0 … seq − 1"])\n  pos_below -->|"seq"| pos\n' in text
    assert '  stack_norm_1 -->|"Q"| stack_attn\n' in text
    assert "  class stack_attn attention" in text
    assert '  middle("Middle layer")\n' in mermaid(drawings()["run"].layout)
    assert "  middle --> scores\n" in mermaid(drawings()["run"].layout)


def test_markdown_is_a_fence() -> None:
    layout = drawings()["gpt"].layout
    assert markdown(layout) == f"```mermaid\n{mermaid(layout)}```\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("seq × 768", '"seq × 768"'),
        ('a "b" <c>', '"a #34;b#34; #60;c#62;"'),
        ("x; y # z", '"x#59; y #35; z"'),
        ("`code` \\n & |", '"#96;code#96; #92;n #38; #124;"'),
        ("1. list", '"1#46; list"'),
        ("- list", '"#45; list"'),
        ("tok.table", '"tok.table"'),
    ],
)
def test_texts_mean_nothing_else(text: str, written: str) -> None:
    assert said(text) == written


def test_ids_are_no_words_of_mermaid() -> None:
    names = [*RESERVED, "End", "a.b", "a_b", "a-b", "1x"]
    boxes = [Box(name, "box", "linear", 0, 40.0 * i, 10, 10) for i, name in enumerate(names)]
    texts = [Text(name, "title", name, 5, 40.0 * i + 8) for i, name in enumerate(names)]
    lines = [Line("a.b", "end", "", ((0, 0), (1, 1)))]
    text = mermaid(Layout('"odd": #1', "", 9, 9, boxes, lines, texts))
    assert text.startswith('---\ntitle: "\\"odd\\": #1"\n---\n')
    ids = [line.partition("(")[0] for line in body(text) if "(" in line]
    assert len(set(ids)) == len(names)
    assert not {name.lower() for name in ids} & RESERVED
    assert "  a_b --> end_\n" in text
