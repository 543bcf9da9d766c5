"""The colours of a drawing: of each family, of the page, of lines; one palette for each theme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Inks = Mapping[str, tuple[str, str]]  # family -> inside and border


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
    "recurrence": Ink("#e5d9f7", "#957cc0", "#40315c", "#957cc0"),
    "activation": Ink("#d3ece8", "#66a79c", "#1f4a45", "#66a79c"),
    "softmax": Ink("#cbe7cf", "#6ba675", "#234a2a", "#6ba675"),
    "norm": Ink("#f3f6c4", "#b0b453", "#45481c", "#b0b453"),
    "dropout": Ink("#eeeeee", "#a5a5a5", "#33383e", "#a5a5a5"),
    "combine": Ink("#ffffff", "#8a939d", "#1a1f25", "#7f8b96"),
    "shaping": Ink("#ffffff", "#8a939d", "#232a31", "#7f8b96"),
    "loss": Ink("#f9d6d6", "#c56f6f", "#5c2626", "#c56f6f"),
    "composite": Ink("#ffffff", "#6b7681", "#232a31", "#95a1ac"),
    "frame": Ink("#f4f5f7", "#9aa3ad", "#1d232a", "#56616c"),
}
INNER = Ink("#eaedf1", "#9aa3ad", "#262e37", "#64707c")  # a frame inside a frame

# What sets lines of one picture apart: colours on a light page and on a dark one, dashes, marks.
COLOURS = (
    ("#2a66d1", "#7fb0ff"),
    ("#b9540b", "#ffa45c"),
    ("#23803f", "#6fd08c"),
    ("#99398f", "#e58edc"),
    ("#0d7581", "#5cc8d6"),
    ("#bf2d48", "#ff8a9c"),
    ("#75561f", "#d1b07a"),
)


class Page(NamedTuple):
    """The colours of what is no box: page, text, text of less weight, wires, grids."""

    page: str
    text: str
    muted: str
    wire: str
    grid: str


LIGHT = Page("#ffffff", "#26313b", "#57626d", "#3c4650", "#e1e5e9")
DARK = Page("#14181d", "#e8edf2", "#b4bec9", "#b7c2cc", "#2e363f")
GREY = Page("#ffffff", "#1c1c1c", "#454545", "#333333", "#dddddd")
CONTRAST = Page("#ffffff", "#000000", "#1f1f1f", "#000000", "#767676")
CONTRAST_DARK = Page("#000000", "#ffffff", "#e2e6ea", "#ffffff", "#7a848e")

GREYS: Inks = {
    "linear": ("#e9e9e9", "#555555"),
    "embedding": ("#dadada", "#555555"),
    "position": ("#f3f3f3", "#555555"),
    "attention": ("#cfcfcf", "#4a4a4a"),
    "feedforward": ("#e1e1e1", "#555555"),
    "recurrence": ("#d4d4d4", "#4f4f4f"),
    "activation": ("#f0f0f0", "#555555"),
    "softmax": ("#e5e5e5", "#555555"),
    "norm": ("#fbfbfb", "#555555"),
    "dropout": ("#f6f6f6", "#6b6b6b"),
    "combine": ("#ffffff", "#555555"),
    "shaping": ("#ffffff", "#555555"),
    "loss": ("#c8c8c8", "#444444"),
    "composite": ("#ffffff", "#333333"),
    "frame": ("#f6f6f6", "#767676"),
    "inner": ("#ebebeb", "#6e6e6e"),
}
# The light colours inside, borders of the same hue that stand out from all they lie on.
STRONG: Inks = {
    "linear": ("#dbdff0", "#545977"),
    "embedding": ("#fbe3e1", "#805450"),
    "position": ("#f6e2ee", "#7a556c"),
    "attention": ("#ffe2bb", "#79592b"),
    "feedforward": ("#c2e8f7", "#376071"),
    "recurrence": ("#e5d9f7", "#62527f"),
    "activation": ("#d3ece8", "#3f6861"),
    "softmax": ("#cbe7cf", "#406446"),
    "norm": ("#f3f6c4", "#5f612d"),
    "dropout": ("#eeeeee", "#606060"),
    "combine": ("#ffffff", "#5b6168"),
    "shaping": ("#ffffff", "#5b6168"),
    "loss": ("#f9d6d6", "#864b4b"),
    "composite": ("#ffffff", "#58616a"),
    "frame": ("#f6f6f6", "#333333"),
    "inner": ("#e8e8e8", "#333333"),
}
# The same for dark pages: dark colours inside, borders that are lighter than all they lie on.
STRONG_DARK: Inks = {
    "linear": ("#333a5e", "#a1a6c8"),
    "embedding": ("#5a3330", "#d29a96"),
    "position": ("#55334a", "#c99cb6"),
    "attention": ("#553d17", "#d4a65e"),
    "feedforward": ("#1d4556", "#7ab4ce"),
    "recurrence": ("#40315c", "#ad98cf"),
    "activation": ("#1e4843", "#83b7b0"),
    "softmax": ("#234a2a", "#8eba96"),
    "norm": ("#41441a", "#b0b453"),
    "dropout": ("#33383e", "#a5a5a5"),
    "combine": ("#000000", "#a9b4be"),
    "shaping": ("#000000", "#a9b4be"),
    "loss": ("#5c2626", "#d18e8e"),
    "composite": ("#000000", "#b4bec8"),
    "frame": ("#101418", "#9aa5af"),
    "inner": ("#1b2127", "#9aa5af"),
}

# The colours of lines as they are on light pages, dark enough to be read as text.
DEEP = (
    "#1e4894",
    "#7c3807",
    "#17562a",
    "#792d71",
    "#09535c",
    "#8d2135",
    "#61471a",
)
# And as they are on dark pages, light enough.
HIGH = (
    "#7fb0ff",
    "#ffa45c",
    "#6fd08c",
    "#e691dd",
    "#5cc8d6",
    "#ff8a9c",
    "#d1b07a",
)


class Palette(NamedTuple):
    """All colours of one theme on one kind of page; ``signs`` tells families apart as well."""

    page: Page
    inks: Inks
    series: tuple[str, ...]
    signs: bool = False
    stroke: float = 1.6


def _of(*, dark: bool) -> Palette:
    inks = {
        name: (ink.dark_fill, ink.dark_stroke) if dark else (ink.fill, ink.stroke)
        for name, ink in [*FAMILIES.items(), ("inner", INNER)]
    }
    return Palette(DARK if dark else LIGHT, inks, tuple(pair[dark] for pair in COLOURS))


Ground = Literal["light", "dark", "grey", "contrast", "contrast-dark"]
PALETTES: Mapping[Ground, Palette] = {
    "light": _of(dark=False),
    "dark": _of(dark=True),
    "grey": Palette(GREY, GREYS, (GREY.wire, "#5e5e5e"), signs=True),
    "contrast": Palette(CONTRAST, STRONG, DEEP, signs=True, stroke=2.0),
    "contrast-dark": Palette(CONTRAST_DARK, STRONG_DARK, HIGH, signs=True, stroke=2.0),
}
