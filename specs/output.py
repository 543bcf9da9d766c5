"""Files that are written: whole or not at all; links followed, devices written straight."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from boxwork.specs.diagnostics import DataError, Diagnostic

Fill = Callable[[IO[bytes]], object]


def write(path: str | Path, content: str | Fill) -> None:
    """Write a text, or what a function writes; a file that was there stays until all is done.

    The function is given an open file. It may also write, or replace, what has its name.
    """
    target = Path(path)
    try:
        if target.exists() and not target.is_file():  # a device or a pipe is written straight
            _refuse_folder(target)
            with target.open("wb") as file:
                _fill(file, content)
        else:
            _replace(target.resolve(), content)  # a link stays a link
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: str | Path, error: OSError) -> DataError:
    """What is said about a file that cannot be written."""
    reason = (error.strerror or str(error)).lower()
    hint = ""
    if not Path(path).parent.exists():
        hint = f"there is no folder {Path(path).parent}; make it first"
    return DataError([Diagnostic("BW507", f"cannot write {path}: {reason}", help=hint)])


def _replace(target: Path, content: str | Fill) -> None:
    """Write a file beside the target, then put it into its place."""
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
    with tempfile.NamedTemporaryFile(
        dir=target.parent, prefix=f".{target.name}.", delete=False
    ) as file:
        written = Path(file.name)
        try:
            _fill(file, content)
            file.flush()
            with written.open("r+b") as whole:  # by name: it may have been replaced
                os.fsync(whole.fileno())
            written.chmod(mode)
            written.replace(target)
        except BaseException:
            with suppress(OSError):
                written.unlink()
            raise


def _refuse_folder(target: Path) -> None:
    if target.is_dir():
        raise IsADirectoryError(0, "it is a folder", str(target))


def _fill(file: IO[bytes], content: str | Fill) -> None:
    if isinstance(content, str):
        file.write(content.encode("utf-8"))
    else:
        content(file)


def _umask() -> int:
    """What the user's new files may not be; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
