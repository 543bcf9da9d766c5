"""``boxwork check``: whether a spec is right, and what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from boxwork.commands.guard import print_json, warn
from boxwork.commands.options import JsonOption, SetOption, SpecArgument, ToyOption

if TYPE_CHECKING:
    from boxwork.api import Graph
    from boxwork.specs.diagnostics import Diagnostic


def check(
    spec: SpecArgument,
    toy: ToyOption = False,
    sets: SetOption = None,
    wires: Annotated[
        bool, typer.Option("--wires", help="Print what every input of every box reads.")
    ] = False,
    depth: Annotated[
        int | None,
        typer.Option(
            "--depth",
            min=1,
            metavar="N",
            help="Open every box, and print N levels. Without it, repeated boxes are open.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a spec, and print its boxes.

    Each box stands with its width and its number of parameters; warnings follow. The toy of
    the spec is checked as well, unless --set changes it.
    Exit status: 0 if it is right (warnings or not), 1 if it is wrong, 2 if the call is.

    Examples:
        boxwork check gpt2
        boxwork check llama-3.1-8b --set dims.layers=2
        boxwork check mine.yaml --json
    """
    from boxwork.api import load
    from boxwork.specs import report

    graph = load(spec, *(sets or ()), toy=toy)
    warnings = (*graph.warnings, *([] if toy or sets else _toy(spec, graph)))
    if as_json:
        told = {"diagnostics": [report.as_json(found) for found in warnings]}
        print_json(facts(graph) | told | ({"wires": _wires(graph)} if wires else {}))
        return
    typer.echo(_tree(graph, depth))
    if wires:
        typer.echo("\n" + "\n".join(_lines(graph)))
    warn(warnings)


def _toy(spec: str, graph: Graph) -> list[Diagnostic]:
    """Warnings about the toy; raises SpecError if it is the spec's own and does not fit."""
    from boxwork.graphs.load import toy_faults
    from boxwork.specs.diagnostics import SpecError

    found = toy_faults(spec, graph.spec)
    if any(one.severity == "error" for one in found):
        raise SpecError([*graph.warnings, *found])
    return found


def _tree(graph: Graph, depth: int | None) -> str:
    """The boxes as a tree, and the total in a line of its own."""
    from boxwork.graphs.totals import totals
    from boxwork.renderers.text import tree

    count = totals(graph.checked).all
    active = f", {count.active:,} of them active" if count.active < count.total else ""
    buffers = f", and {count.buffers:,} numbers that are not trained" if count.buffers else ""
    return f"{tree(graph.checked, depth)}\n\n{count.total:,} parameters{active}{buffers}"


def _wires(graph: Graph) -> list[dict[str, object]]:
    from boxwork.commands.wires import wires

    return [wire.facts() for wire in wires(graph.checked)]


def _lines(graph: Graph) -> list[str]:
    """The wires in columns."""
    from boxwork.commands.tables import columns
    from boxwork.commands.wires import wires

    rows = [[f"{w.to}.{w.port}", f"← {w.source}", w.type] for w in wires(graph.checked)]
    return columns(rows)


def facts(graph: Graph) -> dict[str, object]:
    """What ``--json`` prints."""
    from boxwork.graphs.totals import totals

    counted = totals(graph.checked)
    return {
        "name": graph.name,
        **graph.spec.text,
        "inputs": {name: str(wire) for name, wire in graph.inputs.items()},
        "outputs": {name: str(wire) for name, wire in graph.outputs.items()},
        "free": list(graph.checked.free),
        "require": [condition.text for condition in graph.checked.conditions],
        "parameters": {
            "total": counted.all.total,
            "buffers": counted.all.buffers,
            "stored": counted.all.stored,
            "arrays": counted.all.arrays,
            "by_node": {name: count.total for name, count in counted.nodes.items()},
        },
        "nodes": {
            name: {
                "use": node.used,
                "copies": node.count,
                "outputs": {port: str(wire) for port, wire in node.outputs.items()},
            }
            for name, node in graph.checked.root.nodes.items()
        },
    }
