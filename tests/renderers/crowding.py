"""Faults inside of boxes that are open to the ground: neurons, cells, chips and strips."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

from boxwork.renderers.figure import Cell, Chip, Layout, Neuron, Strip
from boxwork.renderers.look.fonts import width
from boxwork.renderers.look.theme import ROLES

from .geometry import Rect, extent, overlap, rect, segments, within


def network_faults(picture: Layout) -> list[str]:
    """What is wrong among neurons, weighted lines, entries of matrices and their texts."""
    return [
        *_crowded_neurons(picture),
        *_touched_by_edges(picture),
        *_crowded_figures(picture),
        *_touched_by_strokes(picture),
        *_crowded_strips(picture),
    ]


def _circle(one: Neuron) -> Rect:
    return one.x - one.r, one.y - one.r, one.x + one.r, one.y + one.r


def _crowded_neurons(picture: Layout) -> Iterator[str]:
    frames = [rect(box) for box in picture.boxes if box.shape == "network"]
    things = [(one.path, _circle(one)) for one in picture.neurons]
    things += [(one.path, (one.x, one.y, one.x + one.w, one.y + one.h)) for one in picture.cells]
    for path, r in things:
        if not any(within(r, frame) for frame in frames):
            yield f"{path} leaves its network"
    for (a, ra), (b, rb) in combinations(things, 2):
        if overlap(ra, rb):
            yield f"{a} and {b} overlap"
    labels = [e.label for e in picture.edges if e.label]
    texts = [*picture.texts, *labels]
    for text in texts:
        if text.role == "ours" and any(within(extent(text), r) for _, r in things):
            continue  # a number in its entry of a matrix
        if text in labels or text.role in ("neuron", "winner", "weight", "ours", "caption"):
            for path, r in things:
                if overlap(extent(text), r):
                    yield f"{text.text!r} ({text.path}) touches {path}"
        if text.role == "value":
            circle = next(one for one in picture.neurons if one.path == text.path)
            if not within(extent(text), _circle(circle)):
                yield f"{text.text!r} leaves {text.path}"
    for one, other in combinations(texts, 2):
        if (one in labels or other in labels) and overlap(extent(one), extent(other)):
            yield f"{one.text!r} ({one.path}) touches {other.text!r} ({other.path})"


def _touched_by_edges(picture: Layout) -> Iterator[str]:
    """A weighted line may cross others, but no text, not even its own weight."""
    texts = [*picture.texts, *(e.label for e in picture.edges if e.label)]
    rects = [(text, extent(text)) for text in texts]
    for edge in picture.edges:
        (ax, ay), (bx, by) = edge.start, edge.end
        around = min(ax, bx) - 1, min(ay, by) - 1, max(ax, bx) + 1, max(ay, by) + 1
        near = [(text, r) for text, r in rects if overlap(r, around, 0)]
        ways = [(0.0, edge.gap[0]), (edge.gap[1], 1.0)] if edge.gap else [(0.0, 1.0)]
        for first, last in ways if near else []:
            for k in range(65):  # points along the line, a pixel or a few apart
                t = first + (last - first) * k / 64
                x, y = ax + (bx - ax) * t, ay + (by - ay) * t
                for text, r in near:
                    if r[0] < x < r[2] and r[1] < y < r[3]:
                        yield f"{edge.source} → {edge.target} touches {text.text!r} ({text.path})"


def _oblong(one: Cell | Chip | Strip) -> Rect:
    return one.x, one.y, one.x + one.w, one.y + one.h


def _square(one: Chip) -> Rect:
    """What a line must not cross of a small box; of a circle the square inside."""
    air = one.w * 0.15 if one.shape == "circle" else 0.0
    return one.x + air, one.y + air, one.x + one.w - air, one.y + one.h - air


def _crowded_figures(picture: Layout) -> Iterator[str]:
    """Small boxes lie in their frame, touch nothing, and hold their words."""
    frames = [rect(box) for box in picture.boxes if box.shape == "network"]
    chips = [(one, _oblong(one)) for one in picture.chips]
    for one, r in chips:
        if not any(within(r, frame) for frame in frames):
            yield f"{one.path} leaves its figure"
        if width(one.words, ROLES["value"][0]) > one.w - 4 and one.shape == "chip":
            yield f"{one.words!r} leaves {one.path}"
    solid = [(one.path, r) for one, r in chips if one.shape != "panel"]
    solid += [(one.path, _oblong(one)) for one in picture.cells]
    solid += [(one.path, _oblong(one)) for one in picture.strips]
    panels = [(one.path, r) for one, r in chips if one.shape == "panel"]
    for (a, ra), (b, rb) in combinations(solid, 2):
        if overlap(ra, rb):
            yield f"{a} and {b} overlap"
    for path, r in [*solid, *((t.text, extent(t)) for t in picture.texts)]:
        for panel, around in panels:
            if overlap(r, around) and not within(r, around):
                yield f"{path} crosses the panel {panel}"
    hard = [(one.path, r) for one, r in chips if one.shape != "panel"]
    for text in picture.texts:
        for path, r in hard:
            if overlap(extent(text), r):
                yield f"{text.text!r} ({text.path}) touches {path}"


def _touched_by_strokes(picture: Layout) -> Iterator[str]:
    """An arrow inside a figure ends at the border of what it joins, and touches nothing else."""
    texts = [(f"{t.text!r} ({t.path})", extent(t)) for t in picture.texts]
    chips = [(c.path, _square(c)) for c in picture.chips if c.shape != "panel"]
    frames = {box.path: rect(box) for box in picture.boxes if box.shape == "network"}
    for stroke in picture.strokes:
        around = frames[stroke.path]
        near = [(p, r) for p, r in (*texts, *chips) if overlap(r, around)]
        for (ax, ay), (bx, by) in pairwise(stroke.points):
            for k in range(1, 24):
                x, y = ax + (bx - ax) * k / 24, ay + (by - ay) * k / 24
                if not (around[0] <= x <= around[2] and around[1] <= y <= around[3]):
                    yield f"a line leaves {stroke.path}"
                for path, r in near:
                    if r[0] + 1 < x < r[2] - 1 and r[1] + 1 < y < r[3] - 1:
                        yield f"a line of {stroke.path} crosses {path}"


def _crowded_strips(picture: Layout) -> Iterator[str]:
    """The numbers beside a wire touch no text, no box and no wire."""
    page = (0.0, 0.0, picture.width, picture.height)
    pieces = [(line, s) for line in picture.lines for s in segments(line)]
    for strip in picture.strips:
        r = _oblong(strip)
        if not within(r, page):
            yield f"the numbers of {strip.path} leave the page"
        for text in picture.texts:
            if overlap(r, extent(text)):
                yield f"the numbers of {strip.path} touch {text.text!r}"
        for line, s in pieces:
            if overlap((s[0] - 0.1, s[1] - 0.1, s[2] + 0.1, s[3] + 0.1), r, 0.05):
                yield f"the numbers of {strip.path} touch {line.source} → {line.target}"
        for box in picture.boxes:
            around = box.shape in ("frame", "network", "layer")
            if overlap(r, rect(box)) and not (around and within(r, rect(box))):
                yield f"the numbers of {strip.path} touch {box.path}"
