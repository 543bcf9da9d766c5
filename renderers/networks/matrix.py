"""A matrix as a grid: the table of an Embedding, one column per letter, or a large Linear."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from boxwork.graphs.graph import Primitive
from boxwork.renderers.figure import Box, Cell, Role, Text
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width
from boxwork.renderers.networks.networks import meanings
from boxwork.renderers.networks.weighted import words
from boxwork.renderers.regions.region import Head, Pin, Region, Strand
from boxwork.renderers.regions.words import index, title
from boxwork.renderers.structure.dense import TABLE, is_linear, sizes
from boxwork.renderers.structure.scope import Element, Scope
from boxwork.renderers.values.data import Data, Number, Weights
from boxwork.renderers.values.written import spelled

HEAD = (8, 4)  # of a larger matrix: the first ones, and the last after an ellipsis
WRITTEN = 12  # columns whose numbers are written; more are told by shade alone
CELL, HEIGHT, NARROW = 46.0, 22.0, 19.0
PAD, SIDE = 16.0, 20.0
OURS = "italic, with a star: ours, not the source's"
LIT = 6  # columns that are kept because they are lit, in a large matrix

Places = list[int | None]  # which rows or columns are drawn; None is an ellipsis


@dataclass(frozen=True, slots=True)
class Table:
    """A matrix as it is drawn: its size, its numbers, the names of its columns."""

    path: str
    title: str
    columns: int
    rows: int
    weights: Weights | None
    across: bool  # whether the first dim of the array runs along the columns
    names: Sequence[str] = ()
    lit: Collection[int] = ()

    def number(self, column: int | None, row: int | None) -> Number | None:
        """One number, if it is known."""
        if column is None or row is None or not self.weights:
            return None
        return self.weights.at(*((column, row) if self.across else (row, column)))

    def name(self, column: int) -> str:
        """What a column is called, or its number."""
        return self.names[column] if column < len(self.names) else str(column)


def matrix(scope: Scope, element: Element, path: str, data: Data, notes: Sequence[str]) -> Region:
    """The region of an open Embedding or large Linear; ``path`` leads to its scope."""
    region = drawn(_table(scope, element, path, data), notes)
    wire = element.wires[0]
    region.pins.append(Pin(wire.net, 0, [Strand(((0, 0),), element.name, wire.port)]))
    for net in element.nets:
        region.heads[net] = Head(0, ((0, region.height),), element.name)
    return region


def _table(scope: Scope, element: Element, path: str, data: Data) -> Table:
    part, name = element.part, element.name
    assert isinstance(part, Primitive)
    called = title(element) + index(element)
    first, second = sizes(part)
    if is_linear(part):  # its columns are the neurons, its rows what comes in
        weights = data.weights(f"{path}{name}.weight")
        names = meanings(scope, element, data) or (weights.names if weights else ())
        return Table(name, called, second, first, weights, across=False, names=names)
    weights, source = data.weights(f"{path}{name}.table"), element.wires[0].net.element
    lit = frozenset(data.indices(path + source)) if source else ()
    names = [spelled(symbol) for symbol in data.symbols(source)] if source and not path else ()
    return Table(name, called, first, second, weights, across=True, names=names, lit=lit)


def drawn(table: Table, notes: Sequence[str]) -> Region:
    """A table as a region about x = 0, its first row at the top."""
    columns = _places(table.columns, 0, table.lit)
    rows = _places(table.rows, 1)
    written = table.weights is not None and len(columns) <= WRITTEN
    numbers = [number for c in columns for r in rows if (number := table.number(c, r))]
    room = [width(table.name(c), s.NOTE) for c in columns if c is not None]
    room += [width(words(number), s.WEIGHT) for number in numbers] if written else []
    wide = max([CELL if written else NARROW, *(each + 8 for each in room)])
    notes = [*notes, *_legend(table, numbers, written=written)]
    left, base = -wide * len(columns) / 2, PAD + s.CAPTION_LINE * (len(notes) + 1) + 8
    region = Region(0, 0, 0)
    grid = _Grid(table, left, base, wide, written)
    grid.put(region, columns, rows)
    top = base + HEIGHT * len(rows)
    heading = f"{table.title}: {_count(table.rows, 'row')} × {_count(table.columns, 'column')}"
    region.texts.append(Text(table.path, "caption", heading, 0, top + 14))
    for i, note in enumerate(reversed(notes)):
        region.texts.append(Text(table.path, "note", note, 0, PAD - 4 + i * s.CAPTION_LINE))
    half = (
        max(-left, width(heading, s.CAPTION) / 2, *(width(n, s.NOTE) / 2 for n in notes), 0.0)
        + SIDE
    )
    region.left = region.right = half
    region.height = top + 14 + s.CAPTION + PAD
    outline = Box(table.path, "network", "frame", -half, 0, 2 * half, region.height)
    region.boxes.append(outline)
    return region


def _count(number: int, of: str) -> str:
    return f"{number:,} {of}{'' if number == 1 else 's'}"


def _places(count: int, axis: int, kept: Collection[int] = ()) -> Places:
    """All places, or the first ones, the last one, and some that must be seen."""
    if count <= TABLE[axis]:
        return list(range(count))
    some = sorted({*range(HEAD[axis]), *sorted(kept)[:LIT], count - 1})
    places: Places = []
    for place in some:
        if place and place - 1 not in some:
            places.append(None)
        places.append(place)
    return places


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the entries of a table are drawn."""

    table: Table
    left: float
    base: float
    wide: float
    written: bool

    def put(self, region: Region, columns: Places, rows: Places) -> None:
        """Entries, and the names of the columns below them."""
        path, largest = self.table.path, self._largest(columns, rows)
        for i, column in enumerate(columns):
            x = self.left + i * self.wide
            name = "…" if column is None else self.table.name(column)
            role: Role = "winner" if column in self.table.lit else "note"
            at = (x + self.wide / 2, self.base - 16)
            region.texts.append(Text(path, role, name, *at))
            for k, row in enumerate(rows):
                y = self.base + HEIGHT * (len(rows) - 1 - k)
                self._entry(region, (column, row), (x, y), largest)

    def _entry(
        self,
        region: Region,
        place: tuple[int | None, int | None],
        at: tuple[float, float],
        largest: float,
    ) -> None:
        (column, row), (x, y), path = place, at, self.table.path
        if column is None or row is None:
            region.texts.append(Text(path, "note", "…", x + self.wide / 2, y + 7))
            return
        number = self.table.number(column, row)
        shade = number.value / largest if number and largest else None
        lit = column in self.table.lit
        dashed = not self.written and number is not None and number.value < 0
        entry = f"{path}[{column}, {row}]"
        region.cells.append(Cell(entry, x, y, self.wide, HEIGHT, shade, lit, dashed))
        if self.written and number is not None:
            role: Role = "ours" if number.ours else "note"
            region.texts.append(Text(path, role, words(number), x + self.wide / 2, y + 7))

    def _largest(self, columns: Places, rows: Places) -> float:
        numbers = [self.table.number(c, r) for c in columns for r in rows]
        sizes = [abs(n.value) for n in numbers if n and math.isfinite(n.value)]
        return max(sizes, default=0.0)


def _legend(table: Table, numbers: Sequence[Number], *, written: bool) -> Iterator[str]:
    if any("␣" in name for name in table.names):
        yield "␣: a space"
    if any(number.ours for number in numbers):
        yield OURS if written else "some numbers are ours, not the source's"
    if table.lit:
        yield "bold: the columns that were looked up"
    if table.weights is not None and not written:
        yield "the stronger the colour, the farther from 0; with a dash: below 0"
