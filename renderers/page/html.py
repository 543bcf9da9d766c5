"""A drawing as one self-contained HTML page: boxes open and close, are searched and read about.

The page holds the drawings themselves (``views``), so what opens is what ``draw`` would draw;
its script only puts them in place. It loads nothing: a content policy forbids it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from boxwork.graphs.graph import Graph
from boxwork.graphs.totals import total
from boxwork.renderers.figure import Box
from boxwork.renderers.look.look import Look
from boxwork.renderers.look.palettes import PALETTES, Ground
from boxwork.renderers.look.sizes import aired
from boxwork.renderers.look.theme import Theme, ground, style
from boxwork.renderers.page.found import find, group, opens, order
from boxwork.renderers.page.pieces import Pieces, Shelf
from boxwork.renderers.page.told import Own, facts, type_words
from boxwork.renderers.page.views import View, views
from boxwork.renderers.structure.opening import Opening
from boxwork.renderers.svg.svg import PLAIN, signed, svg
from boxwork.renderers.values.data import Data

FOLDER = Path(__file__).parent / "assets"
SCRIPTS = ("views", "picture", "camera", "opening", "telling", "search", "keys", "pointer")
MEDIA: Mapping[Theme, str] = {  # when the dark colours hold; paper is light
    **dict.fromkeys(("auto", "contrast"), "screen and (prefers-color-scheme: dark)"),
    **dict.fromkeys(("dark", "contrast-dark"), "screen"),
}


def page(
    graph: Graph,
    opening: Opening,
    look: Look = PLAIN,
    own: Own | None = None,
    data: Data | None = None,
) -> str:
    """The page of a graph, opened as asked, with the numbers that are known of it.

    ``own`` is what its spec says of its own blocks.
    """
    with aired(look.air):
        return _made(graph, opening, look, own or {}, data)


def _made(graph: Graph, opening: Opening, look: Look, own: Own, data: Data | None) -> str:
    drawn = views(graph, opening, data)
    script = _script()
    figure = svg(drawn[0].picture, look)
    theme = look.theme
    light, dark = _both(theme)
    known = _held(graph, drawn, own, signed(look))
    held = json.dumps(known, ensure_ascii=False, separators=(",", ":")).encode()
    filled = {
        "THEME": theme,
        "MEDIA": MEDIA.get(theme, "not all"),
        "NAME": escape(graph.name),
        "ABOUT": escape(graph.about),
        "POLICY": _policy(script),
        "STYLE": _file("page.css"),
        "LIGHT": f"{_colours(light)}\n{style(light, neurons=True)}",
        "DARK": f"{_colours(dark)}\n{style(dark, neurons=True)}",
        "FIGURE": figure,
        "DATA": base64.b64encode(zlib.compress(held, 9)).decode(),
        "SCRIPT": script,
    }
    return "".join(filled.get(piece, piece) for piece in _file("page.html").split("@@"))


@cache
def _file(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _script() -> str:
    parts = "\n".join(_file(f"{name}.js") for name in SCRIPTS)
    return f'"use strict";\n(async () => {{\n{parts}}})();\n'


def _policy(script: str) -> str:
    """What the page may load: its own script, its own styles, and nothing from anywhere."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'"


def _both(theme: Theme) -> tuple[Ground, Ground]:
    """The palettes between which the reader of a page may choose."""
    if theme.startswith("contrast"):
        return "contrast", "contrast-dark"
    return "light" if theme == "dark" else ground(theme), "dark"


def _colours(theme: Ground) -> str:
    """The colours of the drawing by name, for the style sheet of the page."""
    palette = PALETTES[theme]
    named = {**palette.page._asdict(), "accent": palette.series[0]}
    rules = "".join(f"--{name}:{colour};" for name, colour in named.items())
    scheme = "dark" if theme.endswith("dark") else "light"
    return f":root{{{rules}color-scheme:{scheme}}}"


def _held(graph: Graph, drawn: list[View], own: Own, signs: bool) -> dict[str, Any]:
    """What the script reads."""
    pieces, told, openers = Pieces(signs=signs), Shelf(), Shelf()
    openers.number("")
    made = []
    for view in drawn:
        placed = pieces.view(view.picture, lambda box: order(graph, box))
        made.append({"open": [openers.number(path) for path in sorted(view.opened)], **placed})
    known = _told(graph, drawn, own)
    paths = [
        [path, told.number(words) if words else -1, openers.number(opener)]
        for path in pieces.paths.kept
        for words, opener in [known[path]]
    ]
    return {
        "name": graph.name,
        "about": graph.about,
        "parameters": total(graph),
        "inputs": [[name, type_words(one)] for name, one in graph.inputs.items()],
        "outputs": [[name, type_words(one)] for name, one in graph.outputs.items()],
        "facts": [json.loads(words) for words in told.kept],
        "openers": list(openers.kept),
        "paths": paths,
        **pieces.facts(),
        "views": made,
        "all": next(k for k, view in enumerate(drawn) if view.all),
    }


def _told(graph: Graph, drawn: list[View], own: Own) -> dict[str, tuple[str, str]]:
    """Of each path: what is told, as JSON, and what opens it; nothing of a mere frame.

    What is drawn as neurons tells less than its closed box, which counts then.
    """
    known: dict[str, tuple[str, str]] = {}
    whole: set[str] = set()
    for view in drawn:
        for box in view.picture.boxes:
            if box.path in whole:
                continue
            if box.shape not in ("network", "layer"):
                whole.add(box.path)
            elif box.path in known:
                continue
            words = "" if group(box) else _json(facts(graph, view.picture, box, own))
            known[box.path] = words, _opener(graph, box)
    return known


def _json(facts: object) -> str:
    return json.dumps(facts, ensure_ascii=False)


def _opener(graph: Graph, box: Box) -> str:
    """What opens a box; nothing if there is nothing inside."""
    if box.role != "node" or group(box):
        return ""
    found = find(graph, box.path)
    return found.opener if opens(found) else ""
