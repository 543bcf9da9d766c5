"""The paper a figure is drawn on: it takes small boxes, arrows and strips, then frames them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from boxwork.renderers.figure import Anchor, Box, Cell, Chip, Edge, Point, Role, Strip, Stroke, Text
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width, wrap
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.regions.ports import STEP, head_places, ports, rank
from boxwork.renderers.regions.region import Head, Pin, Region, Strand
from boxwork.renderers.regions.strips import strip
from boxwork.renderers.regions.subject import Subject

HIGH = 24.0  # of a chip
RADIUS = 12.0  # of a circle
SIDE, PAD = 20.0, 16.0  # between a frame and what is in it
FEW, ROW = 6, 20.0  # numbers that are written, and the height of their row
LONGEST = 420.0  # of a line of notes, unless the figure is wider
SIZES = {"note": s.NOTE, "caption": s.CAPTION, "neuron": s.NEURON, "winner": s.NEURON}


class Sheet:
    """A figure about x = 0, y growing upwards; ``framed`` puts it into a frame with its wires."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.path = subject.name
        self.region = Region(0, 0, 0)

    def chip(
        self,
        name: str,
        words: str,
        at: Point,
        family: str = "composite",
        *,
        wide: float = 0.0,
        hidden: bool = False,
        tip: str = "",
    ) -> Chip:
        """A small box about a point, as wide as its words or wider."""
        wide = max(wide, width(words, s.VALUE) + 14)
        place = (at[0] - wide / 2, at[1] - HIGH / 2, wide, HIGH)
        chip = Chip(f"{self.path}[{name}]", "chip", family, *place, words, tip, hidden)
        self.region.chips.append(chip)
        return chip

    def circle(self, name: str, sign: str, at: Point) -> None:
        """A circle with a sign: what is done with two numbers."""
        place = (at[0] - RADIUS, at[1] - RADIUS, 2 * RADIUS, 2 * RADIUS)
        self.region.chips.append(Chip(f"{self.path}[{name}]", "circle", "combine", *place, sign))

    def panel(self, name: str, left: float, low: float, right: float, high: float) -> None:
        """A part of the figure with a ground of its own."""
        place = (left, low, right - left, high - low)
        self.region.chips.append(Chip(f"{self.path}[{name}]", "panel", "inner", *place))

    def arrow(self, *points: Point, thick: float = 1.4, dashed: bool = False) -> None:
        """An arrow along some points."""
        self.region.strokes.append(Stroke(self.path, "arrow", points, thick, dashed))

    def line(
        self, kind: Literal["axis", "curve", "mark"], points: Sequence[Point], thick: float
    ) -> None:
        """The axis of a curve, the curve, or a mark on it."""
        self.region.strokes.append(Stroke(self.path, kind, tuple(points), thick))

    def say(self, words: str, at: Point, role: Role = "note", anchor: Anchor = "middle") -> None:
        """A line of text; ``at`` is its middle height."""
        y = at[1] - 0.35 * SIZES[role]
        self.region.texts.append(Text(self.path, role, words, at[0], y, anchor))

    def strip(self, name: str, numbers: Sequence[float], at: Point, wide: float = 0.0) -> float:
        """The numbers of a wire as bars, centred on a point; gives back how wide it is."""
        made = strip(f"{self.path}[{name}]", numbers, wide)
        made.x, made.y = at[0] - made.w / 2, at[1] - made.h / 2
        self.region.strips.append(made)
        return made.w

    def numbers(self, name: str, numbers: Sequence[float], at: Point) -> float:
        """The numbers of a wire: written in a row if they are few, else as a strip."""
        if not 0 < len(numbers) <= FEW:
            return self.strip(name, numbers, at)
        said = [shown(number, 3) for number in numbers]
        wide = max(width(words, s.NOTE) for words in said) + 10
        largest = max((abs(n) for n in numbers if math.isfinite(n)), default=0.0)
        left = at[0] - wide * len(said) / 2
        for k, words in enumerate(said):
            shade = numbers[k] / largest if largest and math.isfinite(numbers[k]) else None
            place = (left + k * wide, at[1] - ROW / 2, wide, ROW)
            self.region.cells.append(Cell(f"{self.path}[{name}, {k}]", *place, shade))
            self.say(words, (left + (k + 0.5) * wide, at[1]))
        return wide * len(said)

    def framed(self, *notes: str) -> Region:
        """Its frame with a caption and notes, the wires that come and the wires that leave."""
        region, subject = self.region, self.subject
        pins, heads = self._pins(), head_places(subject.element.nets, subject.part)
        left, low, right, high = extent(region)
        said = [
            line
            for note in (*notes, *subject.notes)
            for line in wrap(note, s.NOTE, max(LONGEST, right - left))
        ]
        ends = [abs(x) + SIDE for x in (*heads, *(x for _, x, _ in pins))]
        region.left = max([-left, *ends]) + SIDE
        wide = [width(line, s.NOTE) for line in said] + [width(subject.title, s.CAPTION)]
        least = max([*ends, max(wide) + SIDE - region.left])
        region.right = max(right, least) + SIDE
        if least > right:  # as much on both sides, if the notes are what is widest
            more = (region.left + region.right) / 2
            region.left, region.right = max(region.left, more), max(right + SIDE, more)
        foot = 14.0 if any(label for _, _, label in pins) else 0.0
        lift = PAD + foot - low
        shift(region, lift)
        top = high + lift + 14 + s.CAPTION_LINE * len(said) + s.CAPTION
        at = SIDE - region.left
        region.texts.append(
            Text(self.path, "caption", subject.title, at, top - s.CAPTION + 4, "start")
        )
        for i, line in enumerate(said):
            y = top - s.CAPTION + 4 - (i + 1) * s.CAPTION_LINE
            region.texts.append(Text(self.path, "note", line, at, y, "start"))
        region.height = top + PAD - 4
        wide_all = region.left + region.right
        outline = Box(self.path, "network", "frame", -region.left, 0, wide_all, region.height)
        region.boxes.append(outline)
        self._wire(pins, heads)
        return region

    def _pins(self) -> list[tuple[int, float, str]]:
        """The wires that come in, where they do, and what their arrows are called."""
        element, part = self.subject.element, self.subject.part
        order = sorted(range(len(element.wires)), key=lambda k: rank(element, element.wires[k]))
        names = [ports(part, element.wires[k].port)[0] for k in order]
        step = max([STEP, *(width(name, s.NOTE) + 20 for name in names)])
        middle = (len(order) - 1) / 2
        return [
            (k, (i - middle) * step, name)
            for i, (k, name) in enumerate(zip(order, names, strict=True))
        ]

    def _wire(self, pins: Sequence[tuple[int, float, str]], heads: Sequence[float]) -> None:
        region, element = self.region, self.subject.element
        for k, x, label in pins:
            wire = element.wires[k]
            region.pins.append(Pin(wire.net, x, [Strand(((x, 0),), element.name, wire.port)]))
            if label and len(pins) > 1:
                region.texts.append(Text(self.path, "note", label, x, 7))
        for net, x in zip(element.nets, heads, strict=True):
            region.heads[net] = Head(x, ((x, region.height),), element.name)


def extent(region: Region) -> tuple[float, float, float, float]:
    """Left, low, right and high of all that is drawn in a figure."""
    xs: list[float] = [0.0]
    ys: list[float] = []
    things: list[Cell | Chip | Strip] = [*region.cells, *region.chips]
    for one in [*things, *region.strips]:
        xs += [one.x, one.x + one.w]
        ys += [one.y, one.y + one.h]
    for line in region.strokes:
        xs += [x for x, _ in line.points]
        ys += [y for _, y in line.points]
    for text in region.texts:
        size = SIZES.get(text.role, s.VALUE)
        wide = width(text.text, size)
        x = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
        xs += [x, x + wide]
        ys += [text.y - 0.25 * size, text.y + 0.75 * size]
    return min(xs), min(ys, default=0.0), max(xs), max(ys, default=0.0)


def shift(region: Region, by: float) -> None:
    """Move all that is drawn in a figure upwards."""
    things: list[Cell | Chip | Strip | Text] = [*region.cells, *region.chips]
    for one in [*things, *region.strips, *region.texts]:
        one.y += by
    for line in region.strokes:
        line.points = tuple((x, y + by) for x, y in line.points)
    for edge in region.edges:
        _lift(edge, by)


def _lift(edge: Edge, by: float) -> None:
    edge.start, edge.end = (
        (edge.start[0], edge.start[1] + by),
        (edge.end[0], edge.end[1] + by),
    )
