"""Reading JSON with the place of every key and value, within bounds."""

from __future__ import annotations

import json
import re
from pathlib import Path

from boxwork.specs.diagnostics import Diagnostic, Reporter, Source, Span, SpecError
from boxwork.specs.hints import shorten
from boxwork.specs.marked import Mapping, Marked, Scalar, Sequence
from boxwork.specs.textfile import hold_regular, read_text, unreadable

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
WORDS = ("true", "false", "null", "NaN", "Infinity")

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])|-Infinity\b")
_WORD = re.compile(r"[A-Za-z_][\w-]*")


def read_object(path: str | Path) -> Mapping:
    """The marked values of a JSON file that holds an object; strings are not ``plain``.

    Raises:
        SpecError: if it holds something else, or no JSON.
        DataError: if it cannot be read as a text.
    """
    name = str(path)
    try:
        size = hold_regular(Path(path)).st_size
    except (OSError, ValueError) as error:
        raise unreadable(Path(path), error) from None
    if size > MAX_BYTES:
        told = f"{size / 1e6:,.1f} MB; at most {MAX_BYTES / 1e6:g} MB are read"
        message = f"{name} is too large for a config.json: {told}"
        raise _error(message, None, help="is it a file of weights, or a tokenizer?")
    source = Source(name, read_text(path), path=name)
    reporter = Reporter()
    tree = _Reader(source, reporter).whole()
    reporter.raise_errors()
    if not isinstance(tree, Mapping):
        found = "a list" if isinstance(tree, Sequence) else "a single value"
        message = f"a config.json holds one object, but this file holds {found}"
        raise _error(message, Span(source, tree.span.start, tree.span.start + 1))
    return tree


def _error(message: str, span: Span | None, *, help: str = "") -> SpecError:
    return SpecError([Diagnostic("BW570", message, span, help=help)])


class _Reader:
    """Reads from left to right; what is no JSON ends it at once."""

    def __init__(self, source: Source, reporter: Reporter) -> None:
        self.source, self.reporter, self.at = source, reporter, 0

    def whole(self) -> Marked:
        tree = self._value(0)
        self._skip()
        if self.at < len(self.source.text):
            raise self._wrong("more follows after the end of the object", "remove what follows")
        return tree

    def _skip(self) -> str:
        """The next letter that is no white space; empty at the end."""
        found = _SPACE.match(self.source.text, self.at)
        self.at = found.end() if found else self.at
        return self.source.text[self.at : self.at + 1]

    def _value(self, depth: int) -> Marked:
        letter = self._skip()
        if letter in ("{", "["):
            if depth >= MAX_DEPTH:
                raise self._wrong(f"nested more than {MAX_DEPTH} levels deep")
            return self._object(depth) if letter == "{" else self._list(depth)
        if letter == '"':
            return self._string("a value")
        return self._literal()

    def _object(self, depth: int) -> Mapping:
        start, pairs = self.at, list[tuple[Scalar, Marked]]()
        self.at += 1
        known: dict[str, Scalar] = {}
        while self._more("}", bool(pairs)):
            self._skip()
            key = self._string("a key in double quotes")
            if (first := known.setdefault(key.text, key)) is not key:
                self._twice(first, key)
            if self._skip() != ":":
                raise self._wrong("a colon is missing after the key")
            self.at += 1
            pairs.append((key, self._value(depth + 1)))
        return Mapping(tuple(pairs), Span(self.source, start, self.at))

    def _list(self, depth: int) -> Sequence:
        start, items = self.at, list[Marked]()
        self.at += 1
        while self._more("]", bool(items)):
            items.append(self._value(depth + 1))
        return Sequence(tuple(items), Span(self.source, start, self.at))

    def _more(self, end: str, begun: bool) -> bool:
        """Whether another part comes; goes past a comma, or past the end."""
        letter = self._skip()
        if letter == end:
            self.at += 1
            return False
        if begun:
            if letter != ",":
                raise self._wrong(f"a comma or {end} is missing")
            self.at += 1
            if self._skip() == end:
                raise self._wrong(f"a comma stands before {end}", "remove the comma")
        return True

    def _string(self, expected: str) -> Scalar:
        found = _STRING.match(self.source.text, self.at)
        if found is None:
            opened = self.source.text.startswith('"', self.at)
            raise self._wrong("quotes are opened and not closed" if opened else self._not(expected))
        span = self._past(found)
        try:
            text = json.loads(found[0])
            text.encode()
        except ValueError:
            raise _error("this text holds an escape that is none", span) from None
        return Scalar(text, span, plain=False)

    def _literal(self) -> Scalar:
        for pattern in (_NUMBER, _WORD):
            found = pattern.match(self.source.text, self.at)
            if found and (pattern is _NUMBER or found[0] in WORDS):
                return Scalar(found[0], self._past(found))
        raise self._wrong(self._not("a value"), "JSON knows texts in double quotes, numbers, "
                          "true, false, null, [lists] and {objects}")  # fmt: skip

    def _past(self, found: re.Match[str]) -> Span:
        self.at = found.end()
        return Span(self.source, found.start(), found.end())

    def _not(self, expected: str) -> str:
        rest = self.source.text[self.at : self.at + 40].split("\n")[0]
        if not rest.strip():
            return f"the file ends, or the line does, where {expected} should stand"
        word = _WORD.match(rest)
        return f"expected {expected}, found {shorten(word[0] if word else rest[0])}"

    def _wrong(self, message: str, help: str = "") -> SpecError:
        end = min(self.at + 1, max(len(self.source.text), 1))
        span = Span(self.source, min(self.at, end - 1), end)
        return _error(f"no JSON: {message}", span, help=help)

    def _twice(self, first: Scalar, key: Scalar) -> None:
        message = f"the key `{shorten(key.text)}` is there twice"
        labels = ((first.span, "first here"),)
        self.reporter.add(
            Diagnostic("BW570", message, key.span, "here again", labels, help="remove one of them")
        )
