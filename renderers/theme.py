"""Colours of a drawing by family, light and dark, and the style sheet made of them."""

from __future__ import annotations

from typing import Literal, NamedTuple, Protocol

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
DASHES = ("", "8 4", "2 4", "13 4 2 4", "14 5")
MARKS = (
    ((-3.2, -3.2), (3.2, -3.2), (3.2, 3.2), (-3.2, 3.2)),
    ((0.0, -4.6), (4.4, 3.4), (-4.4, 3.4)),
    ((0.0, -4.8), (4.8, 0.0), (0.0, 4.8), (-4.8, 0.0)),
    ((0.0, 4.6), (4.4, -3.4), (-4.4, -3.4)),
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


class Colours(Protocol):
    """The rules that depend on the page being dark."""

    def __call__(self, *, dark: bool) -> list[str]: ...


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
    "value": (s.VALUE, False),
    "neuron": (s.NEURON, False),
    "winner": (s.NEURON, False),
    "weight": (s.WEIGHT, False),
    "ours": (s.WEIGHT, False),
}
NUMBERS = ("value", "neuron", "winner", "weight", "ours")  # roles of texts in networks only


def style(theme: Theme, *, neurons: bool = False) -> str:
    """The style sheet: literal colours, and for ``auto`` one block for dark pages."""
    shared = [
        *_texts(*(NUMBERS if neurons else ())),
        ".box>rect,.circle>rect{stroke-width:1.6}",
        ".frame>rect{stroke-width:1.4}",
        ".wire{fill:none;stroke-width:1.6}",
        ".sign{fill:none;stroke-width:1.8}",
    ]
    if neurons:
        shared += [
            ".neuron>circle{stroke-width:2.4}",
            ".edge{fill:none}.edge.faint{stroke-opacity:.45}",
            ".winner{font-weight:bold}",
            ".ours{font-style:italic}",
            ".layer>rect{fill:none;stroke:none;pointer-events:all}",
            ".minus{fill:none;stroke-width:1.2}",
            ".cell{stroke-width:1}",
            ".cell.lit{stroke-width:2.6}",
        ]
    return _sheet(shared, _network_colours if neurons else _colours, theme)


def series_style(count: int, theme: Theme) -> str:
    """The style sheet of a chart with so many lines, ``.s0`` and on."""
    shared = [
        *_texts(),
        ".line{fill:none;stroke-width:2;stroke-linejoin:round}",
        ".grid,.axis,.lead{fill:none;stroke-width:1}",
        ".lead{stroke-dasharray:1 2.5}",
    ]

    def colours(*, dark: bool) -> list[str]:
        page = DARK if dark else LIGHT
        rules = [*_page(page), f".grid{{stroke:{page.grid}}}", f".axis{{stroke:{page.wire}}}"]
        for k in range(count):
            colour = COLOURS[k % len(COLOURS)][dark]
            rules.append(f".s{k}{{stroke:{colour}}}.s{k}>.mark{{fill:{colour};stroke:none}}")
        return [*rules, f".boxwork .label{{fill:{page.text}}}"]

    return _sheet(shared, colours, theme)


def _texts(*more: str) -> list[str]:
    """The sizes of texts; those of networks only where they occur."""
    sizes = {role: size for role, (size, _) in ROLES.items() if role in more or role not in NUMBERS}
    return [
        f".boxwork text{{font-family:{FAMILY}}}",
        *(f".{role}{{font-size:{size:g}px}}" for role, size in sizes.items()),
    ]


def _network_colours(*, dark: bool) -> list[str]:
    """The colours of a drawing with neurons: a few have their own, with the lines to them."""
    page, activation = DARK if dark else LIGHT, FAMILIES["activation"]
    fill = activation.dark_fill if dark else activation.fill
    rules = [
        *_colours(dark=dark),
        f".neuron>circle{{fill:{page.page};stroke:{page.wire}}}",
        f".neuron.activation>circle{{fill:{fill}}}",
        f".edge,.minus{{stroke:{page.wire}}}",
        f".cell{{fill:{page.page};stroke:{page.grid}}}.cell.lit{{stroke:{page.text}}}",
    ]
    for k, colours in enumerate(COLOURS):
        colour = colours[dark]
        rules.append(
            f".edge.n{k},.neuron>.n{k}{{stroke:{colour}}}.boxwork text.n{k}{{fill:{colour}}}"
        )
    above, below = COLOURS[0][dark], COLOURS[1][dark]
    return [*rules, f".above{{fill:{above}}}.below{{fill:{below}}}"]


def _sheet(shared: list[str], colours: Colours, theme: Theme) -> str:
    rules = [*shared, *colours(dark=theme == "dark")]
    if theme == "auto":
        rules += ["@media (prefers-color-scheme:dark){", *colours(dark=True), "}"]
    return "\n".join(rules)


def _page(page: Page) -> list[str]:
    muted = [f".{role}" for role, (_, less) in ROLES.items() if less]
    return [
        f".page{{fill:{page.page}}}",
        f".boxwork text{{fill:{page.text}}}",
        f"{','.join('.boxwork ' + m for m in muted)}{{fill:{page.muted}}}",
    ]


def _colours(*, dark: bool) -> list[str]:
    page = DARK if dark else LIGHT
    rules = [
        *_page(page),
        f".wire,.sign{{stroke:{page.wire}}}",
        f".head,.dot{{fill:{page.wire}}}",
    ]
    for name, ink in [*FAMILIES.items(), ("inner", INNER)]:
        fill, stroke = (ink.dark_fill, ink.dark_stroke) if dark else (ink.fill, ink.stroke)
        rules.append(f".{name}>rect{{fill:{fill};stroke:{stroke}}}")
    rules.append(f".circle>rect{{stroke:{page.wire}}}")
    return rules
