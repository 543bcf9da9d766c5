"""What a block may know beside its values: the namespace, lengths, randomness."""

from __future__ import annotations

from typing import Any, Protocol

from boxwork.blocks.dims import Dim

Array = Any  # an array of the namespace `cx.xp`: NumPy, array_api_strict, later JAX and PyTorch


class Context(Protocol):
    """What the engine tells a block's ``forward``; dims go by the names of its ports."""

    @property
    def xp(self) -> Any:
        """The Array API namespace that the values belong to."""

    @property
    def dtype(self) -> Any:
        """The floating type of this run."""

    @property
    def training(self) -> bool:
        """True while training: dropout drops."""

    def size(self, dim: str | Dim) -> int:
        """The length of a dim in this run, by the name of a port or as a setting holds it."""

    def rank(self, port: str) -> int:
        """How many dims the wire of an input has; the axes before them are batch axes."""

    def offset(self, dim: str) -> int:
        """How many positions of a dim came before this call: 0 unless stepping."""

    def lengths(self, dim: str) -> Array | None:
        """The length of each sample along a padded dim, one per batch entry; None if all full."""

    def wants(self, port: str) -> bool:
        """Whether somebody reads an optional output."""

    def uniform(self, shape: tuple[int, ...]) -> Array:
        """Random numbers in [0, 1), from the run's key and this node's path."""
