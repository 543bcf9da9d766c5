"""What a sweep varies: axes of edits, and the grid of all their combinations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from boxwork import arguments
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.hints import shorten

MOST = 10_000  # variants of one grid
EXAMPLE = "for example --vary dims.heads=1,2,4"
RANGE = re.compile(r"\d+\s*(\.\.\.?|:)\s*\d+(:\d+)?", re.ASCII)
OPENING, CLOSING = "[{(", "]})"


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that is varied: the path of an edit, and its values as they are written."""

    path: str
    values: tuple[str, ...]

    def edits(self) -> tuple[str, ...]:
        """The edits, as ``--set`` takes them."""
        return tuple(f"{self.path}={value}" for value in self.values)


@dataclass(frozen=True, slots=True)
class Grid:
    """Every combination of the values of all axes; the last axis turns fastest."""

    axes: tuple[Axis, ...]

    def __len__(self) -> int:
        return prod(len(axis.values) for axis in self.axes)

    @property
    def paths(self) -> tuple[str, ...]:
        """What is varied, in the order it was given."""
        return tuple(axis.path for axis in self.axes)

    def variants(self) -> list[tuple[str, ...]]:
        """The values of each variant, in the order of ``paths``."""
        return list(product(*(axis.values for axis in self.axes)))

    def edits(self, values: Sequence[str]) -> tuple[str, ...]:
        """The edits of one variant, as ``--set`` takes them."""
        return tuple(f"{path}={value}" for path, value in zip(self.paths, values, strict=True))


def written(texts: Iterable[str]) -> Grid:
    """The grid of ``--vary PATH=VALUE,VALUE,…`` flags.

    Raises:
        DataError: if nothing is varied, one cannot be read, or there are too many variants.
    """
    axes, wrong = [], []
    for text in texts:
        path, equals, values = text.partition("=")
        if equals and path.strip():
            axes.append(Axis(path.strip(), tuple(split(values))))
        else:
            message = f"--vary is written PATH=VALUE,VALUE, not {shorten(text)!r}"
            wrong.append(Diagnostic("BW560", message, help=EXAMPLE))
    return _held(axes, wrong)


def given(vary: object) -> Grid:
    """The grid of a mapping of paths to values: ``{"dims.heads": [1, 2]}``.

    Raises:
        DataError: if nothing is varied, a path has no value, or there are too many variants.
    """
    by_path = arguments.by_name(vary, "the edits to vary", '{"dims.heads": [1, 2, 4]}')
    return _held([Axis(path, tuple(_values(path, some))) for path, some in by_path.items()], [])


def _values(path: str, some: object) -> list[str]:
    """Values as a spec would write them; a text is read as the command line reads it."""
    if isinstance(some, str):
        return split(some)
    if not isinstance(some, Iterable) or isinstance(some, Mapping):
        raise TypeError(f"{path} is given a list of values, such as [1, 2, 4], not {some!r}")
    return [value if isinstance(value, str) else flow(value) for value in some]


def flow(value: object) -> str:
    """A value of Python as one line of YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def split(text: str) -> list[str]:
    """The values between commas, those in brackets or quotes left whole: ``4,[1, 2],none``."""
    values, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'" and not values[-1].strip():
            quote = letter
        elif letter in OPENING:
            depth += 1
        elif letter in CLOSING:
            depth -= 1
        elif letter == "," and depth <= 0:
            values.append("")
            continue
        values[-1] += letter
    return [value.strip() for value in values]


def _held(axes: Sequence[Axis], wrong: list[Diagnostic]) -> Grid:
    """A grid of these axes, if there can be one."""
    paths = [axis.path for axis in axes]
    for axis in axes:
        wrong += _wrong(axis)
    for path in dict.fromkeys(path for path in paths if paths.count(path) > 1):
        hint = f"give all its values at once: --vary {path}=…,…"
        wrong.append(Diagnostic("BW560", f"{path} is varied twice", help=hint))
    if not axes and not wrong:
        wrong.append(Diagnostic("BW560", "nothing is varied", help=EXAMPLE))
    if wrong:
        raise DataError(wrong)
    grid = Grid(tuple(axes))
    if len(grid) > MOST:
        sizes = " × ".join(str(len(axis.values)) for axis in axes)
        message = f"the grid has {len(grid):,} variants ({sizes}); at most {MOST:,} are tried"
        hint = "give fewer values, or sweep in several steps"
        raise DataError([Diagnostic("BW561", message, help=hint)])
    return grid


def _wrong(axis: Axis) -> Iterable[Diagnostic]:
    if not axis.values or "" in axis.values:
        message = f"{axis.path} is varied, but a value is missing"
        hint = f"write each of them, or none: --vary {axis.path}=1,none"
        yield Diagnostic("BW560", message, help=hint)
    twice = [value for value in dict.fromkeys(axis.values) if axis.values.count(value) > 1]
    for value in filter(None, twice):
        message = f"{axis.path} is given {shorten(value)} twice"
        yield Diagnostic("BW560", message, help="give each value once")
    for value in filter(RANGE.fullmatch, axis.values):
        message = f"{axis.path} is given {shorten(value)}, which is no value but a range"
        yield Diagnostic("BW560", message, help=f"write each value: --vary {axis.path}=1,2,3")
