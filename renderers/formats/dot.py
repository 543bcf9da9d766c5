"""A layout in the DOT language: our boxes and lines at our places, for ``neato -n2``.

Frames are clusters, widths the labels of lines, ports their head labels, junctions small points.
Whatever else is written stands in nodes without a border. ``inputscale`` makes the pinned places
mean the same to ``neato`` without ``-n2``; ``dot`` ignores them and lays the graph out itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from boxwork.renderers.figure import Box, Layout, Line, Point, Text
from boxwork.renderers.formats.dotfigure import strips
from boxwork.renderers.formats.dotnetwork import network, weights
from boxwork.renderers.formats.dottext import (
    INCH,
    Attributes,
    bends,
    listed,
    marked,
    place,
    quoted,
    towards,
)
from boxwork.renderers.look.fonts import width as wide
from boxwork.renderers.look.numbers import px
from boxwork.renderers.look.palettes import PALETTES, Palette
from boxwork.renderers.look.sizes import MARGIN
from boxwork.renderers.look.theme import ROLES, Theme, ground
from boxwork.renderers.svg.aloud import tip
from boxwork.renderers.svg.ids import Ids
from boxwork.renderers.svg.labels import Labels, centre, labels, parents

HEAD = 0.9  # of an arrow, in Graphviz's own
BOLD = 2.5  # the border of copies side by side, for which there are no cards here
AIR = 12.0  # round a text in a node of its own; Graphviz asks for it
TIP = 9.0  # from where a line ends to the tip of its arrow


def dot(layout: Layout, theme: Theme = "light") -> str:
    """The drawing as the text of a DOT file."""
    return "\n".join([f"digraph {quoted(layout.name)} {{", *body(layout, theme), "}\n"])


def body(layout: Layout, theme: Theme = "light") -> list[str]:
    """The statements of that file, each on a line of its own."""
    palette = PALETTES[ground(theme)]
    return list(_Writer(layout, palette._replace(stroke=palette.stroke * layout.air)).statements())


class _Writer:
    """Writes the statements of one layout."""

    def __init__(self, layout: Layout, palette: Palette) -> None:
        self.layout, self.palette = layout, palette
        self.labels: Labels = labels(layout)
        self.boxes = {box.path: box for box in layout.boxes}
        self.parents = parents(layout.boxes)
        self.loose = self._beside()
        self.anchors = self._anchors()

    def statements(self) -> Iterator[str]:
        page = self.palette.page
        yield f"  graph {listed(self._page())}"
        shape = {"fontname": "Arial", "fontcolor": page.text, "fixedsize": "true"}
        yield f"  node {listed(shape | {'fontsize': px(ROLES['title'][0])})}"
        line = {"fontname": "Arial", "fontcolor": page.muted, "color": page.wire}
        line |= {"arrowsize": px(HEAD * self.layout.air), "penwidth": px(self.palette.stroke)}
        yield f"  edge {listed(line | {'fontsize': px(ROLES['width'][0])})}"
        yield from self._boxes()
        yield from self._words("", "  ")
        yield from self._lines()
        yield from weights(self.layout, self.palette)
        yield from strips(self.layout, self.palette, "  ")

    def _page(self) -> Attributes:
        size = f"0,0,{px(self.layout.width)},{px(self.layout.height)}"
        return {
            "rankdir": "BT",
            "bb": size,
            "inputscale": px(INCH),
            "splines": "true",
            "compound": "true",
            "outputorder": "edgesfirst",
            "bgcolor": self.palette.page.page,
            "pad": f"{MARGIN / INCH:.4g}",
            "fontname": "Arial",
            "fontcolor": self.palette.page.muted,
            "tooltip": self.layout.name,
        }

    def _boxes(self) -> Iterator[str]:
        """Nodes in their clusters, in the order of the drawing."""
        ids = Ids()
        within: list[str] = []
        for box in self.layout.boxes:
            while within and within[-1] != self.parents[box.path]:
                yield from self._words(within.pop(), "  " * (len(within) + 2))
                yield "  " * (len(within) + 1) + "}"
            indent = "  " * (len(within) + 1)
            known = {"id": ids.of(box.path).name, "tooltip": tip(box)}
            if box.shape == "frame":
                yield f"{indent}subgraph {quoted(f'cluster {box.path}')} {{"
                yield f"{indent}  graph {listed(self._frame(box, len(within)) | known)}"
                within.append(box.path)
            elif box.shape == "network":
                yield from network(self.layout, box, self.palette, indent)
            elif box.shape != "layer":
                yield f"{indent}{quoted(box.path)} {listed(self._node(box) | known)}"
        while within:
            yield from self._words(within.pop(), "  " * (len(within) + 2))
            yield "  " * (len(within) + 1) + "}"

    def _frame(self, box: Box, depth: int) -> dict[str, str]:
        fill, stroke = self.palette.inks["inner" if depth % 2 else "frame"]
        corners = (*self._at((box.x, box.y + box.h)), *self._at((box.x + box.w, box.y)))
        made = {
            "bb": ",".join(map(px, corners)),
            "style": "rounded,filled",
            "fillcolor": fill,
            "color": stroke,
            "penwidth": px(self.palette.stroke - 0.2),
        }
        if box.beside:
            made["penwidth"] = px(BOLD * self.palette.stroke)
        texts = self.labels.inside.get(box.path, ())
        if texts:
            left = min(text.x for text in texts)
            right = max(text.x + wide(text.text, ROLES[text.role][0]) for text in texts)
            middle = ((left + right) / 2, sum(centre(text)[1] for text in texts) / len(texts))
            made |= {"label": self._label(texts), "lp": place(self._at(middle)), "labeljust": "l"}
        return made

    def _node(self, box: Box) -> dict[str, str]:
        at = self._at((box.x + box.w / 2, box.y + box.h / 2))
        size = {"width": f"{box.w / INCH:.4g}", "height": f"{box.h / INCH:.4g}"}
        made = {"pos": place(at) + "!", **size}
        made["label"] = self._label(self.labels.inside.get(box.path, ())) or quoted("")
        if box.shape == "text":
            return {"shape": "plaintext", **made}
        fill, stroke = self.palette.inks.get(box.family, self.palette.inks["composite"])
        stroke = self.palette.page.wire if box.shape == "circle" else stroke
        made |= {"style": "filled" if box.shape == "circle" else "rounded,filled"}
        made |= {"fillcolor": fill, "color": stroke, "penwidth": px(self.palette.stroke)}
        if box.beside:
            made["penwidth"] = px(BOLD * self.palette.stroke)
        if box.sign:
            made |= {"label": quoted(box.sign), "fontsize": "20"}
        return {"shape": "circle" if box.shape == "circle" else "box", **made}

    def _words(self, path: str, indent: str) -> Iterator[str]:
        """What is written outside all boxes, in the cluster that it belongs to."""
        for k, text in self.loose.get(path, ()):
            size = ROLES[text.role][0]
            box = {
                "shape": "plaintext",
                "pos": place(self._at(centre(text))) + "!",
                "width": f"{(wide(text.text, size) + AIR) / INCH:.4g}",
                "height": f"{(2 * size + AIR) / INCH:.4g}",
                "label": self._label([text]),
            }
            yield f"{indent}{quoted(self._name(k))} {listed(box)}"

    def _beside(self) -> Mapping[str, Sequence[tuple[int, Text]]]:
        """The texts outside all boxes, by the frame that they stand in."""
        found: dict[str, list[tuple[int, Text]]] = {}
        for k, text in enumerate(self.labels.loose):
            if text.role == "value":
                continue  # stands in its neuron
            found.setdefault(self.parents.get(text.path, ""), []).append((k, text))
        return found

    def _name(self, k: int) -> str:
        text = self.labels.loose[k]
        return f"{text.role} {k} of {text.path}" if text.path else f"{text.role} {k}"

    def _label(self, texts: Sequence[Text]) -> str:
        """Lines of text below each other, in their sizes; empty if there are none."""
        return marked(texts, self.palette) if texts else ""

    # Lines.

    def _lines(self) -> Iterator[str]:
        dots: dict[Point, str] = {}
        for k, line in enumerate(self.layout.lines):
            tail, head = self._tail(line), line.target
            if line.dot and line.points[0] not in dots:
                dots[line.points[0]] = f"junction {len(dots)} of {line.source}"
                at = place(self._at(line.points[0]))
                made = {"shape": "point", "width": "0.08", "pos": f"{at}!"}
                made |= {"color": self.palette.page.wire, "label": quoted("")}
                yield f"  {quoted(dots[line.points[0]])} {listed(made)}"
            yield f"  {quoted(tail)} -> {quoted(head)} {listed(self._line(k, line))}"

    def _line(self, k: int, line: Line) -> dict[str, str]:
        made = {"pos": self._spline(line.points)}
        if line.source in self.anchors:
            made["ltail"] = f"cluster {line.source}"
        if text := self.labels.along.get(k):
            made |= {"label": self._label([text]), "lp": place(self._at(centre(text)))}
        if text := self.labels.heads.get(k):
            made |= {"headlabel": self._label([text]), "head_lp": place(self._at(centre(text)))}
        return made

    def _tail(self, line: Line) -> str:
        if line.source == line.target:  # comes from words that stand below its box
            for k, text in enumerate(self.labels.loose):
                if text.path == line.source and text.role == "name":
                    return self._name(k)
        return self.anchors.get(line.source, line.source)

    def _anchors(self) -> dict[str, str]:
        """For each frame the last box inside it, as lines cannot start at a cluster."""
        found: dict[str, str] = {}
        for box in self.layout.boxes:
            path = self.parents[box.path]
            while box.shape != "frame" and path:
                found[path] = box.path
                path = self.parents[path]
        return found

    def _spline(self, points: Sequence[Point]) -> str:
        """A polyline with rounded corners as a spline that ends in an arrow."""
        *before, last, end = points
        short = towards(end, last, TIP)
        ways = [place(self._at(point)) for point in bends([*before, last, short])]
        return f"e,{place(self._at(end))} {' '.join(ways)}"

    def _at(self, point: Point) -> Point:
        """A place as Graphviz counts, from below."""
        return point[0], self.layout.height - point[1]
