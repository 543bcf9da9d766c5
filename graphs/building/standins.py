"""What stands for a block that is wrong, so that the boxes after it are checked all the same.

It has nothing but the types of its outputs, and these only if what is wrong cannot have changed
them: a setting that is not understood may have been meant to be any that was not given.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from boxwork.blocks.block import Block
from boxwork.blocks.types import ANY_SIZE, Port, WireType, parse_ports
from boxwork.graphs.building.definitions import BlockValue
from boxwork.graphs.building.infer import Binding
from boxwork.graphs.building.scope import UnknownNameError
from boxwork.graphs.building.trail import ReportedError
from boxwork.graphs.graph import Composite, Part


@dataclass(frozen=True, eq=False)
class StandIn(Composite):
    """A block that is wrong, seen from outside; what is wrong has been reported."""


def stands_in(parts: Iterable[Part]) -> bool:
    """Whether any of the templates only stands for one that is wrong."""
    return any(isinstance(part, StandIn) for part in parts)


def stand_in(
    block: BlockValue, binding: Binding, inputs: Mapping[str, tuple[WireType, ...]]
) -> StandIn:
    """What stands for a block, once its wires have bound the names of its ports.

    Raises:
        ReportedError: if the types of its outputs cannot be told.
    """
    reporter = binding.trail.reporter
    before = len(reporter.found)
    try:
        outputs = {port.name: _output(port, binding) for port in outputs_of(block)}
    except ReportedError:
        reporter.forget(before)  # that a size is not known follows from what is wrong
        raise
    name = block.definition.name
    return StandIn(name, block.used, "", "", dict(block.given), inputs, outputs, {}, {})


def _output(port: Port, binding: Binding) -> WireType:
    """The type of an output, if its declaration says all of it."""
    if ANY_SIZE in names_of(port) or (None in port.type.dims and binding.star is None):
        raise ReportedError
    return binding.type_of(port)


def open_names(block: BlockValue) -> set[str]:
    """The names of a block whose values depend on settings that were not given, or may."""
    definition = block.definition
    if definition.primitive is not None:
        names = {setting.name for setting in definition.primitive.settings()}
    else:
        assert definition.composite is not None
        names = {*definition.composite.settings, *definition.composite.dims}
    return names - dict(block.given).keys()


def tellable(
    ports: Iterable[Port], wires: Collection[str], known: Callable[[str], object]
) -> list[Port]:
    """The ports whose names are known before, or bound by a wire that is there."""
    ports = [port for port in ports if port.name in wires]
    dims = (dim for port in ports for dim in (*port.type.dims, port.type.bound))
    bound = {dim.text for dim in dims if dim is not None and dim.kind == "name"}

    def told(name: str) -> bool:
        try:
            return name in bound or known(name) is not None
        except UnknownNameError:
            return False

    return [port for port in ports if all(map(told, names_of(port)))]


def outputs_of(block: BlockValue) -> tuple[Port, ...]:
    """The declared outputs of a block.

    Raises:
        ReportedError: if its settings name them.
    """
    if block.definition.primitive is not None:
        if block.definition.primitive.output_ports is not Block.output_ports:
            raise ReportedError
        return parse_ports(block.definition.primitive.ports)[1]
    assert block.definition.composite is not None
    outputs = block.definition.composite.outputs.values()
    return tuple(Port(output.name, output.type) for output in outputs)


def names_of(port: Port) -> set[str]:
    """The names in the type of a port."""
    exprs = (*port.type.dims, port.type.bound)
    return {part.text for expr in exprs if expr is not None for part in expr.names()}
