"""Number by number on NumPy, in pieces that stay in the cache from one operation to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from boxwork.blocks.context import Array

PIECE = 1 << 15  # numbers: some arrays of that many fit the cache of one core


def piecewise(
    np: Any, work: Callable[..., None], outs: int, *arrays: Array
) -> tuple[Array, ...]:  # [*] … -> [*] …
    """New arrays shaped as those given; ``work(*outs, spare, *arrays)`` fills them by pieces."""
    first = arrays[0]
    found = [np.empty(first.shape, dtype=first.dtype) for _ in range(outs)]
    flat = [each.reshape(-1) for each in (*found, *arrays)]
    spare = np.empty(min(PIECE, first.size), dtype=first.dtype)
    for start in range(0, first.size, PIECE):
        parts = [each[start : start + PIECE] for each in flat]
        work(*parts[:outs], spare[: parts[0].size], *parts[outs:])
    return tuple(found)
