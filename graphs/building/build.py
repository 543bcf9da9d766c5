"""From a spec to a checked graph: scopes, wires, templates, outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from boxwork.blocks.types import WireType
from boxwork.graphs.building.check import expanded_size, unread, unused
from boxwork.graphs.building.copies import Copies, copies_of
from boxwork.graphs.building.definitions import BlockValue
from boxwork.graphs.building.edges import evaluate, input_types, outputs_known
from boxwork.graphs.building.made import Made
from boxwork.graphs.building.meaning import held_interpretation
from boxwork.graphs.building.origins import of_this_use
from boxwork.graphs.building.outputs import outgoing
from boxwork.graphs.building.parts import Parts, required
from boxwork.graphs.building.ports import Wired, following, inputs_of, wired
from boxwork.graphs.building.primitives import Conditions
from boxwork.graphs.building.scope import Scope
from boxwork.graphs.building.settings import Settings
from boxwork.graphs.building.side import Side, side_by_side
from boxwork.graphs.building.standins import stands_in
from boxwork.graphs.building.ties import resolve_ties
from boxwork.graphs.building.trail import Frame, ReportedError, Trail
from boxwork.graphs.building.values import not_owned, read_values
from boxwork.graphs.building.wires import (
    Written,
    edits_near,
    in_order,
    written_wires,
)
from boxwork.graphs.graph import WEIGH, Composite, Condition, Graph, Node
from boxwork.graphs.keeping.keeping import check_kept
from boxwork.graphs.lifted import lifted
from boxwork.specs.diagnostics import Reporter, Span, SpecError
from boxwork.specs.marked import Scalar
from boxwork.specs.spec import CompositeDecl, NodeDecl, Spec


def build(spec: Spec, reporter: Reporter | None = None) -> Graph:
    """Wire and check a spec; raises SpecError with everything that is wrong."""
    reporter = reporter or Reporter()
    builder = Builder(spec, reporter)
    graph = builder.graph()
    builder.parts.forget()
    reporter.raise_errors()
    if graph is None:  # a node cannot be read whole, and somebody else was told
        raise SpecError([])
    return replace(graph, warnings=tuple(reporter.in_order()))


class Builder:
    """Builds the graph of one spec."""

    def __init__(self, spec: Spec, reporter: Reporter) -> None:
        self.spec = spec
        self.trail = Trail(reporter)
        root = Scope(self.trail, spec.root.settings, spec.root.dims, root=True)
        self.root = root
        self.settings = Settings(spec.blocks, root)
        root.read_setting = self.settings.default
        self.conditions: Conditions = {}
        self.parts = Parts(self)

    def graph(self) -> Graph | None:
        """The whole graph; None if too much is wrong."""
        decl = self.spec.root
        evaluate(self.root)
        inputs = input_types(decl, self.root)
        failed = len(inputs) < len(decl.inputs) or not outputs_known(decl, self.root)
        root = self.composite(decl, self.root, inputs, "")
        failed = failed or root is None or bool(self.trail.reporter.errors)
        unused(self.spec, self.root, self.settings, self.trail, failed=failed)
        if root is None:
            return None
        expanded_size(root, self.trail, decl.span)
        held_interpretation(self.spec, root, self.trail)
        free = tuple(name for name, dim in decl.dims.items() if dim.free)
        title = self.spec.name
        failed = failed or bool(self.trail.reporter.errors)
        dims = {} if failed else {name: self.root.value(name) for name in decl.dims}
        about, conditions = self.spec.text.get("about", ""), tuple(self.conditions.values())
        used = frozenset(self.root.used & dims.keys())
        graph = Graph(title, about, root, free, conditions, dims=dims, used=used)
        if not failed:
            check_kept(graph, self._growing(root, free), self.trail)
        return graph

    def _growing(self, root: Composite, free: tuple[str, ...]) -> tuple[str, ...]:
        """The dims that may grow: that of the input whose next is scored, if the spec says so."""
        found = (self.spec.interpretation.next_of(output) for output in root.outputs)
        name = next((name for name in found if name in root.inputs), None)
        if name is None:
            return free
        return tuple(str(dim.value) for dim in root.inputs[name][0].dims if dim.free)

    def composite(
        self,
        decl: CompositeDecl,
        scope: Scope,
        inputs: Mapping[str, tuple[WireType, ...]],
        used: str,
    ) -> Composite | None:
        """Check one composite for the types that arrive; None if something in it is wrong."""
        before = len(self.trail.reporter.errors)
        self._require(decl, scope)
        wires, partly = written_wires(decl, lambda node: self._takes_input(node, scope), self.trail)
        order, stuck = in_order(decl, wires, self.trail)
        made = Made(decl, inputs, {}, dict.fromkeys(stuck), self.trail)
        for name in order:
            self.trail.edits.append(edits_near(decl, name, wires))
            try:
                self._node(decl.nodes[name], scope, wires[name], made, whole=name not in partly)
            except ReportedError:
                made.aliases[name] = None
            self.trail.edits.pop()
        outputs, sources = outgoing(decl, scope, made)
        if not partly and len(outputs) == len(decl.outputs):  # else who reads what is not known
            unread(decl, wires, self.trail)
        failed = None in made.aliases.values() or len(outputs) < len(decl.outputs)
        failed = failed or any(stands_in(node.parts) for node in made.nodes.values())
        if failed or len(self.trail.reporter.errors) > before:
            return None
        nodes = made.nodes
        ties = resolve_ties(decl, nodes, self.trail)
        not_owned(decl.nodes, ties, self.trail)
        return Composite(
            name=decl.name,
            title=decl.text.get("title", "") or used or decl.name,
            family=decl.text.get("family", ""),
            detail=self.parts.detail(decl, scope),
            settings={name: scope.given[name] for name in decl.settings if name in scope.given},
            inputs=inputs,
            outputs=outputs,
            sources=sources,
            nodes=nodes,
            ties=ties,
        )

    def _require(self, decl: CompositeDecl, scope: Scope) -> None:
        for requirement in decl.require:
            try:
                found = required(requirement.expr, requirement.text, scope)
            except ReportedError:
                continue
            if isinstance(found, Condition):
                self.conditions.setdefault((found.left, found.operator, found.right), found)

    def _takes_input(self, node: NodeDecl, scope: Scope) -> bool:
        """Whether the first port of a node is there to be fed by the node above."""
        use = node.use
        if use is None or (block := self._quietly(use, scope)) is None:
            return True
        return bool(inputs_of(block))

    def _quietly(self, use: Scalar, scope: Scope) -> BlockValue | None:
        before = len(self.trail.reporter.found)
        try:
            return self.settings.names.block(use, scope)
        except ReportedError:
            self.trail.reporter.forget(before)  # it is reported where the node is made
            return None

    def _node(
        self, decl: NodeDecl, scope: Scope, written: Written, made: Made, *, whole: bool
    ) -> None:
        if decl.wrong:
            self._look_at(decl, scope)
            raise ReportedError
        side = side_by_side(decl, scope, self.trail)
        copies = copies_of(decl, scope, self.settings)
        refs, known = made.refs(written)
        if not whole or not known:
            made.nodes[decl.name] = self._partly(decl, copies, refs)
            return
        if side is not None:
            made.nodes[decl.name] = self._beside(decl, copies, side, refs, made)
            return
        if copies.absent:
            wire, *more = next(iter(refs.values()), (None,))
            if more:
                message = f"{self.trail.path(decl.name)} is none, which hands on one wire, not "
                self.trail.fail("BW206", f"{message}{1 + len(more)}", decl.span)
            if wire is None:
                self.trail.fail(
                    "BW202", f"{self.trail.path(decl.name)} is none and reads nothing", decl.span
                )
            if (span := _kept(decl)) is not None:
                message = f"{self.trail.path(decl.name)} is none, so it has nothing to keep"
                self.trail.fail("BW253", message, span, help="mark the node that it reads")
            made.aliases[decl.name] = wire[0]
            return
        made.nodes[decl.name] = self._made(decl, copies, refs)

    def _look_at(self, decl: NodeDecl, scope: Scope) -> None:
        """What can be told of a node that cannot be read whole: its block, its settings."""
        block = self.settings.names.block(decl.use, scope) if decl.use is not None else None
        if block is not None:
            self.settings.given(decl.given, block, scope, decl.name)

    def _partly(self, decl: NodeDecl, copies: Copies, refs: Wired) -> Node:
        """What stands for a node some of whose wires are wrong, if the others tell its outputs."""
        if copies.absent or copies.count == 0 or decl.parallel is not None:
            raise ReportedError
        block, span = copies.blocks[copies.first], decl.use.span if decl.use else decl.span
        found = wired(decl, block, refs, self.trail, partly=True)
        wires = {port: tuple(wire for _, wire in pairs) for port, pairs in found.items()}
        frame = Frame(decl.name, copies.count, copies.used, span, False)
        part = self.parts.outside(block, decl, frame, wires)
        outputs = dict(part.outputs)
        return Node(decl.name, (part,), copies.count, copies.shared, {}, outputs, copies.used)

    def _beside(self, decl: NodeDecl, copies: Copies, side: Side, refs: Wired, made: Made) -> Node:
        """A node whose copies stand side by side: checked as one copy, with all parameters."""
        side.present(copies)
        weights = side.weights(refs)
        node = self._made(decl, copies, {port: w for port, w in refs.items() if port != WEIGH})
        part, wire = node.part, weights[1] if weights else None
        outputs = side.outputs(part, copies.used, wire)
        inputs = dict(node.inputs) | ({WEIGH: (weights[0],)} if weights else {})
        node = replace(
            node,
            parts=(part if node.shared else lifted(part, side.count),),
            inputs=inputs,
            outputs=outputs,
            parallel=side.told(weights, made.nodes),
        )
        if decl.values is None:
            return node
        return replace(node, values=read_values(decl.values, node, self.trail))

    def _carries(self, decl: NodeDecl, copies: Copies) -> None:
        """Copies hand on their first input: a block without one cannot be repeated."""
        for block in copies.blocks:
            if not inputs_of(block):
                span = decl.repeat.span if decl.repeat is not None else decl.span
                where = self.trail.path(decl.name)
                name = copies.blocks[copies.first].used
                self.trail.fail("BW214", f"{where} cannot be repeated: {name} has no input", span)

    def _made(self, decl: NodeDecl, copies: Copies, refs: Wired) -> Node:
        span = decl.use.span if decl.use is not None else decl.span
        frame = Frame(decl.name, copies.count, copies.used, span, False)
        if copies.count is not None:
            self._carries(decl, copies)
        parts = []
        wires_of = [wired(decl, block, refs, self.trail) for block in copies.blocks]
        for block, found in zip(copies.blocks, wires_of, strict=True):
            types = {port: tuple(w for _, w in pairs) for port, pairs in found.items()}
            parts.append(self.parts.part(block, decl, frame, types))
        copies.check(parts, decl, self.trail)
        by_port = wires_of[copies.first]  # `none` among the copies has no ports of its own
        follow = following(copies, refs) if copies.count is not None else set()
        inputs = {
            port: tuple(ref for ref, _ in pairs)
            for port, pairs in by_port.items()
            if port not in follow
        }
        taken = {port: tuple(wire.type for _, wire in pairs) for port, pairs in by_port.items()}
        outputs = of_this_use(parts[copies.first].outputs, copies.blocks[copies.first], taken)
        if copies.count == 0:
            first = next(iter(by_port.values()))[0][1].type
            outputs = {next(iter(outputs)): first}
        node = Node(
            decl.name,
            tuple(parts),
            copies.count,
            copies.shared,
            inputs,
            outputs,
            copies.used,
            decl.label,
            decl.span,
            kinds=tuple(block.used for block in copies.blocks) if "use" in decl.vary else (),
            kept=_kept(decl),
        )
        if decl.values is None or decl.parallel is not None:
            return node
        return replace(node, values=read_values(decl.values, node, self.trail))


def _kept(decl: NodeDecl) -> Span | None:
    """Where it is said that a node is kept, if it is."""
    return decl.keep.span if decl.keep is not None and decl.keep.text == "true" else None
