"""A dim: a size, the name it has in the spec, and the place that gave it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from boxwork.blocks.forms import Form, SizeError


@dataclass(frozen=True, slots=True)
class Dim:
    """A size twice: ``value`` over free dims only, ``name`` over all dims of the spec.

    Wires agree by value (768 is 768), ties by name (``d_model`` is not ``d_ff``).
    ``origin`` is the span in the file that fixed it; it never counts in comparisons.
    """

    value: Form
    name: Form
    origin: object = field(default=None, compare=False, repr=False)

    @staticmethod
    @lru_cache(maxsize=1024)
    def of(value: int) -> Dim:
        """A plain number as a dim."""
        form = Form.of(value)
        return Dim(form, form)

    @staticmethod
    def named(name: str, value: int | None = None, origin: object = None) -> Dim:
        """A dim with a name of its own; free if it has no value."""
        form = Form.of(name)
        return Dim(form if value is None else Form.of(value), form, origin)

    @property
    def free(self) -> bool:
        """True if the size is known only at run time."""
        return self.value.constant is None

    def __hash__(self) -> int:
        return hash(self.value)  # dims are hashed by the thousand; few are told by name alone

    def __int__(self) -> int:
        number = self.value.whole
        if number is None:
            raise SizeError(f"{self.name} is no whole number known before the run")
        return number

    def at(self, origin: object) -> Dim:
        """The same dim, said to come from another place."""
        return Dim(self.value, self.name, origin)

    def agrees(self, other: Dim) -> bool:
        """Whether two wires of these sizes fit."""
        return self.value == other.value

    def combine(self, operator: str, other: Dim) -> Dim:
        """The exact result of an operator on two dims."""
        return Dim(
            _apply(operator, self.value, other.value),
            _apply(operator, self.name, other.name),
        )

    def past(self) -> Dim:
        """The part of a stepped dim that has been seen: all of it, but while stepping."""
        return Dim(self.value.past(), self.name.past(), self.origin)

    def plain(self) -> Dim:
        """This dim in a run from the beginning, where all that has been seen is new."""
        return Dim(self.value.plain(), self.name.plain(), self.origin)

    @property
    def is_past(self) -> bool:
        """Whether this is the seen part of another dim."""
        return self.value.is_past

    def __mul__(self, other: Dim) -> Dim:
        return self.combine("*", other)

    def __add__(self, other: Dim) -> Dim:
        return self.combine("+", other)

    def __truediv__(self, other: Dim) -> Dim:
        return self.combine("/", other)

    def size(self, lengths: Mapping[str, int], seen: Mapping[str, int] | None = None) -> int:
        """The number this dim is, once the free dims have their lengths.

        ``seen`` are the lengths with the past, if those are others.
        """
        number = self.value.constant
        if number is None:
            number = self.value.evaluate(lengths, seen)
        if number.denominator != 1 or number < 0:
            raise SizeError(f"{self.name} would be {number}, which is no size")
        return int(number)

    def __str__(self) -> str:
        return str(self.name) if self.free else str(self.value)


def _apply(operator: str, left: Form, right: Form) -> Form:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case "**":
            return _named_power(left, right)
        case _:
            return left.apply(operator, right)


def _named_power(left: Form, right: Form) -> Form:
    """A power; opaque where the exponent is a name (`2 ** layers`)."""
    if right.constant is None:
        return left.apply("**", right)
    return left**right
