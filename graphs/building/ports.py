"""The ports of a node's block and the wires that feed them, defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boxwork.blocks.types import Port, parse_ports
from boxwork.graphs.building.copies import Copies
from boxwork.graphs.building.definitions import BlockValue
from boxwork.graphs.building.mismatch import Wire
from boxwork.graphs.building.trail import Trail
from boxwork.graphs.building.wires import FIRST
from boxwork.graphs.graph import Ref
from boxwork.specs.diagnostics import Span
from boxwork.specs.hints import did_you_mean
from boxwork.specs.spec import NodeDecl

Wired = Mapping[str, tuple[tuple[Ref, Wire], ...]]


def inputs_of(block: BlockValue) -> tuple[Port, ...]:
    """The inputs of a block."""
    if block.definition.primitive is not None:
        return block.definition.primitive.inputs()
    assert block.definition.composite is not None
    return tuple(decl.port for decl in block.definition.composite.inputs.values())


def first_output(block: BlockValue) -> str:
    """The name of the first output of a block."""
    if block.definition.primitive is not None:
        return parse_ports(block.definition.primitive.ports)[1][0].name
    assert block.definition.composite is not None
    return next(iter(block.definition.composite.outputs))


def wired(
    decl: NodeDecl, block: BlockValue, refs: Wired, trail: Trail, *, partly: bool = False
) -> dict[str, Any]:
    """The wires of a node by the names of the block's ports, defaults filled in.

    ``partly``: some are not known, so that nothing can be said of those that are not there.
    """
    ports = inputs_of(block)
    names = [port.name for port in ports]
    if block.definition.name == "none":
        first = refs[FIRST] if FIRST in refs else refs.get(names[0], next(iter(refs.values())))
        return {names[0]: first}
    found = {(names[0] if p == FIRST and names else p): w for p, w in refs.items()}
    for name, pairs in found.items():
        if name not in names:
            _no_port(name, names, block, pairs[0][1].span, trail, decl)
        port = ports[names.index(name)]
        if len(pairs) > 1 and not port.many:
            trail.fail(
                "BW206",
                f"the input {name} of {trail.path(decl.name)} takes one wire, not a list",
                pairs[1][1].span,
                help=f"{block.used} takes {', '.join(names)}",
            )
    if not partly:
        _defaults(decl, block, ports, found, trail)
    return {name: found[name] for name in names if name in found}


def following(copies: Copies, refs: Wired) -> set[str]:
    """The inputs that default to the one which a repeated node hands on: its own, each copy."""
    ports = inputs_of(copies.blocks[copies.first])
    found = {port.name for port in ports[:1]}
    for port in ports[1:]:
        if port.name not in refs and port.default in found:
            found.add(port.name)
    return found - {port.name for port in ports[:1]}


def _no_port(
    name: str, names: list[str], block: BlockValue, span: Span, trail: Trail, decl: NodeDecl
) -> None:
    if name == FIRST:
        trail.fail("BW206", f"{trail.path(decl.name)} ({block.used}) takes no input", span)
    trail.fail(
        "BW206",
        f"{block.definition.name} has no input `{name}`",
        span,
        help=did_you_mean(name, names) or f"its inputs: {', '.join(names) or 'none'}",
    )


def _defaults(
    decl: NodeDecl,
    block: BlockValue,
    ports: tuple[Port, ...],
    found: dict[str, Any],
    trail: Trail,
) -> None:
    for port in ports:
        if port.name in found or port.optional:
            continue
        if port.default in found:
            found[port.name] = found[port.default]
            continue
        trail.fail(
            "BW202",
            f"nothing feeds the input {port.name} of {trail.path(decl.name)}",
            decl.use.span if decl.use else decl.span,
            notes=[],
            help=f"{block.definition.name} takes {port.name}: {port.type}; "
            f"write in: {{{port.name}: WIRE}}",
        )
