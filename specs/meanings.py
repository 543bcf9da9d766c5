"""Reading the section ``interpret``: tokenizers, names, classes, what comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar
from unicodedata import normalize

from boxwork.specs.diagnostics import DataError, Reporter, Span
from boxwork.specs.hints import closest, did_you_mean
from boxwork.specs.interpret import Interpretation, Names, Next, Tokenizer
from boxwork.specs.marked import Mapping, Marked, Scalar, Sequence
from boxwork.specs.pieces import PieceFile, located, read_pieces

CODE = "BW118"
SYMBOLS = {"characters": "alphabet", "words": "vocabulary", "subwords": "file"}
SPECIAL = (*SYMBOLS.values(), "unknown", "start", "end", "lower")
EXAMPLES = {
    "characters": 'alphabet: " abc"',
    "words": "vocabulary: [<unk>, where, do, you]",
    "subwords": "file: rhyme.json, which `boxwork vocabulary` makes from a text",
}
T = TypeVar("T")


def read_interpretation(
    marked: Marked | None, inputs: Collection[str], outputs: Collection[str], reporter: Reporter
) -> Interpretation:
    """Read the section ``interpret`` of a spec with these inputs and outputs."""
    result = Interpretation()
    if marked is None or (isinstance(marked, Scalar) and marked.plain and not marked.text):
        return result
    reader = _Reader(tuple(inputs), tuple(outputs), reporter)
    for name, value in reader.items(marked, "`interpret`"):
        if name.text in reader.inputs:
            result.inputs[name.text] = tuple(_several(value, partial(reader.input, name.text)))
        elif name.text in reader.outputs:
            result.outputs[name.text] = tuple(_several(value, reader.output))
        else:
            known = (*reader.inputs, *reader.outputs)
            message = f"there is no input or output `{name.text}` to interpret"
            reader.error(message, name.span, did_you_mean(name.text, known))
    _break_circles(result, marked.span, reader)
    for owner, key, word, span in reader.borrowed:
        tokenizer = result.tokenizer(owner)
        if tokenizer and word not in tokenizer.symbols:
            message = f"{key} is `{word}`, which the tokenizer of `{tokenizer.of}` does not know"
            reader.error(message, span)
    return result


def _several(value: Marked, read: Callable[[Marked], T | None]) -> Iterator[T]:
    """One reading, or a list of them."""
    for item in value.items if isinstance(value, Sequence) else (value,):
        if (found := read(item)) is not None:
            yield found


def _break_circles(result: Interpretation, span: Span, reader: _Reader) -> None:
    """A tokenizer by reference must lead to one that refers to no other input."""
    leads = {
        name: reading.of
        for name, readings in result.inputs.items()
        for reading in readings
        if isinstance(reading, Tokenizer) and reading.kind == "shared"
    }
    for name in leads:
        way = [name]
        while way[-1] in leads and way[-1] not in way[:-1]:
            way.append(leads[way[-1]])
        if way[-1] in way[:-1]:
            circle = way[way.index(way[-1]) :]
            reader.error(f"the tokenizers refer to each other: {' → '.join(circle)}", span)
            for one in way:
                result.inputs.pop(one, None)
            return


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the readings; what is wrong goes to the reporter."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    reporter: Reporter
    borrowed: list[tuple[str, str, str, Span]] = field(default_factory=list)

    def error(self, message: str, span: Span, help: str = "") -> None:
        self.reporter.error(CODE, message, span, help=help)

    def items(self, value: Marked, where: str) -> tuple[tuple[Scalar, Marked], ...]:
        """The entries of what must be a mapping."""
        if not isinstance(value, Mapping):
            self.error(f"{where} must be a mapping", value.span)
            return ()
        return value.items

    def input(self, name: str, value: Marked) -> Tokenizer | Names | None:
        """One reading of an input: a tokenizer, or what its numbers are called."""
        found = self.kind(value, {"tokenizer": SPECIAL, "names": ()}, "an input")
        if found is None:
            return None
        key, entries = found
        return self.tokenizer(name, entries) if key == "tokenizer" else self.names(entries[key])

    def output(self, value: Marked) -> Names | Next | None:
        """One reading of an output: classes, or what comes next on an input."""
        found = self.kind(value, {"classes": (), "next": ()}, "an output")
        if found is None:
            return None
        key, entries = found
        if key == "classes":
            return self.names(entries[key])
        name = self.text(entries[key], key)
        if name is None or name in self.inputs:
            return Next(name) if name else None
        hint = did_you_mean(name, self.inputs)
        self.error(f"there is no input `{name}`", entries[key].span, hint)
        return None

    def kind(
        self, value: Marked, kinds: dict[str, tuple[str, ...]], what: str
    ) -> tuple[str, dict[str, Marked]] | None:
        """Which of the kinds of readings this is, and its entries."""
        entries = {key.text: item for key, item in self.items(value, "a reading")}
        key = next((key for key in kinds if key in entries), None)
        if key is None:
            if isinstance(value, Mapping):
                known = " or ".join(f"`{kind}`" for kind in kinds)
                near = (closest(entry, kinds) for entry in entries)
                hint = next((f"did you mean `{found}`?" for found in near if found), "")
                beside = [(e, kind) for e in entries for kind in kinds if e in kinds[kind]]
                for entry, kind in beside[:1]:
                    hint = f"`{entry}` stands beside `{kind}`: give both, also in an edit"
                self.error(f"{what} is read with {known}", value.span, hint)
            return None
        assert isinstance(value, Mapping)
        for name, _ in value.items:
            if name.text != key and name.text not in kinds[key]:
                hint = did_you_mean(name.text, (key, *kinds[key]))
                self.error(f"unknown key `{name.text}`", name.span, hint)
        return key, entries

    def tokenizer(self, owner: str, entries: dict[str, Marked]) -> Tokenizer | None:
        """``characters``, ``words``, ``subwords``, or the tokenizer of another input."""
        marked = entries["tokenizer"]
        kind = self.text(marked, "tokenizer")
        for key in SYMBOLS.values():
            if key in entries and kind in (*SYMBOLS, *self.inputs) and key != SYMBOLS.get(kind):
                self.error(f"the tokenizer `{kind}` takes no {key}", entries[key].span)
        if kind in SYMBOLS:
            value = entries.get(SYMBOLS[kind])
            if value is None:
                self.error(f"the tokenizer needs its {SYMBOLS[kind]}", marked.span, EXAMPLES[kind])
                return None
            if kind == "subwords":
                file = self.file(value)
                return self.own(kind, file.symbols, entries, file) if file else None
            symbols = self.symbols(kind, value)
            return self.own(kind, symbols, entries) if symbols else None
        if kind in self.inputs and kind != owner:
            start, end = (self.optional(entries.get(key), key) for key in ("start", "end"))
            for key, word in (("start", start), ("end", end)):
                if word is not None:
                    self.borrowed.append((owner, key, word, entries[key].span))
            return Tokenizer("shared", start=start, end=end, of=kind)
        if kind is not None:
            known = (*SYMBOLS, *(name for name in self.inputs if name != owner))
            self.error(f"unknown tokenizer `{kind}`", marked.span, did_you_mean(kind, known))
        return None

    def own(
        self,
        kind: str,
        symbols: tuple[str, ...],
        entries: dict[str, Marked],
        file: PieceFile | None = None,
    ) -> Tokenizer:
        """A tokenizer with its own symbols; the special ones must be among them."""

        def special(key: str) -> str | None:
            word = self.optional(entries.get(key), key)
            if word is None or word in symbols:
                return word
            self.error(f"{key} is `{word}`, which the {SYMBOLS[kind]} lacks", entries[key].span)
            return None

        return Tokenizer(
            "subwords" if file else "words" if kind == "words" else "characters",
            symbols,
            unknown=special("unknown"),
            start=special("start"),
            end=special("end"),
            lower=self.flag(entries.get("lower"), "lower"),
            file=file,
        )

    def file(self, value: Marked) -> PieceFile | None:
        """The file of a tokenizer; what is wrong with it is told where it is named."""
        if self.text(value, "file") is None:
            return None
        assert isinstance(value, Scalar)
        try:
            return read_pieces(located(value.text, value.span.source))
        except DataError as error:
            for found in error.diagnostics:
                self.reporter.add(replace(found, span=value.span))
            return None

    def symbols(self, kind: str, value: Marked) -> tuple[str, ...]:
        """The letters or words, in the order of their ids."""
        key = SYMBOLS[kind]
        if kind == "words":
            return self.list(value, key)
        letters = self.text(value, key)
        return () if letters is None else self.once(tuple(letters), key, value.span)

    def names(self, value: Marked) -> Names | None:
        """What the numbers are called."""
        words = self.list(value, "the names")
        return Names(words) if words else None

    def list(self, value: Marked, what: str) -> tuple[str, ...]:
        """A list of different texts."""
        if not isinstance(value, Sequence):
            self.error(f"{what} must be a list", value.span)
            return ()
        found = [self.text(item, f"an entry of {what}") for item in value.items]
        words = tuple(word for word in found if word is not None)
        return self.once(words, what, value.span) if words or not found else ()

    def once(self, symbols: tuple[str, ...], what: str, span: Span) -> tuple[str, ...]:
        """The symbols, if there are any and none stands twice."""
        if len(set(symbols)) == len(symbols):
            if not symbols:
                self.error(f"{what} must not be empty", span)
            return symbols
        twice = next(symbol for symbol, times in Counter(symbols).items() if times > 1)
        self.error(f"`{twice}` stands twice in {what}", span)
        return ()

    def optional(self, value: Marked | None, key: str) -> str | None:
        """A word that may be left out, or be ``none``."""
        if value is None or (isinstance(value, Scalar) and value.plain and value.text == "none"):
            return None
        return self.text(value, key)

    def flag(self, value: Marked | None, key: str) -> bool:
        """``true`` or ``false``; false if left out."""
        if value is None:
            return False
        if isinstance(value, Scalar) and value.plain and value.text in ("true", "false"):
            return value.text == "true"
        self.error(f"{key} must be true or false", value.span)
        return False

    def text(self, value: Marked, what: str) -> str | None:
        """A scalar's text, its letters composed (one `é`, not `e` and an accent)."""
        if isinstance(value, Scalar) and value.text:
            return normalize("NFC", value.text)
        problem = "must not be empty" if isinstance(value, Scalar) else "must be a text"
        self.error(f"{what} {problem}", value.span)
        return None
