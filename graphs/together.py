"""Copies side by side as one box: what engines run, step and go back through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from boxwork.blocks.block import Block, Dims, Parameter, Reach
from boxwork.blocks.dims import Dim
from boxwork.blocks.grammar import Expr
from boxwork.blocks.settings import Setting
from boxwork.blocks.state import State
from boxwork.blocks.types import Port, TypePattern, WireType
from boxwork.graphs import reach
from boxwork.graphs.building.side import optional
from boxwork.graphs.graph import WEIGH, Composite, Graph, Node, Part, Primitive, Ref

ALONE = "copy"  # the node of a primitive that stands side by side, in a graph of its own
INSIDE = "."  # before the path of a value inside: a port of the box that gives it for all copies


class SideBySide(Block):
    """A block whose copies stand side by side; what is inside is run by the engine."""

    def __init__(self, node: Node, traced: Mapping[str, WireType]) -> None:
        self.node, self.traced = node, traced
        self.graph = alone(node)

    @classmethod
    def differentiable(cls) -> bool:
        """The blocks inside tell."""
        return True

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """None of its own."""
        return ()

    def output_ports(self) -> tuple[Port, ...]:
        """The outputs of the node, and what is asked for inside."""
        asked = optional(self.node.part)
        own = {port: port in asked for port in self.node.outputs} | dict.fromkeys(self.traced, True)
        types = {**self.node.outputs, **self.traced}
        return tuple(_port(name, types[name], optional=own[name]) for name in own)

    def reach(self, port: str, dim: str) -> Reach:
        """How far the boxes inside look along a dim: the farthest of them."""
        wires = dict(zip(_names(self.node), _types(self.node), strict=True))
        names = wires[port].dims[int(dim.rpartition("_")[2])].value.names
        found = {
            one.block.reach(inner, label)
            for one in primitives(self.node.part)
            for inner, label, along in reach.labelled(one)
            if not names.isdisjoint(along.value.names)
        }
        return "whole" if "whole" in found or not names else "past" if "past" in found else "same"

    def state(self, d: Dims) -> Mapping[str, State]:
        """What the boxes inside remember: ``path/name``, with a dim more for the copies."""
        assert self.node.parallel is not None
        return {
            f"{path}/{name}": State(
                WireType("real", (self.node.parallel.count, *state.type.dims)), state.limit
            )
            for path, one in boxes(self.graph.root, "")
            for name, state in one.states.items()
        }


def as_primitive(node: Node, traced: Mapping[str, WireType] | None = None) -> Primitive:
    """A node with `parallel` as one box, which also gives values inside, if they are ``traced``."""
    wires = dict(zip(_names(node), _types(node), strict=True))
    ports = tuple(_port(name, wire) for name, wire in wires.items())

    class Together(SideBySide):
        @classmethod
        def inputs(cls) -> tuple[Port, ...]:
            return ports

    dims = {
        label: dim
        for name, wire in wires.items()
        for label, dim in zip(_labels(name, wire), wire.dims, strict=True)
    }
    block = Together(node, traced or {})
    return Primitive(
        node.part.name,
        block,
        Dims(dims),
        {name: (wire,) for name, wire in wires.items()},
        {**node.outputs, **block.traced},
        {own_name(node, path, name): one for path, name, one in _parameters(block.graph)},
    )


def own_name(node: Node, path: str, name: str) -> str:
    """What the parameter of a box inside is called in a node: ``gate.weight``."""
    return name if isinstance(node.part, Primitive) else f"{path}.{name}"


def alone(node: Node) -> Graph:
    """One copy of a node as a graph of its own; a primitive stands in it as ``copy``."""
    part = node.part
    if isinstance(part, Composite):
        return Graph(part.name, "", part, (), ())
    wired = {
        port: tuple(Ref("", name) for name in _spread(port, len(types)))
        for port, types in part.inputs.items()
    }
    inputs = {
        name: (wire,)
        for port, types in part.inputs.items()
        for name, wire in zip(_spread(port, len(types)), types, strict=True)
    }
    inner = replace(
        node, name=ALONE, inputs=wired, outputs=part.outputs, parallel=None, values={}, shared=False
    )
    sources = {port: Ref(ALONE, port) for port in part.outputs}
    root = Composite(part.name, "", "", "", {}, inputs, part.outputs, sources, {ALONE: inner})
    return Graph(part.name, "", root, (), ())


def pointwise(node: Node) -> bool:
    """Whether a copy may run on some positions alone: those that its weight is not 0 at.

    It may if nothing inside mixes or tells apart the positions that are weighed, and each input
    has them first or not at all.
    """
    assert node.parallel is not None
    assert node.parallel.weights is not None
    positions = node.parallel.weights.dims[:-1]
    names = frozenset(name for dim in positions for name in dim.value.names)
    if any(str(dim.value) not in names for dim in positions) or len(names) < len(positions):
        return False  # sizes that are fixed, or computed, cannot be told from others
    count = len(positions)
    for wire in _types(node):
        first, rest = wire.dims[:count], wire.dims[count:]
        along = any(not names.isdisjoint(dim.value.names) for dim in wire.dims)
        leading = first == positions or tuple(d.value for d in first) == _values(positions)
        if along and (not leading or any(not names.isdisjoint(d.value.names) for d in rest)):
            return False
    return all(_by_position(one, names) for one in primitives(node.part))


def _values(dims: tuple[Dim, ...]) -> tuple[object, ...]:
    return tuple(dim.value for dim in dims)


def _by_position(primitive: Primitive, names: frozenset[str]) -> bool:
    """Whether a box treats every position along some free dims alike, not knowing which it is."""
    given = (dim for value in primitive.settings.values() for dim in reach.dims_of(value))
    return all(names.isdisjoint(dim.value.names) for dim in given) and all(
        label == "*" and primitive.block.reach(port, label) == "same"
        for port, label, dim in reach.labelled(primitive)
        if not names.isdisjoint(dim.value.names)
    )


def primitives(part: Part) -> Iterator[Primitive]:
    """The templates of all primitives in a part, each use once."""
    if isinstance(part, Primitive):
        yield part
        return
    for node in part.nodes.values():
        for each in node.parts if node.count != 0 else ():
            yield from primitives(each)


def boxes(root: Composite, prefix: str) -> Iterator[tuple[str, Primitive]]:
    """Every copy of every primitive by its path; what stands side by side is one box."""
    for node in root.nodes.values():
        for copy in (None,) if node.count is None else range(node.count):
            path = f"{prefix}{node.name}" if copy is None else f"{prefix}{node.name}.{copy}"
            part = as_primitive(node) if node.parallel is not None else node.part_of(copy or 0)
            if isinstance(part, Primitive):
                yield path, part
            else:
                yield from boxes(part, f"{path}.")


def _parameters(graph: Graph) -> Iterator[tuple[str, str, Parameter]]:
    for path, one in boxes(graph.root, ""):
        for name, parameter in one.parameters.items():
            yield path, name, parameter


def wires(node: Node) -> dict[str, tuple[Ref, ...]]:
    """What a node reads, by the names of the wires that arrive."""
    refs = [ref for port in _arriving(node) for ref in node.inputs[port]]
    return {name: (ref,) for name, ref in zip(_names(node), refs, strict=True)}


def _names(node: Node) -> list[str]:
    """The names of the wires that arrive: those of the ports, numbered where there are several."""
    return [name for port, types in _arriving(node).items() for name in _spread(port, len(types))]


def _types(node: Node) -> list[WireType]:
    return [wire for types in _arriving(node).values() for wire in types]


def _arriving(node: Node) -> dict[str, tuple[WireType, ...]]:
    assert node.parallel is not None
    weights = node.parallel.weights
    return dict(node.part.inputs) | ({WEIGH: (weights,)} if weights is not None else {})


def _spread(port: str, count: int) -> list[str]:
    return [port if i == 0 else f"{port}.{i}" for i in range(count)]


def _labels(name: str, wire: WireType) -> list[str]:
    return [f"{name}_{axis}" for axis in range(len(wire.dims))]


def _port(name: str, wire: WireType, *, optional: bool = False) -> Port:
    dims = tuple(Expr("name", label, (), 0, 0) for label in _labels(name, wire))
    bound = Expr("name", f"{name}_bound", (), 0, 0) if wire.bound is not None else None
    return Port(name, TypePattern(wire.kind, dims, bound, str(wire)), optional=optional)
