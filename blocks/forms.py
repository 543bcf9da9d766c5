"""Normal forms of sizes: sums of products of names, so that equal sizes compare equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

LIMIT = 10**15  # no size of a network is larger; keeps `9**9**9` from being computed
MAX_TERMS = 64
MAX_LENGTH = 1000


class SizeError(ValueError):
    """A size that cannot be: not whole, too large, or divided by zero."""


Atom = Any  # a name, or (operator, Form, Form)
Monomial = tuple[tuple[Atom, int], ...]

_EXACT: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "**": lambda a, b: (Form.of(a) ** Form.of(b)).constant or Fraction(0),
    "//": lambda a, b: Fraction(a // b),
    "%": lambda a, b: Fraction(a % b),
    "min": min,
    "max": max,
}


class Form:
    """A sum of products of dims with rational factors, in one canonical order.

    ``4 * d_model``, ``d_model / heads`` and ``seq + 1`` are forms; division by a
    product is a negative power, so ``heads * (d_model / heads)`` is ``d_model``.
    What has no such form (``seq // 2``) is kept whole, as one opaque factor.
    """

    __slots__ = ("__dict__", "terms")

    def __init__(self, terms: Mapping[Monomial, Fraction]) -> None:
        kept = [(m, c) for m, c in terms.items() if c]
        if len(kept) > MAX_TERMS:
            raise SizeError(f"the size has more than {MAX_TERMS} terms")
        self.terms = tuple(sorted(kept, key=_by_degree) if len(kept) > 1 else kept)

    @staticmethod
    def of(value: int | Fraction | str) -> Form:
        """The form of a number or of a dim's name."""
        if isinstance(value, str):
            return Form({((value, 1),): Fraction(1)})
        if not -LIMIT <= value <= LIMIT:
            raise SizeError(f"the size is larger than {LIMIT:,}")
        return Form({(): Fraction(value)})

    @cached_property
    def constant(self) -> Fraction | None:
        """The number this form is, or None if it has names in it."""
        if not self.terms:
            return Fraction(0)
        if len(self.terms) == 1 and not self.terms[0][0]:
            return self.terms[0][1]
        return None

    @cached_property
    def whole(self) -> int | None:
        """The whole number this form is, or None if it is none."""
        number = self.constant
        return number.numerator if number is not None and number.denominator == 1 else None

    @cached_property
    def names(self) -> frozenset[str]:
        """The dims that occur anywhere in this form."""
        found: set[str] = set()
        for monomial, _ in self.terms:
            for atom, _power in monomial:
                found |= {atom} if isinstance(atom, str) else atom[1].names | atom[2].names
        return frozenset(found)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Form) and self.terms == other.terms)

    @cached_property
    def length(self) -> int:
        """How many names and numbers it takes to write this form."""
        total = 0
        for monomial, _ in self.terms:
            total += 1
            for atom, _power in monomial:
                total += 1 if isinstance(atom, str) else atom[1].length + atom[2].length
        return total

    @cached_property
    def _hash(self) -> int:
        return hash(self.terms)

    def __hash__(self) -> int:
        return self._hash

    def __add__(self, other: Form) -> Form:
        terms = dict(self.terms)
        for monomial, factor in other.terms:
            terms[monomial] = terms.get(monomial, Fraction(0)) + factor
        return _bounded(Form(terms))

    def __neg__(self) -> Form:
        return Form({monomial: -factor for monomial, factor in self.terms})

    def __sub__(self, other: Form) -> Form:
        return self + -other

    def __mul__(self, other: Form) -> Form:
        terms: dict[Monomial, Fraction] = {}
        for left, a in self.terms:
            for right, b in other.terms:
                product = _join(left, right, 1)
                terms[product] = terms.get(product, Fraction(0)) + a * b
        return _bounded(Form(terms))

    def __truediv__(self, other: Form) -> Form:
        if other.constant == 0:
            raise SizeError("division by zero")
        if len(other.terms) != 1:
            return self if not self.terms else _opaque("/", self, other)
        ((below, divisor),) = other.terms
        quotient = {_join(above, below, -1): factor / divisor for above, factor in self.terms}
        return _bounded(Form(quotient))

    def __pow__(self, other: Form) -> Form:
        power = other.constant
        if power is None or power.denominator != 1 or power < 0:
            raise SizeError("the exponent of a size must be a whole number, 0 or more")
        if self.constant in (0, 1):
            return Form.of(1) if power == 0 else self
        if power > LIMIT.bit_length():
            raise SizeError(f"the size is larger than {LIMIT:,}")
        result = Form.of(1)
        for _ in range(int(power)):
            result = result * self
        return result

    def apply(self, operator: str, other: Form) -> Form:
        """``//``, ``%``, ``min`` or ``max`` of two forms; opaque unless both are numbers."""
        a, b = self.constant, other.constant
        if operator in ("//", "%") and b == 0:
            raise SizeError("division by zero")
        if a is not None and b is not None:
            return Form.of(_EXACT[operator](a, b))
        if operator in ("min", "max") and self == other:
            return self
        if operator == "//" and b is not None:
            whole = dict(self.terms).get((), Fraction(0)) // b
            if whole:  # so `(n - 1) // 2 + 1` is `(n + 1) // 2`
                return _opaque("//", self - Form.of(whole * b), other) + Form.of(whole)
        return _opaque(operator, self, other)

    def past(self) -> Form:
        """What attention has seen of this dim so far: the dim itself, but while stepping."""
        return self if self.is_past else _opaque("past", self, Form.of(0))

    @property
    def is_past(self) -> bool:
        """Whether this form is the seen part of another one, and nothing else."""
        if len(self.terms) != 1 or self.terms[0][1] != 1 or len(self.terms[0][0]) != 1:
            return False
        ((atom, power),) = self.terms[0][0]
        return power == 1 and not isinstance(atom, str) and atom[0] == "past"

    def plain(self) -> Form:
        """This form for a run from the beginning: all of a dim that has been seen is the dim."""
        if all(isinstance(atom, str) for monomial, _ in self.terms for atom, _ in monomial):
            return self
        result = Form.of(0)
        for monomial, factor in self.terms:
            product = Form({(): factor})
            for atom, power in monomial:
                value = _plain_atom(atom)
                for _ in range(abs(power)):
                    product = product * value if power > 0 else product / value
            result = result + product
        return result

    def evaluate(self, sizes: Mapping[str, int], seen: Mapping[str, int] | None = None) -> Fraction:
        """The number this form is once every name in it has a size.

        ``seen`` are the sizes of what has been seen so far, if those are others.
        """
        total = Fraction(0)
        for monomial, factor in self.terms:
            for atom, power in monomial:
                value = _atom_value(atom, sizes, sizes if seen is None else seen)
                if not value and power < 0:
                    raise SizeError("division by zero")
                factor *= value**power
            total += factor
        return total

    def __str__(self) -> str:
        if not self.terms:
            return "0"
        whole = all(monomial or f.denominator == 1 for monomial, f in self.terms)
        if not whole and len(self.terms) > 1:  # (a + 1) / 2
            common = lcm(*(f.denominator for _, f in self.terms))
            return f"({Form({m: f * common for m, f in self.terms})}) / {common}"
        text = ""
        for monomial, factor in self.terms:
            sign = (" - " if text else "-") if factor < 0 else (" + " if text else "")
            text += sign + _term_text(monomial, abs(factor), wrapped=sign == "-")
        return text

    __repr__ = __str__


def _by_degree(term: tuple[Monomial, Fraction]) -> tuple[int, str]:
    """Higher degrees first, then by name: `d_model * heads`, `seq`, then the number."""
    monomial = term[0]
    degree: int = sum(power for _, power in monomial)
    return -degree, _term_text(monomial, Fraction(1))


def _join(left: Monomial, right: Monomial, sign: int) -> Monomial:
    powers = dict(left)
    for atom, power in right:
        powers[atom] = powers.get(atom, 0) + sign * power
    return tuple(sorted(((a, n) for a, n in powers.items() if n), key=lambda item: str(item[0])))


def _bounded(form: Form) -> Form:
    if form.length > MAX_LENGTH:
        raise SizeError("the size would take pages to write")
    if any(abs(factor) > LIMIT for _, factor in form.terms):
        raise SizeError(f"the size is larger than {LIMIT:,}")
    return form


def _opaque(operator: str, left: Form, right: Form) -> Form:
    if left.length + right.length > MAX_LENGTH:
        raise SizeError("the size would take pages to write")
    return Form({(((operator, left, right), 1),): Fraction(1)})


def _plain_atom(atom: Atom) -> Form:
    if isinstance(atom, str):
        return Form.of(atom)
    operator, left, right = atom
    a: Form = left.plain()
    b: Form = right.plain()
    if operator == "past":
        return a
    return a / b if operator == "/" else a.apply(operator, b)


def _atom_value(atom: Atom, sizes: Mapping[str, int], seen: Mapping[str, int]) -> Fraction:
    if isinstance(atom, str):
        return Fraction(sizes[atom])
    operator, left, right = atom
    if operator == "past":
        value: Fraction = left.evaluate(seen)
        return value
    a: Fraction = left.evaluate(sizes, seen)
    b: Fraction = right.evaluate(sizes, seen)
    if operator in ("/", "//", "%") and b == 0:
        raise SizeError("division by zero")
    return a / b if operator == "/" else _EXACT[operator](a, b)


def _term_text(monomial: Monomial, factor: Fraction, *, wrapped: bool = False) -> str:
    inside = wrapped or len(monomial) > 1 or factor != 1
    above = [_atom_text(a, n, inside) for a, n in monomial if n > 0]
    below = [_atom_text(a, -n, True) for a, n in monomial if n < 0]
    if factor.numerator != 1 or not above:
        above.insert(0, str(factor.numerator))
    if factor.denominator != 1:
        below.append(str(factor.denominator))
    return " / ".join([" * ".join(above), *below])


def _atom_text(atom: Atom, power: int, inside: bool) -> str:
    if isinstance(atom, str):
        text = atom
    elif atom[0] in ("min", "max"):
        text = f"{atom[0]}({atom[1]}, {atom[2]})"
    elif atom[0] == "past":
        text = f"past({atom[1]})"
    else:
        text = f"{_wrapped(atom[1])} {atom[0]} {_wrapped(atom[2])}"
        text = f"({text})" if inside or power != 1 else text
    return text if power == 1 else f"{text} ** {power}"


def _wrapped(form: Form) -> str:
    text = str(form)
    return f"({text})" if " " in text else text
