"""Colours of a drawing by family, light and dark, and the style sheet made of them."""

from __future__ import annotations

from typing import Literal, NamedTuple

from boxwork.renderers import sizes as s
from boxwork.renderers.fonts import FAMILY

Theme = Literal["auto", "light", "dark"]
THEMES: tuple[Theme, ...] = ("auto", "light", "dark")


class Ink(NamedTuple):
    """The colours of one family: inside and border, on a light page and on a dark one."""

    fill: str
    stroke: str
    dark_fill: str
    dark_stroke: str


FAMILIES = {
    "linear": Ink("#dbdff0", "#8087b4", "#333a5e", "#8087b4"),
    "embedding": Ink("#fbe3e1", "#c8837d", "#5a3330", "#c8837d"),
    "position": Ink("#f6e2ee", "#b981a3", "#55334a", "#b981a3"),
    "attention": Ink("#ffe2bb", "#d09a4a", "#5e431a", "#d09a4a"),
    "feedforward": Ink("#c2e8f7", "#5fa6c2", "#1d4556", "#5fa6c2"),
    "activation": Ink("#d3ece8", "#66a79c", "#1f4a45", "#66a79c"),
    "softmax": Ink("#cbe7cf", "#6ba675", "#234a2a", "#6ba675"),
    "norm": Ink("#f3f6c4", "#b0b453", "#45481c", "#b0b453"),
    "dropout": Ink("#eeeeee", "#a5a5a5", "#33383e", "#a5a5a5"),
    "combine": Ink("#ffffff", "#8a939d", "#1a1f25", "#7f8b96"),
    "shaping": Ink("#ffffff", "#8a939d", "#232a31", "#7f8b96"),
    "composite": Ink("#ffffff", "#6b7681", "#232a31", "#95a1ac"),
    "frame": Ink("#f4f5f7", "#9aa3ad", "#1d232a", "#56616c"),
}
INNER = Ink("#eaedf1", "#9aa3ad", "#262e37", "#64707c")  # a frame inside a frame


class Page(NamedTuple):
    """The colours of what is no box: page, text, text of less weight, wires."""

    page: str
    text: str
    muted: str
    wire: str


LIGHT = Page("#ffffff", "#26313b", "#57626d", "#3c4650")
DARK = Page("#14181d", "#e8edf2", "#b4bec9", "#b7c2cc")

# Role of a text -> its size, and whether it is of less weight.
ROLES = {
    "title": (s.TITLE, False),
    "name": (s.NAME, False),
    "count": (s.COUNT, False),
    "caption": (s.CAPTION, True),
    "detail": (s.DETAIL, True),
    "width": (s.WIDTH, True),
    "note": (s.NOTE, True),
    "port": (s.PORT, True),
}


def style(theme: Theme) -> str:
    """The style sheet: literal colours, and for ``auto`` one block for dark pages."""
    shared = [
        f".boxwork text{{font-family:{FAMILY}}}",
        *(f".{role}{{font-size:{size:g}px}}" for role, (size, _) in ROLES.items()),
        ".box>rect,.circle>rect{stroke-width:1.6}",
        ".frame>rect{stroke-width:1.4}",
        ".wire{fill:none;stroke-width:1.6}",
        ".sign{fill:none;stroke-width:1.8}",
    ]
    rules = [*shared, *_colours(dark=theme == "dark")]
    if theme == "auto":
        rules += ["@media (prefers-color-scheme:dark){", *_colours(dark=True), "}"]
    return "\n".join(rules)


def _colours(*, dark: bool) -> list[str]:
    page = DARK if dark else LIGHT
    muted = [f".{role}" for role, (_, less) in ROLES.items() if less]
    rules = [
        f".page{{fill:{page.page}}}",
        f".boxwork text{{fill:{page.text}}}",
        f"{','.join('.boxwork ' + m for m in muted)}{{fill:{page.muted}}}",
        f".wire,.sign{{stroke:{page.wire}}}",
        f".head,.dot{{fill:{page.wire}}}",
    ]
    for name, ink in [*FAMILIES.items(), ("inner", INNER)]:
        fill, stroke = (ink.dark_fill, ink.dark_stroke) if dark else (ink.fill, ink.stroke)
        rules.append(f".{name}>rect{{fill:{fill};stroke:{stroke}}}")
    rules.append(f".circle>rect{{stroke:{page.wire}}}")
    return rules
