"""The lines of a source that a diagnostic points at, with carets and labels under them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from boxwork.specs.diagnostics import Span

MAX_LINE = 100  # characters of a line that are shown
_BEFORE = 20  # characters shown before the first mark of a long line

Paint = Callable[[str, str], str]  # (text, style) -> text with or without colour


@dataclass(frozen=True, order=True)
class _Mark:
    """A piece of one line, by columns from 0, with its label."""

    line: int
    start: int
    end: int
    style: str
    label: str


def visible(text: str) -> str:
    """A text fit for a terminal: what moves the cursor or cannot be seen is replaced."""
    return "".join(_cell(letter)[0] for letter in text)


def columns(text: str) -> int:
    """How many columns a terminal takes for a text."""
    return sum(_cell(letter)[1] for letter in text)


def _cell(letter: str) -> tuple[str, int]:
    """What is shown for a letter, and its columns."""
    if " " <= letter <= "~":
        return letter, 1
    if letter == "\t":
        return "    ", 4
    if letter < " ":
        return chr(0x2400 + ord(letter)), 1
    match unicodedata.category(letter):
        case "Mn" | "Me":
            return letter, 0
        case "Cc" | "Cf" | "Cs" | "Zl" | "Zp":
            return "\ufffd", 1
    return letter, 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def numbers(labelled: Iterable[tuple[Span, str]]) -> list[int]:
    """The numbers of the lines that a frame would show."""
    return [mark.line for mark in _marks(labelled)]


def frame(labelled: list[tuple[Span, str]], gutter: int, paint: Paint) -> Iterator[str]:
    """The lines of one source around the spans; the first span is the main one."""
    source = labelled[0][0].source
    bar = paint("|", "gutter")
    yield f"{' ' * gutter} {bar}"
    last = None
    for number, group in groupby(sorted(set(_marks(labelled))), key=lambda mark: mark.line):
        if last is not None and number > last + 1:
            yield paint("...", "gutter")
        last = number
        line = source.line(number)
        for marks in _windows(list(group), len(line)):
            text, rows = _draw(line, marks, paint)
            yield f"{paint(str(number).rjust(gutter), 'gutter')} {bar} {text}".rstrip()
            yield from (f"{' ' * gutter} {bar} {row}" for row in rows)


def _marks(labelled: Iterable[tuple[Span, str]]) -> Iterator[_Mark]:
    """The spans as pieces of lines; one over several lines counts for its first."""
    for place, (span, label) in enumerate(labelled):
        size = len(span.source.text)
        number, column = span.source.place(min(span.start, size))
        length = len(span.source.line(number))
        start = min(column - 1, length)
        end = max(start + 1, min(start + span.end - span.start, length))
        yield _Mark(number, start, end, "other" if place else "main", visible(label))


def _windows(marks: list[_Mark], length: int) -> Iterator[list[_Mark]]:
    """The marks of a line in groups that can be shown together."""
    group = marks[:1]
    for mark in marks[1:]:
        if length > MAX_LINE and mark.start - group[0].start > MAX_LINE - 2 * _BEFORE:
            yield group
            group = []
        group.append(mark)
    yield group


def _draw(line: str, marks: list[_Mark], paint: Paint) -> tuple[str, list[str]]:
    """A line, cut around its marks if it is long, and what stands under it."""
    first = 0
    if len(line) > MAX_LINE:
        first = max(0, min(marks[0].start - _BEFORE, len(line) - MAX_LINE))
    shown = line[first : first + MAX_LINE]
    before = "…" if first else ""
    after = "…" if first + MAX_LINE < len(line) else ""

    def column(place: int) -> int:
        place = min(place - first, len(shown))
        return len(before) + columns(shown[:place])

    placed = []
    for mark in marks:
        start = column(mark.start)
        placed.append((start, max(column(mark.end), start + 1), mark))
    return before + visible(shown) + after, list(_under(placed, paint))


def _under(placed: list[tuple[int, int, _Mark]], paint: Paint) -> Iterator[str]:
    """The row of carets, and rows of labels that hang from them, right before left."""
    carets = [""] * max(end for _, end, _ in placed)  # the style of each column
    for start, end, mark in reversed(placed):
        carets[start:end] = [mark.style] * (end - start)
    hanging = sorted((p for p in placed if p[2].label), key=lambda p: (p[0], -p[1]))
    row = ""
    for style, run in groupby(carets):
        length = len(list(run))
        row += paint("^" * length, style) if style else " " * length
    if hanging and hanging[-1][1] == len(carets):
        mark = hanging.pop()[2]
        row += " " + paint(mark.label, mark.style)
    yield row
    while hanging:
        start, _, mark = hanging.pop()
        row, at = "", 0
        for left, group in groupby(hanging, key=lambda p: p[0]):
            if left < start:
                row += " " * (left - at) + paint("|", next(group)[2].style)
                at = left + 1
        yield row + " " * (start - at) + paint(mark.label, mark.style)
