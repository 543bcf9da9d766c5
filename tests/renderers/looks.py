"""What the tests of the ways out share: drawings with everything in them, and their colours."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain

import boxwork as bw
from boxwork.drawings import Drawing
from boxwork.renderers.draw import figure
from boxwork.renderers.look.look import Look

from .support import graph_of

SHIPPED = ("gpt", "gpt2", "transformer", "llama-3.1-8b", "leaf-flower")
WIDE = """\
dims: {d: 20}
inputs: {x: "real[d]"}
outputs: {y: "real[d]"}
nodes:
  y: {use: Linear, with: {width: d}}
"""
FEATURES = {"features": [32, 107, 56, 11.2]}


@cache
def drawings() -> dict[str, Drawing]:
    """Shipped specs closed and open, and a run of a small network."""
    made = {name: bw.load(name).draw() for name in SHIPPED}
    made |= {f"{name}, open": bw.load(name).draw(open="stack.*.attn") for name in ("gpt", "gpt2")}
    made["transformer, all"] = bw.load("transformer", layers=2).draw(open="all")
    made["table"] = bw.load("gpt").draw(open="tok")
    made["run"] = bw.load("leaf-flower").init().draw(inputs=FEATURES)
    tokens = {"tokens": "humpty dumpty"}
    made["lit"] = bw.load("gpt").init().draw(inputs=tokens, open="tok")
    inside = ("stack.0.attn.mix", "stack.0.norm_1", "stack.0.ff.act", "stack.0.drop_1")
    made["inside"] = bw.load("gpt", layers=1).init().draw(inputs=tokens, open=inside)
    made["wide"] = Drawing(figure(graph_of(WIDE), open=["all"]), Look(), str)
    return made


def classes(svg: str) -> set[str]:
    """Every class that an SVG uses."""
    return set(chain(*(found.split() for found in re.findall(r' class="([^"]*)"', svg))))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 defines it."""
    low, high = sorted((lightness(one), lightness(other)))
    return (high + 0.05) / (low + 0.05)


def lightness(colour: str) -> float:
    """The relative luminance of a colour."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
