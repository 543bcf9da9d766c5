"""A layout as a Mermaid flowchart, the text that GitHub and others draw in Markdown.

Mermaid places the boxes itself; what is kept is what there is, how it is wired, what stands in
which frame, and the colours of families (on light and dark pages alike, as it knows no media).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from boxwork.renderers.figure import Box, Layout, Line, Text
from boxwork.renderers.look.palettes import PALETTES
from boxwork.renderers.look.theme import Theme, ground
from boxwork.renderers.svg.labels import labels, parents

# Words that mean something to Mermaid and are no ids.
RESERVED = {"call", "class", "classdef", "click", "default", "direction", "end", "flowchart"}
RESERVED |= {"graph", "href", "interpolate", "linkstyle", "style", "subgraph"}
LISTED = r"(?<=^\d)[.](?= )"  # what Markdown takes for the first line of a list
# What opens and closes a box, by its kind.
SHAPES = {"name": ("([", "])"), "circle": ("((", "))"), "open": ("[[", "]]"), "box": ("(", ")")}


def mermaid(layout: Layout, theme: Theme = "light") -> str:
    """The drawing as a Mermaid file."""
    return "\n".join([*_title(layout), "flowchart BT", *_Writer(layout, theme).lines(), ""])


def markdown(layout: Layout, theme: Theme = "light") -> str:
    """The same in a fence, to be put into a README."""
    return f"```mermaid\n{mermaid(layout, theme)}```\n"


def said(text: str) -> str:
    """A text in quotes; what Mermaid or Markdown would read as more stands as its number."""
    marked = re.sub(r"[^\w ,.:=%×→…−·–√/+~()-]|^[-+*](?= )", _numbered, text)
    return f'"{re.sub(LISTED, _numbered, marked)}"'


def _numbered(found: re.Match[str]) -> str:
    return f"#{ord(found[0])};"


class _Writer:
    def __init__(self, layout: Layout, theme: Theme) -> None:
        self.layout, self.palette = layout, PALETTES[ground(theme)]
        self.labels = labels(layout)
        self.parents = parents(layout.boxes)
        self.boxes = [box for box, _ in _without_chains(layout.boxes)]
        self.ids = _ids(box.path for box in layout.boxes)

    def lines(self) -> Iterator[str]:
        yield from self._boxes()
        yield from self._layers()
        for k, line in enumerate(self.layout.lines):
            yield from self._line(line, self.labels.along.get(k), self.labels.heads.get(k))
        yield from self._colours()

    def _boxes(self) -> Iterator[str]:
        """Boxes as nodes, those in a frame in its subgraph; a network is its layers."""
        within: list[str] = []
        for box in self.boxes:
            while within and within[-1] != self.parents[box.path]:
                within.pop()
                yield "  " * (len(within) + 1) + "end"
            indent = "  " * (len(within) + 1)
            if box.shape == "frame":
                yield f"{indent}subgraph {self.ids[box.path]}[{self._words(box)}]"
                yield f"{indent}  direction BT"
                within.append(box.path)
            else:
                opens, closes = SHAPES[_kind(box)]
                yield f"{indent}{self.ids[box.path]}{opens}{self._words(box)}{closes}"
        while within:
            within.pop()
            yield "  " * (len(within) + 1) + "end"

    def _words(self, box: Box) -> str:
        """What a box says: its sign, the number of its copies, its lines of text."""
        lines: list[str] = []
        last = None
        for text in self.labels.inside.get(box.path, ()):
            if text.role == last and last in ("title", "caption"):  # Mermaid breaks lines itself
                lines[-1] += f" {text.text}"
            else:
                lines.append(text.text)
            last = text.role
        if box.shape in ("network", "layer"):
            named = [t for t in self.labels.loose if t.path == box.path and t.role == "caption"]
            lines = [text.text for text in named] or [box.path.rpartition(".")[2]]
        if box.sign:
            beside = [t.text for t in self.labels.loose if t.path == box.path and t.role == "name"]
            lines = [box.sign, *([" ".join(beside)] if beside else [])]
        if box.copies and lines and not box.beside:
            lines[0] = f"{box.copies} {lines[0]}"
        return f'"{"<br/>".join(said(line)[1:-1] for line in lines)}"'

    def _layers(self) -> Iterator[str]:
        """The layers of a network follow each other."""
        for box, before in _without_chains(self.layout.boxes):
            if before:
                yield f"  {self.ids[before]} --> {self.ids[box.path]}"

    def _line(self, line: Line, width: Text | None, port: Text | None) -> Iterator[str]:
        if line.source == line.target:  # comes from words that stand below its box
            below = [t for t in self.labels.loose if t.path == line.source and t.role == "name"]
            for text in below:
                name = f"{self.ids[line.source]}_below"
                yield f"  {name}([{said(text.text)}])"
                yield f"  {name} -->{_label([width, port])} {self.ids[line.target]}"
            return
        ends = self.ids[line.source], self.ids[line.target]
        yield f"  {ends[0]} -->{_label([width, port])} {ends[1]}"

    def _colours(self) -> Iterator[str]:
        page = self.palette.page
        classes: dict[str, list[str]] = {}
        depths: dict[str, int] = {}
        for box in self.boxes:
            if box.shape == "frame":
                outer = self.parents[box.path]
                depths[box.path] = depths[outer] + 1 if outer in depths else 0
                kind = "inner" if depths[box.path] % 2 else "frame"
            elif box.shape == "text":
                kind = "name"
            else:
                kind = "linear" if box.family == "frame" else box.family
                kind = kind if kind in self.palette.inks else "composite"
            classes.setdefault(kind, []).append(self.ids[box.path])
        for kind, names in classes.items():
            fill, stroke = self.palette.inks.get(kind, (page.page, page.page))
            yield f"  classDef {kind} fill:{fill},stroke:{stroke},color:{page.text}"
            yield f"  class {','.join(names)} {kind}"


def _without_chains(boxes: Sequence[Box]) -> Iterator[tuple[Box, str]]:
    """The boxes without networks that have layers, and the layer before each layer."""
    before = ""
    for box, after in zip(boxes, [*boxes[1:], None], strict=True):
        if box.shape == "network" and after and after.shape == "layer":
            before = ""
        else:
            yield box, before if box.shape == "layer" else ""
            before = box.path if box.shape == "layer" else ""


def _kind(box: Box) -> str:
    if box.shape == "text":
        return "name"
    if box.shape == "circle":
        return "circle"
    return "open" if box.family == "composite" else "box"


def _label(texts: Sequence[Text | None]) -> str:
    words = ", ".join(text.text for text in texts if text)
    return f"|{said(words)}|" if words else ""


def _ids(paths: Iterable[str]) -> dict[str, str]:
    """Letters, digits and underscores made of paths, no two the same."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for path in paths:
        made = re.sub(r"\W+", "_", path, flags=re.ASCII).strip("_") or "box"
        made = f"{made}_" if made.lower() in RESERVED or made[0].isdigit() else made
        unique, k = made, 2
        while unique in taken:
            unique, k = f"{made}_{k}", k + 1
        taken.add(unique)
        ids[path] = unique
    return ids


def _title(layout: Layout) -> Iterator[str]:
    """The name as front matter: a YAML scalar in double quotes, as JSON writes it."""
    import json

    yield from ("---", f"title: {json.dumps(layout.name, ensure_ascii=False)}", "---")
