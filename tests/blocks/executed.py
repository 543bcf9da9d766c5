"""Arrays that count what NumPy really computes with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import array_api_compat.numpy as compat
import numpy as np


@dataclass
class Tape:
    """The operations so far: those in products of matrices, and all others on real numbers."""

    matmul: int = 0
    elementwise: int = 0
    seen: set[str] = field(default_factory=set)

    def note(self, ufunc: Any, method: str, values: tuple[Any, ...], result: Any) -> None:
        self.seen.add(ufunc.__name__)
        result = np.asarray(result)
        if ufunc is np.matmul:
            self.matmul += 2 * result.size * values[0].shape[-1]
        elif result.dtype.kind == "f":
            self.elementwise += values[0].size if method == "reduce" else result.size


class Counting(np.ndarray):
    """An array whose operations are noted on a tape."""

    tape: Tape

    def __array_finalize__(self, parent: Any) -> None:
        self.tape = getattr(parent, "tape", None)

    def __array_ufunc__(self, ufunc: Any, method: str, *values: Any, **given: Any) -> Any:
        plain = tuple(bare(value) for value in values)
        if "out" in given:
            given["out"] = tuple(bare(out) for out in given["out"])
        result = getattr(ufunc, method)(*plain, **given)
        self.tape.note(ufunc, method, plain, result)
        return counted(result, self.tape)


class Namespace:
    """The Array API namespace of NumPy, all of whose arrays count."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape

    def __getattr__(self, name: str) -> Any:
        found = getattr(compat, name)
        if isinstance(found, type) or not callable(found):
            return found
        return lambda *values, **given: counted(found(*values, **given), self.tape)


def counted(value: Any, tape: Tape) -> Any:
    """The same numbers, which count."""
    if isinstance(value, list | tuple):
        return type(value)(counted(one, tape) for one in value)
    if not isinstance(value, np.ndarray | np.generic):
        return value
    array = np.asarray(value).view(Counting)
    array.tape = tape
    return array


def bare(value: Any) -> Any:
    return value.view(np.ndarray) if isinstance(value, Counting) else value
