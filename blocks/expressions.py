"""The small expression language of sizes, numbers and requirements; nothing runs as Python."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from boxwork.blocks.dims import Dim
from boxwork.blocks.forms import Form, SizeError

MAX_LENGTH = 500
MAX_DEPTH = 40
SIZE_FUNCTIONS = ("max", "min", "past")
NUMBER_FUNCTIONS = ("log", "max", "min", "sqrt")

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<op>\*\*|//|<=|>=|==|!=|\.\.\.|->|[-+*/%()<>,\[\]=:?|])|(?P<bad>\S))"
)

Value = Dim | float
Lookup = Callable[[str], Value]


class ExpressionError(ValueError):
    """An expression that cannot be read or computed, with its place in the text."""

    def __init__(self, message: str, start: int, end: int, help: str = "") -> None:
        super().__init__(message)
        self.start, self.end, self.help = start, end, help


@dataclass(frozen=True, slots=True)
class Expr:
    """One node of a parsed expression: an operator (or a leaf) and where it stands."""

    kind: str  # "number", "name", "call", or the operator
    text: str
    parts: tuple[Expr, ...]
    start: int
    end: int

    def names(self) -> list[Expr]:
        """The names used, from left to right."""
        found = [self] if self.kind == "name" else []
        for part in self.parts:
            found += part.names()
        return found


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression's text."""

    kind: str
    text: str
    start: int
    end: int


class Reader:
    """Reads expressions, and what is built of them, from one piece of text."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise ExpressionError(f"longer than {MAX_LENGTH} characters", 0, len(text))
        self.text = text
        self.tokens = list(_tokens(text))
        self.place = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def take(self, *texts: str) -> Token | None:
        """The next token, if it is one of these."""
        token = self.next
        if token.kind == "op" and token.text in texts:
            self.place += 1
            return token
        return None

    def expect(self, text: str) -> Token:
        """The next token, which must be this one."""
        return self.take(text) or self.fail(f"expected '{text}'")

    def name(self, what: str = "a name") -> Token:
        """The next token, which must be a name."""
        if self.next.kind != "name":
            self.fail(f"expected {what}")
        self.place += 1
        return self.tokens[self.place - 1]

    def fail(self, message: str) -> Token:
        token = self.next
        found = f"'{token.text}'" if token.kind != "end" else "the end"
        raise ExpressionError(f"{message}, found {found}", token.start, max(token.end, 1))

    def finish(self) -> None:
        """Nothing may be left."""
        if self.next.kind != "end":
            self.fail("expected the end of the expression")

    def comparison(self) -> Expr:
        left = self.sum()
        if token := self.take("<=", ">=", "==", "!=", "<", ">"):
            right = self.sum()
            return Expr(token.text, "", (left, right), left.start, right.end)
        return self.fail_expr("expected a comparison such as `seq <= context`")

    def fail_expr(self, message: str) -> Expr:
        self.fail(message)
        raise AssertionError

    def sum(self) -> Expr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("nested too deeply", 0, len(self.text))
        left = self._chain(self._product, ("+", "-"))
        self.depth -= 1
        return left

    def _product(self) -> Expr:
        return self._chain(self._unary, ("*", "/", "//", "%"))

    def _chain(self, part: Callable[[], Expr], operators: tuple[str, ...]) -> Expr:
        left = part()
        while token := self.take(*operators):
            right = part()
            left = Expr(token.text, "", (left, right), left.start, right.end)
        return left

    def _unary(self) -> Expr:
        minuses = []
        while token := self.take("-"):
            minuses.append(token)
        value = self._power()
        for token in reversed(minuses):
            value = Expr("neg", "", (value,), token.start, value.end)
        return value

    def _power(self) -> Expr:
        base = self._atom()
        if not self.take("**"):
            return base
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("nested too deeply", 0, len(self.text))
        power = self._unary()
        self.depth -= 1
        return Expr("**", "", (base, power), base.start, power.end)

    def _atom(self) -> Expr:
        token = self.next
        if token.kind in ("number", "name"):
            self.place += 1
            if token.kind == "name" and self.take("("):
                return self._call(token)
            return Expr(token.kind, token.text, (), token.start, token.end)
        if self.take("("):
            inner = self.sum()
            end = self.expect(")")
            return Expr(inner.kind, inner.text, inner.parts, token.start, end.end)
        return self.fail_expr("expected a number, a name or '('")

    def _call(self, function: Token) -> Expr:
        parts = [self.sum()]
        while self.take(","):
            parts.append(self.sum())
        end = self.expect(")")
        return Expr("call", function.text, tuple(parts), function.start, end.end)


def _tokens(text: str) -> list[Token]:
    found, place = [], 0
    while match := _TOKEN.match(text, place):
        kind = str(match.lastgroup)
        start, place = match.span(kind)
        if kind == "bad":
            raise ExpressionError(f"'{match[kind]}' has no meaning here", start, place)
        found.append(Token(kind, match[kind], start, place))
    return [*found, Token("end", "", len(text.rstrip()), len(text.rstrip()) + 1)]


@lru_cache(maxsize=4096)
def parse(text: str) -> Expr:
    """Read a size or a number: ``4 * d_model``, ``1 / sqrt(head_dim)``."""
    reader = Reader(text)
    result = reader.sum()
    reader.finish()
    return result


@lru_cache(maxsize=1024)
def parse_condition(text: str) -> Expr:
    """Read a requirement: ``seq <= context``, ``d_model % heads == 0``."""
    reader = Reader(text)
    result = reader.comparison()
    reader.finish()
    return result


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
            raise ExpressionError(
                f"a size must be a whole number, not {text}", expr.start, expr.end
            )
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
            f"{left.value} / {right.value} is no whole number", expr.start, expr.end
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


_COMPARE: dict[str, Callable[[float, float], bool]] = {
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
    return compare(expr.kind, float(a), float(b))


def compare(operator: str, left: float, right: float) -> bool:
    """Apply one of the comparison operators of requirements."""
    return _COMPARE[operator](left, right)
