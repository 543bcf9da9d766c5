"""A small dense network as circles and weighted lines, its layers from the bottom up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from boxwork.renderers.figure import Box, Edge, Neuron, Text
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.networks.weighted import COLOURED, MOST, Rect, Row, lines, straight, words
from boxwork.renderers.networks.weighted import write_weights as write
from boxwork.renderers.regions.region import Region
from boxwork.renderers.values.data import Number

RADIUS, SMALL = 27.0, 13.0
MANY = 8  # side by side, above which circles without values are small
WIDEST = 1500.0  # of a row that is spread out for its weights
PAD, SIDE = 16.0, 20.0
LOW = (150.0, 190.0, 240.0)  # from one row to the next, at least
AIR = 8.0  # between a circle and the words beside it
STEP = 14.0  # by which rows are spread until there is room for all weights

Weights = Sequence[Sequence[Number]]


@dataclass(frozen=True, slots=True)
class Layer:
    """A row of neurons, and how it comes from the row below.

    ``kind`` tells the numbers that come in from weighted sums and from functions of each;
    ``names`` and ``biases`` are empty where there are none.
    """

    path: str
    kind: Literal["input", "sum", "activation"]
    count: int
    title: str = ""
    names: Sequence[str] = ()
    values: Sequence[float] | None = None
    weights: Weights | None = None
    biases: Sequence[Number] = ()
    winner: int | None = None

    def name(self, k: int) -> str:
        """What a neuron is called."""
        return self.names[k] if k < len(self.names) else ""


class Network:
    """The layout of layers as one region about x = 0, from y = 0 upwards."""

    def __init__(self, layers: Sequence[Layer], notes: Sequence[str]) -> None:
        self.layers = layers
        self.notes = [*notes, *_legend(layers)]
        many = max(layer.count for layer in layers) > MANY
        self.r = SMALL if many and not any(layer.values for layer in layers) else RADIUS
        self.low = LOW[0]
        self.region = Region(0, 0, 0)

    def made(self) -> Region:
        """Lay it out."""
        step, self.low, written = self._spread()
        known = any(layer.weights for layer in self.layers)
        if known and not (written and all(map(_short, self.layers))):
            self.notes.append("the thicker a line, the larger its weight")
        rows, links = self._rows(step)
        for k, edges in enumerate(links):
            if not (written and _few(edges) and self._write(rows, k, edges)):
                for edge in edges:
                    edge.label = None
            self.region.edges += edges
        for layer, row in zip(self.layers, rows, strict=True):
            self._put_layer(layer, row, top=row is rows[-1])
        self._put_frame(rows)
        return self.region

    def _spread(self) -> tuple[float, float, bool]:
        """How far apart neurons and rows stand so that all weights can be written, if they can."""
        most = max(layer.count for layer in self.layers)
        step = first = max(map(self._room, self.layers))
        while most * step <= max(WIDEST, first * most):
            for self.low in LOW:
                rows, links = self._rows(step)
                wanted = [(k, edges) for k, edges in enumerate(links) if _few(edges)]
                if all(self._write(rows, k, edges) for k, edges in wanted):
                    return step, self.low, True
            step += STEP
        return first, LOW[0], False

    def _write(self, rows: Sequence[Row], k: int, edges: Sequence[Edge]) -> bool:
        """Write the weights between two rows, if there is room."""
        return write(edges, self._taken(rows, k), (len(rows[k].xs), len(rows[k + 1].xs)))

    def _room(self, layer: Layer) -> float:
        """What a neuron of a layer needs with its name and its bias."""
        names = max((width(layer.name(k), s.NEURON) for k in range(layer.count)), default=0.0)
        biases = max((width(_bias(bias), s.WEIGHT) for bias in layer.biases), default=0.0)
        if layer is self.layers[0] or layer is self.layers[-1]:
            beside = 2 * self.r + biases + (AIR if biases else 0.0)
            return max(beside, names) + 2 * AIR
        return 2 * self.r + names + biases + 4 * AIR

    def _rows(self, step: float) -> tuple[list[Row], list[list[Edge]]]:
        """The places of all neurons, and the lines between the rows."""
        below = [width(name, s.NEURON) for name in self.layers[0].names]
        y = PAD + s.CAPTION_LINE * len(self.notes) + (s.CAPTION_LINE if any(below) else 0) + self.r
        rows: list[Row] = []
        links: list[list[Edge]] = []
        for layer in self.layers:
            xs = [(k - (layer.count - 1) / 2) * step for k in range(layer.count)]
            if rows:
                y += self._height(layer, rows[-1].xs, xs)
            paths = [f"{layer.path}[{k}]" for k in range(layer.count)]
            row = Row(paths, [layer.name(k) for k in range(layer.count)], xs, y, self.r)
            if layer.kind == "activation":
                links.append(straight(rows[-1], row))
            elif rows:
                links.append(lines(rows[-1], row, layer.weights))
            rows.append(row)
        return rows, links

    def _height(self, layer: Layer, below: Sequence[float], above: Sequence[float]) -> float:
        """From one row to the next: so high that lines stay clear of the words beside circles."""
        if layer.kind == "activation":
            return 2 * self.r + 34.0
        widest = max(below[-1] - above[0], above[-1] - below[0])
        return max(self.low, widest * 11.0 / (self.r + AIR))

    def _taken(self, rows: Sequence[Row], k: int) -> list[Rect]:
        """What stands at the two rows that some lines join: circles, names and biases."""
        taken = []
        for layer, row in ((self.layers[k], rows[k]), (self.layers[k + 1], rows[k + 1])):
            taken += [(x - row.r, row.y - row.r, x + row.r, row.y + row.r) for x in row.xs]
            taken += [_extent(text) for text in self._words(layer, row, top=row is rows[-1])]
        return taken

    def _words(self, layer: Layer, row: Row, *, top: bool) -> Iterator[Text]:
        """The names and biases of a row."""
        base = row.y - 0.35 * s.NEURON
        for k, x in enumerate(row.xs):
            role: Literal["winner", "neuron"] = "winner" if layer.winner == k else "neuron"
            if name := layer.name(k):
                if layer is self.layers[0]:
                    yield Text(row.paths[k], role, name, x, row.y - row.r - s.NEURON - 1)
                elif top:
                    yield Text(row.paths[k], role, name, x, row.y + row.r + 7)
                else:
                    yield Text(row.paths[k], role, name, x + row.r + 5, base, "start")
            if k < len(layer.biases):
                bias = layer.biases[k]
                kind: Literal["ours", "weight"] = "ours" if bias.ours else "weight"
                yield Text(row.paths[k], kind, _bias(bias), x - row.r - 5, base, "end")

    def _put_layer(self, layer: Layer, row: Row, *, top: bool) -> None:
        coloured = layer.kind != "input" and layer.count <= COLOURED
        family = "activation" if layer.kind == "activation" else "neuron"
        for k, x in enumerate(row.xs):
            look = k if coloured else None
            won = layer.winner == k
            neuron = Neuron(row.paths[k], x, row.y, row.r, family, look, won)
            self.region.neurons.append(neuron)
            if layer.values is not None:
                words = fitted(layer.values[k], 2 * row.r - 12)
                text = Text(row.paths[k], "value", words, x, row.y - 0.35 * s.VALUE)
                self.region.texts.append(text)
        self.region.texts += self._words(layer, row, top=top)

    def _put_frame(self, rows: Sequence[Row]) -> None:
        """The height and width of all, titles at the left, and what the signs mean."""
        region, first, last = self.region, self.layers[0], self.layers[-1]
        reach = [abs(x) + self.r for row in rows for x in row.xs]
        for text in region.texts:
            left, _, right, _ = _extent(text)
            reach += [-left, right]
        half = max(reach)
        titles = [width(layer.title, s.CAPTION) for layer in self.layers]
        region.left = half + SIDE + (max(titles) + SIDE if any(titles) else 0.0)
        region.right = half + SIDE
        region.height = rows[-1].y + self.r + PAD + (s.CAPTION_LINE if any(last.names) else 0.0)
        for layer, row in zip(self.layers, rows, strict=True):
            at = (SIDE - region.left, row.y - 0.35 * s.CAPTION)
            if layer.title:
                text = Text(layer.path, "caption", layer.title, *at, "start")
                region.texts.append(text)
        for i, note in enumerate(reversed(self.notes)):
            at = (SIDE - region.left, PAD - 4 + i * s.CAPTION_LINE)
            region.texts.append(Text(first.path, "note", note, *at, "start"))
            region.right = max(region.right, width(note, s.NOTE) + 2 * SIDE - region.left)
        self._put_boxes(rows)

    def _put_boxes(self, rows: Sequence[Row]) -> None:
        """The frame, and in it the part of each node."""
        region = self.region
        left, wide = -region.left, region.left + region.right
        inner = self.layers[1:]
        if len(inner) == 1:
            region.boxes.append(_box(inner[0].path, "network", left, 0, wide, region.height))
            return
        name = f"{inner[0].path}-{inner[-1].path}"
        region.boxes.append(_box(name, "network", left, 0, wide, region.height))
        low = 0.0
        for layer, row, after in zip(inner, rows[1:], [*rows[2:], None], strict=True):
            high = (row.y + after.y) / 2 if after else region.height
            region.boxes.append(_box(layer.path, "layer", left, low, wide, high - low))
            low = high


def _box(
    path: str, shape: Literal["network", "layer"], x: float, y: float, w: float, h: float
) -> Box:
    return Box(path, shape, "frame", x, y, w, h)


def _few(edges: Sequence[Edge]) -> bool:
    """Whether the weights of these lines are to be written."""
    return 0 < len(edges) <= MOST and all(edge.label for edge in edges)


def _short(layer: Layer) -> bool:
    """Whether a layer has so few weights that they can be written."""
    return not layer.weights or len(layer.weights) * layer.count <= MOST


def _bias(number: Number) -> str:
    """A bias as it is written beside its neuron: what is added there."""
    said = words(number)
    return said if said.startswith("−") else f"+{said}"


def fitted(value: float, room: float) -> str:
    """A number with as many digits as there is room for, at most four."""
    digits = 4
    while digits > 1 and width(shown(value, digits), s.VALUE) > room:
        digits -= 1
    return shown(value, digits)


def _legend(layers: Sequence[Layer]) -> Iterator[str]:
    """What the signs in a drawing mean, of those that occur."""
    numbers = [n for layer in layers for row in (*(layer.weights or ()), layer.biases) for n in row]
    if any(layer.biases for layer in layers):
        yield "beside a circle, left: its bias"
    if any(number.value < 0 for layer in layers for row in layer.weights or () for number in row):
        yield "dashed: a negative weight"
    if any(number.ours for number in numbers):
        yield "italic, with a star: ours, not the source's"
    if any(layer.winner is not None for layer in layers):
        yield "double circle: the largest"


def _extent(text: Text) -> Rect:
    """The room of a text, in a space whose y grows upwards."""
    size = {"caption": s.CAPTION, "note": s.NOTE, "value": s.VALUE}.get(text.role, s.NEURON)
    wide = width(text.text, size)
    x = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
    return x, text.y - 0.25 * size, x + wide, text.y + 0.75 * size
