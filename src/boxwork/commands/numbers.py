"""Arrays for people: small ones as tables, large ones in a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

ROWS, COLUMNS = 12, 8  # what still fits on a screen
Array = np.ndarray[Any, Any]


def table(name: str, value: Any) -> Iterator[str]:
    """The name and shape of an array, then its numbers; of a large one, its range."""
    if isinstance(value, list):
        for place, one in enumerate(value):
            yield from table(f"{name}[{place}]", one)
        return
    array = np.asarray(value)
    shape = " × ".join(map(str, array.shape)) or "one number"
    if not array.size:
        yield f"{name} ({shape}): nothing"
        return
    if array.ndim > 2 or array.size > ROWS * COLUMNS or max(array.shape, default=0) > ROWS:
        yield f"{name} ({shape}): {_range(array)}"
        return
    yield f"{name} ({shape}):"
    rows = [[_number(x) for x in row] for row in np.atleast_2d(array)]
    width = max((len(cell) for row in rows for cell in row), default=0)
    yield from ("  " + "  ".join(cell.rjust(width) for cell in row) for row in rows)


def _range(array: Array) -> str:
    low, mean, high = (_number(x) for x in (array.min(), array.mean(), array.max()))
    return f"from {low} to {high}, {mean} on average"


def _number(x: Any) -> str:
    return f"{x:.4g}" if isinstance(x, float | np.floating) else str(x)
