"""Whether numbers that are handed to a drawing fit its wires and parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from boxwork.blocks.dims import Dim
from boxwork.graphs.graph import Composite, Graph, Part
from boxwork.graphs.parameters import find
from boxwork.renderers.values.data import Data, shape
from boxwork.specs.diagnostics import DataError, Diagnostic


def hold_fitting(data: Data) -> None:
    """Raise a DataError with all values and parameters whose shapes are not those declared."""
    wrong = [*_values(data.graph, data.values), *_parameters(data.graph, data.parameters)]
    if wrong:
        raise DataError(wrong)


def _values(graph: Graph, values: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for path, found in values.items():
        dims, sizes = wire(graph, path), shape(found)
        if dims is not None and not _ends_so(dims, sizes):
            wanted = _listed(dims)
            yield Diagnostic(
                "BW453",
                f"the values of {path} do not fit its wire: {_listed(sizes)} is not {wanted}",
                help=f"give {path} the shape {wanted}, or that after batch axes",
            )


def _parameters(graph: Graph, parameters: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for path, found in parameters.items():
        place, sizes = find(graph, path), shape(found)
        if place is not None and sizes != tuple(map(int, place.parameter.dims)):
            wanted = _listed(place.parameter.dims)
            yield Diagnostic(
                "BW453",
                f"the numbers of {path} do not fit: {_listed(sizes)} is not {wanted}",
                help=f"give {path} the shape {wanted}",
            )


def wire(graph: Graph, path: str) -> tuple[Dim, ...] | None:
    """The dims of the value that goes by a path; None if there is none."""
    if path in graph.inputs:
        return graph.inputs[path].dims
    part: Part = graph.root
    names = path.split(".")
    while names:
        if not isinstance(part, Composite):
            return part.outputs[names[0]].dims if names[0] in part.outputs else None
        node = part.nodes.get(names.pop(0))
        if node is None:
            return None
        copy = 0
        if node.count is not None:
            if not names or not names[0].isdigit() or int(names[0]) >= node.count:
                return None
            copy = int(names.pop(0))
        part = node.part_of(copy)
    return next(iter(part.outputs.values())).dims if part.outputs else None


def _ends_so(dims: Sequence[Dim], sizes: Sequence[int]) -> bool:
    """Whether an array ends in these dims; a free one may be of any length."""
    last = sizes[len(sizes) - len(dims) :] if len(sizes) >= len(dims) else None
    return last is not None and all(
        dim.free or int(dim) == size for dim, size in zip(dims, last, strict=True)
    )


def _listed(dims: Sequence[Dim | int]) -> str:
    return f"[{', '.join(map(str, dims))}]"
