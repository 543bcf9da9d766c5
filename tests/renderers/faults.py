"""What a designer would not let pass: boxes, lines and texts that touch or lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from boxwork.graphs.graph import WEIGH
from boxwork.renderers.figure import Box, Layout, Line
from boxwork.renderers.look.sizes import CARDS

from .crowding import network_faults
from .geometry import Rect, extent, overlap, rect, segments, within


def faults(picture: Layout) -> list[str]:
    """Everything in a drawing that a designer would not let pass."""
    return [
        *_overlapping_boxes(picture.boxes),
        *_loose_ends(picture),
        *_crossed_boxes(picture),
        *_shared_ways(picture.lines),
        *_touched_texts(picture),
        *_outside(picture),
        *_covered_cards(picture),
        *network_faults(picture),
    ]


def _overlapping_boxes(boxes: list[Box]) -> Iterator[str]:
    networks = [rect(box) for box in boxes if box.shape == "network"]
    for box in boxes:
        if box.shape == "layer" and not any(within(rect(box), r) for r in networks):
            yield f"{box.path} leaves its network"
    for a, b in combinations([box for box in boxes if box.shape != "layer"], 2):
        inside = b.path.startswith(a.path + ".") and a.shape == "frame"
        around = a.path.startswith(b.path + ".") and b.shape == "frame"
        if inside or around:
            small, large = (b, a) if inside else (a, b)
            if not within(rect(small), rect(large)):
                yield f"{small.path} leaves {large.path}"
        elif overlap(rect(a), rect(b)):
            yield f"{a.path} and {b.path} overlap"


def _covered_cards(picture: Layout) -> Iterator[str]:
    """Cards behind a box that touch another box, a text, or the edge of the page."""
    for box in picture.boxes:
        if not box.beside:
            continue
        left, top, right, bottom = rect(box)
        cards = (left + CARDS, top - CARDS, right + CARDS, bottom - CARDS)
        for other in picture.boxes:
            around = box.path.startswith(f"{other.path}.") or other.path.startswith(f"{box.path}.")
            if other is not box and not around and overlap(cards, rect(other)):
                yield f"the cards of {box.path} touch {other.path}"
        slips = (right, top - CARDS, right + CARDS, bottom), (left, top - CARDS, right, top)
        for text in picture.texts:
            if any(overlap(slip, extent(text)) for slip in slips):
                yield f"the cards of {box.path} touch “{text.text}”"
        if cards[1] < 0 or cards[2] > picture.width:
            yield f"the cards of {box.path} leave the page"


def _loose_ends(picture: Layout) -> Iterator[str]:
    boxes = {box.path: box for box in picture.boxes}
    for line in picture.lines:
        box = boxes[line.target]
        if not _on_border(line.points[-1], rect(box), box.shape == "circle"):
            yield f"{line.source} → {line.target} ends beside its box"
        if box.shape == "frame" and not (box.beside and line.port == WEIGH):
            yield f"{line.source} → {line.target} ends at a frame"
        others = [o for o in picture.lines if o.source == line.source and o is not line]
        joined = line.source == line.target or any(_on(line.points[0], o) for o in others)
        if not joined and not _on_border(line.points[0], rect(boxes[line.source]), False):
            yield f"{line.source} → {line.target} starts in the void"


def _on_border(point: tuple[float, float], r: Rect, circle: bool) -> bool:
    x, y = point
    on_x = min(abs(x - r[0]), abs(x - r[2])) < 0.6 and r[1] - 0.6 <= y <= r[3] + 0.6
    on_y = min(abs(y - r[1]), abs(y - r[3])) < 0.6 and r[0] - 0.6 <= x <= r[2] + 0.6
    middle = abs(x - (r[0] + r[2]) / 2) < 0.6 or abs(y - (r[1] + r[3]) / 2) < 0.6
    return (on_x or on_y) and (middle or not circle or r[2] - r[0] > r[3] - r[1] + 1)


def _on(point: tuple[float, float], line: Line) -> bool:
    x, y = point
    return any(
        s[0] - 0.6 <= x <= s[2] + 0.6 and s[1] - 0.6 <= y <= s[3] + 0.6 for s in segments(line)
    )


def _crossed_boxes(picture: Layout) -> Iterator[str]:
    closed = [(b, rect(b)) for b in picture.boxes if b.shape not in ("frame", "layer")]
    for line in picture.lines:
        for s in segments(line):
            if s[2] - s[0] > 0.6 and s[3] - s[1] > 0.6:
                yield f"{line.source} → {line.target} is askew"
            for box, r in closed:
                if overlap((s[0], s[1], s[2], s[3]), r, -0.01) and overlap(
                    (s[0] - 0.01, s[1] - 0.01, s[2] + 0.01, s[3] + 0.01), r, 1.0
                ):
                    yield f"{line.source} → {line.target} crosses {box.path}"


def _shared_ways(lines: list[Line]) -> Iterator[str]:
    """Wires of unlike sources may cross, but not run on the same way."""
    spans = [(line, s) for line in lines for s in segments(line)]
    for (a, s), (b, t) in combinations(spans, 2):
        if a.source == b.source:
            continue
        for i, j in ((0, 1), (1, 0)):
            along = min(s[i + 2], t[i + 2]) - max(s[i], t[i])
            flat = s[j + 2] - s[j] < 0.6 and t[j + 2] - t[j] < 0.6
            if flat and abs(s[j] - t[j]) < 2 and along > 2:
                yield f"{a.source} → {a.target} and {b.source} → {b.target} share a way"


def _touched_texts(picture: Layout) -> Iterator[str]:
    texts = [(t, extent(t)) for t in picture.texts]
    inner = ("title", "detail", "note")
    for (a, ra), (b, rb) in combinations(texts, 2):
        if overlap(ra, rb) and not (a.path == b.path and a.role in inner and b.role in inner):
            yield f"the texts {a.text!r} ({a.path}) and {b.text!r} ({b.path}) touch"
    pieces = [(line, s) for line in picture.lines for s in segments(line)]
    for text, r in texts:
        for line, s in pieces:
            if overlap((s[0] - 0.1, s[1] - 0.1, s[2] + 0.1, s[3] + 0.1), r, 0.05):
                yield f"{text.text!r} ({text.path}) touches {line.source} → {line.target}"
        for box in picture.boxes:
            b = rect(box)
            if box.shape == "layer":
                continue
            if box.shape in ("frame", "network"):
                if overlap(r, b) and not within(r, b):
                    yield f"{text.text!r} ({text.path}) touches the frame {box.path}"
            elif box.path == text.path and text.role in (
                *inner,
                *(["name"] if box.shape == "text" else []),
            ):
                if not within(r, (b[0] - 1, b[1] - 1, b[2] + 1, b[3] + 1)):
                    yield f"{text.text!r} leaves its box {box.path}"
            elif overlap(r, b):
                yield f"{text.text!r} ({text.path}) touches the box {box.path}"


def _outside(picture: Layout) -> Iterator[str]:
    page = (0.0, 0.0, picture.width, picture.height)
    things = [(b.path, rect(b)) for b in picture.boxes]
    things += [(t.text, extent(t)) for t in picture.texts]
    things += [(f"{n.source} → {n.target}", s) for n in picture.lines for s in segments(n)]
    for name, r in things:
        if not within(r, page):
            yield f"{name} leaves the page"
