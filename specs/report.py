"""Diagnostics as people read them, with the lines they speak of, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from boxwork.specs.diagnostics import Diagnostic, Note, Span
from boxwork.specs.frame import Paint, frame, numbers, visible

_COLOURS = {
    "error": "1;31",
    "warning": "1;33",
    "message": "1",
    "gutter": "1;34",
    "main": "1;31",
    "other": "1;36",
    "help": "1;32",
}


def report(diagnostic: Diagnostic, color: bool = False) -> str:
    """One diagnostic as text, without a newline at its end."""
    return "\n".join(_lines(diagnostic, _coloured if color else _plain))


def report_all(diagnostics: Iterable[Diagnostic], color: bool = False) -> str:
    """Several diagnostics, with an empty line between them."""
    return "\n\n".join(report(diagnostic, color) for diagnostic in diagnostics)


def as_json(diagnostic: Diagnostic) -> dict[str, object]:
    """One diagnostic as facts for a machine; lines and columns are counted from 1."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        **_place(diagnostic.span),
        "label": diagnostic.label,
        "labels": [{"text": text, **_place(span)} for span, text in diagnostic.labels],
        "notes": [{"text": note.text, **_place(note.span)} for note in diagnostic.notes],
        "help": diagnostic.help,
    }


def _place(span: Span | None) -> dict[str, object]:
    keys = ("file", "line", "column", "end_line", "end_column")
    if span is None:
        return dict.fromkeys(keys)
    if not span.source.text:  # a file that could not be read has a name, but no lines
        return {**dict.fromkeys(keys), "file": span.source.name}
    end = span.source.place(min(max(span.start, span.end), len(span.source.text)))
    place = dict(zip(keys, (span.source.name, span.line, span.column, *end), strict=True))
    return {**place, "via": span.via} if span.via else place


def _plain(text: str, style: str) -> str:
    return text


def _coloured(text: str, style: str) -> str:
    return f"\033[{_COLOURS[style]}m{text}\033[0m"


def _lines(diagnostic: Diagnostic, paint: Paint) -> Iterator[str]:
    head = paint(f"{diagnostic.severity}[{diagnostic.code}]", diagnostic.severity)
    yield head + paint(f": {visible(diagnostic.message)}", "message")
    blocks = list(_by_source(diagnostic))
    shown = [number for block in blocks if block[0][0].source.text for number in numbers(block)]
    gutter = len(str(max(shown, default=1)))
    for block in blocks:
        span = block[0][0]
        yield f"{' ' * gutter}{paint('-->', 'gutter')} {_where(span)}"
        if span.source.text:
            yield from frame(block, gutter, paint)
    for note in diagnostic.notes:
        yield f"{' ' * gutter} {paint('=', 'gutter')} {_note(note)}"
    if diagnostic.help:
        first, *rest = (visible(line) for line in diagnostic.help.splitlines())
        yield f"{paint('help', 'help')}: {first}"
        yield from (f"      {line}" for line in rest)


def _by_source(diagnostic: Diagnostic) -> Iterator[list[tuple[Span, str]]]:
    """The spans with their labels, those of one source together, the main one first."""
    blocks: dict[tuple[str, str], list[tuple[Span, str]]] = {}
    main = [(diagnostic.span, diagnostic.label)] if diagnostic.span else []
    for span, label in (*main, *diagnostic.labels):
        blocks.setdefault((span.source.name, span.source.text), []).append((span, label))
    yield from blocks.values()


def _where(span: Span) -> str:
    place = str(span) if span.source.text else span.source.name
    return visible(f"{place} (through {span.via})" if span.via else place)


def _note(note: Note) -> str:
    return visible(note.text) + (f" at {_where(note.span)}" if note.span else "")
