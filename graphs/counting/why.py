"""Figures that explain themselves: the sum behind each, with the formula of every box."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from boxwork.blocks.cost import Lengths, Sum, product
from boxwork.blocks.dims import Dim
from boxwork.blocks.state import State
from boxwork.graphs import reach
from boxwork.graphs.counting.boxes import Box, Kind
from boxwork.graphs.counting.count import Counting
from boxwork.graphs.counting.tally import flops_of, remembered
from boxwork.graphs.graph import Primitive

What = Literal["params", "flops", "kv", "memory"]


@dataclass(frozen=True, slots=True)
class Line:
    """One summand: what it is of, how often it is there, its formula, and what comes out.

    ``group`` says which sum it belongs to.
    """

    group: str
    path: str
    copies: int
    sum: Sum
    result: int
    remark: str = ""

    def written(self, lengths: Lengths) -> tuple[str, str]:
        """The formula with names, and with numbers."""
        return self._times(str(self.sum)), self._times(self.sum.numbers(lengths))

    def _times(self, text: str) -> str:
        if self.copies == 1:
            return text
        several = len(self.sum.terms) > 1
        return f"{self.copies} × ({text})" if several else f"{self.copies} × {text}"


PARAMETERS, BUFFERS = "parameters", "buffers"
PRODUCTS, ELEMENTWISE = "products", "number by number"
MASKED = "of the products, without what masks hide"
STATE, WIRES, KEPT = "remembered", "on wires", "kept for the way back"


def why(counting: Counting, what: What, box: Box) -> list[Line]:
    """The summands of one figure of a box, in the order of the spec; numbers, not yet bytes."""
    of: Callable[[Counting, Kind, Primitive], Iterator[Line]] = {
        "params": _parameters,
        "flops": _flops,
        "kv": _state,
        "memory": _memory,
    }[what]
    boxes = counting.remembering(box) if what == "kv" else counting.primitives(box)
    found = [line for kind, primitive in boxes for line in of(counting, kind, primitive)]
    order = list(dict.fromkeys(ORDER + tuple(line.group for line in found)))
    return sorted(found, key=lambda line: order.index(line.group))


ORDER = (PARAMETERS, BUFFERS, PRODUCTS, MASKED, ELEMENTWISE, STATE, WIRES, KEPT)


def _parameters(counting: Counting, kind: Kind, primitive: Primitive) -> Iterator[Line]:
    ties = dict(kind.ties)
    for name, parameter in primitive.parameters.items():
        group, path = PARAMETERS if parameter.trained else BUFFERS, f"{kind.path}.{name}"
        size = product(1, *parameter.dims)
        if (name,) in ties or () in ties:
            target = ties.get((name,)) or f"{ties[()]}.{name}"
            yield Line(group, path, kind.copies, Sum(), 0, f"tied to {target}")
        elif not kind.owned:
            yield Line(group, path, kind.copies, Sum(), 0, "shared with the first copy")
        else:
            yield _line(counting, group, path, kind.owned, size)


def _flops(counting: Counting, kind: Kind, primitive: Primitive) -> Iterator[Line]:
    found = flops_of(primitive)
    if found is None:
        yield Line(PRODUCTS, kind.path, kind.copies, Sum(), 0, f"{primitive.name} does not say")
        return
    yield _line(counting, PRODUCTS, kind.path, kind.copies, found.matmul)
    if found.masked is not None:
        yield _line(counting, MASKED, kind.path, kind.copies, found.masked)
    yield _line(counting, ELEMENTWISE, kind.path, kind.copies, found.elementwise)


def _state(counting: Counting, kind: Kind, primitive: Primitive) -> Iterator[Line]:
    for name, state in remembered(primitive, counting.grows).items():
        size = product(1, *_held(state))
        yield _line(counting, STATE, f"{kind.path}: {name}", kind.copies, size)


def _held(state: State) -> Iterator[Dim]:
    for place, dim in enumerate(state.type.dims):
        here = state.axis is not None and place == len(state.type.dims) + state.axis
        full = dim.plain()
        yield full.combine("min", state.limit) if here and state.limit is not None else full


def _memory(counting: Counting, kind: Kind, primitive: Primitive) -> Iterator[Line]:
    for port in sorted(reach.always_made(primitive)):
        size = product(1, *primitive.outputs[port].dims)
        yield _line(counting, WIRES, kind.path, kind.copies, size)
    for name, dims in primitive.block.saves(primitive.dims, primitive.inputs).items():
        yield _line(counting, KEPT, f"{kind.path}: {name}", kind.copies, product(1, *dims))


def _line(counting: Counting, group: str, path: str, copies: int, size: Sum) -> Line:
    full = size.plain()
    result = copies * size.at(Lengths.full(counting.sizes))
    return Line(group, path, copies, full, result)
