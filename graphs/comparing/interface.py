"""Inputs and outputs of two graphs: which correspond, whatever they are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from boxwork.blocks.types import WireType
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.graph import Graph

Types = Mapping[str, WireType]


def interface(a: Graph, b: Graph) -> Iterator[Change]:
    """Inputs and outputs that are there, or are typed, otherwise."""
    for what, one, other in (("input", a.inputs, b.inputs), ("output", a.outputs, b.outputs)):
        pairs = paired(one, other)
        for name, name_b in pairs.items():
            if _typed_otherwise(one[name], other[name_b]):
                yield Change("type", name, name_b, what, one[name].named(), other[name_b].named())
        for name in one:
            if name not in pairs:
                yield Change("removed", name, "", what, one[name].named())
        for name in other:
            if name not in pairs.values():
                yield Change("added", "", name, what, "", other[name].named())


def paired(a: Types, b: Types) -> dict[str, str]:
    """Which corresponds to which: of one type in order, then at all, of one name, the only one."""
    pairs: dict[str, str] = {}

    def match(name: str, other: str) -> None:
        if name not in pairs and other not in pairs.values():
            pairs[name] = other

    for name, other in zip(a, b, strict=False):
        if not _typed_otherwise(a[name], b[other]):
            match(name, other)
    for name in a:
        for other in b:
            if not _typed_otherwise(a[name], b[other]):
                match(name, other)
    for name in a:
        if name in b:
            match(name, name)
    left = [[n for n in a if n not in pairs], [n for n in b if n not in pairs.values()]]
    if len(a) == len(b) and len(left[0]) == len(left[1]) == 1:
        match(left[0][0], left[1][0])
    return {name: pairs[name] for name in a if name in pairs}


def _typed_otherwise(a: WireType, b: WireType) -> bool:
    """Whether two wires are of another kind, or of other sizes that no dim of one name tells."""
    if a.kind != b.kind or len(a.dims) != len(b.dims):
        return True
    pairs = list(zip(a.dims, b.dims, strict=True))
    if a.bound is not None and b.bound is not None:
        pairs.append((a.bound, b.bound))
    return any(
        not one.agrees(other) and one.name != other.name
        for one, other in pairs if not one.free and not other.free
    )  # fmt: skip
