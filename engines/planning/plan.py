"""A graph made flat: the steps that give the paths asked for, in order, and when values end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from boxwork.blocks.activation import is_softmax
from boxwork.blocks.types import WireType
from boxwork.engines.planning.slots import (
    Reads,
    arguments_of,
    frees,
    hanging,
    ports_of,
    shape_only,
    written,
)
from boxwork.engines.planning.wiring import Scope, Site, Source, Wiring
from boxwork.graphs.graph import Composite, Graph, Node, Parallel, Primitive
from boxwork.graphs.parameters import canonical
from boxwork.graphs.together import INSIDE, alone, as_primitive, own_name, pointwise

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Use:
    """A parameter of a step: its name in the block, the path that owns it, which way round."""

    name: str
    path: str
    transpose: bool


@dataclass(frozen=True, eq=False, slots=True)
class Inside:
    """What each of the copies side by side runs, in a step that is all of them.

    ``plan`` reads the inputs of a copy by name, gives its outputs and what is asked for inside
    by the names of the step's, and uses the arrays of the step by name, one piece of each.
    """

    plan: Plan
    node: Node
    pointwise: bool  # a copy may run on some positions alone

    @property
    def side(self) -> Parallel:
        """How many copies there are, and what weighs them."""
        assert self.node.parallel is not None
        return self.node.parallel


@dataclass(frozen=True, slots=True)
class Step:
    """One primitive to run: the slots it reads and writes, and those nobody reads after it.

    ``reads`` are the arguments of ``forward``: a slot, slots for a variadic input, None for
    an optional one that is not wired. An output that nobody reads goes ``NOWHERE``.
    """

    path: str
    primitive: Primitive
    uses: tuple[Use, ...]
    reads: Reads
    writes: tuple[tuple[str, int], ...]
    frees: tuple[int, ...]
    inside: Inside | None = None  # of copies side by side

    @property
    def wanted(self) -> frozenset[str]:
        """The outputs that somebody reads."""
        return frozenset(port for port, slot in self.writes if slot != NOWHERE)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run for some paths; holds no array, so it serves every run and every dtype."""

    steps: tuple[Step, ...]
    slots: int
    inputs: Mapping[str, int]  # those that are read
    asked: Mapping[str, int]  # path -> slot
    types: Mapping[str, WireType]  # of what was asked for
    free: Mapping[str, frozenset[str]]  # the free dims that each of them hangs on


class Planner:
    """Makes the plans of one graph."""

    def __init__(self, graph: Graph, beside: Node | None = None) -> None:
        """``beside`` is the node whose copies stand side by side, for the graph of one of them."""
        self.graph, self.beside = graph, beside
        self.wiring = Wiring(graph)
        self._inner: dict[int, Planner] = {}
        self._leading: dict[Scope, bool] = {}

    def plan(self, paths: Iterable[str]) -> Plan:
        """The steps that give the values at these paths, all of which must exist."""
        return self.giving({path: self._known(path) for path in paths})

    def giving(self, asked: Mapping[str, Source]) -> Plan:
        """The steps that give some values, by any names."""
        reads, wanted = self._needed(asked.values())
        sites = sorted(reads, key=lambda site: site.order)
        slots = {Source(None, name): i for i, name in enumerate(self.graph.inputs)}
        ports = [ports_of(site, wanted) for site in sites]
        for i, site in enumerate(sites):
            for port in ports[i]:
                if (source := Source(site, port)) in wanted:
                    slots[source] = len(slots)
        arguments = [arguments_of(site, reads[site], slots) for site in sites]
        asked_slots = {path: slots[source] for path, source in asked.items()}
        done = frees(
            arguments,
            [written(ports[i], site, slots) for i, site in enumerate(sites)],
            asked_slots,
        )
        steps = (
            self._step(site, arguments[i], ports[i], slots, done[i]) for i, site in enumerate(sites)
        )
        inputs = {name: slots[Source(None, name)] for name in self.graph.inputs}
        types = {path: self.wiring.type(source) for path, source in asked.items()}
        hang = hanging(reads, sites)
        free = {path: hang.get(source.site, frozenset()) for path, source in asked.items()}
        return Plan(tuple(steps), len(slots), inputs, asked_slots, types, free)

    def _step(
        self,
        site: Site,
        reads: Reads,
        ports: Sequence[str],
        slots: Mapping[Source, int],
        done: tuple[int, ...],
    ) -> Step:
        writes = tuple((port, slots.get(Source(site, port), NOWHERE)) for port in ports)
        primitive, inside = site.primitive, None
        if site.node.parallel is not None:
            traced = {p: self.wiring.type(Source(site, p)) for p in ports if p.startswith(INSIDE)}
            primitive = as_primitive(site.node, traced) if traced else primitive
            inside = self._inside(site.node, [port for port, slot in writes if slot != NOWHERE])
        return Step(site.path, primitive, self._uses(site), reads, writes, done, inside)

    def _inside(self, node: Node, ports: Iterable[str]) -> Inside:
        """What one copy of a node runs to give some of its outputs, and values inside."""
        inner = self.inner(node)
        sources = inner.graph.root.sources
        asked = {}
        for port in ports:
            found = (
                inner.wiring.find(port.removeprefix(INSIDE))
                if port.startswith(INSIDE)
                else inner.wiring.source(inner.wiring.root, sources[port])
            )
            assert found is not None
            asked[port] = found
        weighed = node.parallel is not None and node.parallel.weights is not None
        return Inside(inner.giving(asked), node, weighed and pointwise(node))

    def inner(self, node: Node) -> Planner:
        """Makes the plans of one of the copies side by side."""
        if id(node) not in self._inner:
            self._inner[id(node)] = Planner(alone(node), node)
        return self._inner[id(node)]

    @cached_property
    def everything(self) -> tuple[str, ...]:
        """The paths of all values that are always computed, inputs first.

        What is inside of copies side by side is among them unless copies may be left out.
        """
        found = list(self.graph.inputs)
        for site in self.wiring.sites():
            optional = {port.name for port in site.primitive.block.output_ports() if port.optional}
            found += [
                Source(site, port).path for port in site.primitive.outputs if port not in optional
            ]
            found += self._always_inside(site)
        return tuple(dict.fromkeys(found))

    @property
    def names(self) -> Iterator[str]:
        """All paths that may be asked for: a block goes by the name of its output."""
        for path in self.everything:
            steps = path.split(".")
            above = (".".join(steps[:count]) for count in range(1, len(steps)))
            yield from (one for one in above if self.wiring.find(one) is not None)
            yield path

    def _always_inside(self, site: Site) -> Iterator[str]:
        side = site.node.parallel
        if side is not None and side.weights is None and isinstance(site.node.part, Composite):
            inner = self.inner(site.node)
            yield from (
                f"{site.path}.{path}" for path in inner.everything if path not in inner.graph.inputs
            )

    def _known(self, path: str) -> Source:
        source = self.wiring.find(path)
        if source is None:
            raise KeyError(path)
        return source

    def _needed(
        self, asked: Iterable[Source]
    ) -> tuple[dict[Site, dict[str, tuple[Source, ...]]], set[Source]]:
        """The sites that must run, with what they read, and every value that is read."""
        reads: dict[Site, dict[str, tuple[Source, ...]]] = {}
        wanted: set[Source] = set()
        todo = list(asked)
        while todo:
            source = todo.pop()
            wanted.add(source)
            site = source.site
            if site is None or site in reads:
                continue
            shapes = shape_only(site.primitive)
            reads[site] = {
                port: self._unsquashed(site, port, sources)
                for port, sources in self.wiring.reads(site).items()
                if port not in shapes
            }
            for sources in reads[site].values():
                todo.extend(sources)
        return reads, wanted

    def _unsquashed(self, site: Site, port: str, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        """What a port reads: the scores before a Softmax, for one that wants scores."""
        if port not in site.primitive.block.scores:
            return sources
        return tuple(
            self.wiring.reads(source.site)["x"][0]
            if source.site is not None and is_softmax(source.site.primitive.block)
            else source
            for source in sources
        )

    def _uses(self, site: Site) -> tuple[Use, ...]:
        """The arrays a site uses, by the paths that own them."""
        found = []
        for name in site.primitive.parameters:
            if self.beside is not None:
                found.append(Use(name, own_name(self.beside, site.path, name), transpose=False))
                continue
            path = f"{site.path}.{name}"
            owner = canonical(self.graph, path) if self._led(site) else (path, False)
            assert owner is not None
            found.append(Use(name, *owner))
        return tuple(found)

    def _led(self, site: Site) -> bool:
        """Whether its arrays may be another's: there are ties about, or shared copies."""
        if site.node.parallel is not None:
            return True
        around: Scope | None = site.scope
        while around is not None:
            if around not in self._leading:
                nodes = around.composite.nodes.values()
                self._leading[around] = bool(around.composite.ties) or any(n.shared for n in nodes)
            if self._leading[around]:
                return True
            around = around.parent
        return False
