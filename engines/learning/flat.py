"""Arrays by path as pieces of one row of numbers: optimisers walk the row, engines the arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
CHUNK = 1 << 15  # numbers looked at together: they stay in the cache


class Flat:
    """Copies of arrays in one row, matrices before vectors; ``views`` has them by path."""

    def __init__(self, arrays: Mapping[str, Array], dtype: Any) -> None:
        order = sorted(arrays, key=lambda path: arrays[path].ndim < 2)  # stable
        self._pieces: dict[str, tuple[slice, tuple[int, ...]]] = {}
        start = 0
        for path in order:
            end = start + arrays[path].size
            self._pieces[path] = slice(start, end), arrays[path].shape
            start = end
        self.numbers = np.zeros(start, dtype)
        self.matrices = sum(array.size for array in arrays.values() if array.ndim > 1)
        self._paths = tuple(arrays)
        self.views = self.laid_over(self.numbers)
        self.fill(arrays)

    def laid_over(self, row: Array) -> dict[str, Array]:
        """Another row of as many numbers, as arrays by path: no copies."""
        pieces = ((path, *self._pieces[path]) for path in self._paths)
        return {path: row[piece].reshape(shape) for path, piece, shape in pieces}

    def fill(self, arrays: Mapping[str, Array]) -> None:
        """Take the numbers of arrays by path.

        Raises:
            ValueError: if one has another shape.
        """
        for path, view in self.views.items():
            if view.shape != arrays[path].shape:
                raise ValueError(f"{path} is {arrays[path].shape}, not {view.shape}")
            np.copyto(view, arrays[path])

    def empty(self) -> Flat:
        """Zeros of the same shapes."""
        return Flat({path: np.zeros_like(view) for path, view in self.views.items()}, self.dtype)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The kind of numbers."""
        return np.dtype(self.numbers.dtype)


def chunks(size: int) -> Iterator[slice]:
    """A row of numbers, piece by piece."""
    for start in range(0, size, CHUNK):
        yield slice(start, min(start + CHUNK, size))


def norm(numbers: Array) -> float:
    """The length of a vector, sqrt(Σ x²), summed in float64: large numbers do not overflow."""
    row = numbers.reshape(-1)
    wide = (row[piece].astype(np.float64) for piece in chunks(row.size))
    return math.sqrt(sum(float(np.dot(part, part)) for part in wide))


def clip(numbers: Array, length: float, most: float) -> None:
    """Shorten a vector of a known length to ``most``, its direction kept; 0 clips nothing."""
    if 0 < most < length:
        numbers *= most / length
