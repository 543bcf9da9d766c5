"""Vocabularies made from a text: its letters, its words, or subwords learnt by byte-pair encoding.

The same text and the same wishes give the same vocabulary, byte for byte.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal
from unicodedata import normalize

from boxwork.engines.tokens.tokenizers import Tokenizer
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.interpret import Tokenizer as Declared
from boxwork.specs.pieces import parsed

if TYPE_CHECKING:
    from tokenizers import Tokenizer as Library

Kind = Literal["characters", "words", "subwords"]
KINDS: tuple[Kind, ...] = ("characters", "words", "subwords")
BYTES = 256
# A word with the space before it, a number, marks, or white space; GPT-2's, without its 's and 't.
WORD = r" ?\p{L}[\p{L}\p{M}]*| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a vocabulary shall be like; special tokens come first, in the order given here.

    ``size`` bounds how many ids there are; ``bytes`` lets subwords begin with the 256 bytes, so
    that any text can be encoded.
    """

    kind: Kind
    size: int | None = None
    unknown: str | None = None
    start: str | None = None
    end: str | None = None
    special: tuple[str, ...] = ()
    lower: bool = False
    bytes: bool = False

    @property
    def specials(self) -> tuple[str, ...]:
        """All special tokens, each once."""
        named = (word for word in (self.unknown, self.start, self.end) if word is not None)
        return tuple(dict.fromkeys((*self.special, *named)))

    def composed(self) -> Wishes:
        """The same with letters as a spec reads them (one `é`, not `e` and an accent)."""

        def one(word: str | None) -> str | None:
            return None if word is None else normalize("NFC", word)

        special = tuple(normalize("NFC", word) for word in self.special)
        unknown, start, end = one(self.unknown), one(self.start), one(self.end)
        return replace(self, special=special, unknown=unknown, start=start, end=end)


def learn(text: str, wishes: Wishes, name: str = "subwords.json") -> Declared:
    """The tokenizer that a text makes; subwords are to be written into a file of this name.

    Source: Sennrich, Haddow and Birch (2016), "Neural machine translation of rare words with
    subword units", section 3.2, for subwords

    Raises:
        DataError: if it cannot be made in this size.
    """
    if wishes.size is not None and wishes.size < 1:
        raise _error("a vocabulary holds at least one id", "leave --size out, or make it larger")
    if "" in wishes.specials:
        raise _error("a special token has at least one letter", "for example <pad>")
    if wishes.bytes and wishes.kind != "subwords":
        raise _error(f"only subwords begin with bytes, not {wishes.kind}", "leave --bytes out")
    if not text.strip():
        raise DataError([Diagnostic("BW521", "the text is empty")])
    broken = next((i for i, letter in enumerate(text) if "\ud800" <= letter <= "\udfff"), None)
    if broken is not None:
        message = f"letter {broken + 1} of the text is half a letter: {text[broken]!r}"
        raise DataError([Diagnostic("BW414", message, help="read the text as UTF-8")])
    wishes = wishes.composed()
    make = {"characters": _characters, "words": _words, "subwords": _subwords}[wishes.kind]
    return make(text, wishes, name)


def _declared(wishes: Wishes, symbols: tuple[str, ...]) -> Declared:
    """Letters or words as a spec lists them."""
    kind, lower = wishes.kind, wishes.lower
    return Declared(kind, symbols, wishes.unknown, wishes.start, wishes.end, lower)


def _characters(text: str, wishes: Wishes, _name: str) -> Declared:
    """The letters of a text in the order of their numbers in Unicode."""
    long = next((word for word in wishes.specials if len(word) > 1), None)
    if long is not None:
        hint = "name a letter that the text does not have, or take words or subwords"
        raise _error(f"a token of characters is one letter, not `{long}`", hint)
    text = normalize("NFC", text)
    counted = Counter(text.lower() if wishes.lower else text)
    frequent = [letter for letter, _ in counted.most_common() if letter not in wishes.specials]
    kept = _bounded((*wishes.specials, *frequent), wishes, "letters")
    return _declared(wishes, (*wishes.specials, *sorted(kept[len(wishes.specials) :])))


def _words(text: str, wishes: Wishes, _name: str) -> Declared:
    """The words and marks of a text, the most frequent first, then by where they first stand."""
    splitter = Tokenizer(Declared("words", wishes.specials, lower=wishes.lower))
    counted = Counter(splitter.split(text))
    found = (word for word, _ in counted.most_common() if word not in wishes.specials)
    return _declared(wishes, _bounded((*wishes.specials, *found), wishes, "words"))


def _bounded(symbols: tuple[str, ...], wishes: Wishes, what: str) -> tuple[str, ...]:
    """As many symbols as are wished for; whatever is left out must have an unknown."""
    size = wishes.size
    if size is None or len(symbols) <= size:
        return symbols
    if wishes.unknown is None or size <= len(wishes.specials):
        message = f"the text has {len(symbols):,} {what}, the special ones included, not {size:,}"
        hint = "leave --size out, or name an --unknown that stands for all that is left out"
        raise _error(message, hint)
    return symbols[:size]


def _subwords(text: str, wishes: Wishes, name: str) -> Declared:
    """Byte-pair encoding: the most frequent pair of neighbours becomes a piece, again and again."""
    if wishes.size is None:
        raise _error("subwords need a size", "say how many pieces there shall be: --size 300")
    small = text.lower() if wishes.lower else text
    letters = BYTES if wishes.bytes else len(set(normalize("NFC", small)) - {*wishes.specials})
    least = letters + len(wishes.specials)
    if wishes.size < least:
        what = "the 256 bytes" if wishes.bytes else f"its {letters:,} different letters"
        more = f" and {len(wishes.specials)} special tokens" if wishes.specials else ""
        message = f"subwords begin with {what}{more}: at least {least:,} ids, not {wishes.size:,}"
        raise _error(message, f"--size {2 * least} leaves room for as many pieces")
    library = _blank(wishes)
    _train(library, text, wishes)
    file = parsed(library.to_str(pretty=True) + "\n", name)
    named = (wishes.unknown, wishes.start, wishes.end)
    return Declared("subwords", file.symbols, *named, file=file)  # small letters: by the file


def _blank(wishes: Wishes) -> Library:
    """A tokenizer of the library that has learnt nothing yet, and gives back what it is given."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    library = Tokenizer(models.BPE(unk_token=wishes.unknown))
    steps: list[normalizers.Normalizer] = [] if wishes.bytes else [normalizers.NFC()]
    steps += [normalizers.Lowercase()] if wishes.lower else []
    if steps:
        library.normalizer = normalizers.Sequence(steps)
    if wishes.bytes:
        library.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        library.decoder = decoders.ByteLevel()
    else:
        library.pre_tokenizer = pre_tokenizers.Split(Regex(WORD), "isolated")
        library.decoder = decoders.Fuse()
    return library


def _train(library: Library, text: str, wishes: Wishes) -> None:
    from tokenizers import pre_tokenizers, trainers

    assert wishes.size is not None
    start = sorted(pre_tokenizers.ByteLevel.alphabet()) if wishes.bytes else []
    trainer = trainers.BpeTrainer(
        vocab_size=wishes.size,
        min_frequency=2,  # what stands there once is no pattern
        show_progress=False,
        special_tokens=list(wishes.specials),
        initial_alphabet=start,
    )
    library.train_from_iterator([text], trainer)


def _error(message: str, hint: str) -> DataError:
    return DataError([Diagnostic("BW524", message, help=hint)])
