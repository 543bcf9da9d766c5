"""Files and folders by name: known suffixes, folders made, and clear errors."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.output import unwritable


def known_suffix(path: str | Path, known: Sequence[str], what: str, *, read: bool = False) -> str:
    """The suffix of a file's name; a DataError if it is none of the known ones."""
    found = Path(path).suffix.lower()
    if found in known:
        return found
    way = "read from" if read else "written as"
    message = f"{path}: {what} is not {way} {found or 'a file without a suffix'}"
    hint = f"give it a name that ends in {_either(known)}"
    raise DataError([Diagnostic("BW508", message, help=hint)])


def _either(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def hold_writable(path: str | Path) -> None:
    """Refuse a file that could not be written, before the work for it is done."""
    target = Path(path)
    try:
        if target.is_dir():
            raise unwritable(path, OSError("it is a folder"))
        if not target.parent.is_dir():
            raise unwritable(path, OSError("no such folder"))
    except ValueError as error:
        raise unwritable(path, OSError(str(error))) from None
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise unwritable(path, OSError("permission denied"))


def make_folder(path: str | Path) -> None:
    """Make a folder, and those above it, unless it is there."""
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "a file has its name" if isinstance(error, FileExistsError) else ""
        raise unwritable(path, OSError(reason) if reason else error) from error
