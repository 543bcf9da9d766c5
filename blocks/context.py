"""What a block may know beside its values: the namespace, lengths, randomness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from boxwork.blocks.dims import Dim

Array = Any  # an array of the namespace `cx.xp`: NumPy, array_api_strict, later JAX and PyTorch


@dataclass(frozen=True, slots=True)
class Saved:
    """What a forward pass leaves for ``backward``: arrays to read, never to write into."""

    inputs: tuple[Any, ...]  # the values that forward was given, in its order
    outputs: tuple[Any, ...]  # what it gave, one for each of its outputs
    kept: Mapping[str, Array] = field(default_factory=dict)  # what it kept with ``cx.save``


class Gradients(NamedTuple):
    """What ``backward`` gives: gradients of the values of forward, and of the parameters.

    ``inputs`` stand in the order of forward's values: a tuple for a variadic one, None where
    nothing flows (an index, an optional input that is not wired, one that nobody ``needs``).
    A gradient may have more batch axes than its value: it is summed over them.
    """

    inputs: tuple[Any, ...]
    parameters: Mapping[str, Array] = {}


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

    def extend(self, name: str, new: Array) -> Array:
        """All that is kept of a state that grows, the new positions after it.

        What came in, unless this block is stepped along the state's growing dim.
        """

    def recall(self, name: str) -> Array | None:
        """What ``keep`` kept last under this name; None at the beginning, and in a plain run."""

    def keep(self, name: str, value: Array) -> None:
        """Keep a state for the next step; nothing happens in a plain run."""

    def wants(self, port: str) -> bool:
        """Whether somebody reads an optional output."""

    def save(self, **arrays: Array) -> None:
        """Keep arrays for ``backward``, as ``saved.kept``; nothing happens in a plain run."""

    def needs(self, port: str) -> bool:
        """In ``backward``: whether anybody needs the gradient of an input."""

    def uniform(self, shape: tuple[int, ...]) -> Array:
        """Random numbers in [0, 1), from the run's key and this node's path."""
