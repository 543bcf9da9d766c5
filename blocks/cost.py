"""What a use of a block costs: sums of products of sizes, in which free lengths stay open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import prod

from boxwork.blocks.dims import Dim
from boxwork.blocks.forms import Form, SizeError
from boxwork.blocks.types import WireType

Wires = Mapping[str, tuple[WireType, ...]]


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long the free dims are: what is ``new`` in a run, and what is ``seen`` with the past."""

    new: Mapping[str, int]
    seen: Mapping[str, int]
    _known: dict[Form, int] = field(default_factory=dict, init=False, compare=False, repr=False)

    @staticmethod
    def full(sizes: Mapping[str, int]) -> Lengths:
        """A run from the beginning: all that is seen is new."""
        return Lengths(sizes, sizes)

    def within(self, dim: str, limit: Dim) -> Lengths:
        """The same where no more of the past than a limit was kept along a dim."""
        most = self.of(limit) + self.new[dim]
        return Lengths(self.new, {**self.seen, dim: min(self.seen[dim], most)})

    def of(self, dim: Dim) -> int:
        """The number that a dim is.

        Raises:
            SizeError: if that is no whole number from 0.
        """
        form = dim.value
        found = self._known.get(form)
        if found is None:
            number = form.constant
            if number is None:
                number = form.evaluate(self.new, self.seen)
            if number.denominator != 1 or number < 0:
                raise SizeError(f"{dim.name} would be {number}, which is no size")
            found = self._known[form] = int(number)
        return found


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of products of sizes: exact at any magnitude, and kept as it was meant."""

    terms: tuple[tuple[int, tuple[Dim, ...]], ...] = ()

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.terms + other.terms)

    def at(self, lengths: Lengths) -> int:
        """The number this is at some lengths of the free dims.

        Raises:
            SizeError: if a size is not whole there.
        """
        return sum(factor * prod(map(lengths.of, dims)) for factor, dims in self.terms)

    def plain(self) -> Sum:
        """The same for a run from the beginning, in which what is seen is what is new."""
        found = (
            (f, tuple(Dim(d.value.plain(), d.name.plain()) for d in ds)) for f, ds in self.terms
        )
        return Sum(tuple((f, ds) for f, ds in found if all(d.value.terms for d in ds)))

    def numbers(self, lengths: Lengths) -> str:
        """The products with their numbers: ``2 × 1,024 × 768``."""
        return _written((f, [f"{lengths.of(d):,}" for d in ds]) for f, ds in self.terms)

    def __str__(self) -> str:
        """The products with the names of their sizes: ``2 × seq × d_model``."""
        return _written((f, [_wrapped(d.name) for d in ds]) for f, ds in self.terms)


def product(factor: int, *dims: Dim) -> Sum:
    """One product: a number, and sizes."""
    return Sum(((factor, dims),) if factor else ())


@dataclass(frozen=True, slots=True)
class Flops:
    """The operations of one use of a block, for one sample; a multiply-add is two.

    ``matmul`` are those in products of matrices, all that run; ``masked`` is what is left of
    them without what a mask hides (None: nothing is hidden). ``elementwise`` are all others on
    real numbers, one for every number that is made, and for every number that is added up.
    """

    matmul: Sum = Sum()
    elementwise: Sum = Sum()
    masked: Sum | None = None

    @property
    def needed(self) -> Sum:
        """The operations in products whose results are used."""
        return self.matmul if self.masked is None else self.masked


def each(inputs: Wires, operations: int) -> Flops:
    """So many operations for every number of the first input."""
    (wire, *_) = next(iter(inputs.values()))
    return Flops(elementwise=product(operations, *wire.dims))


def _wrapped(name: Form) -> str:
    text = str(name)
    constant = name.constant
    if constant is not None and constant.denominator == 1:
        return f"{int(constant):,}"
    one = text.startswith(("min(", "max(")) and text.find(")") == len(text) - 1
    return f"({text})" if " " in text and not one else text


def _written(terms: Iterable[tuple[int, list[str]]]) -> str:
    text = ""
    for factor, words in terms:
        sign = (" - " if text else "-") if factor < 0 else (" + " if text else "")
        shown = [str(abs(factor)), *words] if abs(factor) != 1 or not words else words
        text += sign + " × ".join(shown)
    return text or "0"
