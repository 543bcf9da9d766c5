"""Where in the graph we are, and what is wrong there: diagnostics with their way and place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from boxwork.specs.diagnostics import Diagnostic, Note, Reporter, Span

MAX_NOTES = 8


class ReportedError(Exception):
    """Something is wrong and has been reported; whoever needs the result does without."""


@dataclass(slots=True)
class Frame:
    """One step on the way to the block being checked: the node, its copies, its block."""

    node: str
    count: int | None
    block: str
    span: Span
    closed: bool
    home: str = ""  # the name of the source that the block is written in


@dataclass
class Trail:
    """Where in the graph we are; turns what is wrong into diagnostics that say so."""

    reporter: Reporter
    frames: list[Frame] = field(default_factory=list)
    edits: list[tuple[Note, ...]] = field(default_factory=list)  # of the nodes we are at
    _broken: list[set[Span | None]] = field(default_factory=list)  # sizes of broken requirements

    def path(self, node: str = "") -> str:
        """The path of a node here, with ``*`` for any copy."""
        parts = [f.node + (".*" if f.count is not None else "") for f in self.frames]
        return ".".join([*parts, node] if node else parts)

    def fail(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        label: str = "",
        labels: Iterable[tuple[Span, str]] = (),
        notes: Iterable[Note] = (),
        help: str = "",
    ) -> NoReturn:
        """Report, and give up on what was being done."""
        self.report(code, message, span, label=label, labels=labels, notes=notes, help=help)
        raise ReportedError

    def report(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        label: str = "",
        labels: Iterable[tuple[Span, str]] = (),
        notes: Iterable[Note] = (),
        help: str = "",
    ) -> None:
        """Report at a place; what is wrong inside a catalogue block is shown at its user."""
        found = list(notes)
        place = self.place(span)
        if place != span:
            text = span.source.text[span.start : span.end].strip()
            found.append(Note(f"where the catalogue says `{text}`", span))
            label, labels = "", ()
        if code in ("BW114", "BW116") and self._follows(code, found):
            return
        found += self._within(place)
        found += self._edits({place, *(s for s, _ in labels), *(note.span for note in found)})
        self.reporter.add(
            Diagnostic(code, message, place, label, tuple(labels), tuple(found), help)
        )

    def _edits(self, shown: Iterable[Span | None]) -> Iterator[Note]:
        """What variants changed at the nodes we are at, but for what is shown already."""
        lines = {(span.source, span.line) for span in shown if span is not None}
        for notes in self.edits:
            for note in notes:
                if note.span is not None and (note.span.source, note.span.line) not in lines:
                    yield note

    def _follows(self, code: str, notes: Iterable[Note]) -> bool:
        """Whether a broken requirement on the very same sizes was reported already."""
        sizes: set[Span | None] = {
            note.span for note in notes if note.span and note.text.endswith(", set")
        }
        if sizes and any(sizes <= others for others in self._broken):
            return True
        if code == "BW116":
            self._broken.append(sizes)
        return False

    def place(self, span: Span) -> Span:
        """Where the user sees it: at the node that uses the catalogue block it is in."""
        if not self.frames or not self.frames[-1].closed:
            return span
        return next(f.span for f in self.frames if f.closed) if self._foreign(span) else span

    def _foreign(self, span: Span) -> bool:
        """Whether a place lies in a file of the catalogue rather than in the user's."""
        first = next(f for f in self.frames if f.closed)
        name = span.source.name
        return name != first.span.source.name and name in {f.home for f in self.frames if f.closed}

    def _within(self, place: Span) -> Iterable[Note]:
        inner = [f for f in self.frames if f.span != place]
        if inner and not inner[-1].closed:
            frame = inner[-1]
            many = "copy" if frame.count == 1 else "copies"
            copies = "" if frame.count is None else f" ({frame.count:,} {many})"
            yield Note(f"in the block {frame.block}, used by {frame.node}{copies}")
