"""Reading a file of plain text: UTF-8, within bounds, with what is wrong told by byte and line."""

from __future__ import annotations

import codecs
import os
import stat
from itertools import islice
from pathlib import Path

from boxwork.specs.diagnostics import DataError, Diagnostic, Source, Span
from boxwork.specs.hints import did_you_mean

MAX_BYTES = 1_000_000_000
SAVE = "save it as UTF-8"
UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: str | Path, *, empty: bool = False) -> str:
    """The text of a file, without the end of its last line.

    Lines end in a line feed, whatever they end in there; a byte order mark is dropped.
    ``empty`` allows a file in which nothing stands.

    Raises:
        DataError: if it cannot be read, is no text in UTF-8, or holds nothing but white space.
    """
    text = _decoded(str(path), _bytes(Path(path))).replace("\r\n", "\n").replace("\r", "\n")
    if not empty and not text.strip():
        raise _error("BW521", f"{path} is empty", help="write a text into it, or name another file")
    return text.removesuffix("\n")


def _bytes(path: Path) -> bytes:
    """The contents of a regular file of a bounded size."""
    try:
        status = hold_regular(path)
        if status.st_size > MAX_BYTES:
            size = f"{status.st_size / 1e9:.1f} GB; at most {MAX_BYTES / 1e9:g} GB are read"
            raise _error("BW501", f"{path} is too large for a text: {size}", help="give a part")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None


def hold_regular(path: Path) -> os.stat_result:
    """Refuse what is no regular file: pipes and devices may never end."""
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise _error("BW501", f"cannot read {path}: it is a folder", help="name a file in it")
    if not stat.S_ISREG(status.st_mode):
        raise _error("BW501", f"cannot read {path}: it is no regular file")
    return status


def unreadable(path: Path, error: OSError | ValueError) -> DataError:
    """What is said of a file that cannot be read; a name with a zero in it is a ValueError."""
    if not isinstance(error, OSError) or isinstance(error, FileNotFoundError | NotADirectoryError):
        return _error("BW501", f"there is no file {path}", help=similar(path))
    reason = (error.strerror or type(error).__name__).lower()
    return _error("BW501", f"cannot read {path}: {reason}")


def similar(path: Path) -> str:
    """A file beside the missing one that may have been meant."""
    try:
        return did_you_mean(path.name, sorted(p.name for p in islice(path.parent.iterdir(), 1000)))
    except (OSError, ValueError):
        return ""


def _decoded(name: str, data: bytes) -> str:
    if data.startswith((*UTF_32, *UTF_16)):
        kind = "UTF-32" if data.startswith(UTF_32) else "UTF-16"
        raise _error("BW520", f"{name} is {kind} text", help=SAVE)
    zero = data.find(0)
    if zero >= 0:
        message = f"{name} is no text: byte {zero} (in line {_line(data, zero)}) is zero"
        raise _error("BW520", message, help="is it the right file? what is read is text in UTF-8")
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _not_utf_8(name, data, error.start) from None


def _not_utf_8(name: str, data: bytes, start: int) -> DataError:
    """Which byte it is, with its line shown."""
    line = _line(data, start)
    first = data.rfind(b"\n", 0, start) + 1
    last = data.find(b"\n", start)
    shown = data[first : last if last >= 0 else len(data)].decode(errors="replace")
    place = line - 1 + len(data[first:start].decode())
    span = Span(Source(name, "\n" * (line - 1) + shown), place, place + 1)
    message = f"{name} is not UTF-8: byte {start} (in line {line}) is 0x{data[start]:02x}"
    return DataError([Diagnostic("BW520", message, span, help=SAVE)])


def _line(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1


def _error(code: str, message: str, *, help: str = "") -> DataError:
    return DataError([Diagnostic(code, message, help=help)])
