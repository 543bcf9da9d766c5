"""Subwords: what the ``tokenizers`` library makes of a file, the same ids on every call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.interpret import Tokenizer as Declared

if TYPE_CHECKING:
    from tokenizers import Tokenizer as Library

PANIC = "PanicException"  # what the library raises when it is at a loss; no Exception
OTHER = "make one with `boxwork vocabulary TEXT --kind subwords -o FILE`, or try newer `tokenizers`"
PRINTED = (range(33, 127), range(161, 173), range(174, 256))  # bytes that stand for themselves


class Subwords:
    """The pieces of a text, by a tokenizer's file; ids are those of the file.

    What the file puts round a text, cuts it to, or drops at random is left out: a spec names
    its own start and end, and the same text has the same ids.

    Raises:
        DataError: if the library cannot use what stands in the file.
    """

    def __init__(self, declared: Declared) -> None:
        from tokenizers import Tokenizer

        assert declared.file is not None
        self._file = declared.file.name
        self._symbols = declared.symbols
        self._facts = _settled(json.loads(declared.file.text), declared)
        with self._held("is no tokenizer that can be used", OTHER):
            self._library: Library = Tokenizer.from_str(json.dumps(self._facts))

    @contextmanager
    def _held(self, what: str, hint: str) -> Iterator[None]:
        """What the library does not like, in its own words."""
        try:
            yield
        except BaseException as error:
            if not isinstance(error, Exception) and type(error).__name__ != PANIC:
                raise
            reason = (str(error).splitlines() or [""])[0].partition(" at line ")[0]
            message = f"{self._file} {what}: {reason}"
            raise DataError([Diagnostic("BW522", message, help=hint)]) from None

    def encode(self, text: str) -> list[int]:
        """The ids of a text that has no unknown letters."""
        with self._held(
            "cannot encode this text", "name an `unknown` in the spec, or mend the file"
        ):
            return list(self._library.encode(text, add_special_tokens=False).ids)

    def decode(self, numbers: Sequence[int]) -> str:
        """The text of ids that the file has."""
        with self._held("cannot decode these ids", OTHER):
            return str(self._library.decode(list(numbers), skip_special_tokens=False))

    def unknown(self, text: str) -> list[tuple[str, int]]:
        """Letters that cannot be encoded, each once, with their places.

        The library would pass over them in silence.
        """
        halves = [i for i, letter in enumerate(text) if "\ud800" <= letter <= "\udfff"]
        if halves:  # halves of letters, as broken input leaves them
            return [(text[i], i) for i in halves[:1]]
        letters = self._letters
        if letters is None or letters.issuperset(text):
            return []
        found: set[str] = set()
        for part in re.split(self._added, text) if self._added else [text]:
            found |= self._seen(part) - letters
        places = ((letter, max(text.find(letter), 0)) for letter in found)
        return sorted(places, key=lambda one: (one[1], one[0]))

    def _seen(self, text: str) -> set[str]:
        """The letters that the model gets to see of a text."""
        library = self._library
        with self._held("cannot split this text", OTHER):
            if library.normalizer is not None:
                text = library.normalizer.normalize_str(text)
            if library.pre_tokenizer is None:
                return set(text)
            return set().union(*(word for word, _ in library.pre_tokenizer.pre_tokenize_str(text)))

    @cached_property
    def _letters(self) -> frozenset[str] | None:
        """The letters that have an id; None if every letter can be encoded somehow."""
        model = self._facts["model"]
        bytewise = self._by_bytes or model.get("byte_fallback")
        if model.get("type", "BPE") != "BPE" or model.get("unk_token") is not None or bytewise:
            return None
        before = model.get("continuing_subword_prefix") or ""
        after = model.get("end_of_word_suffix") or ""
        bare = {s.removeprefix(before).removesuffix(after) for s in self._symbols}
        return frozenset(letter for letter in (*bare, *self._symbols) if len(letter) == 1)

    @cached_property
    def _added(self) -> str:
        """A pattern of the tokens that are taken out of a text before it is split."""
        added = (one["content"] for one in self._facts.get("added_tokens") or ())
        return "|".join(re.escape(one) for one in sorted(added, key=len, reverse=True))

    @cached_property
    def _by_bytes(self) -> bool:
        """Whether the pieces are made of bytes, each written as a letter."""
        return '"type": "ByteLevel"' in json.dumps(self._facts.get("decoder"))

    def name(self, symbol: str) -> str:
        """A piece as people read it: pieces of bytes as their text, or by their numbers."""
        if not self._by_bytes or not set(symbol) <= _BYTES.keys():
            return symbol
        found = bytes(_BYTES[letter] for letter in symbol)
        try:
            return found.decode()
        except UnicodeDecodeError:
            return f"<{found.hex('-').upper()}>"


def _settled(facts: dict[str, Any], declared: Declared) -> dict[str, Any]:
    """The contents of a file, with what the spec says about small and unknown letters."""
    model = facts["model"] | {"dropout": None}
    if declared.unknown is not None:
        if model.get("type") == "Unigram":
            model["unk_id"] = declared.symbols.index(declared.unknown)
        else:
            model["unk_token"] = declared.unknown
    before = facts.get("normalizer")
    if declared.lower:
        steps = [{"type": "Lowercase"}, *([before] if before else [])]
        before = {"type": "Sequence", "normalizers": steps}
    settled = {"model": model, "normalizer": before, "truncation": None, "padding": None}
    return {"version": "1.0", "added_tokens": [], "post_processor": None} | facts | settled


def _letters_of_bytes() -> dict[str, int]:
    """The letters that stand for bytes: themselves if they can be printed, else from U+0100."""
    printed = [byte for some in PRINTED for byte in some]
    others = [byte for byte in range(256) if byte not in printed]
    shifted = {chr(256 + place): byte for place, byte in enumerate(others)}
    return {chr(byte): byte for byte in printed} | shifted


_BYTES = _letters_of_bytes()
