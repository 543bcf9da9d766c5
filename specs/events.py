"""From libyaml's events to marked YAML, refusing what the language leaves out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

from boxwork.specs.diagnostics import Diagnostic, Note, Reporter, Source, Span
from boxwork.specs.hints import shorten
from boxwork.specs.marked import Mapping, Marked, Scalar, Sequence

MAX_DEPTH = 40
MAX_NODES = 100_000
MAX_PROBLEMS = 50

_ANCHOR = re.compile(r"(?:!\S*\s+)?(&[\w-]*)")
_TAG = re.compile(r"(?:&\S*\s+)?(!(?:<[^>\s]*>|[^\s,\[\]{}]*))")
_INVISIBLE = re.compile("[\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060]")


@dataclass
class _Open:
    """A list or mapping whose end has not come yet."""

    start: int
    flow: bool
    mapping: bool
    items: list[Marked] = field(default_factory=list)
    pairs: list[tuple[Scalar, Marked]] = field(default_factory=list)
    keys: dict[str, Scalar] = field(default_factory=dict)
    key: Scalar | None = None


class TooMuchError(Exception):
    """The text is past a bound (already reported); the rest is not looked at."""


class Builder:
    """Takes events one by one and builds the nodes, collecting what is wrong.

    ``base`` is where in the source the text begins that the events are of.
    """

    def __init__(self, source: Source, base: int) -> None:
        self.source, self.base = source, base
        self.reporter = Reporter()
        self._open: list[_Open] = []
        self._root: Marked | None = None
        self._nodes = 0

    def take(self, event: yaml.Event) -> None:
        """Go on by one event.

        Raises:
            TooMuchError: if nothing after it is to be read.
        """
        match event:
            case yaml.ScalarEvent():
                span = self._span(event)
                self._enter(event, span.start)
                self._add(Scalar(event.value, self._tight(span), not event.style))
            case yaml.CollectionStartEvent():
                start = self._span(event).start
                self._enter(event, start)
                mapping = isinstance(event, yaml.MappingStartEvent)
                self._open.append(_Open(start, bool(event.flow_style), mapping))
                if len(self._open) > MAX_DEPTH:
                    self._too_deep(start)
            case yaml.CollectionEndEvent():
                self._close(event)
            case yaml.DocumentStartEvent() if self._root is not None:
                self._second_document(event)
            case yaml.AliasEvent():
                self._alias(event)

    def finish(self) -> Marked:
        """The node of the whole text.

        Raises:
            SpecError: if anything was wrong.
        """
        if self._root is None and not self.reporter.found:
            comments = bool(self.source.text[self.base :].strip())
            self.reporter.error(
                "BW007",
                "there is nothing here" + (" but comments" if comments else ""),
                Span(self.source, self.base, self.base),
                help="see `boxwork explain BW007` for a small spec to begin with",
            )
        self.reporter.raise_errors()
        assert self._root is not None
        return self._root

    def _span(self, event: yaml.Event) -> Span:
        assert event.start_mark is not None
        assert event.end_mark is not None
        start, end = event.start_mark.index + self.base, event.end_mark.index + self.base
        if end > (last := len(self.source.text)):
            start, end = min(start, last), last
        return Span(self.source, start, end)

    def _tight(self, span: Span) -> Span:
        """The span of a scalar without anchor, tag and the empty lines after it."""
        text = self.source.text[span.start : span.end]
        return Span(self.source, span.start, span.start + len(text.rstrip()))

    def _enter(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, start: int) -> None:
        """What holds for every node: the count, no anchor, no tag."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._problem(
                "BW010", f"more than {MAX_NODES:,} values", Span(self.source, start, start)
            )
            raise TooMuchError
        if event.anchor is not None:
            self._anchor(event.anchor, start)
        if event.tag is not None:
            self._tag(start)

    def _anchor(self, name: str, start: int) -> None:
        found = _ANCHOR.match(self.source.text, start)
        span = Span(self.source, *found.span(1)) if found else Span(self.source, start, start)
        self._problem(
            "BW011",
            f"anchors have no place in a spec: &{shorten(name)}",
            span,
            help="give it a name under `dims:`, `settings:` or `blocks:`, and use that",
        )

    def _alias(self, event: yaml.AliasEvent) -> None:
        span, name = self._span(event), event.anchor or ""
        self._problem(
            "BW011",
            f"aliases have no place in a spec: *{shorten(name)}",
            span,
            help="write the value here; a text that begins with * needs quotes",
        )
        self._add(Scalar(f"*{name}", span))

    def _tag(self, start: int) -> None:
        found = _TAG.match(self.source.text, start)
        span = Span(self.source, *found.span(1)) if found else Span(self.source, start, start)
        text = self.source.text[span.start : span.end]
        self._problem(
            "BW012",
            f"tags have no place in a spec: {shorten(text)}",
            span,
            help="remove it: the key decides how a value is read; a text with ! needs quotes",
        )

    def _too_deep(self, start: int) -> None:
        self._problem(
            "BW009",
            f"nested more than {MAX_DEPTH} levels deep",
            Span(self.source, start, start + 1),
            label=f"level {MAX_DEPTH + 1} begins here",
            help="is a bracket not closed? what is deep is better given a name under `blocks:`",
        )
        raise TooMuchError

    def _second_document(self, event: yaml.Event) -> None:
        self._problem(
            "BW014",
            "a second document begins",
            self._span(event),
            help="a spec is one document: remove the `---`, or split the file",
        )
        raise TooMuchError

    def _add(self, node: Marked) -> None:
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        if not parent.mapping:
            parent.items.append(node)
        elif parent.key is None:
            parent.key = self._key(parent, node)
        else:
            parent.pairs.append((parent.key, node))
            parent.key = None

    def _key(self, parent: _Open, node: Marked) -> Scalar:
        if not isinstance(node, Scalar):
            kind = "mapping" if isinstance(node, Mapping) else "list"
            mend = "a key is one word; a value in braces needs quotes or another form"
            self._problem("BW016", f"a {kind} cannot be a key", node.span, help=mend)
            return Scalar("", node.span)
        if not node.text:
            mend = "write `key: value`"
            self._problem("BW016", "a key is missing before the colon", node.span, help=mend)
            return node
        if node.plain and node.text == "<<":
            self._problem(
                "BW013",
                "merge keys have no place in a spec",
                node.span,
                help="make a preset under `blocks:`, or a variant with `extends:`",
            )
            return node
        if hidden := _INVISIBLE.search(node.text):
            message = f"the key holds an invisible character, U+{ord(hidden[0]):04X}"
            self._problem("BW016", message, node.span, help="type it anew, with plain spaces")
        self._unique(parent, node)
        return node

    def _unique(self, parent: _Open, key: Scalar) -> None:
        first = parent.keys.setdefault(key.text, key)
        if first is key or (key.plain and key.text.startswith("*")):
            return
        self._problem(
            "BW015",
            f"duplicate key `{shorten(key.text)}`",
            key.span,
            label="here again",
            labels=((first.span, "first here"),),
            help="remove one of the two, or give it another name",
        )

    def _close(self, event: yaml.Event) -> None:
        done = self._open.pop()
        end = self._span(event).end
        if not done.flow:  # ends with its last part, not where the next begins
            parts = done.items or [value for _, value in done.pairs]
            end = parts[-1].span.end if parts else done.start
        span = Span(self.source, done.start, max(end, done.start))
        if done.mapping:
            self._add(Mapping(tuple(done.pairs), span))
        else:
            self._add(Sequence(tuple(done.items), span))

    def _problem(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        label: str = "",
        labels: tuple[tuple[Span, str], ...] = (),
        help: str = "",
    ) -> None:
        notes: tuple[Note, ...] = ()
        full = len(self.reporter.found) + 1 >= MAX_PROBLEMS
        if full:
            notes = (Note("too much is wrong; the rest of the text was not looked at"),)
        self.reporter.add(Diagnostic(code, message, span, label, labels, notes, help))
        if full:
            raise TooMuchError
