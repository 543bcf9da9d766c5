"""Files that are written: known suffixes, whole or not at all, and clear errors."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from boxwork.specs.diagnostics import DataError, Diagnostic


def known_suffix(path: str | Path, known: Sequence[str], what: str) -> str:
    """The suffix of a file's name; a DataError if it is none of the known ones."""
    found = Path(path).suffix.lower()
    if found in known:
        return found
    message = f"{path}: {what} is not written as {found or 'a file without a suffix'}"
    hint = f"give it a name that ends in {_either(known)}"
    raise DataError([Diagnostic("BW508", message, help=hint)])


def _either(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def write(path: str | Path, content: str | Callable[[IO[bytes]], object]) -> None:
    """Write a text, or what a function writes; a file that was there stays until all is done."""
    target = Path(path)
    try:
        if target.exists() and not target.is_file():  # a device or a pipe is written straight
            _refuse_folder(target)
            with target.open("wb") as file:
                _fill(file, content)
            return
        target = target.resolve()  # a link stays a link
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        with tempfile.NamedTemporaryFile(
            dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as file:
            try:
                _fill(file, content)
                file.flush()
                Path(file.name).chmod(mode)
                Path(file.name).replace(target)
            except BaseException:
                with suppress(OSError):
                    Path(file.name).unlink()
                raise
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: str | Path, error: OSError) -> DataError:
    """What is said about a file that cannot be written."""
    reason = (error.strerror or str(error)).lower()
    hint = ""
    if not Path(path).parent.exists():
        hint = f"there is no folder {Path(path).parent}; make it first"
    return DataError([Diagnostic("BW507", f"cannot write {path}: {reason}", help=hint)])


def _refuse_folder(target: Path) -> None:
    if target.is_dir():
        raise IsADirectoryError(0, "it is a folder", str(target))


def _fill(file: IO[bytes], content: str | Callable[[IO[bytes]], object]) -> None:
    if isinstance(content, str):
        file.write(content.encode("utf-8"))
    else:
        content(file)


def _umask() -> int:
    """What the user's new files may not be; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def make_folder(path: str | Path) -> None:
    """Make a folder, and those above it, unless it is there."""
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "a file has its name" if isinstance(error, FileExistsError) else ""
        raise unwritable(path, OSError(reason) if reason else error) from error
