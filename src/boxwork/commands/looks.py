"""The options that say how a drawing looks, and what it is written as."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Theme(StrEnum):
    """The colours of a drawing."""

    auto = "auto"
    light = "light"
    dark = "dark"
    grey = "grey"
    contrast = "contrast"
    contrast_light = "contrast-light"
    contrast_dark = "contrast-dark"


class Format(StrEnum):
    """What a drawing is written as."""

    svg = "svg"
    png = "png"
    pdf = "pdf"
    dot = "dot"
    mermaid = "mermaid"
    markdown = "markdown"
    html = "html"


class Engine(StrEnum):
    """What writes a picture; the places are ours with both."""

    boxwork = "boxwork"
    graphviz = "graphviz"


FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="What to write, whatever the file is called."),
]
ThemeOption = Annotated[
    Theme,
    typer.Option(
        "--theme",
        help="Colours: auto follows the page around it, grey is for print, contrast is easy "
        "to read and follows the page as well.",
    ),
]
WidthOption = Annotated[
    str | None,
    typer.Option("--width", metavar="LENGTH", help="How wide it is on paper: 85mm, 3.35in, 420px."),
]
FontSizeOption = Annotated[
    str | None,
    typer.Option(
        "--font-size",
        metavar="LENGTH",
        help="How large its titles are: 12pt. Lines and gaps keep their size.",
    ),
]
ScaleOption = Annotated[
    float | None,
    typer.Option("--scale", metavar="X", help="Pixels of a PNG for one of SVG. Without it: 2."),
]
DpiOption = Annotated[
    float | None,
    typer.Option("--dpi", metavar="N", help="The same in dots per inch, 96 times as many."),
]
SignsOption = Annotated[
    bool | None,
    typer.Option(
        "--signs/--no-signs",
        help="A small sign of its family in each box; grey and contrast have them.",
        show_default=False,
    ),
]
EngineOption = Annotated[
    Engine,
    typer.Option("--engine", help="What writes SVG, PNG and PDF; the places are ours with both."),
]
