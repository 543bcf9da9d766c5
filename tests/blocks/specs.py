"""Specs for tests: of text, and of one random use of a block."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

from boxwork.blocks.dims import Dim
from boxwork.blocks.settings import show
from boxwork.graphs.building.build import build
from boxwork.graphs.graph import Graph
from boxwork.specs.diagnostics import Reporter, Source
from boxwork.specs.schema import read_spec
from boxwork.specs.source import parse
from tests.blocks.harness import Use


def graph_of(text: str) -> Graph:
    """The checked graph of a spec, which gets its first lines here."""
    reporter = Reporter()
    tree = parse(Source("test", "format: 1\nname: Test\n" + dedent(text)))
    spec = read_spec(tree, reporter)
    reporter.raise_errors()
    assert spec is not None
    return build(spec, reporter)


def input_names(use: Use) -> dict[str, list[str]]:
    """What the spec of a use calls the wires of each port."""
    return {port: [f"{port}_{i}" for i in range(len(wires))] for port, wires in use.wires.items()}


def spec_of(use: Use) -> str:
    """A spec with this use as its only node."""
    names, block = input_names(use), use.block
    wires = [wire for several in use.wires.values() for wire in several]
    sizes = [dim for wire in wires for dim in (*wire.dims, wire.bound) if dim is not None]
    settings = {s.name: getattr(block, s.name) for s in block.settings()}
    sizes += [dim for value in settings.values() for dim in _dims(value)]
    dims = {str(dim.name): int(dim) for dim in sizes if not str(dim.name).isdigit()}
    inputs = {
        name: wire.named()
        for port, several in use.wires.items()
        for name, wire in zip(names[port], several, strict=True)
    }
    given = {name: _written(value) for name, value in settings.items()}
    many = {port.name for port in block.inputs() if port.many}
    wired = {p: n if p in many else n[0] for p, n in names.items()}
    node: dict[str, Any] = {"use": use.name, "in": wired, "with": given}
    if not use.wires:
        del node["in"]
    outputs = {
        f"out_{port}": {"type": wire.named(), "from": f"node.{port}"}
        for port, wire in use.declared().items()
    }
    parts = {"dims": dims, "inputs": inputs, "outputs": outputs, "nodes": {"node": node}}
    return "\n".join(f"{key}: {_flow(part)}" for key, part in parts.items() if part)


def _dims(value: Any) -> list[Dim]:
    if isinstance(value, Dim):
        return [value]
    return [dim for each in value for dim in _dims(each)] if isinstance(value, tuple) else []


def _written(value: Any) -> Any:
    if isinstance(value, Dim):
        return str(value.name)
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        names = [name for name, _ in value]
        if names == [str(i) for i in range(len(names))]:
            return [_written(dim) for _, dim in value]
        return {name: _written(dim) for name, dim in value}
    if isinstance(value, tuple):
        return [_written(each) for each in value]
    return repr(value) if isinstance(value, float) else show(value)


def _flow(value: Any) -> str:
    """YAML on one line, types quoted."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(each) for each in value) + "]"
    return f'"{value}"' if "[" in str(value) else str(value)
