"""What is wrong, and where: the data of a diagnostic, and the errors that carry them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple


@dataclass(frozen=True, eq=False)
class Source:
    """A text with a name: a file, a ``--set``, a keyword argument.

    ``via`` says through what it came (``extends: gpt2``), ``path`` which file it is, if it is
    one: ``name`` is what messages call it.
    """

    name: str
    text: str
    via: str = ""
    path: str = ""

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(i + 1 for i, letter in enumerate(self.text) if letter == "\n")]

    def __repr__(self) -> str:
        return f"Source({self.name!r})"

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, counted from 1."""
        start = self._starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")


class Span(NamedTuple):
    """A piece of a source."""

    source: Source
    start: int
    end: int

    @property
    def via(self) -> str:
        """Through what its source came; empty for what was named itself."""
        return self.source.via

    @property
    def line(self) -> int:
        return self.source.place(self.start)[0]

    @property
    def column(self) -> int:
        return self.source.place(self.start)[1]

    def part(self, start: int, end: int) -> Span:
        """The piece of this span between two offsets counted from its start."""
        last = max(self.end, self.start + 1)
        return Span(self.source, min(self.start + start, last - 1), min(self.start + end, last))

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Note:
    """A line under a diagnostic that explains: what, and where that was written."""

    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong: a stable code, a sentence, a place, and how to mend it.

    ``labels`` are further places that the frame points at, each with a few words.
    """

    code: str
    message: str
    span: Span | None = None
    label: str = ""
    labels: tuple[tuple[Span, str], ...] = ()
    notes: tuple[Note, ...] = ()
    help: str = ""

    @property
    def severity(self) -> str:
        """``warning`` for BW9xx, else ``error``."""
        return "warning" if self.code.startswith("BW9") else "error"


class BoxworkError(Exception):
    """Something the user wrote or gave is wrong; carries every diagnostic found."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        from boxwork.specs.report import report

        return "\n".join(report(d) for d in self.diagnostics)


class SpecError(BoxworkError):
    """A spec is wrong."""


class DataError(BoxworkError):
    """What was given to a run is wrong: an input, a weight file."""


@dataclass
class Reporter:
    """Collects the diagnostics of one load, each once.

    ``confined`` errors are those after which all else can be looked at: what they are about is
    marked as wrong.
    """

    found: list[Diagnostic] = field(default_factory=list)
    confined: int = 0
    _said: set[tuple[str, str, Span | None]] = field(default_factory=set)

    def add(self, diagnostic: Diagnostic) -> None:
        said = (diagnostic.code, diagnostic.message, diagnostic.span)
        if said not in self._said:
            self._said.add(said)
            self.found.append(diagnostic)

    def error(
        self,
        code: str,
        message: str,
        span: Span | None,
        *,
        label: str = "",
        notes: Iterable[Note] = (),
        help: str = "",
    ) -> None:
        """Report one error (or warning, by its code) at one place."""
        self.add(Diagnostic(code, message, span, label, (), tuple(notes), help))

    def forget(self, count: int) -> None:
        """Keep only the first so many: what was tried was not needed."""
        for d in self.found[count:]:
            self._said.discard((d.code, d.message, d.span))
        del self.found[count:]

    @property
    def errors(self) -> list[Diagnostic]:
        return [d for d in self.found if d.severity == "error"]

    def in_order(self) -> list[Diagnostic]:
        """All of them, by file and place."""
        return sorted(
            self.found,
            key=lambda d: (d.span.source.name, d.span.start, d.code) if d.span else ("", 0, d.code),
        )

    @contextmanager
    def confining(self) -> Iterator[None]:
        """Errors that are found meanwhile stand in nobody's way."""
        before = len(self.errors)
        yield
        self.confined += len(self.errors) - before

    def raise_unconfined(self) -> None:
        """Raise what was found, unless the rest can be looked at all the same."""
        if len(self.errors) > self.confined:
            self.raise_errors()

    def raise_errors(self) -> None:
        """Raise what was found, if any of it is an error."""
        if self.errors:
            raise SpecError(self.in_order())
