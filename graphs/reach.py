"""How far boxes look along a dim, and which of them cannot go on one position at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from boxwork.blocks.dims import Dim
from boxwork.blocks.types import Port, WireType
from boxwork.graphs.graph import Primitive
from boxwork.graphs.noted import noted


def dims_of(setting: object) -> Iterator[Dim]:
    """The sizes in the value of a setting: itself, or those of a list."""
    if isinstance(setting, Dim):
        yield setting
    elif isinstance(setting, tuple):
        for item in setting:
            yield from dims_of(item)


def labelled(primitive: Primitive) -> Iterator[tuple[str, str, Dim]]:
    """Every dim of every wire that a box reads, with the port's name for it (or ``*``)."""
    for port in primitive.block.inputs():
        only_shape = port.type.kind == "shape"  # it names the first dims; the wire may have more
        for wire in primitive.inputs.get(port.name, ()):
            for label, dim in zip(_labels(port, wire), wire.dims, strict=not only_shape):
                yield port.name, label, dim


def _labels(port: Port, wire: WireType) -> list[str]:
    before, star, after = port.type.split()
    count = len(wire.dims) - len(before) - len(after) if star else 0
    return [*(dim.label for dim in before), *["*"] * count, *(dim.label for dim in after)]


@noted
def always_made(primitive: Primitive) -> frozenset[str]:
    """The outputs that are computed whether anybody asks or not."""
    optional = {port.name for port in primitive.block.output_ports() if port.optional}
    return frozenset(primitive.outputs.keys() - optional)


def wires(primitive: Primitive, wanted: Collection[str]) -> Iterator[WireType]:
    """The wires of a box, also those of which only the shape is read; outputs if wanted."""
    for several in primitive.inputs.values():
        yield from several
    for port, wire in primitive.outputs.items():
        if port in wanted:
            yield wire


def along(wire: WireType, dim: str | None) -> bool:
    """Whether a free dim is anywhere in a type."""
    return any(dim in one.value.names for one in _sizes(wire))


def _sizes(wire: WireType) -> tuple[Dim, ...]:
    return wire.dims if wire.bound is None else (*wire.dims, wire.bound)


def runs(primitive: Primitive, dim: str | None) -> bool:
    """Whether a box runs anew for every position of the dim that grows."""
    return dim in lengths_of(primitive)


@noted
def lengths_of(primitive: Primitive) -> frozenset[str]:
    """The free dims along the wires of a box."""
    having = wires(primitive, always_made(primitive))
    return frozenset(name for wire in having for dim in _sizes(wire) for name in dim.value.names)


def looks_back(primitive: Primitive, dim: str | None) -> bool:
    """Whether what came before along a dim matters to a box."""
    return any(
        dim in one.value.names and primitive.block.reach(port, label) == "past"
        for port, label, one in labelled(primitive)
    )


def obstacles(primitive: Primitive, dim: str, wanted: Collection[str]) -> Iterator[str]:
    """Why a box needs more than the new positions of a dim and a state."""
    for name, value in primitive.settings.items():
        if any(dim in one.value.names for one in dims_of(value)):
            yield f"is set by {dim}: {name}"
    for wire in wires(primitive, wanted):
        yield from _odd(wire, dim)
    for port, label, one in labelled(primitive):
        if dim not in one.value.names:
            continue
        reach = primitive.block.reach(port, label)
        if reach == "whole":
            yield f"looks at the whole of {dim}"
        if reach == "past" and not primitive.block.state(primitive.dims):
            yield f"looks back along {dim}, but declares no state"


def _odd(wire: WireType, dim: str) -> Iterator[str]:
    """Dims that do not grow by one position at a time."""
    if wire.bound is not None and dim in wire.bound.value.names:
        yield f"has indices below {wire.bound.name}"
    having = [one for one in wire.dims if dim in one.value.names and not _seen(one, dim)]
    for one in having:
        if str(one.value) != dim:
            yield f"is along {one.name}, not {dim} itself"
    if len(having) > 1:
        yield f"is along {dim} twice"


def _seen(one: Dim, dim: str) -> bool:
    """Whether a dim is all that has been seen of another: it is made anew in every step."""
    return one.is_past and str(one.plain().value) == dim
