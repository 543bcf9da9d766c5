"""Sizes as forms and expressions: equal if and only if their values are, and printed as read."""

import math
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from boxwork.blocks.dims import Dim
from boxwork.blocks.expressions import holds, number, size
from boxwork.blocks.forms import LIMIT, Form, SizeError
from boxwork.blocks.grammar import ExpressionError, parse, parse_condition

NAMES = ("a", "b", "c")
SIZES = st.fixed_dictionaries({name: st.integers(1, 50) for name in NAMES})
LEAVES = st.one_of(st.sampled_from(NAMES), st.integers(0, 9).map(str))
POLYNOMIALS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.integers(0, 2)).map(lambda t: f"({t[0]} ** {t[1]})"),
    ),
    max_leaves=6,
)
ALL = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%"]), inner).map(
            lambda t: f"({t[0]} {t[1]} {t[2]})"
        ),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
        inner.map(lambda t: f"({t}) ** 2"),
    ),
    max_leaves=6,
)


def form(text: str) -> Form:
    """The form of an expression whose names are all free."""
    return size(parse(text), Dim.named).value


def form_or_none(text: str) -> Form | None:
    try:
        return form(text)
    except ExpressionError:
        return None


def value(text: str, sizes: dict[str, int]) -> Fraction | None:
    """What Python makes of it, in fractions."""
    try:
        return Fraction(eval(_exact(text), _fractions(sizes)))
    except ZeroDivisionError:
        return None


def _fractions(sizes: dict[str, int]) -> dict[str, object]:
    exact = {name: Fraction(size) for name, size in sizes.items()}
    return {"F": Fraction, "min": min, "max": max, **exact}


def _exact(text: str) -> str:
    for digit in "0123456789":
        text = text.replace(digit, f"F({digit})")
    return text.replace("** F(2)", "** 2").replace("** F(0)", "** 0").replace("** F(1)", "** 1")


@given(POLYNOMIALS, POLYNOMIALS)
def test_polynomials_are_equal_if_and_only_if_their_values_are(one: str, other: str) -> None:
    forms = form_or_none(one), form_or_none(other)
    assume(None not in forms)
    agree = all(value(one, sizes) == value(other, sizes) for sizes in GRID)
    assert (forms[0] == forms[1]) == agree


GRID = [{"a": a, "b": b, "c": c} for a in (1, 2, 30, 71) for b in (3, 5, 47) for c in (7, 11, 90)]


@given(POLYNOMIALS, POLYNOMIALS, POLYNOMIALS)
def test_arithmetic_is_that_of_numbers(a: str, b: str, c: str) -> None:
    assume(all(form_or_none(text) is not None for text in (a, b, c)))
    left, right = form_or_none(f"({a}) * (({b}) + ({c}))"), form_or_none(f"{a} * {b} + {a} * {c}")
    assume(left is not None and right is not None)
    assert left == right
    assert hash(left) == hash(right)


@given(ALL, SIZES)
def test_forms_have_the_value_of_their_expression(text: str, sizes: dict[str, int]) -> None:
    found = form_or_none(text)
    expected = value(text, sizes)
    assume(found is not None and expected is not None)
    try:
        assert found.evaluate(sizes) == expected
    except (SizeError, ZeroDivisionError):
        pytest.fail(f"{text} has the value {expected}")


@given(ALL)
def test_what_is_printed_reads_as_the_same_form(text: str) -> None:
    found = form_or_none(text)
    assume(found is not None and found.constant is None)
    assert form(str(found)) == found


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("4 * d_model", "4 * d_model"),
        ("d_model / heads * heads", "d_model"),
        ("(a + b) ** 2 - a ** 2 - 2 * a * b", "b ** 2"),
        ("1 + seq", "seq + 1"),
        ("(image / patch) ** 2", "image ** 2 / patch ** 2"),
        ("seq // 2 * 2", "2 * (seq // 2)"),
        ("(seq - 1) // 2 + 1", "(seq + 1) // 2"),
        ("(seq - 7) // 3 + 1", "(seq + 2) // 3 - 2"),
        ("max(a, a)", "a"),
        ("a - a", "0"),
        ("a - b // 2", "a - b // 2"),
        ("-(b // 2)", "-(b // 2)"),
        ("past(seq)", "past(seq)"),
        ("a / (b + 1)", "a / (b + 1)"),
        ("2 ** a", "2 ** a"),
        ("(a + 1) / 2", "(a + 1) / 2"),
        ("a / 2 + b", "a / 2 + b"),
        ("c / (2 * c) ** 2", "1 / c / 4"),
    ],
)
def test_printed(text: str, shown: str) -> None:
    assert str(form(text)) == shown


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7 / 2", "7 / 2 is no whole number"),
        ("1 / 0", "division by zero"),
        ("1 % 0", "division by zero"),
        ("9 ** 9 ** 9", "the size is larger than 1,000,000,000,000,000"),
        ("2 ** (0 - 1)", "the exponent of a size must be a whole number, 0 or more"),
        ("1.5", "a size must be a whole number, not 1.5"),
        ("10 ** 15 + 1", "the size is larger than 1,000,000,000,000,000"),
        ("sqrt(4)", "unknown function `sqrt` in a size"),
    ],
)
def test_sizes_that_cannot_be(text: str, found: str) -> None:
    with pytest.raises(ExpressionError, match=found.replace("*", r"\*").replace(".", r"\.")):
        form(text)


def test_the_largest_size_is_still_one() -> None:
    assert form("10 ** 15").constant == LIMIT
    assert form("2 * 3 // 4 + 7 % 4 - min(1, 2)").constant == 3


@given(ALL, SIZES)
def test_numbers_are_those_of_python(text: str, sizes: dict[str, int]) -> None:
    names = {name: float(size) for name, size in sizes.items()}
    try:
        expected = eval(text, {"min": min, "max": max, **names})
    except (ZeroDivisionError, OverflowError):
        with pytest.raises(ExpressionError):
            number(parse(text), names.__getitem__)
        return
    assert number(parse(text), names.__getitem__) == pytest.approx(expected, nan_ok=True)


def test_numbers_know_roots_and_logarithms() -> None:
    assert number(parse("1 / sqrt(16) + log(1)"), lambda _: 0.0) == 0.25
    assert number(parse("-2 ** 2"), lambda _: 0.0) == -4
    assert number(parse("2 ** -1"), lambda _: 0.0) == 0.5
    assert math.isclose(
        number(parse("(0.1 * log(40) + 1) ** 2"), lambda _: 0.0), 1.8738542070926265
    )


def test_requirements_hold_or_wait_for_the_run() -> None:
    sizes = {"seq": Dim.named("seq"), "d": Dim.named("d", 12), "half": 0.5}
    assert holds(parse_condition("d % 5 == 2"), sizes.__getitem__) is True
    assert holds(parse_condition("half > 1"), sizes.__getitem__) is False
    assert holds(parse_condition("seq <= d"), sizes.__getitem__) == (form("seq"), "<=", form("12"))
