"""What a block remembers between the steps of generation."""

from __future__ import annotations

from dataclasses import dataclass

from boxwork.blocks.dims import Dim
from boxwork.blocks.types import WireType


@dataclass(frozen=True, slots=True)
class State:
    """One thing that is kept: its type on a wire, and how much of it is needed.

    A dim written ``d.k_len.past()`` grows by every position that is seen, up to ``limit``
    (a window) if there is one. Without such a dim the state has one size, whatever was seen.
    """

    type: WireType
    limit: Dim | None = None

    @property
    def axis(self) -> int | None:
        """The axis that grows, counted from the end; None if none does."""
        for axis, dim in enumerate(self.type.dims):
            if dim.is_past:
                return axis - len(self.type.dims)
        return None


def kept(*dims: Dim, limit: Dim | None = None) -> State:
    """The state of real numbers with these dims."""
    return State(WireType("real", dims), limit)
