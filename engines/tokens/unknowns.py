"""What is said about letters and words that a tokenizer does not know."""

from __future__ import annotations

import re
from collections.abc import Sequence

from boxwork.specs.diagnostics import DataError, Diagnostic, Source, Span
from boxwork.specs.hints import did_you_mean, shorten
from boxwork.specs.interpret import Tokenizer as Declared

IDS = re.compile(r"\s*\[.*|[\d\s,;]*\d[\d\s,;]*", re.DOTALL)  # meant as ids, not as text
MAX_SHOWN = 8


def not_known(
    declared: Declared, found: Sequence[tuple[str, int, int]], text: str, name: str = ""
) -> DataError:
    """An error that tells every letter or word a tokenizer lacks.

    Each is given with its number in the text and the place where it begins; ``name`` is the file
    that the text came from, which then is shown.
    """
    first, *others = sorted({one[0]: one for one in reversed(found)}.values(), key=lambda o: o[2])
    piece, number, place = first
    words = declared.kind == "words"
    shown = [f"`{shorten(one[0])}`" if words else repr(one[0]) for one in [first, *others]]
    home = {"characters": "alphabet", "words": "vocabulary"}.get(declared.kind, "tokenizer")
    message = f"the {'word' if words else 'letter'} {shown[0]} (number {number + 1} of the text) "
    message += f"is not in the {home}"
    if others:
        more = f" and {len(shown) - MAX_SHOWN} more" if len(shown) > MAX_SHOWN else ""
        message += (
            f", nor {'are' if len(others) > 1 else 'is'} {', '.join(shown[1:MAX_SHOWN])}{more}"
        )
    span = Span(Source(name, text), place, place + len(piece)) if name else None
    hint = _mending(declared, [one[0] for one in (first, *others)], text, name)
    return DataError([Diagnostic("BW414", message, span, help=hint)])


def _mending(declared: Declared, pieces: Sequence[str], text: str, name: str) -> str:
    """How such a text can be encoded."""
    if IDS.fullmatch(text) and not name:
        return "ids are given as a whole list, in JSON too: [1, 2, 3]"
    known = set(declared.symbols)
    if not declared.lower and any(
        piece.lower() in known and piece not in known for piece in pieces
    ):
        return "write small letters, or `lower: true` into the spec, which reads capitals as small"
    if declared.kind == "words":
        return did_you_mean(pieces[0], declared.symbols) or "name an `unknown` for such words"
    if declared.kind == "subwords":
        return "name an `unknown`, or make a tokenizer with --bytes, which takes any text"
    if name:
        return f"`boxwork vocabulary {name}` makes an alphabet that has all of it"
    return f"the alphabet: {shorten(repr(''.join(declared.symbols)))}"
