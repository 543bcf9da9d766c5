"""Wire types, and the patterns that ports are declared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from boxwork.blocks.dims import Dim
from boxwork.blocks.grammar import Expr, ExpressionError, Reader

Kind = Literal["real", "index", "shape"]
KINDS: tuple[Kind, ...] = ("real", "index", "shape")
ANY_SIZE = "_"  # among the dims of a primitive's ports: fits any size and binds nothing


@dataclass(frozen=True)
class WireType:
    """What travels on a wire: ``real[seq, d_model]`` or ``index<vocab>[seq]``."""

    kind: Kind
    dims: tuple[Dim, ...]
    bound: Dim | None = None

    @property
    def width(self) -> Dim | None:
        """The last dim: how many numbers one position carries."""
        return self.dims[-1] if self.dims else None

    @cached_property
    def _hash(self) -> int:
        return hash((self.kind, self.dims, self.bound))

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[type[WireType], tuple[object, ...]]:
        return WireType, (self.kind, self.dims, self.bound)  # another process hashes otherwise

    def agrees(self, other: WireType) -> bool:
        """Whether one may stand for the other: same kind, same sizes, same range of indices."""
        ours = (*self.dims, *((self.bound,) if self.bound else ()))
        theirs = (*other.dims, *((other.bound,) if other.bound else ()))
        alike = self.kind == other.kind and len(self.dims) == len(other.dims)
        return alike and all(a.agrees(b) for a, b in zip(ours, theirs, strict=True))

    def named(self) -> str:
        """The type with the names of its dims: ``real[seq, d_model]``."""
        bound = f"<{self.bound.name}>" if self.bound else ""
        return f"{self.kind}{bound}[{', '.join(str(d.name) for d in self.dims)}]"

    def __str__(self) -> str:
        """The type with its sizes: ``real[seq, 768]``."""
        bound = f"<{self.bound}>" if self.bound else ""
        return f"{self.kind}{bound}[{', '.join(str(d) for d in self.dims)}]"


@dataclass(frozen=True)
class TypePattern:
    """The type a port is declared with; ``None`` among the dims stands for ``*``."""

    kind: Kind
    dims: tuple[Expr | None, ...]
    bound: Expr | None
    text: str

    def split(self) -> tuple[tuple[Expr, ...], bool, tuple[Expr, ...]]:
        """The dims before ``*``, whether there is one, and the dims after it."""
        return self._split

    @cached_property
    def _split(self) -> tuple[tuple[Expr, ...], bool, tuple[Expr, ...]]:
        if None not in self.dims:
            return tuple(d for d in self.dims if d), False, ()
        star = self.dims.index(None)
        return (
            tuple(d for d in self.dims[:star] if d),
            True,
            tuple(d for d in self.dims[star + 1 :] if d),
        )

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Port:
    """A named input or output of a block.

    ``default`` is the name of the input that is read where this one is not wired;
    ``optional`` inputs may stay empty, optional outputs are computed when asked for;
    ``many`` inputs take any number of wires.
    """

    name: str
    type: TypePattern
    default: str | None = None
    optional: bool = False
    many: bool = False

    @property
    def required(self) -> bool:
        return not self.optional and self.default is None


@lru_cache(maxsize=1024)
def parse_type(text: str) -> TypePattern:
    """Read a type: ``real[*, d_model]``, ``index<vocab>[seq]``, ``shape[seq]``."""
    reader = Reader(text)
    pattern = _pattern(reader)
    reader.finish()
    return pattern


@lru_cache(maxsize=1024)
def parse_port(name: str, text: str) -> Port:
    """Read an input of a composite: a type, and what is read if nothing is wired."""
    reader = Reader(text)
    port = _defaulted(reader, name, _pattern(reader), False)
    reader.finish()
    return port


@lru_cache(maxsize=256)
def parse_ports(text: str) -> tuple[tuple[Port, ...], tuple[Port, ...]]:
    """Read the ports of a primitive: ``x: real[*, width_in] -> y: real[*, width]``."""
    reader = Reader(text)
    inputs = () if reader.take("->") else tuple(_ports(reader))
    if inputs:
        reader.expect("->")
    outputs = tuple(_ports(reader))
    reader.finish()
    return inputs, outputs


def _ports(reader: Reader) -> Iterator[Port]:
    while True:
        name = reader.name("a port").text
        many = bool(reader.take("..."))
        optional = bool(reader.take("?"))
        reader.expect(":")
        port = _defaulted(reader, name, _pattern(reader), many)
        yield Port(name, port.type, port.default, port.optional or optional, many)
        if not reader.take(","):
            return


def _defaulted(reader: Reader, name: str, pattern: TypePattern, many: bool) -> Port:
    if not reader.take("="):
        return Port(name, pattern, many=many)
    default = reader.name("the name of another input, or none").text
    if default == "none":
        return Port(name, pattern, optional=True, many=many)
    return Port(name, pattern, default=default, many=many)


def _pattern(reader: Reader) -> TypePattern:
    start = reader.next.start
    token = reader.name("real, index or shape")
    kind = next((k for k in KINDS if k == token.text), None)
    if kind is None:
        raise ExpressionError(
            f"unknown kind of wire `{token.text}`; expected real, index<…> or shape",
            token.start,
            token.end,
        )
    bound = None
    if reader.take("<"):
        bound = reader.sum()
        reader.expect(">")
    if (bound is None) == (kind == "index"):
        wanted = "index needs the number of its values: index<vocab>"
        raise ExpressionError(
            wanted if kind == "index" else f"{kind} takes no <…>",
            token.start,
            token.end,
            help="the dims follow it: index<vocab>[seq]" if kind == "index" else "",
        )
    dims = tuple(_dims(reader)) if reader.take("[") else ()
    if dims.count(None) > 1:
        raise ExpressionError("only one * may stand in a type", start, reader.next.start)
    text = reader.text[start : reader.tokens[reader.place - 1].end]
    return TypePattern(kind, dims, bound, text)


def _dims(reader: Reader) -> Iterator[Expr | None]:
    if reader.take("]"):
        return
    while True:
        yield None if reader.take("*") else reader.sum()
        if not reader.take(","):
            reader.expect("]")
            return
