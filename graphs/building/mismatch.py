"""The words of a mismatch: what arrives, where its size comes from, and how to mend it."""

from __future__ import annotations

from typing import NamedTuple

from boxwork.blocks.dims import Dim
from boxwork.blocks.grammar import Expr
from boxwork.blocks.types import Port, WireType
from boxwork.graphs.building.scope import Origin
from boxwork.specs.diagnostics import Note, Span


class Wire(NamedTuple):
    """A wire that arrives at a port: its type, how it is written, and where."""

    type: WireType
    name: str
    span: Span


KIND_HELP = {
    "index": "an Embedding or OneHot turns indices into numbers",
    "real": "indices come from an input such as index<vocab>[seq]",
    "shape": "",
}
DIMS_HELP = {
    1: "the wire lacks a dim: see what stands before it",
    -1: "a Flatten, MergeHeads, MeanPool or LastPosition takes one dim away",
}
UNLIKE_HELP = (
    "Expand gives a dim more, MeanPool and LastPosition take one away, and `weigh` sums copies that"
    " stand side by side"
)


def kind_of(kind: str) -> str:
    """What a kind of wire carries, in words."""
    return {"real": "numbers", "index": "indices", "shape": "lengths"}[kind]


def count_of(number: int) -> str:
    """So many dims, in words."""
    return f"{number} dim" if number == 1 else f"{number} dims"


def names_of(expr: Expr) -> list[str]:
    """The names in an expression, each once."""
    return list(dict.fromkeys(e.text for e in expr.names()))


def _span(dim: Dim) -> Span | None:
    return dim.origin.span if isinstance(dim.origin, Origin) else None


def said(name: str, value: Dim | float) -> Note:
    """What a name stands for, and where that was set."""
    span = _span(value) if isinstance(value, Dim) else None
    return Note(f"{name} = {value}" + (", set" if span else ""), span)


def explain(wire: Wire, dim: Dim) -> Note:
    """Where the size of a wire comes from."""
    origin = dim.origin
    if dim.free or not isinstance(origin, Origin):
        return Note(f"{wire.name} is {wire.type.named()}")
    if origin.setting:
        whose = f" in {origin.owner}" if origin.owner not in ("", wire.name) else ""
        said = f"{wire.name} is {dim} wide: {{{origin.setting}: {origin.text}}}{whose}"
        return Note(said, origin.span)
    if dim.name.constant is not None:
        return Note(f"{wire.name} is {dim} wide, set", origin.span)
    return Note(f"{wire.name} is {wire.type.named()} with {dim.name} = {dim}, set", origin.span)


def expected(block: str, declared: Span | None, port: Port, wanted: Dim, name: str) -> Note:
    """What a port's declaration says of a dim, and where."""
    text = f"{block} declares {port.name}: {port.type}"
    if declared is not None:
        text = f"{block} is declared as {port.type}"
    if str(wanted) != name and name not in ("*", ""):
        text += f" with {name or 'a dim'} = {wanted}"
    if declared is not None:
        return Note(text, declared)
    span = _span(wanted)
    return Note(text + (", set" if span else ""), span)


def mend(wanted: Dim, found: Dim, wire: Wire, first: Wire | None) -> str:
    """What to change: the size that a setting computed rather than one the spec names."""
    odd = found
    named = not _setting_of(found) or " " not in str(found.name)
    if first is not None and _setting_of(wanted) and named:
        wire, wanted, odd = first, found, wanted
    name = wanted.name if " " not in str(wanted.name) or wanted.free else wanted.value
    whose = _owner_of(odd) or wire.name
    linear = f"or add a Linear of that width after {'it' if whose == wire.name else wire.name}"
    if _setting_of(odd):
        return f"give {whose} {{{_setting_of(odd)}: {name}}}, {linear}"
    if wanted == wire.type.width or odd == wire.type.width:
        return f"give {wire.name} the width {name}, {linear}"
    return f"{wire.name} must have {name} there"


def _setting_of(dim: Dim) -> str:
    return dim.origin.setting if isinstance(dim.origin, Origin) else ""


def _owner_of(dim: Dim) -> str:
    return dim.origin.owner if isinstance(dim.origin, Origin) else ""
