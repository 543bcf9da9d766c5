"""Drawings: one layout, and every way out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict

if TYPE_CHECKING:
    from graphviz import Digraph

    from boxwork.renderers.figure import Layout
    from boxwork.renderers.look.look import Look
    from boxwork.renderers.look.theme import Theme

ENGINES = ("boxwork", "graphviz")


class Looks(TypedDict, total=False):
    """What may be chosen about a drawing.

    ``theme`` is ``light``, ``dark``, ``grey``, ``contrast-light``, ``contrast-dark``, or as the
    page around it is: ``auto`` or ``contrast``. ``width`` is how wide it is on paper (``"85mm"``,
    ``"3.35in"``, or a number of pixels), ``font_size`` is how large the titles in its boxes are
    (``"8pt"``): texts and boxes grow with it, strokes and gaps keep their size. ``scale`` is how
    many pixels of a PNG stand for one of SVG, of which an inch has 96; without it, 2. ``signs``
    tells whether boxes have a small sign of their family; without it, the theme decides. The
    engine ``graphviz`` has Graphviz write SVG, PNG and PDF, at our places.
    """

    theme: Theme
    width: str | float | None
    font_size: str | float | None
    scale: float
    signs: bool | None
    engine: Literal["boxwork", "graphviz"]


def look(chosen: Looks) -> Look:
    """What is chosen, made one; ValueError says what cannot be chosen."""
    from boxwork.renderers.look.look import Length, Look

    unknown = chosen.keys() - Looks.__annotations__.keys()
    if unknown:
        raise TypeError(f"a drawing takes no {', '.join(sorted(unknown))}")
    engine = chosen.get("engine", "boxwork")
    if engine not in ENGINES:
        known = ", ".join(ENGINES)
        raise ValueError(f"the engine of a drawing is one of {known}, not {engine!r}")
    width, size = chosen.get("width"), chosen.get("font_size")
    return Look(
        theme=chosen.get("theme", "auto"),
        width=None if width is None else Length.of(width),
        font_size=None if size is None else Length.of(size),
        signs=chosen.get("signs"),
        scale=float(chosen.get("scale", 2.0)),
        graphviz=engine == "graphviz",
    )


def format_of(path: str | Path) -> str:
    """The format that a file's name asks for; a DataError if it is none of the known ones."""
    from boxwork.files import known_suffix
    from boxwork.renderers.formats.formats import SUFFIXES

    return SUFFIXES[known_suffix(path, tuple(SUFFIXES), "a drawing")]


def check(path: str | Path, chosen: Look) -> None:
    """Refuse a file that no drawing is written as, before it is drawn."""
    from boxwork.renderers.formats import formats

    formats.check(format_of(path), chosen)


class Drawing:
    """A picture of a graph: shown by notebooks, written in any format."""

    def __init__(self, layout: Layout, look: Look, page: Callable[[], str]) -> None:
        self.layout = layout
        self.look = look
        self._page = page

    @cached_property
    def svg(self) -> str:
        """The drawing as SVG."""
        from boxwork.renderers.svg.svg import svg

        return svg(self.layout, self.look)

    @cached_property
    def html(self) -> str:
        """The drawing as a page of its own, in which boxes open and close."""
        return self._page()

    def render(self, format: str = "svg") -> str | bytes:
        """The drawing as ``svg``, ``png``, ``pdf``, ``dot``, ``mermaid``, ``markdown`` or ``html``.

        Raises:
            DataError: if what makes it is not installed, fails, or cannot make it.
        """
        from boxwork.renderers.formats.formats import FORMATS, check, render

        if format not in FORMATS:
            raise ValueError(f"a drawing is made as {', '.join(FORMATS)}, not {format!r}")
        if format == "html":
            check(format, self.look)
            return self.html
        return render(self.layout, format, self.look)

    def save(self, path: str | Path, format: str | None = None) -> None:
        """Write the drawing, by the end of the file's name; it is there whole or not at all.

        Raises:
            DataError: if the name ends unlike all formats, what makes the format is missing or
                fails, or the file cannot be written.
        """
        from boxwork.specs.output import write

        made = self.render(format or format_of(path))
        write(path, made if isinstance(made, str) else lambda file: file.write(made))

    def to_graphviz(self) -> Digraph:
        """The drawing as a ``graphviz.Digraph`` with every box and line at its place."""
        from boxwork.renderers.formats.program import digraph

        return digraph(self.layout, self.look.theme)

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> Mapping[str, str]:
        """What notebooks show: the picture, or words where they show none."""
        return {"image/svg+xml": self.svg, "text/plain": repr(self)}

    def __str__(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Drawing of {self.layout.name}: {len(self.layout.boxes):,} boxes>"
