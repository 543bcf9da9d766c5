"""Scores of what follows that can see it: a box on their way looks at all positions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from boxwork.graphs.graph import WEIGH, Composite, Node, Part, Primitive, Ref
from boxwork.graphs.reach import labelled
from boxwork.specs.diagnostics import Span

CODE = "BW915"


@dataclass(frozen=True, slots=True)
class Seer:
    """A box that looks at the whole of a dim, and the place of the node it belongs to."""

    path: str
    block: str
    span: Span | None


# Of a wire that descends from the input: the first box that looked ahead on its way, if one did.
Way = Seer | None
Ways = Mapping[str, Way]


def seer(root: Composite, target: str, output: str, dim: str) -> Seer | None:
    """The first box by which an output, position by position, sees all of an input.

    Nothing is found if the output is not along the dim: then it scores what follows on all of it.
    """
    if not any(dim in one.value.names for one in root.outputs[output].dims):
        return None
    walk = _Walk(dim)
    return walk.inside(root, {target: None}, "", None).get(output) if walk.able(root) else None


class _Walk:
    def __init__(self, dim: str) -> None:
        self.dim = dim
        self._able: dict[Part, bool] = {}

    def able(self, part: Part) -> bool:
        """Whether there is a box in a part that might look ahead."""
        if part not in self._able:
            if isinstance(part, Primitive):
                self._able[part] = self._looks_ahead(part, part.inputs)
            else:
                inside = (each for node in part.nodes.values() for each in node.parts)
                self._able[part] = any(map(self.able, inside))
        return self._able[part]

    def inside(self, part: Composite, given: Ways, path: str, span: Span | None) -> Ways:
        """The ways of a composite's outputs; those that do not descend from the input are not."""
        known: dict[tuple[str, str], Way] = {("", port): way for port, way in given.items()}
        for node in part.nodes.values():
            for port, way in self._node(node, known, path, span).items():
                known[node.name, port] = way
        found = ((port, _key(ref)) for port, ref in part.sources.items())
        return {port: known[key] for port, key in found if key in known}

    def _node(
        self, node: Node, known: Mapping[tuple[str, str], Way], path: str, span: Span | None
    ) -> Ways:
        inner = f"{path}{node.name}" + (".*" if node.count is not None else "")
        if span is None or (node.span and node.span.source is span.source):
            span = node.span  # what is inside a block of the catalogue is shown at its user
        reads = {port: _first(known, refs) for port, refs in node.reads(None).items()}
        given = {port: way[0] for port, way in reads.items() if way}
        if node.count == 0:
            return {port: given[node.carried] for port in node.outputs if node.carried in given}
        made: Ways = {}
        for part in node.parts[: node.count]:
            if made:  # what the copy before gave is carried
                given = dict(given) | {next(iter(part.inputs)): next(iter(made.values()))}
            made = self._part(part, given, inner, span)
        weighed = _first(known, node.inputs.get(WEIGH, ()) if node.parallel else ())
        if weighed is None:
            return made
        return {port: made.get(port) or weighed[0] for port in node.outputs}

    def _part(self, part: Part, given: Ways, path: str, span: Span | None) -> Ways:
        if isinstance(part, Composite):
            return self.inside(part, given, f"{path}.", span)
        if not given:
            return {}
        way = next((way for way in given.values() if way), None)
        if way is None and self._looks_ahead(part, given):
            way = Seer(path, part.name, span)
        return dict.fromkeys(part.outputs, way)

    def _looks_ahead(self, part: Primitive, given: Collection[str]) -> bool:
        shapes = {port.name for port in part.block.inputs() if port.type.kind == "shape"}
        return any(
            self.dim in one.value.names and part.block.reach(port, label) == "whole"
            for port, label, one in labelled(part)
            if port in given and port not in shapes
        )


def _key(ref: Ref) -> tuple[str, str]:
    return ref.node, ref.port


def _first(known: Mapping[tuple[str, str], Way], refs: Iterable[Ref]) -> tuple[Way] | None:
    """The way of a port: that which saw something, if one of its wires did; none if none has."""
    found = [known[_key(ref)] for ref in refs if _key(ref) in known]
    return (next((way for way in found if way), None),) if found else None
