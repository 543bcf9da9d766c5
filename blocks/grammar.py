"""The grammar of expressions: from text to a tree with places; nothing runs as Python."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

MAX_LENGTH = 500
MAX_DEPTH = 40

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<op>\*\*|//|<=|>=|==|!=|\.\.\.|->|[-+*/%()<>,\[\]=:?|])|(?P<bad>\S))"
)


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

    @property
    def label(self) -> str:
        """The name that a dim of a port goes by: ``past(k_len)`` is k_len as well."""
        return self.parts[0].label if (self.kind, self.text) == ("call", "past") else self.text

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
            raise ExpressionError(f"`{match[kind]}` has no meaning here", start, place)
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
