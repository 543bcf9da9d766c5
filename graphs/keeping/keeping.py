"""What ``keep: true`` comes to: the graph as it generates, with what is kept in its place.

Along the dim that grows, a wire carries the new positions only, or all of the past as well: what
comes from a kept node, until a box that looks back takes it. Boxes between run on all of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from boxwork.blocks.block import Dims
from boxwork.blocks.keep import Keep
from boxwork.graphs import reach
from boxwork.graphs.building.trail import Trail
from boxwork.graphs.graph import WEIGH, Composite, Graph, Node, Part, Primitive, Ref
from boxwork.graphs.keeping.passing import (
    Fault,
    FaultError,
    Kept,
    Label,
    Labels,
    Place,
    past,
    through,
)
from boxwork.specs.diagnostics import Note, Span

AFTER = " kept"  # in the names of the nodes that stand after those that are kept


def remembering(graph: Graph, dim: str | None) -> Graph:
    """The graph as it is stepped along a dim; itself, if nothing in it is kept."""
    if dim is None or not any_kept(graph):
        return graph
    kept = Kept(dim)
    _Walk(kept).root(graph)  # finds how far the readers of what is kept look back
    return replace(graph, root=_Walk(kept).root(graph))


def check_kept(graph: Graph, dims: Collection[str], trail: Trail) -> None:
    """Report what is kept and cannot be, or to no end, along the dims that may grow."""
    if not dims or not any_kept(graph):
        return  # where nothing grows, nothing is kept
    never = dict(_marked(graph.root, "", set()))
    for dim in dims:
        kept = Kept(dim)
        _Walk(kept).root(graph)
        never = {span: path for span, path in never.items() if span not in kept.spans.values()}
        for fault in [*kept.faults, *kept.unread()]:
            notes = [Note(f"{fault.path} is here", fault.span)] if fault.span else []
            place = kept.spans[fault.label]
            trail.report(fault.code, fault.message, place, notes=notes, help=fault.help)
    for span, path in never.items():
        message = f"{path} gives nothing that grows while generating and is read"
        trail.report("BW253", message, span, help="keep what is along the dim of the input")


def any_kept(graph: Graph) -> bool:
    """Whether a node is kept."""
    return next(_marked(graph.root, "", set()), None) is not None


def _marked(part: Part, prefix: str, known: set[int]) -> Iterator[tuple[Span, str]]:
    """Where nodes are said to be kept, and their paths; each template once."""
    if isinstance(part, Primitive) or id(part) in known:
        return
    known.add(id(part))
    for node in part.nodes.values():
        path = f"{prefix}{node.name}"
        if node.kept is not None:
            yield node.kept, path
        for each in node.parts if node.count != 0 else ():
            yield from _marked(each, f"{path}{'' if node.count is None else '.*'}.", known)


Made = tuple[Part, Mapping[str, Label]]  # a template, and what its outputs carry


class _Walk:
    """Goes once through the templates of a graph, each for every way in which it is fed."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self._known: dict[object, Made] = {}

    def root(self, graph: Graph) -> Composite:
        """The boxes of a graph; none of its outputs may be what is kept."""
        fed: Labels = dict.fromkeys(graph.root.inputs, (None,))
        made, outputs = self._composite(graph.root, fed, "")
        for port, label in outputs.items():
            if label is not None and self.kept.is_read(label):
                why = f"the output {port} comes from what {label} keeps, beside what looks back"
                hint = "keep something that nothing else reads"
                self.kept.faults.append(Fault("BW250", label, why, hint))
        return made

    def _part(self, part: Part, fed: Labels, place: Place) -> Made:
        if isinstance(part, Primitive):
            return self._primitive(part, fed, place)
        key = id(part), tuple(fed.items())
        known = self._known.get(key) or self._known.get((key, place.path))
        if known is None:
            inside = f"{place.path}."
            known = self._composite(part, fed, inside)
            # what it keeps for others to read may be kept to another end elsewhere
            leaves = any(one is not None and one.startswith(inside) for one in known[1].values())
            self._known[(key, place.path) if leaves else key] = known
        return known

    def _primitive(self, part: Primitive, fed: Labels, place: Place) -> Made:
        try:
            made, label = through(part, fed, place, self.kept)
        except FaultError as error:
            self.kept.faults.append(error.fault)
            made, label = part, error.fault.label if error.fault.goes_on else None
        along = (port for port, wire in part.outputs.items() if reach.along(wire, self.kept.dim))
        return made, {**dict.fromkeys(part.outputs), **dict.fromkeys(along, label)}

    def _composite(
        self, part: Composite, fed: Labels, prefix: str
    ) -> tuple[Composite, Mapping[str, Label]]:
        level = _Level(self, part, fed, prefix)
        for node in part.nodes.values():
            level.add(node)
        sources = {port: level.ref(ref) for port, ref in part.sources.items()}
        outputs = {port: level.label(ref) for port, ref in part.sources.items()}
        return replace(part, nodes=level.nodes, sources=sources), outputs


class _Level:
    """The nodes of one composite as they generate, made one after the other."""

    def __init__(self, walk: _Walk, part: Composite, fed: Labels, prefix: str) -> None:
        self.walk, self.kept, self.fed, self.prefix = walk, walk.kept, fed, prefix
        self.nodes: dict[str, Node] = {}
        self._before = part.nodes
        self._labels: dict[tuple[str, str], Label] = {}
        self._after: dict[tuple[str, str], tuple[Ref, str]] = {}  # for readers of the last copy
        read = (refs for node in part.nodes.values() for refs in node.inputs.values())
        wires = [*(ref for refs in read for ref in refs), *part.sources.values()]
        self._read = {self._key(ref) for ref in wires if ref.node and ref.copy is None}

    def _key(self, ref: Ref) -> tuple[str, str]:
        return ref.node, ref.port or next(iter(self._before[ref.node].outputs))

    def _word(self, ref: Ref) -> str:
        """A wire as it is written: without the name of a first output."""
        first = ref.node and self._key(ref)[1] == next(iter(self._before[ref.node].outputs))
        return str(ref._replace(port="") if first else ref)

    def ref(self, ref: Ref) -> Ref:
        """Where a wire starts now: behind what is kept."""
        found = self._after.get(self._key(ref)) if ref.node and ref.copy is None else None
        return found[0] if found else ref

    def label(self, ref: Ref) -> Label:
        """What a wire carries of what is kept."""
        if not ref.node:
            return self.fed[ref.port][0]
        if ref.copy is None and (found := self._after.get(self._key(ref))):
            return found[1]
        return self._labels.get(self._key(ref))

    def add(self, node: Node) -> None:
        """Put a node at its place, and behind it what keeps its outputs if it is marked."""
        made, given = node, dict[str, Label]()
        if node.count == 0:
            carried, *_ = next(iter(node.inputs.values()))
            given |= dict.fromkeys(node.outputs, self.label(carried))
        else:
            made = self._copies(node, given)
        self._labels |= {(node.name, port): label for port, label in given.items()}
        inputs = {port: tuple(map(self.ref, refs)) for port, refs in node.inputs.items()}
        self.nodes[node.name] = replace(made, inputs=inputs)
        if node.kept is not None:
            for port, wire in node.outputs.items():
                if reach.along(wire, self.kept.dim) and (node.name, port) in self._read:
                    self._keep(node, port, node.kept)

    def _copies(self, node: Node, given: dict[str, Label]) -> Node:
        """A node whose templates are fed so, and what is given; copies hand on what they get."""
        chained = node.count is not None
        carried = self.label(node.reads(0)[node.carried][0]) if chained and node.inputs else None
        parts: list[Part] = []
        for copy, part in enumerate(node.parts):
            which = "" if node.count is None else ".*" if len(node.parts) == 1 else f".{copy}"
            path = f"{self.prefix}{node.name}{which}"
            reads = node.reads(copy if node.count is not None else None)
            fed = {
                port: tuple(carried if r.node == node.name else self.label(r) for r in refs)
                for port, refs in reads.items()
            }
            words = {port: tuple(map(self._word, refs)) for port, refs in reads.items()}
            made, outputs = self.walk._part(part, fed, Place(path, node.span, words))
            if node.parallel is not None and not self._apart(node, fed, outputs, path):
                return node
            parts.append(made)
            if node.count is None or node.part_of(node.count - 1) is part:
                given |= outputs
            handed = next(iter(outputs.values()))
            if node.count is not None and node.count > 1 and handed != carried:
                label = handed or carried
                assert label is not None
                why = f"the copies of {path} hand on to each other what {label} keeps"
                hint = "keep it inside each copy, up to its attention"
                self.kept.faults.append(Fault("BW250", label, why, hint, path, node.span))
                return node
        return replace(node, parts=tuple(parts))

    def _apart(self, node: Node, fed: Labels, given: Mapping[str, Label], path: str) -> bool:
        """Whether copies side by side neither take nor give anything that is kept."""
        read = [*fed.values(), tuple(map(self.label, node.inputs.get(WEIGH, ())))]
        labels = [*(one for several in read for one in several), *given.values()]
        label = next((one for one in labels if one is not None), None)
        if label is not None:
            why = f"{path} stands side by side, and {label} is kept outside of its copies"
            why = f"{path} hands on what {label} keeps" if label in given.values() else why
            hint = "keep it inside each copy, up to its attention"
            self.kept.faults.append(Fault("BW250", label, why, hint, path, node.span))
        return label is None

    def _keep(self, node: Node, port: str, span: Span) -> None:
        """What stands behind an output that is kept."""
        first = port == next(iter(node.outputs))
        name = node.name if first else f"{node.name}.{port}"
        label, before = f"{self.prefix}{name}", self._labels.get((node.name, port))
        self.kept.spans[label] = span
        if before is not None:
            why = f"{label} keeps again what {before} keeps"
            self.kept.faults.append(Fault("BW253", label, why, "mark the later one alone"))
            return
        wire = node.outputs[port]
        seen = past(wire, self.kept.dim)
        block = Keep(seen=seen, limit=self.kept.limit(label))
        part = Primitive("Keep", block, Dims(), {"x": (wire,)}, {"y": seen}, {})
        after = f"{node.name}{AFTER}" if first else f"{node.name} {port}{AFTER}"
        self.nodes[after] = Node(
            after, (part,), None, False, {"x": (Ref(node.name, port),)}, {"y": seen}, "Keep"
        )
        self._after[node.name, port] = Ref(after, "y"), label
