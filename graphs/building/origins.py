"""Where the sizes of a use come from: its template may have been checked for another use."""

from __future__ import annotations

from collections.abc import Mapping

from boxwork.blocks.dims import Dim
from boxwork.blocks.types import WireType
from boxwork.graphs.building.definitions import BlockValue
from boxwork.graphs.building.scope import Origin


def of_this_use(
    outputs: Mapping[str, WireType], block: BlockValue, inputs: Mapping[str, tuple[WireType, ...]]
) -> dict[str, WireType]:
    """The outputs of a template, with the places that gave their sizes at this use.

    Sizes that agree may have been written at several nodes; a diagnostic names the one that is
    wired here.
    """
    given = {name: size for name, size in block.given if isinstance(size, Dim)}
    wired = {dim: dim for types in inputs.values() for wire in types for dim in wire.dims}

    def placed(dim: Dim) -> Dim:
        setting = dim.origin.setting if isinstance(dim.origin, Origin) else ""
        ours = given.get(setting) if setting in given else wired.get(dim)
        if ours is None or ours.origin is dim.origin or ours != dim:
            return dim
        return dim.at(ours.origin)

    def seen(wire: WireType) -> WireType:
        dims = tuple(map(placed, wire.dims))
        same = all(one is other for one, other in zip(dims, wire.dims, strict=True))
        return wire if same else WireType(wire.kind, dims, wire.bound)

    return {port: seen(wire) for port, wire in outputs.items()}
