"""A table to train on: rows of features and of what is wanted, as CSV."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from boxwork.engines.learning.dataset import Dataset, Shuffled
from boxwork.engines.learning.goal import Goal, unsuited
from boxwork.specs.diagnostics import DataError, Diagnostic, Source, Span
from boxwork.specs.hints import did_you_mean, shorten
from boxwork.specs.interpret import Names

Array = np.ndarray[Any, Any]
MAX_SHOWN = 10
_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")  # 1,5 for one and a half
DELIMITERS = ("\t", ";", ",")  # the first that a table has: others stand in its cells
ROWS = "write a line for each example: its features, then its class"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, and where."""

    text: str
    span: Span


def table(goal: Goal, file: Source) -> Dataset:
    """Every row as an example: the features first (or by the names in a header), then labels.

    A label is the name of a class, or the numbers that are wanted. Class names for an output
    of numbers are 1 for the class and 0 for the others; for one number, its sign.

    Raises:
        DataError: with every cell that is wrong.
    """
    rows = _rows(file)
    reader = _Reader(goal)
    headed = reader.is_header(rows[0])
    order = reader.header(rows[0]) if headed and reader.named else None
    body = rows[1:] if headed else rows
    if not body:
        raise DataError([Diagnostic("BW462", f"there is no row in {file.name}", help=ROWS)])
    for row in body:
        reader.row(row, order)
    reader.raise_errors()
    return Shuffled(reader.columns())


def _rows(file: Source) -> list[list[Cell]]:
    """The cells of every line that is not blank."""
    first = re.sub('"[^"]*"', "", file.text.lstrip().split("\n", 1)[0])
    delimiter = next((mark for mark in DELIMITERS if mark in first), ",")
    found, start = [], 0
    for line in file.text.split("\n"):
        if line.strip():
            found.append(list(_cells(file, line, start, delimiter)))
        start += len(line) + 1
    if not found:
        raise DataError([Diagnostic("BW462", f"there is no row in {file.name}", help=ROWS)])
    return found


def _cells(file: Source, line: str, start: int, delimiter: str) -> Iterator[Cell]:
    """The cells of one line; quotes keep a delimiter from parting."""
    if '"' in line:  # where a cell stands is not told: its line is
        whole = Span(file, start, start + len(line))
        try:
            texts = next(csv.reader(io.StringIO(line), delimiter=delimiter))
        except csv.Error as error:
            mend = "a cell in quotes ends with one; write a quote inside as two"
            told = Diagnostic("BW462", f"this is no row: {error}", whole, help=mend)
            raise DataError([told]) from None
        yield from (Cell(_pointed(text.strip(), delimiter), whole) for text in texts)
        return
    place = start
    for piece in line.split(delimiter):
        text = _pointed(piece.strip(), delimiter)
        begin = place + len(piece) - len(piece.lstrip())
        yield Cell(text, Span(file, begin, begin + max(len(text), 1)))
        place += len(piece) + len(delimiter)


def _pointed(text: str, delimiter: str) -> str:
    """A cell, its number with a point: between semicolons it may have a comma."""
    return text.replace(",", ".") if delimiter == ";" and _COMMA.fullmatch(text) else text


@dataclass
class _Reader:
    """Reads rows by what the spec says its numbers are; what is wrong is collected."""

    goal: Goal
    wrong: list[Diagnostic] = field(default_factory=list)
    features: list[list[float]] = field(default_factory=list)
    labels: list[list[float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        graph = self.goal.graph
        for name in (*self.goal.inputs, self.goal.wanted):
            wire = graph.inputs[name]
            whole = wire.kind == "index" and name != self.goal.wanted
            if whole or len(wire.dims) > 1 or any(dim.free for dim in wire.dims):
                message = f"{name} is {wire.named()}, which a row of a table does not give"
                raise unsuited(message, "a table gives rows of numbers: real[4], say")
        self.widths = {name: _width(graph.inputs[name]) for name in self.goal.inputs}
        self.count = sum(self.widths.values())
        self.names = [name for one in self.goal.inputs for name in self._names(one)]
        self.named = all(self._called(name) or self.widths[name] == 1 for name in self.widths)
        self.by_class = graph.inputs[self.goal.wanted].kind == "index"
        self.wanted = 1 if self.by_class else _width(graph.inputs[self.goal.wanted])

    def _names(self, name: str) -> Sequence[str]:
        """What the columns of an input are called, by the spec or by their place."""
        width = self.widths[name]
        places = [name] if width == 1 else [f"{name}[{place}]" for place in range(width)]
        return self._called(name) or places

    def _called(self, name: str) -> Sequence[str]:
        """What the spec calls the numbers of an input."""
        ways = self.goal.interpretation.inputs.get(name, ())
        names = next((way.names for way in ways if isinstance(way, Names)), ())
        return names if len(names) == self.widths[name] else ()

    def is_header(self, row: list[Cell]) -> bool:
        """Whether the first row names columns: a feature's name, or no number among them."""
        texts = [cell.text for cell in row]
        named = any(text in self.names for text in texts)
        return named or all(_number(text) is None and text for text in texts)

    def header(self, row: list[Cell]) -> list[int]:
        """The places of the features, then those of the labels, in a table with a header."""
        places = {cell.text: place for place, cell in enumerate(row)}
        missing = [name for name in self.names if name not in places]
        if missing:
            self._lacking(row, missing)
        if len(places) < len(row):
            twice = next(c for n, c in enumerate(row) if places[c.text] != n)
            mend = "take one out, or give it another name"
            self.error("BW462", f"the column `{twice.text}` stands twice", twice.span, mend)
        self.raise_errors()
        chosen = [places[name] for name in self.names]
        return [*chosen, *(place for place in range(len(row)) if place not in chosen)]

    def _lacking(self, row: list[Cell], missing: list[str]) -> None:
        spare = [cell.text for cell in row if cell.text not in self.names]
        shown = ", ".join(f"`{name}`" for name in missing[:8])
        more = f" and {len(missing) - 8} more" if len(missing) > 8 else ""
        message = f"the header has no column{'s' if len(missing) > 1 else ''} {shown}{more}"
        span = Span(row[0].span.source, row[0].span.start, row[-1].span.end)
        near = did_you_mean(missing[0], spare) if len(missing) == 1 else ""
        hint = near or f"the features: {shorten(', '.join(self.names))}, in any order"
        self.error("BW462", message, span, hint)

    def row(self, row: list[Cell], order: list[int] | None) -> None:
        """Read one row: numbers, then labels."""
        labels = len(row) - self.count
        if (order is not None and len(row) != len(order)) or not self._fits(labels):
            self._wrong_count(row)
            return
        cells = [row[place] for place in order] if order is not None else row
        names = [*self.names, *("label" for _ in range(labels))]
        before = len(self.wrong)
        numbers = [
            self.number(cell, name) for cell, name in zip(cells, names[: self.count], strict=False)
        ]
        wanted = self.label(cells[self.count :])
        if len(self.wrong) == before:
            self.features.append(numbers)
            self.labels.append(wanted)

    def _fits(self, labels: int) -> bool:
        return labels == self.wanted or (labels == 1 and bool(self.goal.classes))

    def _wrong_count(self, row: list[Cell]) -> None:
        span = Span(row[0].span.source, row[0].span.start, row[-1].span.end)
        labels = "the class" if self.by_class or self.goal.classes else f"{self.wanted} wanted"
        cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
        message = f"this row has {cells}, not {self.count} features and {labels}"
        hint = f"a row is: {shorten(', '.join(self.names))}, then {labels}"
        first = all(found.code != "BW462" for found in self.wrong)
        self.error("BW462", message, span, hint if first else "")

    def number(self, cell: Cell, name: str) -> float:
        """A feature, or a number that is wanted."""
        number = _number(cell.text)
        if number is not None:
            return number
        if not cell.text:
            message, hint = f"the cell of {name} is empty", "fill it in, or leave the row out"
        else:
            message = f"the cell of {name} is no number: `{shorten(cell.text, 30)}`"
            hint = "write a number with a point: 11.2"
        self.error("BW463", message, cell.span, hint)
        return math.nan

    def label(self, cells: list[Cell]) -> list[float]:
        """What is wanted of a row."""
        classes = self.goal.classes
        first = cells[0]
        if self.by_class:
            return [float(self.chosen(first))]
        if len(cells) == 1 and classes and (self.wanted > 1 or _number(first.text) is None):
            place = self.chosen(first)
            if self.wanted == 1:
                return [1.0 if place == 0 else -1.0]
            return [1.0 if n == place else 0.0 for n in range(self.wanted)]
        return [self.number(cell, "the label") for cell in cells]

    def chosen(self, cell: Cell) -> int:
        """The number of a class, given by its name or as that number."""
        classes, count = self.goal.classes, self._class_count()
        if cell.text in classes:
            return classes.index(cell.text)
        number = re.fullmatch(r"([0-9]+)(\.0*)?", cell.text)  # arrays have 1.0 for 1
        if number and int(number[1]) < count:
            return int(number[1])
        what = (
            f"there is no class `{shorten(cell.text, 30)}`" if cell.text else "a class is missing"
        )
        known = ", ".join(classes[:8]) if classes else f"0 to {count - 1}"
        hint = did_you_mean(cell.text, classes) if cell.text else ""
        self.error("BW463", what, cell.span, hint or f"the classes: {known}")
        return 0

    def _class_count(self) -> int:
        bound = self.goal.graph.inputs[self.goal.wanted].bound
        return int(bound) if bound is not None else self.wanted

    def error(self, code: str, message: str, span: Span, help: str = "") -> None:
        self.wrong.append(Diagnostic(code, message, span, help=help))

    def raise_errors(self) -> None:
        left = len(self.wrong) - MAX_SHOWN
        if left > 0:
            more = Diagnostic("BW463", f"{left} more cells and rows are wrong")
            raise DataError([*self.wrong[:MAX_SHOWN], more])
        if self.wrong:
            raise DataError(self.wrong)

    def columns(self) -> dict[str, Array]:
        """The examples by input."""
        features, found, start = np.array(self.features, np.float64), {}, 0
        for name, width in self.widths.items():
            part = features[:, start : start + width]
            found[name] = part if self.goal.graph.inputs[name].dims else part[:, 0]
            start += width
        labels = np.array(self.labels, np.float64)
        if self.by_class:
            found[self.goal.wanted] = labels[:, 0].astype(np.int64)
        else:
            one = not self.goal.graph.inputs[self.goal.wanted].dims
            found[self.goal.wanted] = labels[:, 0] if one else labels
        return found


def _width(wire: Any) -> int:
    return math.prod(int(dim) for dim in wire.dims)


def _number(text: str) -> float | None:
    """A finite number; what Python takes besides (1_000, nan, inf) is none."""
    if "_" in text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
