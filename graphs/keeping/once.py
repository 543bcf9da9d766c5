"""What is made once and read in every step: keys and values that a decoder takes of an encoder.

Boxes that the dim which grows does not reach run once. What they make of an input is held as long
as a box that runs in every step reads it; arrays alone are parameters, and inputs are there anyway.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from boxwork.blocks.block import Dims
from boxwork.blocks.keep import Hold
from boxwork.graphs import reach
from boxwork.graphs.graph import WEIGH, Composite, Graph, Node, Part, Primitive, Ref
from boxwork.graphs.keeping.keeping import AFTER


def holding(graph: Graph, dim: str | None) -> Graph:
    """The graph with a box behind every output that is held; itself, if none is."""
    if dim is None:
        return graph
    once = frozenset(
        port
        for port, wires in graph.root.inputs.items()
        if not any(reach.along(wire, dim) for wire in wires)
    )
    root = _Walk(dim).part(graph.root, once).part
    assert isinstance(root, Composite)
    return graph if root is graph.root else replace(graph, root=root)


@dataclass(frozen=True)
class _Found:
    """A template that is fed so: which inputs it reads in steps, which outputs it makes once."""

    part: Part
    read: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()


@dataclass
class _Walk:
    """Goes through the templates, each once for every choice of inputs that are made once."""

    dim: str
    _found: dict[tuple[int, frozenset[str]], _Found] = field(default_factory=dict)
    _running: dict[int, bool] = field(default_factory=dict)

    def part(self, part: Part, once: frozenset[str]) -> _Found:
        """A template of which these inputs are made once, of an input of the graph."""
        key = id(part), once
        if not once:
            return _Found(part)
        if key not in self._found:
            if isinstance(part, Composite) and self.running(part):
                self._found[key] = _Level(self, part, once).found()
            else:
                self._found[key] = self.box(part, once)
        return self._found[key]

    def box(self, part: Part, once: frozenset[str]) -> _Found:
        """A template that runs as one, in every step or once."""
        if not self.running(part):
            return _Found(part, made=frozenset(part.outputs) if once else frozenset())
        if isinstance(part, Primitive):  # of some wires only the lengths are read
            once -= {port.name for port in part.block.inputs() if port.type.kind == "shape"}
        return _Found(part, read=once)

    def running(self, part: Part) -> bool:
        """Whether any box in a template runs in every step."""
        if isinstance(part, Primitive):
            return reach.runs(part, self.dim)
        if id(part) not in self._running:
            inside = (
                each for node in part.nodes.values() if node.count != 0 for each in node.parts
            )
            self._running[id(part)] = any(map(self.running, inside))
        return self._running[id(part)]


class _Level:
    """The wires of one composite, some of whose boxes run in every step."""

    def __init__(self, walk: _Walk, part: Composite, once: frozenset[str]) -> None:
        self.walk, self.before = walk, part
        self._once = {Ref("", port) for port in once}
        self._read: dict[Ref, None] = {}  # in the order of the nodes

    def found(self) -> _Found:
        """The composite with a box behind what is held in it."""
        nodes = {node.name: self._node(node) for node in self.before.nodes.values()}
        made = frozenset(port for port, ref in self.before.sources.items() if self._is_once(ref))
        read = frozenset(ref.port for ref in self._read if not ref.node)
        held = {hold.name: hold for hold in (self._hold(ref) for ref in self._read if ref.node)}
        if not held and all(nodes[name] is node for name, node in self.before.nodes.items()):
            return _Found(self.before, read, made)
        return _Found(replace(self.before, nodes=nodes | held), read, made)

    def _node(self, node: Node) -> Node:
        """A node whose templates hold what they must; notes what it reads and makes."""
        if node.count == 0:
            return node
        parts = [self._copy(node, place) for place in range(len(node.parts))]
        last = parts[0 if node.count is None else (node.count - 1) % len(parts)]
        self._once |= {Ref(node.name, port) for port in node.outputs if port in last.made}
        made = tuple(each.part for each in parts)
        return node if made == node.parts else replace(node, parts=made)

    def _copy(self, node: Node, place: int) -> _Found:
        """A copy by its place in the cycle; those that are handed on to are fed like the first."""
        wires = node.reads(place if node.count is not None else None)
        if place:
            wires[next(iter(wires))] = next(iter(node.reads(0).values()))
        if node.parallel is not None and WEIGH in node.inputs:
            wires[WEIGH] = node.inputs[WEIGH]
        once = frozenset(port for port, refs in wires.items() if any(map(self._is_once, refs)))
        go = self.walk.part if node.parallel is None else self.walk.box
        found = go(node.parts[place], once)
        read = (ref for port in wires if port in found.read for ref in wires[port])
        self._read |= dict.fromkeys(self._start(ref) for ref in read if self._is_once(ref))
        return found

    def _is_once(self, ref: Ref) -> bool:
        return self._start(ref)._replace(copy=None) in self._once

    def _start(self, ref: Ref) -> Ref:
        """Where a wire starts in truth: before copies of which there are none, at a named port."""
        while ref.node and (node := self.before.nodes[ref.node]).count == 0:
            ref = next(iter(node.inputs.values()))[0]
        return ref._replace(port=ref.port or next(iter(node.outputs))) if ref.node else ref

    def _hold(self, ref: Ref) -> Node:
        """What stands behind an output that is held."""
        wire = self.before.nodes[ref.node].outputs[ref.port]
        first = ref.port == next(iter(self.before.nodes[ref.node].outputs))
        copy = "" if ref.copy is None else f" {ref.copy}"
        name = f"{ref.node}{copy}{'' if first else f' {ref.port}'}{AFTER}"
        part = Primitive("Hold", Hold(held=wire), Dims(), {"x": (wire,)}, {}, {})
        return Node(name, (part,), None, False, {"x": (ref,)}, {}, "Hold")
