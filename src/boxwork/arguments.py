"""What is given to the Python API, held before anything is done with it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from math import inf
from numbers import Real
from operator import index
from pathlib import Path
from typing import Any


def target(given: object) -> str | Path:
    """The name or the file of a spec."""
    if isinstance(given, str):
        if "\n" in given:
            raise ValueError(
                "load takes the name or the file of a spec, not its text: "
                "write the text into a .yaml file and give its path"
            )
        return given
    if isinstance(given, os.PathLike):
        return Path(given)
    raise TypeError(f"load takes the name or the path of a spec, not {_a(given)}")


def edits(given: str | Iterable[object]) -> tuple[str, ...]:
    """Edits as ``--set`` takes them: one, or several."""
    found = (given,) if isinstance(given, str) else tuple(given)
    for one in found:
        if not isinstance(one, str):
            raise TypeError(
                f'an edit is a text such as "dims.layers=2", not {_a(one)}; '
                "sizes are also taken by name: layers=2"
            )
    return tuple(str(one) for one in found)


def paths(given: object, name: str) -> tuple[str, ...]:
    """One path, or several."""
    several = () if given is None else (given,) if isinstance(given, str) else given
    if isinstance(several, Iterable):
        found = tuple(several)
        if all(isinstance(one, str) for one in found):
            return found
    raise TypeError(f'{name} is a path such as "stack.*.attn", or a list of them, not {given!r}')


def count(given: object, name: str, least: int = 0) -> int:
    """A whole number from 0, or from 1."""
    if isinstance(given, bool) or not hasattr(given, "__index__"):
        raise TypeError(f"{name} is a whole number from {least}, not {given!r}")
    number = index(given)
    if number < least:
        raise ValueError(f"{name} is a whole number from {least}, not {number}")
    return number


def number(given: object, name: str) -> float:
    """A number from 0."""
    if isinstance(given, bool) or not isinstance(given, Real):
        raise TypeError(f"{name} is a number from 0, not {given!r}")
    found = float(given)
    if not 0 <= found < inf:
        raise ValueError(f"{name} is a number from 0, not {given}")
    return found


def counts(given: object, name: str) -> list[int]:
    """Whole numbers, as an array or a list."""
    if not isinstance(given, Iterable) or isinstance(given, str | bytes):
        raise TypeError(f"{name} are whole numbers, such as [8, 21, 13], not {given!r}")
    found = list(given)
    if any(isinstance(one, bool) or not hasattr(one, "__index__") for one in found):
        raise TypeError(f"{name} are whole numbers, such as [8, 21, 13], not {given!r}")
    return [index(one) for one in found]


def by_name(given: object, name: str, such: str = '{"tokens": [8, 21, 13]}') -> Mapping[str, Any]:
    """Values by name."""
    if isinstance(given, Mapping) and all(isinstance(one, str) for one in given):
        return given
    raise TypeError(f"{name} go by name, such as {such}, not {_a(given)}")


def text(given: object, name: str) -> str:
    """A text."""
    if not isinstance(given, str):
        raise TypeError(f"{name} is a text, not {_a(given)}")
    return given


def _a(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
