"""The ways out of one layout, chosen by the end of a file's name or by a word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from boxwork.renderers.figure import Layout
from boxwork.renderers.formats.convert import pdf, png
from boxwork.renderers.formats.dot import dot
from boxwork.renderers.formats.mermaid import markdown, mermaid
from boxwork.renderers.formats.program import pictured
from boxwork.renderers.look.look import Look
from boxwork.renderers.svg.svg import svg
from boxwork.specs.diagnostics import DataError, Diagnostic


class Format(NamedTuple):
    """One way out: the ends of names, what makes it, and whether Graphviz can make it too.

    A page is made of a graph (see ``html``), not of one layout.
    """

    suffixes: tuple[str, ...]
    make: Callable[[Layout, Look], str | bytes] | None
    graphviz: bool = False


FORMATS: Mapping[str, Format] = {
    "svg": Format((".svg",), svg, graphviz=True),
    "png": Format((".png",), png, graphviz=True),
    "pdf": Format((".pdf",), pdf, graphviz=True),
    "dot": Format((".dot", ".gv"), lambda layout, look: dot(layout, look.theme)),
    "mermaid": Format((".mmd", ".mermaid"), lambda layout, look: mermaid(layout, look.theme)),
    "markdown": Format((".md",), lambda layout, look: markdown(layout, look.theme)),
    "html": Format((".html",), None),
}
SUFFIXES = {end: name for name, known in FORMATS.items() for end in known.suffixes}


def check(name: str, look: Look) -> None:
    """Refuse what cannot be made so, before anything is drawn."""
    if look.graphviz and not FORMATS[name].graphviz:
        made = ", ".join(known for known, one in FORMATS.items() if one.graphviz)
        message = f"Graphviz makes no {name} of a drawing"
        hint = f"it makes {made}; leave --engine out: {name} needs no program"
        raise DataError([Diagnostic("BW458", message, help=hint)])


def render(layout: Layout, name: str, look: Look) -> str | bytes:
    """A drawing in one of the formats, whole; DataError says what is missing for it."""
    check(name, look)
    if look.graphviz:
        return pictured(layout, name, look)
    make = FORMATS[name].make
    assert make is not None
    return make(layout, look)
