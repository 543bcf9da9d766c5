"""The style sheet of a drawing: sizes of texts and lines, colours by family and theme."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Literal, cast, get_args

from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import FAMILY
from boxwork.renderers.look.palettes import COLOURS, PALETTES, Ground, Page, Palette

Theme = Literal["auto", "light", "dark", "grey", "contrast", "contrast-light", "contrast-dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)
GROUNDS: Mapping[Theme, tuple[Ground, Ground | None]] = {  # where the page is light, and dark
    "auto": ("light", "dark"),
    "contrast": ("contrast", "contrast-dark"),
    "contrast-light": ("contrast", None),
}

_STROKE = re.compile(r"stroke-width:([\d.]+)")

DASHES = ("", "8 4", "2 4", "13 4 2 4", "14 5")
MARKS = (
    ((-3.2, -3.2), (3.2, -3.2), (3.2, 3.2), (-3.2, 3.2)),
    ((0.0, -4.6), (4.4, 3.4), (-4.4, 3.4)),
    ((0.0, -4.8), (4.8, 0.0), (0.0, 4.8), (-4.8, 0.0)),
    ((0.0, 4.6), (4.4, -3.4), (-4.4, -3.4)),
)

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
    "change": (s.NOTE, False),
}
COMPARED = ("change",)  # roles of texts in comparisons only
NUMBERS = ("value", "neuron", "winner", "weight", "ours")  # roles of texts in networks only


def ground(theme: Theme) -> Ground:
    """Which palette a theme is drawn in where nothing says that the page is dark."""
    return grounds(theme)[0]


def grounds(theme: Theme) -> tuple[Ground, Ground | None]:
    """The palette of a theme on light pages, and another for dark ones if it follows the page."""
    return GROUNDS.get(theme) or (cast(Ground, theme), None)


def style(
    theme: Theme,
    *,
    neurons: bool = False,
    compared: bool = False,
    used: Collection[str] | None = None,
) -> str:
    """The style sheet: literal colours; of a theme that follows the page, a block for dark ones.

    ``used`` are the families that occur, and the series as ``n0`` and on; None: any may occur.
    """
    stroke = PALETTES[ground(theme)].stroke
    shared = [
        *_texts(*(NUMBERS if neurons else ()), *(COMPARED if compared else ())),
        f".box>rect,.circle>rect{{stroke-width:{stroke:g}}}",
        f".frame>rect{{stroke-width:{stroke - 0.2:g}}}",
        f".wire{{fill:none;stroke-width:{stroke:g}}}",
        f".sign{{fill:none;stroke-width:{stroke + 0.2:g}}}",
        ".kind{fill:none;stroke-width:1.1}",
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
            ".part>rect{stroke-width:1.3}.part.panel>rect{stroke-width:1}",
            ".part.hidden>rect{stroke-dasharray:3 3}",
            ".arrow,.axis,.curve,.mark,.cross{fill:none}.cross{stroke-width:1}",
            ".strip>path{stroke:none}.strip>.axis{stroke-width:1}",
        ]
    if compared:
        shared += [
            ".changed>rect,.added>rect,.removed>rect{stroke-width:3.4}",
            ".added>rect{stroke-dasharray:11 4}.removed>rect{stroke-dasharray:3 3}",
            ".ghost>rect{stroke-dasharray:6 4}",
            ".ghost>text,.ghost>.sign{opacity:.75}",
            ".calm>rect{fill-opacity:.45;stroke-opacity:.6}",
            ".change{font-weight:bold}",
            ".link{fill:none;stroke-width:1.4;stroke-dasharray:1.5 4;stroke-linecap:round}",
        ]

    def colours(palette: Palette) -> list[str]:
        own = _colours(palette, used)
        own += _network_colours(palette, used) if neurons else []
        return [*own, *_compared(palette)] if compared else own

    return _sheet(shared, colours, theme)


def _compared(palette: Palette) -> list[str]:
    """The colours of what a comparison found; what is not there has none."""
    page, mark = palette.page, palette.series[1]
    return [
        f".boxwork .changed>rect,.boxwork .added>rect,.boxwork .removed>rect{{stroke:{mark}}}",
        f".boxwork .ghost>rect{{fill:{palette.inks['frame'][0]};stroke:{page.muted}}}",
        f".link{{stroke:{mark}}}.boxwork .change{{fill:{mark}}}",
    ]


def series_style(count: int, theme: Theme) -> str:
    """The style sheet of a chart with so many lines, ``.s0`` and on."""
    shared = [
        *_texts(),
        ".line{fill:none;stroke-width:2;stroke-linejoin:round}",
        ".grid,.axis,.lead{fill:none;stroke-width:1}",
        ".lead{stroke-dasharray:1 2.5}",
    ]

    def colours(palette: Palette) -> list[str]:
        page = palette.page
        rules = [*_page(page), f".grid{{stroke:{page.grid}}}", f".axis{{stroke:{page.wire}}}"]
        for k in range(count):
            colour = palette.series[k % len(palette.series)]
            rules.append(f".s{k}{{stroke:{colour}}}.s{k}>.mark{{fill:{colour};stroke:none}}")
        return [*rules, f".boxwork .label{{fill:{page.text}}}"]

    return _sheet(shared, colours, theme)


def _texts(*more: str) -> list[str]:
    """The sizes of texts; those of networks only where they occur."""
    special = (*NUMBERS, *COMPARED)
    sizes = {role: size for role, (size, _) in ROLES.items() if role in more or role not in special}
    return [
        f".boxwork text{{font-family:{FAMILY}}}",
        *(f".{role}{{font-size:{size:g}px}}" for role, size in sizes.items()),
    ]


def _network_colours(palette: Palette, used: Collection[str] | None) -> list[str]:
    """The colours of neurons and figures: a few have their own, with the lines to them."""
    page, series = palette.page, palette.series
    rules = [
        f".neuron>circle{{fill:{page.page};stroke:{page.wire}}}",
        f".neuron.activation>circle{{fill:{palette.inks['activation'][0]}}}",
        f".edge,.minus{{stroke:{page.wire}}}",
        f".cell{{fill:{page.page};stroke:{page.grid}}}.cell.lit{{stroke:{page.text}}}",
        f".cell.hidden,.boxwork .part.hidden>rect{{fill:{page.grid}}}",
        f".arrow,.mark,.part.circle>rect{{stroke:{page.wire}}}.cross{{stroke:{page.muted}}}",
        f".axis,.boxwork .strip>.axis{{stroke:{page.muted}}}",
    ]
    for k in range(len(COLOURS)):
        if used is not None and f"n{k}" not in used:
            continue
        colour = series[k % len(series)]
        rules.append(
            f".edge.n{k},.neuron>.n{k}{{stroke:{colour}}}.boxwork text.n{k}{{fill:{colour}}}"
        )
    return [
        *rules,
        f".above{{fill:{series[0]}}}.below{{fill:{series[1]}}}.curve{{stroke:{series[0]}}}",
    ]


def _sheet(shared: list[str], colours: Callable[[Palette], list[str]], theme: Theme) -> str:
    light, dark = grounds(theme)
    rules = [*_thick(shared), *colours(PALETTES[light])]
    if dark:
        rules += ["@media (prefers-color-scheme:dark){", *colours(PALETTES[dark]), "}"]
    return "\n".join(rules)


def _thick(rules: Iterable[str]) -> Iterator[str]:
    """Rules with strokes as thick as they are beside the texts of this drawing."""
    for rule in rules:
        yield _STROKE.sub(lambda found: f"stroke-width:{float(found[1]) * s.air():.3g}", rule)


def _page(page: Page) -> list[str]:
    muted = [f".{role}" for role, (_, less) in ROLES.items() if less]
    return [
        f".page{{fill:{page.page}}}",
        f".boxwork text{{fill:{page.text}}}",
        f"{','.join('.boxwork ' + m for m in muted)}{{fill:{page.muted}}}",
    ]


def _colours(palette: Palette, used: Collection[str] | None) -> list[str]:
    page = palette.page
    rules = [
        *_page(page),
        f".wire,.sign,.kind{{stroke:{page.wire}}}",
        f".head,.dot{{fill:{page.wire}}}",
    ]
    for name, (fill, stroke) in palette.inks.items():
        if used is None or name in used:
            rules.append(f".{name}>rect{{fill:{fill};stroke:{stroke}}}")
    rules.append(f".circle>rect{{stroke:{page.wire}}}")
    return rules
