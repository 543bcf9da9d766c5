"""Text to ids and back: letters and words, as the spec's interpretation lists them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from unicodedata import normalize

from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.hints import did_you_mean, shorten
from boxwork.specs.interpret import Interpretation
from boxwork.specs.interpret import Tokenizer as Declared

WORD = r"\w+(?:['’-]\w+)*"
IDS = re.compile(r"\s*\[.*|[\d\s,;]*\d[\d\s,;]*", re.DOTALL)  # meant as ids, not as text
CLOSING, OPENING = frozenset(".,;:!?…)]}%’”»"), frozenset("([{‘“«¿¡")


@dataclass(frozen=True)
class Tokenizer:
    """Encodes the text of one input; an id is the place of a symbol in the spec's list.

    Ids beyond the list (a vocabulary may be larger than what is named) are shown as ``#1234``.
    """

    declared: Declared
    size: int | None = None  # how many ids the input takes, if that is fixed

    def __post_init__(self) -> None:
        count = len(self.declared.symbols)
        if self.size is not None and count > self.size:
            what = "letters" if self.letters else "words"
            message = f"the tokenizer lists {count} {what}, but the input takes {self.size} ids"
            raise DataError([Diagnostic("BW415", message)])

    @property
    def letters(self) -> bool:
        """Whether every letter is a token."""
        return self.declared.kind == "characters"

    @cached_property
    def ids(self) -> dict[str, int]:
        """The id of every symbol."""
        return {symbol: place for place, symbol in enumerate(self.declared.symbols)}

    def split(self, text: str) -> list[str]:
        """The pieces of a text: letters, or words and punctuation marks."""
        text = normalize("NFC", text)
        pieces = list(text) if self.letters else self._words.findall(text)
        if self.declared.lower:
            return [piece if piece in self.ids else piece.lower() for piece in pieces]
        return pieces

    @cached_property
    def _words(self) -> re.Pattern[str]:
        """Words, single marks, and whole symbols that are neither: ``<s>``."""
        odd = (s for s in self.declared.symbols if not re.fullmatch(rf"{WORD}|[^\w\s]", s))
        longest_first = sorted(odd, key=len, reverse=True)
        return re.compile("|".join([*map(re.escape, longest_first), WORD, r"[^\w\s]"]))

    def encode(self, text: str, *, unfinished: bool = False) -> list[int]:
        """The ids of a text, between start and end if the spec names them.

        An unfinished text, which a model is to go on with, gets no end.
        """
        unknown = self.ids.get(self.declared.unknown or "")
        pieces = self.split(text)
        found = []
        for place, piece in enumerate(pieces):
            number = self.ids.get(piece, unknown)
            if number is None:
                raise self._not_known(piece, place, text)
            found.append(number)
        if self.declared.start is not None:
            found.insert(0, self.ids[self.declared.start])
        if self.declared.end is not None and not unfinished:
            found.append(self.ids[self.declared.end])
        return found

    def _not_known(self, piece: str, place: int, text: str) -> DataError:
        if self.letters:
            message = (
                f"the letter {piece!r} (number {place + 1} of the text) is not in the alphabet"
            )
            hint = f"the alphabet: {shorten(repr(''.join(self.declared.symbols)))}"
        else:
            message = f"the word `{shorten(piece)}` (number {place + 1} of the text) "
            message += "is not in the vocabulary"
            hint = did_you_mean(piece, self.declared.symbols) or "name an `unknown` for such words"
        if IDS.fullmatch(text):
            hint = "ids are given as a whole list, in JSON too: [1, 2, 3]"
        return DataError([Diagnostic("BW414", message, help=hint)])

    def name(self, number: int) -> str:
        """What one id stands for."""
        symbols = self.declared.symbols
        return symbols[number] if 0 <= number < len(symbols) else f"#{number}"

    def decode(self, numbers: Iterable[int]) -> str:
        """The text of ids, without start and end."""
        marks = (self.declared.start, self.declared.end)
        names = [name for n in numbers if (name := self.name(int(n))) not in marks]
        return "".join(names) if self.letters else _sentence(names)


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
