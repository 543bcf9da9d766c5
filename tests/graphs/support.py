"""What the tests of graphs share: specs from a few lines, and graphs compared by structure."""

import tempfile
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from boxwork.graphs.graph import Composite, Graph, Node, Part, Primitive
from boxwork.graphs.load import load
from boxwork.specs.diagnostics import SpecError
from boxwork.specs.spec import Spec

from .wrong_cases import Case, files


def spec_and_graph(text: str, *sets: str, **keywords: Any) -> tuple[Spec, Graph]:
    """A spec of these pieces (the rest is filled in, see wrong_cases.py), wired and checked."""
    with tempfile.TemporaryDirectory() as folder:
        for name, whole in files(Case("", dedent(text).strip("\n"), "")):
            (Path(folder) / name).write_text(whole, encoding="utf-8")
        return load(Path(folder) / "example.yaml", sets, keywords)


def graph_of(text: str, *sets: str, **keywords: Any) -> Graph:
    return spec_and_graph(text, *sets, **keywords)[1]


def wrong(text: str, *sets: str, **keywords: Any) -> list[tuple[str, str]]:
    """The codes and messages of the errors of a spec that must be wrong."""
    with pytest.raises(SpecError) as caught:
        graph_of(text, *sets, **keywords)
    found = [d for d in caught.value.diagnostics if d.severity == "error"]
    return [(d.code, d.message) for d in found]


def part_at(graph: Graph, path: str) -> Part:
    """The block at a path; copies by number, or ``*`` for the first."""
    part: Part = graph.root
    steps = path.split(".")
    while steps:
        assert isinstance(part, Composite), path
        node = part.nodes[steps.pop(0)]
        copy = 0
        if node.count is not None and steps:
            step = steps.pop(0)
            copy = 0 if step == "*" else int(step)
        part = node.part_of(copy)
    return part


def primitive_at(graph: Graph, path: str) -> Primitive:
    part = part_at(graph, path)
    assert isinstance(part, Primitive)
    return part


def names(graph: Graph, path: str = "") -> list[str]:
    """The blocks of the nodes inside a composite, in order."""
    part = part_at(graph, path) if path else graph.root
    assert isinstance(part, Composite)
    return [node.part.name for node in part.nodes.values()]


def node_at(graph: Graph, path: str) -> Node:
    owner, _, name = path.rpartition(".")
    part = part_at(graph, owner) if owner else graph.root
    assert isinstance(part, Composite)
    return part.nodes[name]


def wires(graph: Graph, path: str) -> dict[str, list[str]]:
    """What a node reads, by port."""
    return {port: [str(r) for r in refs] for port, refs in node_at(graph, path).inputs.items()}


def structure(graph: Graph) -> Any:
    """All that a graph computes, as plain data: two specs of one meaning have the same."""
    conditions = sorted((str(c.left), c.operator, str(c.right)) for c in graph.conditions)
    return {"free": graph.free, "conditions": conditions, "root": _part(graph.root)}


def _part(part: Part) -> Any:
    inputs = {name: [_type(t) for t in types] for name, types in part.inputs.items()}
    outputs = {name: _type(t) for name, t in part.outputs.items()}
    if isinstance(part, Primitive):
        settings = {name: _value(value) for name, value in part.settings.items()}
        arrays = {n: [_dim(d) for d in p.dims] for n, p in part.parameters.items()}
        return [part.name, settings, inputs, outputs, arrays]
    ties = sorted((t.own, t.target, t.transpose) for t in part.ties)
    sources = {name: str(ref) for name, ref in part.sources.items()}
    nodes = {name: _node(node) for name, node in part.nodes.items()}
    return [inputs, outputs, sources, ties, nodes, part.title, part.family]


def _node(node: Node) -> Any:
    parts: list[Any] = [_part(part) for part in node.parts]
    if node.count is not None and node.count > 0:  # a cycle may be written out
        parts = [parts[i % len(parts)] for i in range(node.count)]
        parts = parts[:1] if all(part == parts[0] for part in parts) else parts
    reads = {port: [str(ref) for ref in refs] for port, refs in node.inputs.items()}
    outputs = {name: _type(t) for name, t in node.outputs.items()}
    side = None if node.parallel is None else _dim(node.parallel.count)
    return [parts, node.count, node.shared, side, reads, outputs, node.label, _value(node.values)]


def _type(wire: Any) -> Any:
    return [wire.kind, [_dim(d) for d in wire.dims], wire.bound and _dim(wire.bound)]


def _dim(dim: Any) -> tuple[str, str]:
    return str(dim.value), str(dim.name)


def _value(value: Any) -> Any:
    if hasattr(value, "agrees"):
        return _dim(value)
    return repr(value)
