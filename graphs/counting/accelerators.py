"""The table of accelerators: what comes with boxwork, and files of the same form."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from boxwork.specs import marked
from boxwork.specs.diagnostics import DataError, Reporter, SpecError
from boxwork.specs.hints import did_you_mean
from boxwork.specs.source import read

SHIPPED = Path(__file__).with_name("accelerators.yaml")
KINDS = ("float32", "bfloat16")
CODE = "BW541"
_KEYS = ("name", "flops", "bandwidth", "memory", "source")
_NUMBER = re.compile(r"([0-9]+(?:\.[0-9]+)?)([kMGTP]?)")
_POWERS = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}


@dataclass(frozen=True, slots=True)
class Accelerator:
    """Operations per second by kind of number, bytes per second, and bytes; with the source."""

    key: str
    name: str
    flops: Mapping[str, float]
    bandwidth: float
    memory: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Bound:
    """How long something takes at least, and what makes it so: ``compute`` or ``memory``.

    ``known`` is False where only the memory is: computing may take longer.
    """

    seconds: float
    by: str
    known: bool = True


def bound(accelerator: Accelerator, kind: str, flops: float, bytes_: float) -> Bound:
    """The roofline: no faster than the operations, no faster than the memory.

    Source: Williams et al. 2009 (Communications of the ACM 52 (4)), Roofline
    """
    moving = bytes_ / accelerator.bandwidth
    rate = accelerator.flops.get(kind)
    if rate is None:
        return Bound(moving, "memory", known=False)
    computing = flops / rate
    return Bound(computing, "compute") if computing > moving else Bound(moving, "memory")


def accelerators(path: str | Path | None = None) -> dict[str, Accelerator]:
    """The known accelerators by key; those of a file after, or instead of, ours.

    Raises:
        DataError: with all that is wrong with the file.
    """
    found = _read(SHIPPED)
    return found if path is None else found | _read(path)


def _read(path: str | Path) -> dict[str, Accelerator]:
    reporter = Reporter()
    try:
        tree = read(path)
    except SpecError as error:
        raise DataError(error.diagnostics) from None
    found = {key.text: _one(key, entry, reporter) for key, entry in tree.items}
    if reporter.errors:
        raise DataError(reporter.in_order())
    return found


def _one(key: marked.Scalar, entry: marked.Marked, reporter: Reporter) -> Accelerator:
    texts: dict[str, str] = {}
    numbers: dict[str, float] = {}
    flops: dict[str, float] = {}
    for name, value in _pairs(key.text, key, entry, _KEYS, reporter):
        if name.text == "flops":
            for kind, rate in _pairs(f"flops of {key.text}", name, value, KINDS, reporter):
                flops[kind.text] = _number(kind, rate, reporter)
        elif name.text in ("bandwidth", "memory"):
            numbers[name.text] = _number(name, value, reporter)
        elif isinstance(value, marked.Scalar):
            texts[name.text] = value.text
        else:
            reporter.error(CODE, f"{name.text} of {key.text} must be a text", value.span)
    if isinstance(entry, marked.Mapping):
        for needed, example in (("bandwidth", "800G"), ("source", "where the figures stand")):
            if entry.get(needed) is None:
                hint = f"write {needed}: {example}"
                reporter.error(CODE, f"{key.text} has no {needed}", key.span, help=hint)
    return Accelerator(
        key.text,
        texts.get("name", key.text),
        flops,
        numbers.get("bandwidth", math.nan),
        numbers.get("memory"),
        texts.get("source", ""),
    )


def _pairs(
    what: str,
    key: marked.Scalar,
    entry: marked.Marked,
    known: tuple[str, ...],
    reporter: Reporter,
) -> Iterator[tuple[marked.Scalar, marked.Marked]]:
    if not isinstance(entry, marked.Mapping):
        hint = f"known keys: {', '.join(known)}"
        reporter.error(CODE, f"{what} must be a mapping", key.span, help=hint)
        return
    for name, value in entry.items:
        if name.text in known:
            yield name, value
        else:
            hint = did_you_mean(name.text, known)
            reporter.error(CODE, f"{what} has no key `{name.text}`", name.span, help=hint)


def _number(name: marked.Scalar, value: marked.Marked, reporter: Reporter) -> float:
    found = _NUMBER.fullmatch(value.text) if isinstance(value, marked.Scalar) else None
    number = float(found[1]) * _POWERS[found[2]] if found else 0.0
    if number <= 0:
        hint = "for instance 312T: 312 times 10 ** 12"
        message = f"{name.text} must be a number above 0, with k, M, G, T or P"
        reporter.error(CODE, message, value.span, help=hint)
        return math.nan
    return number
