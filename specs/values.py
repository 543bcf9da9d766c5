"""Numbers written into a spec: the arrays of `values:`, their names, and which are ours."""

from __future__ import annotations

from dataclasses import dataclass

Nested = float | tuple["Nested", ...]


@dataclass(frozen=True, slots=True)
class Values:
    """An array given in the spec, laid out as the parameter is.

    ``names`` are those of the positions of the last dim (drawn as neurons);
    ``ours`` are the places (indices) of numbers that are not the source's.
    """

    numbers: Nested
    names: tuple[str, ...] = ()
    ours: frozenset[tuple[int, ...]] = frozenset()
