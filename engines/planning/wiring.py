"""Where values come from: paths and wires of a graph, followed to the primitives that make them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from boxwork.blocks.types import WireType
from boxwork.graphs.graph import Composite, Graph, Node, Part, Primitive, Ref
from boxwork.graphs.parameters import copy_index
from boxwork.graphs.together import INSIDE, SideBySide, as_primitive, wires


@dataclass(eq=False, slots=True)
class Scope:
    """One copy of a composite, in its place; its nodes' paths start with ``path``."""

    composite: Composite
    path: str
    order: tuple[int, ...]
    parent: Scope | None = None
    node: Node | None = None
    copy: int | None = None


@dataclass(eq=False, slots=True)
class Site:
    """One copy of a primitive, in its place. Sorted by ``order``, sites can run."""

    primitive: Primitive
    path: str
    order: tuple[int, ...]
    scope: Scope
    node: Node
    copy: int | None


class Source(NamedTuple):
    """A value: an output of a site, or (no site) an input of the graph.

    A port ``.gate`` of copies side by side is what their box ``gate`` gives, of all copies.
    """

    site: Site | None
    port: str

    @property
    def path(self) -> str:
        """The one name of this value: ``port`` is added for all but a first output."""
        if self.site is None:
            return self.port
        first = next(iter(self.site.primitive.outputs))
        if self.port.startswith(INSIDE):
            return f"{self.site.path}{self.port}"
        return self.site.path if self.port == first else f"{self.site.path}.{self.port}"


class Wiring:
    """Follows the wires of one graph; composites, copies and inputs are only passed through."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.root = Scope(graph.root, "", ())
        self._inside: dict[str, Scope] = {}
        self._sites: dict[str, Site] = {}
        self._places: dict[int, dict[str, int]] = {}
        self._beside: dict[int, tuple[Primitive, Wiring]] = {}  # by node: as a box, and inside

    def reads(self, site: Site) -> dict[str, tuple[Source, ...]]:
        """The values that arrive at a site, by port."""
        node = site.node
        read = wires(node) if node.parallel is not None else node.reads(site.copy)
        return {
            port: tuple(self.source(site.scope, ref) for ref in refs) for port, refs in read.items()
        }

    def source(self, scope: Scope, ref: Ref) -> Source:
        """The value that a wire of a composite carries."""
        while True:
            if ref.node == "":
                if scope.parent is None or scope.node is None:
                    return Source(None, ref.port)
                (ref,) = scope.node.reads(scope.copy)[ref.port]
                scope = scope.parent
                continue
            node = scope.composite.nodes[ref.node]
            if node.count == 0:
                ref = next(iter(node.inputs.values()))[0]
                continue
            copy = ref.copy if ref.copy is not None or node.count is None else node.count - 1
            part = node.part_of(copy or 0)
            first = ref.port in ("", next(iter(node.outputs)))
            port = next(iter(part.outputs)) if first else ref.port
            if port not in part.outputs:
                raise KeyError(f"{node.name} has no output {port} at copy {copy}")
            if isinstance(part, Primitive) or node.parallel is not None:
                return Source(self._site(scope, node, copy, part), port)
            scope = self._scope(scope, node, copy, part)
            ref = part.sources[port]

    def find(self, path: str) -> Source | None:
        """The value that a path names: a node, a copy, a port, an input; None if there is none."""
        if path in self.root.composite.sources:
            return self.source(self.root, self.root.composite.sources[path])
        scope, node, copy, rest = self._follow(path)
        if node is not None and node.parallel is not None and rest:
            return self._within(scope, node, rest)
        if len(rest) > 1:
            return None
        if node is not None:
            return self._output(scope, node, copy, rest[0] if rest else None)
        if rest[0] in scope.composite.sources:
            return self.source(scope, scope.composite.sources[rest[0]])
        known = scope.node is None or rest[0] in scope.node.reads(scope.copy)
        known = known and rest[0] in scope.composite.inputs
        return self.source(scope, Ref("", rest[0])) if known else None

    def _follow(self, path: str) -> tuple[Scope, Node | None, int | None, list[str]]:
        """A path as far as it leads: the last node, its copy, and what is left of the path."""
        scope, rest = self.root, path.split(".")
        while True:
            node, copy = scope.composite.nodes.get(rest[0]), None
            if node is None:
                return scope, None, None, rest
            rest = rest[1:]
            if node.count is not None and rest:
                copy = copy_index(rest[0], node)
                rest = rest if copy is None else rest[1:]
            part = node.part_of(copy or 0)
            whole = node.count is not None and copy is None
            if not rest or whole or isinstance(part, Primitive) or node.parallel is not None:
                return scope, node, copy, rest
            scope = self._scope(scope, node, copy, part)

    def _output(
        self, scope: Scope, node: Node, copy: int | None, port: str | None
    ) -> Source | None:
        """An output of a node or a copy; of the last copy if none is named."""
        last = copy if copy is not None else max((node.count or 1) - 1, 0)
        if port is not None and (node.count == 0 or port not in node.part_of(last).outputs):
            return None
        return self.source(scope, Ref(node.name, port or "", copy))

    def _within(self, scope: Scope, node: Node, rest: list[str]) -> Source | None:
        """A further output of copies side by side, a value inside of them, or what they read."""
        site, inside = self._site(scope, node, None, node.part), self.inside(node)
        name = ".".join(rest)
        found = inside.find(name) if rest[0] in inside.root.composite.nodes else None
        further = name in list(node.outputs)[1:]  # the first goes by the name of the node
        if isinstance(node.part, Primitive) or found is None or further:
            if name in node.outputs:
                return Source(site, name)
            refs = wires(node).get(name)
            return self.source(scope, refs[0]) if refs else None
        if found.site is None:
            return self.source(scope, wires(node)[found.port][0])
        return Source(site, f"{INSIDE}{found.path}")

    def inside(self, node: Node) -> Wiring:
        """The wiring of one of the copies side by side."""
        return self._together(node)[1]

    def type(self, source: Source) -> WireType:
        """What a value is, with a dim more in front for one inside of copies side by side."""
        if source.site is None:
            return self.graph.inputs[source.port]
        if not source.port.startswith(INSIDE):
            return source.site.primitive.outputs[source.port]
        node = source.site.node
        inside = self.inside(node)
        found = inside.find(source.port.removeprefix(INSIDE))
        assert found is not None
        assert node.parallel is not None
        wire = inside.type(found)
        return WireType(wire.kind, (node.parallel.count, *wire.dims), wire.bound)

    def _together(self, node: Node) -> tuple[Primitive, Wiring]:
        if id(node) not in self._beside:
            box = as_primitive(node)
            assert isinstance(box.block, SideBySide)
            self._beside[id(node)] = box, Wiring(box.block.graph)
        return self._beside[id(node)]

    def spread(self, path: str) -> list[str]:
        """The paths that a path with stars stands for: one for every copy that has it."""
        done, todo = [], [path]
        while todo:
            head, star, rest = todo.pop().partition(".*")
            if not star:
                done.append(head)
                continue
            count = self._count(head)
            todo += [f"{head}.{copy}{rest}" for copy in reversed(range(count or 0))]
        return [one for one in done if self.find(one) is not None]

    def _count(self, path: str) -> int | None:
        """How many copies in a chain a path stands for."""
        _, node, copy, left = self._follow(path)
        if node is not None and node.parallel is not None and left:
            return self.inside(node)._count(".".join(left))
        return node.count if node and copy is None and not left else None

    def sites(self) -> Iterator[Site]:
        """Every copy of every primitive, in an order in which they can run."""
        todo: list[Site | Scope] = [self.root]
        while todo:
            one = todo.pop()
            if isinstance(one, Site):
                yield one
            else:
                todo.extend(reversed(list(self._below(one))))

    def _below(self, scope: Scope) -> Iterator[Site | Scope]:
        for node in scope.composite.nodes.values():
            for copy in (None,) if node.count is None else range(node.count):
                part = node.part_of(copy or 0)
                if isinstance(part, Primitive) or node.parallel is not None:
                    yield self._site(scope, node, copy, part)
                else:
                    yield self._scope(scope, node, copy, part)

    def _scope(self, scope: Scope, node: Node, copy: int | None, part: Composite) -> Scope:
        path, order = self._place(scope, node, copy)
        if path not in self._inside:
            self._inside[path] = Scope(part, path, order, scope, node, copy)
        return self._inside[path]

    def _site(self, scope: Scope, node: Node, copy: int | None, part: Part) -> Site:
        path, order = self._place(scope, node, copy)
        if path not in self._sites:
            if node.parallel is not None:
                part = self._together(node)[0]
            assert isinstance(part, Primitive)
            self._sites[path] = Site(part, path, order, scope, node, copy)
        return self._sites[path]

    def _place(self, scope: Scope, node: Node, copy: int | None) -> tuple[str, tuple[int, ...]]:
        places = self._places.get(id(scope.composite))
        if places is None:
            places = {name: i for i, name in enumerate(scope.composite.nodes)}
            self._places[id(scope.composite)] = places
        path = f"{scope.path}.{node.name}" if scope.path else node.name
        if copy is not None:
            path = f"{path}.{copy}"
        return path, (*scope.order, places[node.name], copy or 0)
