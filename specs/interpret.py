"""What numbers mean to people: the ``interpret`` section, tokenizers in, words out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, TypeVar
from unicodedata import normalize

from boxwork.specs.diagnostics import Reporter, Span
from boxwork.specs.hints import closest, did_you_mean
from boxwork.specs.marked import Mapping, Marked, Scalar, Sequence

CODE = "BW118"
SYMBOLS = {"characters": "alphabet", "words": "vocabulary"}
SPECIAL = ("alphabet", "vocabulary", "unknown", "start", "end", "lower")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """Text to whole numbers: the id of a letter or word is its place in ``symbols``.

    A ``shared`` one is that of the input ``of``, with its own start and end.
    """

    kind: Literal["characters", "words", "shared"]
    symbols: tuple[str, ...] = ()
    unknown: str | None = None
    start: str | None = None
    end: str | None = None
    lower: bool = False
    of: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What each number stands for: the features of an input, the classes of an output."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Next:
    """An output that scores what follows on an input, with that input's tokenizer."""

    of: str


@dataclass(frozen=True, slots=True)
class Interpretation:
    """Every reading of every input and output; several of one stand side by side."""

    inputs: dict[str, tuple[Tokenizer | Names, ...]] = field(default_factory=dict)
    outputs: dict[str, tuple[Names | Next, ...]] = field(default_factory=dict)

    def tokenizer(self, name: str) -> Tokenizer | None:
        """The tokenizer of an input; None if it has none, or it comes with the weights."""
        own = next((r for r in self.inputs.get(name, ()) if isinstance(r, Tokenizer)), None)
        if own is None or own.kind != "shared":
            return own
        base = self.tokenizer(own.of)
        if base is None:
            return None
        start, end = own.start or base.start, own.end or base.end
        return Tokenizer(base.kind, base.symbols, base.unknown, start, end, base.lower, own.of)

    def next_of(self, output: str) -> str | None:
        """The input that an output scores the continuation of."""
        found = (r.of for r in self.outputs.get(output, ()) if isinstance(r, Next))
        return next(found, None)


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
                self.error(f"{what} is read with {known}", value.span, hint)
            return None
        assert isinstance(value, Mapping)
        for name, _ in value.items:
            if name.text != key and name.text not in kinds[key]:
                hint = did_you_mean(name.text, (key, *kinds[key]))
                self.error(f"unknown key `{name.text}`", name.span, hint)
        return key, entries

    def tokenizer(self, owner: str, entries: dict[str, Marked]) -> Tokenizer | None:
        """``characters``, ``words``, or the tokenizer of another input."""
        marked = entries["tokenizer"]
        kind = self.text(marked, "tokenizer")
        if kind in SYMBOLS:
            symbols = self.symbols(kind, entries, marked.span)
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

    def own(self, kind: str, symbols: tuple[str, ...], entries: dict[str, Marked]) -> Tokenizer:
        """A tokenizer with its own symbols; the special ones must be among them."""

        def special(key: str) -> str | None:
            word = self.optional(entries.get(key), key)
            if word is None or word in symbols:
                return word
            self.error(f"{key} is `{word}`, which the {SYMBOLS[kind]} lacks", entries[key].span)
            return None

        return Tokenizer(
            "words" if kind == "words" else "characters",
            symbols,
            unknown=special("unknown"),
            start=special("start"),
            end=special("end"),
            lower=self.flag(entries.get("lower"), "lower"),
        )

    def symbols(self, kind: str, entries: dict[str, Marked], span: Span) -> tuple[str, ...]:
        """The letters or words, in the order of their ids."""
        key = SYMBOLS[kind]
        value = entries.get(key)
        if value is None:
            example = '" abc"' if kind == "characters" else "[<unk>, where, do, you]"
            self.error(f"the tokenizer needs its {key}", span, f"{key}: {example}")
            return ()
        if kind == "words":
            return self.list(value, key)
        return self.once(tuple(self.text(value, key) or ""), key, value.span)

    def names(self, value: Marked) -> Names | None:
        """What the numbers are called."""
        words = self.list(value, "the names")
        return Names(words) if words else None

    def list(self, value: Marked, what: str) -> tuple[str, ...]:
        """A list of different texts."""
        if not isinstance(value, Sequence):
            self.error(f"{what} must be a list", value.span)
            return ()
        found = (self.text(item, f"an entry of {what}") for item in value.items)
        return self.once(tuple(word for word in found if word is not None), what, value.span)

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
