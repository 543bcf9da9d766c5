"""The outputs of a composite: the wires that they are other names of, held against their types."""

from __future__ import annotations

from boxwork.blocks.types import Port, WireType
from boxwork.graphs.building.infer import Binding
from boxwork.graphs.building.made import AbsentError, Made
from boxwork.graphs.building.mismatch import Wire
from boxwork.graphs.building.scope import Scope
from boxwork.graphs.building.trail import ReportedError
from boxwork.graphs.building.wires import written_ref
from boxwork.graphs.graph import Ref
from boxwork.specs.hints import closest
from boxwork.specs.spec import CompositeDecl, OutputDecl


def outgoing(
    decl: CompositeDecl, scope: Scope, made: Made
) -> tuple[dict[str, WireType], dict[str, Ref]]:
    """The types of the outputs, and where their wires start; those that are wrong are left out."""
    types: dict[str, WireType] = {}
    found: dict[str, Ref] = {}
    for output in decl.outputs.values():
        try:
            ref, wire = _wired(output, decl, made)
            _hold(output, wire, scope)
        except AbsentError:
            wire_name = output.wire.text
            made.trail.report(
                "BW202",
                f"the output {output.name} is the input {wire_name}, which nothing feeds",
                output.wire.span,
                help=f"wire {wire_name} where the block is used",
            )
            continue
        except ReportedError:
            continue
        types[output.name], found[output.name] = wire.type, ref
    return types, found


def _wired(output: OutputDecl, decl: CompositeDecl, made: Made) -> tuple[Ref, Wire]:
    first = output.wire.text.split(".")[0]
    if output.wire.text == output.name and first not in decl.nodes:
        made.trail.fail(
            "BW215",
            f"no node is named like the output {output.name}",
            output.span,
            help=_named(output, decl),
        )
    ref, wire = made.wire(written_ref(decl, output.wire, made.trail))
    node = decl.nodes.get(first)
    span = node.span if node is not None and output.wire.text == output.name else wire.span
    return ref, Wire(wire.type, wire.name, span)


def _hold(output: OutputDecl, wire: Wire, scope: Scope) -> None:
    binding = Binding(
        scope.trail,
        output.name,
        f"the output {output.name}",
        output.span,
        scope.lookup,
        declared=output.text.span,
        output=True,
    )
    binding.wires([Port(output.name, output.type)], {output.name: (wire,)})


def _named(output: OutputDecl, decl: CompositeDecl) -> str:
    """How to name what an output is."""
    near = closest(output.name, decl.nodes)
    if near is not None:
        return f"did you mean `{near}`?"
    last = [*decl.nodes, "NODE"][max(len(decl.nodes) - 1, 0)]
    return f"name a node {output.name}, or write {{type: {output.text.text}, from: {last}}}"
