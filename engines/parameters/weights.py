"""Parameters as safetensors: paths are the names, a file or a folder of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

import numpy as np

from boxwork.engines.parameters.fit import fit
from boxwork.engines.parameters.tensors import fill
from boxwork.engines.planning.memory import require_parameters
from boxwork.graphs.graph import Graph
from boxwork.graphs.parameters import aliases, parameters
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.hints import did_you_mean
from boxwork.specs.output import write

Array = np.ndarray[Any, Any]
FORMAT = "boxwork"
CHECKPOINT = "boxwork.checkpoint"  # a fact that only checkpoints have
REAL = ("F64", "F32", "F16", "BF16")
UNFIT = ("BW504", "BW505")  # arrays of other names or shapes
PREFIX = "Error while deserializing header: "


def save(
    path: str | Path,
    graph: Graph,
    arrays: Mapping[str, Array],
    facts: Mapping[str, str] | None = None,
) -> None:
    """Write parameters by path, with facts about them; the file is there whole or not at all."""
    fit(graph, arrays)
    known = {**(facts or {}), "format": FORMAT, "spec": graph.name}
    write(path, lambda file: fill(file, arrays, known))


def load(path: str | Path, graph: Graph, dtype: Any = np.float32) -> dict[str, Array]:
    """Read the parameters of a graph from a file, or from all the files of a folder."""
    require_parameters(graph, dtype)
    found: dict[str, Array] = {}
    for file in _files(Path(path)):
        for name, array in _read(file, np.dtype(dtype)):
            if name in found:
                raise _error("BW504", f"{name} stands in two files of {path}")
            found[name] = array
    found = _without_aliases(graph, found)
    fit(graph, found, str(path))
    return {name: found[name] for name in parameters(graph)}


def cast(array: Array, dtype: Any, name: str) -> Array:
    """An array in another dtype; a number that it cannot hold is an error, not infinite."""
    with np.errstate(over="ignore"):
        found = array.astype(dtype, copy=False)
    if array.dtype.itemsize > found.dtype.itemsize:
        lost = np.isinf(found) & np.isfinite(array)
        if lost.any():
            message = f"{name} holds {array[lost].flat[0]:g}, too large for {found.dtype}"
            raise _error("BW512", message, "make the number smaller, or run in float64")
    return found


def _without_aliases(graph: Graph, found: Mapping[str, Array]) -> dict[str, Array]:
    """Tied names may be listed too, if they hold the same numbers."""
    others = aliases(graph)
    kept = {name: array for name, array in found.items() if name not in others}
    for name, array in found.items():
        if name not in others:
            continue
        owner, transposed = others[name]
        same = array.mT if transposed and array.ndim > 1 else array
        if owner not in found:
            kept[owner] = same
        elif not np.array_equal(kept.setdefault(owner, found[owner]), same):
            raise _error("BW504", f"{name} is tied to {owner}, but holds other numbers")
    return kept


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(path.glob("*.safetensors"))
        if not found:
            raise _error("BW501", f"there is no *.safetensors file in {path}")
        return found
    if not path.exists():
        near = did_you_mean(path.name, _names(path.parent))
        raise _error("BW501", f"there is no file {path}", near)
    if not path.is_file():  # a pipe may never end
        raise _error("BW501", f"cannot read {path}: it is no regular file")
    return [path]


def _names(folder: Path) -> list[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return []


def _read(path: Path, dtype: np.dtype[Any]) -> Iterator[tuple[str, Array]]:
    """The arrays of one file, as numbers of one dtype."""
    from safetensors import SafetensorError, safe_open

    try:
        path.open("rb").close()  # safetensors gives one reason for whatever the system refuses
        with safe_open(path, framework="np") as file:
            _refuse_checkpoint(path, file.metadata())
            for name in file.keys():  # noqa: SIM118  # not a dict
                kind = file.get_slice(name).get_dtype()
                if kind not in REAL:
                    message = f"{name} in {path} holds {kind}, not real numbers"
                    raise _error("BW506", message, f"known: {', '.join(REAL)}")
                array = _bfloat16(path, name) if kind == "BF16" else file.get_tensor(name)
                yield name, cast(array, dtype, f"{name} in {path}")
    except OSError as error:
        raise _error("BW501", f"cannot read {path}: {_reason(error)}") from error
    except SafetensorError as error:
        raise broken(path, str(error)) from error


def _refuse_checkpoint(path: Path, facts: Mapping[str, str] | None) -> None:
    if CHECKPOINT in (facts or {}):
        message = f"{path} is a checkpoint of a training, not a set of weights"
        raise _error("BW502", message, f"go on with it: boxwork train … --resume {path}")


def broken(path: Path, reason: str) -> DataError:
    """What is said of a file that is cut off, or no safetensors file at all."""
    reason = reason.removeprefix(PREFIX)
    with path.open("rb") as file:
        start = file.read(9)
    header_cut = len(start) > 7 and start[4:8] == bytes(4) and start[8:] in (b"", b"{")
    said = reason.lower().replace(" ", "")  # its wording differs between versions
    if "incomplete" in said or (header_cut and "invalidheaderlength" in said):
        return _error("BW503", f"{path} is cut off: {reason}", "download or copy it again")
    hint = ""
    if start[:2] == b"PK" or start[:1] == b"\x80":
        hint = "it looks like a PyTorch file: convert it with safetensors.torch.save_file"
        if _is_npz(path):
            hint = "it is an .npz file: convert it with safetensors.numpy.save_file"
    elif start[:7] == b"version":
        hint = "it is a Git LFS pointer: fetch the file itself with `git lfs pull`"
    return _error("BW502", f"{path} is no safetensors file: {reason}", hint)


def _is_npz(path: Path) -> bool:
    """Whether a file is arrays as NumPy saves them by name."""
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, ValueError, BadZipFile):
        return False
    return bool(names) and all(name.endswith(".npy") for name in names)


def _bfloat16(path: Path, name: str) -> Array:
    """A bfloat16 array, which NumPy does not know: the upper halves of float32 numbers."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        entry = json.loads(file.read(size))[name]
    start, end = entry["data_offsets"]
    halves = np.memmap(path, np.uint16, "r", offset=8 + size + start, shape=((end - start) // 2,))
    return (halves.astype(np.uint32) << 16).view(np.float32).reshape(entry["shape"])


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _error(code: str, message: str, hint: str = "") -> DataError:
    return DataError([Diagnostic(code, message, help=hint)])
