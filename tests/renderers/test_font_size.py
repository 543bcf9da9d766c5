"""Font sizes: texts grow and boxes hold them, strokes and gaps keep their size, nothing touches."""

from __future__ import annotations

import re

import pytest

import boxwork as bw
from boxwork.graphs.graph import Graph
from boxwork.renderers.draw import figure
from boxwork.renderers.figure import Layout
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.look import Length, Look
from boxwork.renderers.look.sizes import aired
from boxwork.renderers.values.data import Data

from .faults import faults
from .opened import run
from .support import graph_of, shipped
from .zoo import SPECS

SIZES = ("9px", "9pt", "11pt", "14pt", "18pt", "40pt")
OPEN: dict[str, tuple[str, ...]] = {
    "gpt2": ("stack.*.attn",),
    "transformer": (),
    "t5-small": (),
    "deepseek-v3": ("stack.*.attn", "stack.*.ff"),
    "whisper-tiny": ("decoder.*.cross", "conv_1"),
    "bert-base": ("all",),
    "leaf-flower": ("all",),
    "positions-sine": ("all",),
}


def air(size: str) -> float:
    return Look(font_size=Length.of(size)).air


def drawn(graph: Graph, size: str, *paths: str, data: Data | None = None) -> Layout:
    with aired(air(size)):
        return figure(graph, open=paths, data=data)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", OPEN)
def test_nothing_touches_at_any_size(name: str, size: str) -> None:
    graph = shipped(name)
    assert faults(drawn(graph, size)) == []
    assert faults(drawn(graph, size, *OPEN[name])) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", SPECS)
def test_nothing_touches_in_what_is_hard_to_draw(name: str, size: str) -> None:
    graph = graph_of(SPECS[name])
    assert faults(drawn(graph, size)) == []
    assert faults(drawn(graph, size, "all")) == []


@pytest.mark.parametrize("size", SIZES)
def test_nothing_touches_in_a_run(size: str) -> None:
    graph, data = run("gpt", 6, "dims.layers=1")
    assert faults(drawn(graph, size, "stack.0.attn.mix", "stack.0.norm_1", data=data)) == []


def test_texts_grow_beside_gaps_and_strokes() -> None:
    """On paper gaps and strokes are about as they were, texts are as large as was asked for."""
    small, large = (bw.load("gpt2").draw(font_size=f"{px}px") for px in (12, 24))
    gaps, strokes, titles, boxes = zip(*map(measured, (small, large)), strict=True)
    assert titles == pytest.approx((12, 24))
    assert strokes[0] == pytest.approx(strokes[1], rel=0.01)
    assert 1 < gaps[1] / gaps[0] < 1.1
    assert 1.7 < boxes[1] / boxes[0] <= 2


def measured(drawing: bw.Drawing) -> tuple[float, float, float, float]:
    """Pixels on paper: between two boxes, a stroke, a title, the width of a box."""
    by, at = drawing.look.factor(1.0), {box.path: box for box in drawing.layout.boxes}
    gap = at["norm"].y - at["logits"].y - at["logits"].h
    stroke = re.search(r"\.wire\{fill:none;stroke-width:([\d.]+)", drawing.svg)
    title = re.search(r"\.title\{font-size:([\d.]+)px", drawing.svg)
    assert stroke
    assert title
    return gap * by, float(stroke[1]) * by, float(title[1]) * by, at["norm"].w * by


def test_the_usual_size_changes_nothing() -> None:
    plain, sized = (bw.load("gpt2").draw(font_size=size).svg for size in (None, "16px"))
    assert plain == sized
    assert air("16px") == s.air() == 1
    assert bw.load("gpt2").draw(width="85mm").layout == bw.load("gpt2").draw().layout


def test_every_way_out_has_the_same_air() -> None:
    for kind in ("dot", "html", "svg"):
        texts = {size: bw.load("layer-norm").draw(font_size=size).render(kind)
                 for size in ("12px", "16px", "24px")}  # fmt: skip
        assert len(set(texts.values())) == 3
    pair = bw.compare("gpt2", "llama-3.1-8b")
    made = pair.draw(font_size="24px").layout
    assert made.air == pytest.approx(2 / 3)
    assert faults(made) == [] == faults(pair.draw().layout)
