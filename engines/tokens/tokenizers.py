"""Text to ids and back: letters, words and subwords, as the spec's interpretation has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count, groupby
from unicodedata import normalize

from boxwork.engines.tokens.subwords import Subwords
from boxwork.engines.tokens.unknowns import not_known
from boxwork.graphs.graph import Graph
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.interpret import Interpretation
from boxwork.specs.interpret import Tokenizer as Declared

WORD = r"\w+(?:['’-]\w+)*"
CLOSING, OPENING = frozenset(".,;:!?…)]}%’”»"), frozenset("([{‘“«¿¡")


@dataclass(frozen=True)
class Tokenizer:
    """Encodes the text of one input; an id is the place of a symbol in the spec's list.

    Ids beyond the list (a vocabulary may be larger than what is named) are shown as ``#1234``.
    """

    declared: Declared
    size: int | None = None  # how many ids the input takes, if that is fixed

    def __post_init__(self) -> None:
        listed = len(self.declared.symbols)
        if self.size is not None and listed > self.size:
            what = self.declared.things
            message = f"the tokenizer lists {listed} {what}, but the input takes {self.size} ids"
            raise DataError([Diagnostic("BW415", message)])

    @property
    def letters(self) -> bool:
        """Whether every letter is a token."""
        return self.declared.kind == "characters"

    @cached_property
    def ids(self) -> dict[str, int]:
        """The id of every symbol."""
        return {symbol: place for place, symbol in enumerate(self.declared.symbols)}

    @cached_property
    def subwords(self) -> Subwords | None:
        """What cuts a text into subwords, if the tokenizer has those."""
        return Subwords(self.declared) if self.declared.kind == "subwords" else None

    def split(self, text: str) -> list[str]:
        """The pieces of a text: letters, words and punctuation marks, or subwords."""
        if self.subwords is not None:
            return [self.name(number) for number in self._subword_ids(text, "")]
        return [piece for piece, _ in self._placed(normalize("NFC", text))]

    def _placed(self, text: str) -> Iterator[tuple[str, int]]:
        """Letters or words, and where each begins."""
        if self.letters:
            found: Iterable[tuple[str, int]] = zip(text, count())
        else:
            found = ((match[0], match.start()) for match in self._words.finditer(text))
        for piece, place in found:
            yield piece.lower() if self.declared.lower and piece not in self.ids else piece, place

    @cached_property
    def _words(self) -> re.Pattern[str]:
        """Words, single marks, and whole symbols that are neither: ``<s>``."""
        odd = (s for s in self.declared.symbols if not re.fullmatch(rf"{WORD}|[^\w\s]", s))
        longest_first = sorted(odd, key=len, reverse=True)
        return re.compile("|".join([*map(re.escape, longest_first), WORD, r"[^\w\s]"]))

    def encode(self, text: str, *, unfinished: bool = False, name: str = "") -> list[int]:
        """The ids of a text, between start and end if the spec names them.

        An unfinished text, which a model is to go on with, gets no end. ``name`` is that of the
        file the text came from; errors then show the place.
        """
        if self.subwords is not None:
            found = self._subword_ids(text, name)
        else:
            found = self._listed_ids(normalize("NFC", text), name)
        if self.declared.start is not None:
            found.insert(0, self.ids[self.declared.start])
        if self.declared.end is not None and not unfinished:
            found.append(self.ids[self.declared.end])
        return found

    def _listed_ids(self, text: str, name: str) -> list[int]:
        """The ids of letters or words."""
        unknown = self.ids.get(self.declared.unknown or "")
        found, missed = [], []
        for number, (piece, place) in enumerate(self._placed(text)):
            one = self.ids.get(piece, unknown)
            if one is None:
                missed.append((piece, number, place))
            else:
                found.append(one)
        if missed:
            raise not_known(self.declared, missed, text, name)
        return found

    def _subword_ids(self, text: str, name: str) -> list[int]:
        assert self.subwords is not None
        missed = [(letter, place, place) for letter, place in self.subwords.unknown(text)]
        if missed:
            raise not_known(self.declared, missed, text, name)
        return self.subwords.encode(text)

    def name(self, number: int) -> str:
        """What one id stands for."""
        symbols = self.declared.symbols
        if not 0 <= number < len(symbols) or not symbols[number]:
            return f"#{number}"
        return symbols[number] if self.subwords is None else self.subwords.name(symbols[number])

    def decode(self, numbers: Iterable[int]) -> str:
        """The text of ids, without start and end."""
        marks = {self.ids[mark] for mark in (self.declared.start, self.declared.end) if mark}
        kept = [number for one in numbers if (number := int(one)) not in marks]
        if self.subwords is not None:
            return "".join(self._decoded(kept, self.subwords))
        names = [self.name(number) for number in kept]
        return "".join(names) if self.letters else _sentence(names)

    def _decoded(self, numbers: Sequence[int], subwords: Subwords) -> Iterator[str]:
        """Runs of ids that the file has as text, others by their numbers."""
        symbols = self.declared.symbols
        for known, run in groupby(numbers, lambda n: 0 <= n < len(symbols) and symbols[n] != ""):
            ids = list(run)
            yield subwords.decode(ids) if known else "".join(map(self.name, ids))


def _sentence(words: Sequence[str]) -> str:
    """Words put together: no space before a comma, none after an opening bracket."""
    text = ""
    for word in words:
        tight = not text or word in CLOSING or text[-1] in OPENING
        text += word if tight else f" {word}"
    return text


def tokenizer(interpretation: Interpretation, name: str, size: int | None) -> Tokenizer | None:
    """The tokenizer of an input; None if the spec names none."""
    declared = interpretation.tokenizer(name)
    return None if declared is None else Tokenizer(declared, size)


def input_tokenizer(graph: Graph, interpretation: Interpretation, name: str) -> Tokenizer | None:
    """The tokenizer of one of a graph's inputs."""
    bound = graph.inputs[name].bound
    size = None if bound is None or bound.free else int(bound)
    return tokenizer(interpretation, name, size)
