"""What a user gives for one input, made an array: numbers of the right kind, or a clear error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from boxwork.blocks.types import WireType
from boxwork.engines.feeding.examples import hint
from boxwork.specs.diagnostics import Diagnostic
from boxwork.specs.hints import shorten

Array = np.ndarray[Any, Any]
KINDS = {
    "b": "booleans",
    "c": "complex numbers",
    "f": "floats",
    "i": "whole numbers",
    "u": "whole numbers",
    "S": "bytes",
    "U": "text",
    "M": "dates",
    "m": "times",
}
MAX_AXES = 64  # of an array of NumPy
UNREADABLE = (ValueError, TypeError, OverflowError, RuntimeError)  # what np.asarray may raise


@dataclass(frozen=True, slots=True)
class Given:
    """The value of one input: one array, or one for each sample of unlike shape."""

    name: str
    type: WireType
    samples: tuple[Array, ...]
    ragged: bool

    @property
    def batch(self) -> tuple[int, ...]:
        """The axes before the declared ones."""
        if self.ragged:
            return (len(self.samples),)
        (array,) = self.samples
        return tuple(array.shape[: array.ndim - len(self.type.dims)])

    def shape(self, sample: int) -> tuple[int, ...]:
        """The sizes of the declared dims in one sample."""
        array = self.samples[sample if self.ragged else 0]
        return tuple(array.shape[array.ndim - len(self.type.dims) :])

    def place(self, sample: int) -> str:
        """How to name a sample: ``tokens[2]``; the whole input if its samples are alike."""
        return f"{self.name}[{sample}]" if self.ragged else self.name

    def padded(self, dtype: Any) -> Array:
        """One array of all samples, zeros on the right of the shorter ones."""
        if not self.ragged:
            return np.asarray(self.samples[0], dtype)
        shape = np.max([sample.shape for sample in self.samples], axis=0)
        result = np.zeros((len(self.samples), *shape), dtype)
        for place, sample in enumerate(self.samples):
            corner = tuple(slice(size) for size in sample.shape)
            result[place][corner] = sample
        return result


class UnreadableError(Exception):
    """A value that cannot be read; the input's other checks are left out."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        self.diagnostic = Diagnostic(code, message, help=hint)
        super().__init__(message)


def read(name: str, value: Any, wire: WireType) -> Given:
    """The arrays of one input: numbers of its kind, with enough axes, none empty."""
    given = _read(name, value, wire)
    for sample, array in enumerate(given.samples):
        place = given.place(sample)
        _check_kind(place, array, wire)
        _check_axes(place, array, wire, ragged=given.ragged)
        _check_filled(place, array, wire)
    return given


def _read(name: str, value: Any, wire: WireType) -> Given:
    if isinstance(value, str | bytes | Mapping | set | frozenset) or value is None:
        _refuse(name, value, wire)
    if isinstance(value, list | tuple) and _mixes_flags(value):
        message = f"{name} takes {_wanted(wire)}, and true or false stands among them"
        raise UnreadableError("BW404", message, "write 1 and 0")
    try:
        return Given(name, wire, (np.asarray(value),), ragged=False)
    except UNREADABLE:
        if not isinstance(value, list | tuple) or not wire.dims:
            _refuse(name, value, wire)
    samples = []
    for place, sample in enumerate(value):
        try:
            samples.append(np.asarray(sample))
        except UNREADABLE:
            raise UnreadableError(
                "BW404",
                f"{name}[{place}] holds lists of unlike length",
                "only the samples of a batch may differ in length: give a list of whole arrays",
            ) from None
    if len({sample.ndim for sample in samples}) > 1:
        raise UnreadableError("BW404", f"{name} mixes lists and numbers, so it is no array")
    return Given(name, wire, tuple(samples), ragged=True)


def _mixes_flags(value: list[Any] | tuple[Any, ...]) -> bool:
    """Whether flags stand among numbers: NumPy would take them for 1 and 0."""
    kinds: set[type] = set()
    todo: Iterable[Any] = (value,)
    for _ in range(MAX_AXES):
        inner = [one for some in todo for one in some]
        kinds.update(map(type, inner))
        todo = [one for one in inner if isinstance(one, list | tuple)]
    return bool in kinds and bool(kinds - {bool, list, tuple})


def _refuse(name: str, value: Any, wire: WireType) -> None:
    if isinstance(value, str | bytes):
        hint = "encode it first: a tokenizer turns text into whole numbers"
        found = f"text ({shorten(repr(value), 30)})"
        raise UnreadableError("BW404", f"{name} takes {_wanted(wire)}, not {found}", hint)
    found = "nothing" if value is None else _a(value)
    raise UnreadableError(
        "BW404", f"{name} takes {_wanted(wire)}, not {found}", "give an array or a list"
    )


def _a(value: Any) -> str:
    """A value by its type, with its article."""
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _wanted(wire: WireType) -> str:
    return (
        f"whole numbers ({wire.named()})" if wire.kind == "index" else f"numbers ({wire.named()})"
    )


def _check_axes(place: str, array: Array, wire: WireType, *, ragged: bool) -> None:
    rank = len(wire.dims)
    if array.ndim < rank or (ragged and array.ndim > rank):
        axes = f"{array.ndim} {'axis' if array.ndim == 1 else 'axes'}"
        more = "" if ragged else ", or more for a batch"
        shape = f" (its shape is {array.shape})" if array.ndim else " (it is one number)"
        raise UnreadableError(
            "BW403",
            f"{place} has {axes}{shape}, but {wire.named()} needs {rank}{more}",
            hint(place.partition("[")[0], wire),
        )


def _check_filled(place: str, array: Array, wire: WireType) -> None:
    if array.size:
        return
    rank = len(wire.dims)
    if 0 in array.shape[: array.ndim - rank]:
        raise UnreadableError("BW409", f"{place} has no samples: its shape is {array.shape}")
    for dim, size in zip(wire.dims, array.shape[array.ndim - rank :], strict=True):
        if not size and dim.free:
            raise UnreadableError("BW409", f"{place} is empty: {dim.name} must be at least 1")


def _check_kind(place: str, array: Array, wire: WireType) -> None:
    kind = array.dtype.kind
    if kind in "iu" or (kind in "fb" and wire.kind == "real") or not array.size:
        return
    if kind in "fc" and wire.kind == "index":
        first = array.flat[0]
        raise UnreadableError(
            "BW404",
            f"{place} takes {_wanted(wire)}, not {KINDS[kind]} ({array.dtype}: {first}, …)",
            "cast it first, if the numbers are whole: array.astype(int)" if kind == "f" else "",
        )
    found = KINDS.get(kind, "Python objects")
    if kind == "O":
        odd = next((x for x in array.flat if not isinstance(x, int | float)), array.flat[0])
        found = "numbers beyond 64 bits" if isinstance(odd, int) else _a(odd)
    raise UnreadableError("BW404", f"{place} takes {_wanted(wire)}, not {found}")


def check_finite(given: Given, dtype: Any) -> Diagnostic | None:
    """NaN and infinity are refused where they enter, not found in the output."""
    for sample, array in enumerate(given.samples):
        if array.dtype.kind != "f":
            continue
        with np.errstate(over="ignore"):
            bad = ~np.isfinite(array.astype(dtype, copy=False))
        if bad.any():
            place, value = _first(given, sample, bad)
            what = (
                f"{value:g}"
                if not np.isfinite(value)
                else f"{value:g}, too large for {np.dtype(dtype)}"
            )
            return Diagnostic("BW408", f"{place} is {what}", help="inputs must be finite numbers")
    return None


def check_range(given: Given, bounds: Sequence[int], name: str) -> Diagnostic | None:
    """An index must be one of ``0`` to ``bound - 1``, with the bound of its sample."""
    for sample, array in enumerate(given.samples):
        limit = _limits(given, sample, array, bounds)
        bad = (array < 0) | (array >= limit)
        if bad.any():
            place, value = _first(given, sample, bad)
            bound = int(np.broadcast_to(limit, array.shape).flat[int(np.argmax(bad))])
            size = f"{name} = {bound}" if name != str(bound) else "the range"
            fitting = f"0 to {bound - 1}" if bound else "so there is no index at all"
            message = f"{place} = {value} is outside {size} ({fitting})"
            return Diagnostic("BW407", message, help=_range_hint(bound, value))
    return None


def _limits(given: Given, sample: int, array: Array, bounds: Sequence[int]) -> Any:
    """What the numbers of an array must stay below: one number, or one for every sample."""
    if len(set(bounds)) == 1:
        return bounds[0]
    if given.ragged:
        return bounds[sample]
    return np.reshape(bounds, (-1, *(1,) * (array.ndim - 1)))


def _range_hint(bound: int, value: Any) -> str:
    """How to mend an index out of range."""
    if not bound:
        return "make the dim larger in the spec"
    if value < 0:
        return f"write whole numbers from 0 to {bound - 1}; negative ones do not count from the end"
    return f"write whole numbers from 0 to {bound - 1}: counting starts at 0"


def _first(given: Given, sample: int, bad: Array) -> tuple[str, Any]:
    """The first place where something is wrong, as one would write it, and what stands there."""
    place = np.unravel_index(int(np.argmax(bad)), bad.shape)
    text = f"[{', '.join(str(int(i)) for i in place)}]" if place else ""
    return f"{given.place(sample)}{text}", given.samples[sample][place]
