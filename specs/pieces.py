"""Files of the ``tokenizers`` library: found beside the spec that names them, and held.

Only what every such file has is looked at: the pieces and their ids. The library itself reads
the rest when the tokenizer is first used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from boxwork.specs.diagnostics import DataError, Diagnostic, Source
from boxwork.specs.hints import shorten
from boxwork.specs.textfile import read_text

SHIPPED = tuple(Path(__file__).parent / folder for folder in ("article", "gallery"))
MAX_IDS = 10_000_000
OTHERS = {  # keys of files that lie beside it
    "model_type": "it is the config.json of a model; tokenizer.json lies beside it",
    "tokenizer_class": "it is a tokenizer_config.json; tokenizer.json lies beside it",
}
HINT = "`boxwork vocabulary TEXT --kind subwords -o FILE` makes one; a tokenizer.json is one"


@dataclass(frozen=True)
class PieceFile:
    """A tokenizer as a file holds it; ``symbols[i]`` is the piece with the id ``i``.

    Ids that the file leaves out have the empty symbol.
    """

    name: str
    text: str = field(repr=False)
    symbols: tuple[str, ...] = field(repr=False, default=())


def located(written: str, source: Source) -> Path:
    """The file that a spec names: beside the spec, or else one that is shipped."""
    path = Path(written)
    if path.is_absolute() or not source.path:
        return path
    beside = Path(source.path).parent / path
    if _exists(beside) or len(path.parts) != 1:
        return beside
    return next((home / path for home in SHIPPED if _exists(home / path)), beside)


def read_pieces(path: Path) -> PieceFile:
    """Read a tokenizer's file.

    Raises:
        DataError: if it cannot be read, is cut off, or holds no tokenizer.
    """
    try:
        status = path.stat()
        mark = (status.st_mtime_ns, status.st_size)
    except (OSError, ValueError):
        mark = (0, 0)  # reading it says what is wrong
    return _read(path, mark)


@lru_cache(maxsize=4)
def _read(path: Path, _mark: tuple[int, int]) -> PieceFile:
    """A spec and its variants ask several times for the same file."""
    return parsed(read_text(path), str(path))


def parsed(text: str, name: str) -> PieceFile:
    """A tokenizer from the text of its file.

    Raises:
        DataError: if it is cut off, or is no tokenizer.
    """
    try:
        facts = json.loads(text)
    except RecursionError:
        raise _refused(name, "it is nested too deep") from None
    except json.JSONDecodeError as error:
        if text.startswith("version https://git-lfs"):
            hint = "fetch the file itself with `git lfs pull`"
            raise _refused(name, "it is a Git LFS pointer", hint) from None
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
            raise _error("BW523", f"{name} is cut off", "copy it, or make it, again") from None
        where = f"line {error.lineno}, column {error.colno}"
        raise _refused(name, f"it is not JSON ({error.msg} at {where})") from None
    except ValueError as error:  # a number with thousands of digits
        raise _refused(name, shorten(str(error), 60)) from None
    return PieceFile(name, text, _symbols(facts, name))


def _symbols(facts: Any, name: str) -> tuple[str, ...]:
    """The pieces in the order of their ids."""
    model = facts.get("model") if isinstance(facts, dict) else None
    vocab = model.get("vocab") if isinstance(model, dict) else None
    pairs = _pairs(vocab)
    if not pairs:
        raise _no_tokenizer(facts, name)
    added = facts.get("added_tokens")
    for one in added if isinstance(added, list) else ():
        if isinstance(one, dict):
            pairs.append((one.get("content"), one.get("id")))
    top = 0
    for piece, number in pairs:
        if not isinstance(piece, str) or not isinstance(number, int) or isinstance(number, bool):
            raise _refused(name, f"its vocabulary holds {str(piece)[:20]!r}: {str(number)[:20]!r}")
        if not 0 <= number < MAX_IDS:
            raise _refused(name, f"the id {number} of {piece!r} is not from 0 to {MAX_IDS:,}")
        top = max(top, number)
    found = [""] * (top + 1)
    for piece, number in pairs:
        if found[number] not in ("", piece):
            raise _refused(name, f"{found[number]!r} and {piece!r} both have the id {number}")
        found[number] = piece
    return tuple(found)


def _pairs(vocab: Any) -> list[tuple[Any, Any]]:
    """Pieces with their ids; the unigram model lists them with scores instead."""
    if isinstance(vocab, dict):
        return list(vocab.items())
    if isinstance(vocab, list):
        return [
            (one[0] if isinstance(one, list) and one else one, i) for i, one in enumerate(vocab)
        ]
    return []


def _no_tokenizer(facts: Any, name: str) -> DataError:
    keys = facts if isinstance(facts, dict) else {}
    hint = next((hint for key, hint in OTHERS.items() if key in keys), HINT)
    if keys and all(isinstance(value, int) for value in keys.values()):
        hint = "it is the vocabulary alone (vocab.json); tokenizer.json holds the merges as well"
    return _refused(name, "it has no model with a vocabulary", hint)


def _refused(name: str, reason: str, hint: str = HINT) -> DataError:
    return _error("BW522", f"{name} is no tokenizer: {reason}", hint)


def _error(code: str, message: str, hint: str) -> DataError:
    return DataError([Diagnostic(code, message, help=hint)])


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
