"""What is trained on: examples, and which of them a step looks at, by seed and step alone."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from boxwork.engines.chance import stream

Array = np.ndarray[Any, Any]
ROWS = 1 << 16  # looked at together: windows of a text are views, and large when copied
Column = Array | Sequence[Array]  # examples of one shape, or of unlike lengths


class Dataset(Protocol):
    """Examples in batches; the same seed and step give the same batch, whatever came before."""

    @property
    def fingerprint(self) -> str:
        """Tells these examples from all others."""

    def per_epoch(self, size: int) -> int:
        """In how many steps, of so many examples each, all examples are seen."""

    def batch(self, step: int, size: int, seed: int) -> dict[str, Any]:
        """The inputs of a step, by name."""

    def spaced(self, most: int, size: int) -> list[dict[str, Any]]:
        """At most so many examples from all over, the same each time, in batches of a size."""


class Shuffled:
    """Every example once in each epoch, in an order of the epoch's own."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.columns = dict(columns)
        self.count = len(next(iter(self.columns.values())))
        self._order: tuple[tuple[int, int], Array] | None = None

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.columns)

    def per_epoch(self, size: int) -> int:
        return math.ceil(self.count / size)

    def batch(self, step: int, size: int, seed: int) -> dict[str, Any]:
        epoch, place = divmod(step, self.per_epoch(size))
        return self._at(self._shuffled(seed, epoch)[place * size : (place + 1) * size])

    def spaced(self, most: int, size: int) -> list[dict[str, Any]]:
        return [self._at(places) for places in _spaced(self.count, most, size)]

    def _at(self, chosen: Array) -> dict[str, Any]:
        return {
            name: column[chosen] if isinstance(column, np.ndarray) else [column[i] for i in chosen]
            for name, column in self.columns.items()
        }

    def _shuffled(self, seed: int, epoch: int) -> Array:
        if self._order is None or self._order[0] != (seed, epoch):
            order = stream(seed, f"epoch {epoch}").permutation(self.count)
            self._order = (seed, epoch), order
        return self._order[1]


class Windows:
    """Pieces of one long row of tokens, cut at random places; wanted is the token after each.

    Of a row so short that all its pieces fit into a batch, each is there once. An epoch is as
    many steps as show as many tokens as there are.
    """

    def __init__(self, tokens: str, wanted: str, ids: Array, length: int) -> None:
        self.names = tokens, wanted
        self.ids, self.length = ids, length

    @property
    def fingerprint(self) -> str:
        return fingerprint({"ids": self.ids, "length": np.array(self.length)})

    def per_epoch(self, size: int) -> int:
        return math.ceil((self.ids.size - 1) / (size * self.length))

    def batch(self, step: int, size: int, seed: int) -> dict[str, Any]:
        places = self.ids.size - self.length
        starts = np.arange(places)
        if places > size:
            starts = stream(seed, f"batch {step}").integers(0, places, size)
        return self._at(starts)

    def spaced(self, most: int, size: int) -> list[dict[str, Any]]:
        return [self._at(starts) for starts in _spaced(self.ids.size - self.length, most, size)]

    def _at(self, starts: Array) -> dict[str, Any]:
        cut = self.ids[starts[:, None] + np.arange(self.length + 1)]
        tokens, wanted = self.names
        return {tokens: cut[:, :-1], wanted: cut[:, 1:]}


class Supplied:
    """Batches made elsewhere: a list over and over, else as long as there are more."""

    fingerprint = ""  # nobody knows what comes

    def __init__(self, batches: Iterable[Mapping[str, Any]]) -> None:
        self._list = batches if isinstance(batches, Sequence) else None
        self._more = iter(batches)

    def per_epoch(self, size: int) -> int:
        return len(self._list) if self._list else 1

    def batch(self, step: int, size: int, seed: int) -> dict[str, Any]:
        if self._list is not None and self._list:
            return dict(self._list[step % len(self._list)])
        return dict(next(self._more))

    def spaced(self, most: int, size: int) -> list[dict[str, Any]]:
        return []  # what was not given as a list is gone once it was seen


def _spaced(count: int, most: int, size: int) -> list[Array]:
    """At most so many places of ``count``, evenly apart, in pieces of a size."""
    places = np.linspace(0, count - 1, min(count, most)).round().astype(np.int64)
    return [places[start : start + size] for start in range(0, len(places), size)]


def examples_in(batch: Mapping[str, Any]) -> int:
    """How many examples a batch has; an input without any axis is one of them."""
    first = next(iter(batch.values()), ())
    return len(first) if getattr(first, "ndim", 1) and hasattr(first, "__len__") else 1


def fingerprint(columns: Mapping[str, Column]) -> str:
    """A short text that other numbers would not have."""
    digest = hashlib.blake2b(digest_size=16)
    for name, column in columns.items():
        for array in (column,) if isinstance(column, np.ndarray) else column:
            digest.update(f"{name} {array.shape} {array.dtype}\n".encode())
            for piece in np.array_split(array, len(array) // ROWS + 1) if array.ndim else (array,):
                digest.update(piece.tobytes())
    return digest.hexdigest()
