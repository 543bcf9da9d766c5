"""The small expression language of sizes, numbers and requirements: what a tree is worth."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from boxwork.blocks.dims import Dim
from boxwork.blocks.forms import Form, SizeError
from boxwork.blocks.grammar import Expr, ExpressionError

SIZE_FUNCTIONS = ("max", "min", "past")
NUMBER_FUNCTIONS = ("log", "max", "min", "sqrt")

Value = Dim | float
Lookup = Callable[[str], Value]


def size(expr: Expr, lookup: Lookup) -> Dim:
    """The exact size an expression gives; dims stay named, free dims stay free."""
    match expr.kind:
        case "number":
            return _whole(expr)
        case "name":
            value = lookup(expr.text)
            if isinstance(value, Dim):
                return value
            raise ExpressionError(
                f"`{expr.text}` is a number ({value:g}), not a size", expr.start, expr.end
            )
        case "neg":
            return _exact(expr, "-", Dim.of(0), size(expr.parts[0], lookup))
        case "call":
            return _size_call(expr, lookup)
        case _:
            left, right = (size(part, lookup) for part in expr.parts)
            return _exact(expr, expr.kind, left, right)


def _size_call(expr: Expr, lookup: Lookup) -> Dim:
    if expr.text not in SIZE_FUNCTIONS:
        known = ", ".join(SIZE_FUNCTIONS)
        raise ExpressionError(
            f"unknown function `{expr.text}` in a size (known: {known})", expr.start, expr.end
        )
    values = [size(part, lookup) for part in expr.parts]
    if expr.text == "past":
        return values[0].past()
    result = values[0]
    for value in values[1:]:
        result = _exact(expr, expr.text, result, value)
    return result


def _whole(expr: Expr) -> Dim:
    text = expr.text.replace("_", "")
    try:
        value = int(text) if text.isdigit() and len(text) < 30 else float(text)
        if value != value // 1:
            message = f"a size must be a whole number, not {text}"
            near = f"write {int(value)} or {int(value) + 1}"
            raise ExpressionError(message, expr.start, expr.end, near)
        return Dim.of(int(value))
    except (SizeError, OverflowError):
        raise ExpressionError("the size is too large", expr.start, expr.end) from None


def _exact(expr: Expr, operator: str, left: Dim, right: Dim) -> Dim:
    try:
        result = left.combine(operator, right)
    except SizeError as error:
        raise ExpressionError(str(error), expr.start, expr.end) from None
    number = result.value.constant
    if operator == "/" and number is not None and number.denominator != 1:
        raise ExpressionError(
            f"{left.value} / {right.value} is no whole number",
            expr.start,
            expr.end,
            f"choose sizes so that {right.value} divides {left.value}",
        )
    return result


def number(expr: Expr, lookup: Lookup) -> float:
    """The real number an expression gives."""
    try:
        return _number(expr, lookup)
    except (OverflowError, ZeroDivisionError, ValueError) as error:
        if isinstance(error, ExpressionError):
            raise
        raise ExpressionError(_reason(error), expr.start, expr.end) from None


def _reason(error: Exception) -> str:
    if isinstance(error, OverflowError):
        return "the number is too large"
    return "division by zero" if isinstance(error, ZeroDivisionError) else "no real number"


def _number(expr: Expr, lookup: Lookup) -> float:
    match expr.kind:
        case "number":
            value = float(expr.text.replace("_", ""))
            if math.isinf(value):
                raise OverflowError
            return value
        case "name":
            found = lookup(expr.text)
            return _bound_number(found, expr) if isinstance(found, Dim) else found
        case "call":
            return _number_call(expr, [_number(part, lookup) for part in expr.parts])
        case "neg":
            return -_number(expr.parts[0], lookup)
        case _:
            left, right = (_number(part, lookup) for part in expr.parts)
            return _ARITHMETIC[expr.kind](left, right)


def _power_of(left: float, right: float) -> float:
    if left < 0 and right != right // 1:
        raise ValueError
    return float(left**right)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "**": _power_of,
}


def _bound_number(dim: Dim, expr: Expr) -> float:
    if dim.free:
        raise ExpressionError(
            f"`{expr.text}` is known only at run time; a number cannot use it", expr.start, expr.end
        )
    return float(int(dim))


def _number_call(expr: Expr, values: list[float]) -> float:
    if expr.text in ("min", "max"):
        return min(values) if expr.text == "min" else max(values)
    if expr.text in ("sqrt", "log") and len(values) == 1:
        return math.sqrt(values[0]) if expr.text == "sqrt" else math.log(values[0])
    known = ", ".join(NUMBER_FUNCTIONS)
    raise ExpressionError(
        f"unknown function `{expr.text}` in a number (known: {known})", expr.start, expr.end
    )


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def holds(expr: Expr, lookup: Lookup) -> bool | tuple[Form, str, Form]:
    """Whether a requirement holds; if free dims are in it, what to compare at run time."""
    try:
        left, right = (size(part, lookup) for part in expr.parts)
    except ExpressionError:
        values = [number(part, lookup) for part in expr.parts]
        return _COMPARE[expr.kind](values[0], values[1])
    a, b = left.value.constant, right.value.constant
    if a is None or b is None:
        return (left.value, expr.kind, right.value)
    return compare(expr.kind, a, b)


def compare(operator: str, left: Fraction, right: Fraction) -> bool:
    """Apply one of the comparison operators of requirements, exactly."""
    return _COMPARE[operator](left, right)
