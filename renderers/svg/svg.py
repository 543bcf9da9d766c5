"""A layout as SVG: real text, literal colours, one style sheet, the same bytes every time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from xml.sax.saxutils import escape, quoteattr

from boxwork.renderers.figure import Box, Layout, Line, Neuron, Point, Text
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.look import Look
from boxwork.renderers.look.numbers import px
from boxwork.renderers.look.palettes import FAMILIES, PALETTES
from boxwork.renderers.look.theme import ground, style
from boxwork.renderers.svg.aloud import description, grouped, tip
from boxwork.renderers.svg.hops import Hops, crossings, hopping
from boxwork.renderers.svg.ids import Id, Ids
from boxwork.renderers.svg.signs import sign
from boxwork.renderers.svg.sketch import chip, parted, sketched
from boxwork.renderers.svg.strokes import cell, edge, label, link, neuron

HEAD, HALF = 9.0, 3.8  # length and half width of an arrow head, where strokes have their size
DOT = 2.8
NONE: Mapping[int, Hops] = {}
BELOW = ("frame", "network", "layer")  # shapes that other boxes are drawn upon
PLAIN = Look()


def svg(layout: Layout, look: Look = PLAIN) -> str:
    """The whole drawing as one SVG document.

    Frames and wires lie below and are not read aloud; above them stand the boxes in an order in
    which they can run, those of an open box in a group that goes by the name of its frame.
    """
    with s.aired(layout.air):
        return _drawn(layout, look)


def _drawn(layout: Layout, look: Look) -> str:
    texts: dict[str, list[Text]] = {}
    for text in layout.texts:
        texts.setdefault(text.path, []).append(text)
    ids = Ids()
    below = [box for box in layout.boxes if box.shape in BELOW]
    frames = {box.path: ids.of(box.path) for box in below}
    signs = signed(look)
    neurons = list(reversed(layout.neurons))
    panels, chips = parted(layout.chips)

    def drawn(box: Box) -> str:
        if box.shape != "network":
            return _box(box, texts.pop(box.path, []), ids.of(box.path), signs=signs)
        inside = ""
        while neurons and _holds(box, neurons[-1]):
            one = neurons.pop()
            inside += neuron(one, ids.of(one.path).text, map(drawn_text, texts.pop(one.path, [])))
        inside += "".join(map(chip, chips.get(box.path, ())))
        return f'<g role="group" aria-labelledby="{frames[box.path].name}">{inside}</g>'

    parts = [
        '<g aria-hidden="true">',
        *_frames(below, frames),
        *map(link, layout.links),
        *_lines(layout.lines),
        *(_dot(line) for line in layout.lines if line.dot),
        *(part for line in layout.edges for part in edge(line)),
        *sketched(layout.strokes, panels, layout.strips),
        *map(cell, sorted(layout.cells, key=attrgetter("lit"))),
        *(label(line.label, line.look) for line in layout.edges if line.label),
        "</g>",
        *grouped([box for box in layout.boxes if box.shape != "layer"], frames, drawn),
        '<g aria-hidden="true">',
        *(drawn_text(text) for rest in texts.values() for text in rest),
        "</g>",
    ]
    about = (layout.name, layout.about if layout.compared else description(layout))
    size, paper = (layout.width, layout.height), look.page(layout.width, layout.height)
    rules = style(look.theme, neurons=layout.numbers, compared=layout.compared, used=_used(layout))
    return document(size, about, rules, parts, paper)


def _used(layout: Layout) -> set[str]:
    """The classes that have colours of their own, of all that is drawn."""
    families = {_family(box) for box in layout.boxes if box.shape in ("box", "circle")}
    families |= {"frame", "inner", *(chip.family for chip in layout.chips)}
    looks = {neuron.look for neuron in layout.neurons} | {edge.look for edge in layout.edges}
    return families | {f"n{look}" for look in looks}


def signed(look: Look) -> bool:
    """Whether boxes have a small sign of their family."""
    return PALETTES[ground(look.theme)].signs if look.signs is None else look.signs


def _holds(network: Box, one: Neuron) -> bool:
    """Whether a neuron is one of a network; both come in the same order."""
    return (
        network.x <= one.x <= network.x + network.w and network.y <= one.y <= network.y + network.h
    )


def document(
    size: tuple[float, float],
    about: tuple[str, str],
    rules: str,
    parts: Iterable[str],
    paper: tuple[str, str] | None = None,
) -> str:
    """A page with its title and description, its style sheet and what is drawn on it.

    ``paper`` is its width and height on paper, if these are not those of the drawing.
    """
    width, height = px(size[0]), px(size[1])
    wide, high = paper or (width, height)
    root = 'xmlns="http://www.w3.org/2000/svg" class="boxwork" role="graphics-document document"'
    label = 'aria-labelledby="boxwork-title boxwork-desc"'
    lines = [
        f'<svg {root} {label} width="{wide}" height="{high}" viewBox="0 0 {width} {height}">',
        f'<title id="boxwork-title">{escape(about[0])}</title>',
        f'<desc id="boxwork-desc">{escape(about[1])}</desc>',
        f"<style>\n{rules}\n</style>",
        f'<rect class="page" width="{width}" height="{height}"/>',
        *parts,
        "</svg>\n",
    ]
    return "\n".join(lines)


def _frames(frames: Sequence[Box], ids: Mapping[str, Id]) -> Iterable[str]:
    """Frames, the outer ones first."""
    for box, kind in zip(frames, shades(frames), strict=True):
        yield (
            f'<g {ids[box.path].text} class="{f"{kind} {box.mark}".rstrip()}">'
            f"<title>{escape(tip(box))}</title>{outline(box)}</g>"
        )


def shades(frames: Sequence[Box]) -> Iterable[str]:
    """The classes of frames, the outer ones first; every second one inside is a shade darker."""
    depths: dict[str, int] = {}
    for box in frames:
        path, depth = box.path, 0
        while "." in path:
            path = path.rpartition(".")[0]
            if path in depths:
                depth = depths[path] + 1
                break
        depths[box.path] = depth
        shade = "frame inner" if depth % 2 else "frame"
        yield "layer" if box.shape == "layer" else shade


def kind(box: Box) -> str:
    """The classes of what is no frame."""
    return box.role if box.shape == "text" else f"{box.shape} {_family(box)}"


def outline(box: Box) -> str:
    """The border of a box; behind it, of copies side by side, those of more cards."""
    radius = box.h / 2 if box.shape == "circle" else 10.0 if box.shape == "box" else 14.0
    shifts = (s.CARDS, s.CARD, 0.0) if box.beside else (0.0,)
    return "".join(_rect(replace(box, x=box.x + d, y=box.y - d), radius) for d in shifts)


def body(box: Box, texts: Iterable[Text], *, signs: bool) -> str:
    """What is drawn of a box that is no frame."""
    words = "".join(map(drawn_text, texts))
    if box.shape == "text":
        return words
    return outline(box) + _sign(box) + (sign(box, _family(box)) if signs else "") + words


def _box(box: Box, texts: Iterable[Text], name: Id, *, signs: bool) -> str:
    title = "" if box.shape == "text" else f"<title>{escape(tip(box))}</title>"
    inside = body(box, texts, signs=signs)
    mark = f" {box.mark}" if box.mark else ""
    return f'<g {name.text} class="{kind(box)}{mark}">{title}{inside}</g>'


def _family(box: Box) -> str:
    return box.family if box.family in FAMILIES else "composite"


def _rect(box: Box, radius: float) -> str:
    return (
        f'<rect x="{px(box.x)}" y="{px(box.y)}" width="{px(box.w)}" height="{px(box.h)}"'
        f' rx="{px(radius)}"/>'
    )


def _sign(box: Box) -> str:
    """The sign in a circle, drawn with strokes so that it sits in the middle."""
    if not box.sign:
        return ""
    x, y = box.x + box.w / 2, box.y + box.h / 2
    if box.sign == "+":
        path = f"M{px(x - 7)} {px(y)}h14M{px(x)} {px(y - 7)}v14"
    elif box.sign == "×":
        path = f"M{px(x - 5)} {px(y - 5)}l10 10M{px(x + 5)} {px(y - 5)}l-10 10"
    elif box.sign == "~":
        path = f"M{px(x - 9)} {px(y)}c3 -9 6 -9 9 0s6 9 9 0"
    else:
        sign = escape(box.sign)
        return (
            f'<text class="title" x="{px(x)}" y="{px(y + 5.5)}" text-anchor="middle">{sign}</text>'
        )
    return f'<path class="sign" d="{path}"/>'


def drawn_text(text: Text) -> str:
    """A line of text."""
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    return (
        f'<text class="{text.role}" x="{px(text.x)}" y="{px(text.y)}"{anchor}>'
        f"{escape(text.text)}</text>"
    )


def _lines(lines: Sequence[Line]) -> Iterable[str]:
    hops = crossings(lines)
    for k, line in enumerate(lines):
        yield _line(line, {i: hops[k, i] for i in range(len(line.points) - 1) if (k, i) in hops})


def _line(line: Line, hops: Mapping[int, Hops]) -> str:
    ends = f"data-from={quoteattr(line.source)} data-to={quoteattr(line.target)}"
    way, head = wire(line, hops)
    return f'<path class="wire" {ends} d="{way}"/><path class="head" d="{head}"/>'


def wire(line: Line, hops: Mapping[int, Hops]) -> tuple[str, str]:
    """The paths of a wire and of the head of its arrow."""
    points = list(line.points)
    (ax, ay), (bx, by) = points[-2:]
    length = max(abs(bx - ax), abs(by - ay)) or 1.0
    dx, dy = (bx - ax) / length, (by - ay) / length
    head, half = HEAD * s.air(), HALF * s.air()
    points[-1] = (bx - dx * (head - 1), by - dy * (head - 1))
    back, side = (bx - dx * head, by - dy * head), (-dy * half, dx * half)
    tip = (
        f"M{px(bx)} {px(by)}L{px(back[0] + side[0])} {px(back[1] + side[1])}"
        f"L{px(back[0] - side[0])} {px(back[1] - side[1])}Z"
    )
    return rounded(points, hops), tip


def rounded(points: Sequence[Point], hops: Mapping[int, Hops] = NONE) -> str:
    """The path of a polyline with rounded corners, and with bows over what it crosses."""
    path = [f"M{px(points[0][0])} {px(points[0][1])}"]
    for i, (a, b, c) in enumerate(zip(points, points[1:], points[2:], strict=False)):
        path += _bows(a, b, hops.get(i, ()))
        before, after = _length(a, b), _length(b, c)
        radius = min(s.CORNER, before / (1 if a == points[0] else 2), after / 2)
        if radius < 0.5:
            path.append(f"L{px(b[0])} {px(b[1])}")
            continue
        start, end = _towards(b, a, radius / before), _towards(b, c, radius / after)
        path.append(f"L{px(start[0])} {px(start[1])}")
        path.append(f"Q{px(b[0])} {px(b[1])} {px(end[0])} {px(end[1])}")
    path += _bows(points[-2], points[-1], hops.get(len(points) - 2, ()))
    path.append(f"L{px(points[-1][0])} {px(points[-1][1])}")
    return "".join(path)


def _bows(a: Point, b: Point, hops: Sequence[float]) -> Iterable[str]:
    turn = 1 if b[0] > a[0] else 0
    for start, end in hopping(a, b, hops) if hops else ():
        radius = f"{px(abs(end - start) / 2)} {px(s.HOP)}"
        yield f"L{px(start)} {px(a[1])}A{radius} 0 0 {turn} {px(end)} {px(a[1])}"


def _length(a: Point, b: Point) -> float:
    return max(abs(b[0] - a[0]), abs(b[1] - a[1]))


def _towards(a: Point, b: Point, part: float) -> Point:
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part


def dot_radius() -> str:
    """How large a junction is drawn."""
    return px(DOT * s.air())


def _dot(line: Line) -> str:
    x, y = line.points[0]
    return f'<circle class="dot" cx="{px(x)}" cy="{px(y)}" r="{dot_radius()}"/>'
