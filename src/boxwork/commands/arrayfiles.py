"""Arrays in files: .npy, .npz and JSON, read within bounds and never as code."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO, Any, BinaryIO
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812  # it is a class

import numpy as np

from boxwork.engines.planning.memory import require
from boxwork.files import known_suffix
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.output import write
from boxwork.specs.textfile import hold_regular, unreadable

SUFFIXES = (".npy", ".npz", ".json")
JSON_COST = 20  # bytes of memory for each byte of a file, roughly
Array = np.ndarray[Any, Any]


def read(path: Path, known: Sequence[str] = SUFFIXES) -> Any:
    """What a file holds: an array, arrays by name, or what JSON says.

    Of other suffixes it is said that they are none of the ``known`` ones.

    Raises:
        DataError: if it cannot be read, or is not what its suffix says.
    """
    with opened(path) as file:
        suffix = known_suffix(path, known, "an array", read=True)
        size = path.stat().st_size
        try:
            if suffix == ".npy":
                return _array(file, size)
            return _arrays(file) if suffix == ".npz" else _json(file, size)
        except (ValueError, OSError, EOFError, RuntimeError, BadZipFile, ZlibError) as error:
            reason = str(error).split("\n")[0] or "it ends too early"
            message = f"{path} is not the {suffix} file it says: {reason}"
            raise _error("BW510", message) from None


def opened(path: Path) -> BinaryIO:
    """A regular file; pipes and devices may never end."""
    try:
        hold_regular(path)
        return path.open("rb")
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None


def _array(file: BinaryIO, size: int) -> Array:
    """One array; what its head announces must be there before anything is set aside for it."""
    shape, dtype = _head(file)
    if dtype.hasobject or dtype.names:
        raise ValueError("it holds Python objects or records, not numbers")
    need = math.prod(shape) * dtype.itemsize
    if min(shape, default=0) < 0 or need > size - file.tell():
        raise ValueError("it is cut off")
    require(need, "this array", "give a part of it")
    file.seek(0)
    return np.asarray(np.lib.format.read_array(file, allow_pickle=False))


def _head(file: BinaryIO) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """The shape and the kind of numbers; NumPy's own errors there are of many kinds."""
    form = np.lib.format
    start = file.read(len(form.MAGIC_PREFIX))
    file.seek(0)
    try:
        first = form.read_magic(file) == (1, 0)
        read_head = form.read_array_header_1_0 if first else form.read_array_header_2_0
        shape, _, dtype = read_head(file)
    except Exception as error:
        cut = "it is cut off" if start == form.MAGIC_PREFIX else ""
        raise ValueError(cut or "it does not begin as an array does") from error
    return shape, dtype


def _arrays(file: BinaryIO) -> dict[str, Array]:
    found = {}
    with ZipFile(file) as archive:
        for member in archive.infolist():
            require(2 * member.file_size, f"the array {member.filename}", "give a part of it")
            content = BytesIO(archive.read(member))
            found[member.filename.removesuffix(".npy")] = _array(content, member.file_size)
    return found


def _json(file: BinaryIO, size: int) -> Any:
    require(JSON_COST * size, "this JSON", "an .npy file needs much less")
    return parse_json(file.read().decode("utf-8-sig"))


def parse_json(text: str) -> Any:
    """JSON; a ValueError also for what is nested without end."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def save(path: str, values: Mapping[str, Any]) -> None:
    """Write values by name: .npz and .json take any number, .npy one."""
    suffix = known_suffix(path, SUFFIXES, "a result")
    if suffix == ".json":
        write(path, json.dumps({name: plain(value) for name, value in values.items()}) + "\n")
        return
    unlike = [name for name, value in values.items() if isinstance(value, list)]
    if unlike:
        hint = "write .json, which takes lists of unlike length"
        raise _error("BW511", f"{unlike[0]} is a list of arrays of unlike length", hint)
    if suffix == ".npz":
        write(path, lambda file: _write_all(file, values))
        return
    if len(values) != 1:
        message = f"an .npy file holds one array, and there are {len(values)}: {', '.join(values)}"
        raise _error("BW511", message, "write .npz or .json")
    (value,) = values.values()
    write(path, lambda file: np.save(file, np.asarray(value), allow_pickle=False))


def _write_all(file: IO[bytes], values: Mapping[str, Any]) -> None:
    """An .npz; NumPy's own ``savez`` cannot take an array that is called ``file``."""
    with ZipFile(file, "w") as archive:
        for name, value in values.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asarray(value), allow_pickle=False)


def plain(value: Any) -> Any:
    """An array, or a list of arrays, as lists of numbers; what is no number is none."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    array = np.asarray(value)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        array = array.astype(object)
        array[~np.isfinite(np.asarray(value))] = None
    return array.tolist()


def _error(code: str, message: str, hint: str = "") -> DataError:
    return DataError([Diagnostic(code, message, help=hint)])
