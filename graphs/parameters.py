"""The parameters of a graph by path: each array once, ties and shares resolved, none unrolled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from boxwork.blocks.block import Parameter
from boxwork.graphs.graph import Composite, Graph, Node, Part, Primitive
from boxwork.graphs.totals import Counter
from boxwork.specs.values import Values


class Place(NamedTuple):
    """A parameter found by its path, and what lies on the way to it, from outside inwards.

    ``ways`` holds each composite with the number of segments of ``path`` that lead to it.
    """

    path: tuple[str, ...]
    name: str
    parameter: Parameter
    nodes: tuple[Node, ...]
    ways: tuple[tuple[Composite, int], ...]


def find(graph: Graph, path: str) -> Place | None:
    """The parameter at a path, as it is written: ties and shares are not followed."""
    return _find(graph.root, tuple(path.split(".")))


def _find(root: Composite, path: tuple[str, ...]) -> Place | None:
    composite, nodes, ways, at = root, [], [(root, 0)], 0
    while at < len(path):
        node = composite.nodes.get(path[at])
        if node is None:
            return None
        nodes.append(node)
        at += 1
        copy = 0
        if node.count is not None:
            if at == len(path) or (found := copy_index(path[at], node)) is None:
                return None
            copy, at = found, at + 1
        part = node.part_of(copy)
        if isinstance(part, Primitive):
            name = ".".join(path[at:])
            parameter = part.parameters.get(name)
            return Place(path, name, parameter, tuple(nodes), tuple(ways)) if parameter else None
        composite = part
        ways.append((part, at))
    return None


def copy_index(segment: str, node: Node) -> int | None:
    """The copy of a repeated node that a segment of a path names."""
    if not (segment.isascii() and segment.isdigit()) or str(int(segment)) != segment:
        return None
    return int(segment) if int(segment) < (node.count or 0) else None


def canonical(graph: Graph, path: str) -> tuple[str, bool] | None:
    """The path that owns the array named by ``path``, and whether it is used transposed.

    Copies of a shared stack lead to copy 0, ties to their target, to the end of the chain.
    """
    found, transposed = _find(graph.root, tuple(path.split("."))), False
    seen = set()
    while found is not None and found.path not in seen:
        seen.add(found.path)
        step = _lead(found)
        if step is None:
            return ".".join(found.path), transposed
        target, turned = step
        transposed ^= turned
        found = _find(graph.root, target)
    return None


def _lead(place: Place) -> tuple[tuple[str, ...], bool] | None:
    """Where a shared copy or a tie leads from here; None if the array is this place's own."""
    for composite, start in place.ways:
        node = composite.nodes[place.path[start]]
        if node.shared and place.path[start + 1] != "0" and node.count is not None:
            return (*place.path[: start + 1], "0", *place.path[start + 2 :]), False
    for composite, start in place.ways:
        for tie in composite.ties_of.get(place.path[start], ()):
            copies = _match(tie.own, place.path[start:])
            if copies is not None:
                rest = place.path[start + len(tie.own) :]
                return (*place.path[:start], *_fill(tie.target, copies), *rest), tie.transpose
    return None


def _match(pattern: tuple[str, ...], path: tuple[str, ...]) -> list[str] | None:
    """The copies that the stars of a pattern stand for at the head of a path."""
    if len(pattern) > len(path):
        return None
    copies = []
    for wanted, segment in zip(pattern, path, strict=False):
        if wanted == "*" and segment.isdigit():
            copies.append(segment)
        elif wanted != segment:
            return None
    return copies


def _fill(pattern: tuple[str, ...], copies: list[str]) -> Iterator[str]:
    stars = iter(copies)
    for segment in pattern:
        yield next(stars, "0") if segment == "*" else segment


def _places(root: Composite) -> Iterator[Place]:
    """Every place of a parameter, copy by copy, in the order of the spec."""
    todo: list[tuple[Part, _Way]] = [(root, _Way())]
    while todo:
        part, way = todo.pop()
        if isinstance(part, Primitive):
            for name, parameter in part.parameters.items():
                yield Place((*way.path, name), name, parameter, way.nodes, way.ways)
            continue
        ways, below = (*way.ways, (part, len(way.path))), []
        for name, node in part.nodes.items():
            nodes = (*way.nodes, node)
            if node.count is None:
                below.append((node.part, _Way((*way.path, name), nodes, ways)))
            for copy in range(node.count or 0):
                path = (*way.path, name, str(copy))
                below.append((node.part_of(copy), _Way(path, nodes, ways)))
        todo.extend(reversed(below))


class _Way(NamedTuple):
    """The way to a part: see ``Place``."""

    path: tuple[str, ...] = ()
    nodes: tuple[Node, ...] = ()
    ways: tuple[tuple[Composite, int], ...] = ()


def owned(graph: Graph) -> Iterator[Place]:
    """Every parameter once, at the place that owns it."""
    return (place for place in _places(graph.root) if _lead(place) is None)


class Parameters(Mapping[str, Parameter]):
    """The declarations by canonical path; made as they are asked for."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __getitem__(self, path: str) -> Parameter:
        place = find(self._graph, path)
        if place is None or _lead(place) is not None:
            raise KeyError(path)
        return place.parameter

    def __iter__(self) -> Iterator[str]:
        return (".".join(place.path) for place in owned(self._graph))

    @cached_property
    def _length(self) -> int:
        return Counter().part(self._graph.root, ()).arrays

    def __len__(self) -> int:
        return self._length


class Aliases(Mapping[str, tuple[str, bool]]):
    """The other names: path → the canonical path, and whether it is transposed."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __getitem__(self, path: str) -> tuple[str, bool]:
        found = canonical(self._graph, path)
        if found is None or found[0] == path:
            raise KeyError(path)
        return found

    def __iter__(self) -> Iterator[str]:
        for place in _places(self._graph.root):
            if _lead(place) is not None:
                yield ".".join(place.path)

    def __len__(self) -> int:
        counter = Counter(follow=False)
        return counter.part(self._graph.root, ()).arrays - len(parameters(self._graph))


def parameters(graph: Graph) -> Parameters:
    """Every parameter once, by the path that owns it."""
    return Parameters(graph)


def aliases(graph: Graph) -> Aliases:
    """Every tied or shared name, and what it stands for."""
    return Aliases(graph)


def written(graph: Graph, path: str) -> Values | None:
    """The numbers written at a node on the way to a parameter; the outermost count."""
    place = find(graph, path)
    assert place is not None
    for depth, node in enumerate(place.nodes):
        inner = ".".join([*(below.name for below in place.nodes[depth + 1 :]), place.name])
        if inner in node.values:
            return node.values[inner]
    return None
