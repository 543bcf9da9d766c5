"""From a spec to a checked graph: scopes, wires, templates, outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from boxwork.blocks.types import Port, TypePattern, WireType
from boxwork.graphs.check import expanded_size, held_names, unused
from boxwork.graphs.copies import Copies, copies_of
from boxwork.graphs.graph import Composite, Condition, Graph, Node, Ref
from boxwork.graphs.infer import Binding, Wire
from boxwork.graphs.parts import Parts, required
from boxwork.graphs.scope import BlockValue, Frame, ReportedError, Scope, Trail
from boxwork.graphs.settings import Settings
from boxwork.graphs.ties import resolve_ties
from boxwork.graphs.values import read_values
from boxwork.graphs.wires import (
    Written,
    WrittenRef,
    in_order,
    reached,
    written_ref,
    written_wires,
)
from boxwork.specs.diagnostics import Reporter
from boxwork.specs.hints import closest, did_you_mean
from boxwork.specs.marked import Scalar
from boxwork.specs.spec import CompositeDecl, NodeDecl, OutputDecl, Spec


def build(spec: Spec, reporter: Reporter | None = None) -> Graph:
    """Wire and check a spec; raises SpecError with everything that is wrong."""
    reporter = reporter or Reporter()
    graph = Builder(spec, reporter).graph()
    reporter.raise_errors()
    assert graph is not None
    return replace(graph, warnings=tuple(reporter.in_order()))


@dataclass
class Made:
    """The nodes of a composite made so far, and what the names of its wires stand for."""

    decl: CompositeDecl
    inputs: Mapping[str, tuple[WireType, ...]]
    nodes: dict[str, Node]
    aliases: dict[str, Ref | None]  # nodes that are no box; None if what they read failed


class Builder:
    """Builds the graph of one spec."""

    def __init__(self, spec: Spec, reporter: Reporter) -> None:
        self.spec = spec
        self.trail = Trail(reporter)
        root = Scope(self.trail, spec.root.settings, spec.root.dims, root=True)
        self.root = root
        self.settings = Settings(spec.blocks, root)
        root.read_setting = self.settings.default
        self.conditions: dict[tuple[Any, ...], Condition] = {}
        self.parts = Parts(self)

    def graph(self) -> Graph | None:
        """The whole graph; None if too much is wrong."""
        decl = self.spec.root
        self._evaluate_root()
        binding = Binding(self.trail, "", "the spec", decl.span, self.root.lookup)
        inputs: dict[str, tuple[WireType, ...]] = {}
        for name, declared in decl.inputs.items():
            try:
                inputs[name] = (self._input_type(declared.port, declared.text, binding),)
            except ReportedError:
                continue
        failed = len(inputs) < len(decl.inputs)
        for output in decl.outputs.values():
            failed |= not self._names_known(output.type, output.text)
        root = self.composite(decl, self.root, inputs, "")
        unused(self.spec, self.root, self.settings, self.trail, failed=root is None or failed)
        if root is None:
            return None
        expanded_size(root, self.trail, decl.span)
        held_names(self.spec, root, self.trail)
        free = tuple(name for name, dim in decl.dims.items() if dim.free)
        title = self.spec.name
        return Graph(
            title, self.spec.text.get("about", ""), root, free, tuple(self.conditions.values())
        )

    def _evaluate_root(self) -> None:
        for name, setting in self.root.settings.items():
            if setting.default is None:
                self.trail.report(
                    "BW112",
                    f"the setting {name} has no value",
                    setting.span,
                    help=f"write {name}: {setting.type} = …",
                )
        before = set(self.root.used)
        for name in [*self.root.dims, *self.root.settings]:
            try:
                self.root.get(name)
            except (ReportedError, LookupError):
                continue
        self.root.used = {n for n in self.root.used if n in self._mentioned()} | before

    def _mentioned(self) -> set[str]:
        """Dims that other dims or settings of the spec are made of."""
        from boxwork.blocks.grammar import ExpressionError, parse

        texts = [d.value.text for d in self.root.dims.values()]
        found: set[str] = set()
        for text in texts:
            try:
                found |= {expr.text for expr in parse(text).names()}
            except ExpressionError:
                continue
        return found

    def _input_type(self, port: Port, text: Scalar, binding: Binding) -> WireType:
        if None in port.type.dims:
            message = "the input of a spec names all its dims, without *"
            self.trail.fail("BW107", message, text.span)
        if not self._names_known(port.type, text):
            raise ReportedError
        return binding.type_of(port)

    def _names_known(self, pattern: TypePattern, text: Scalar) -> bool:
        """Whether a type at the edge of the spec speaks only of the spec's own dims."""
        known = True
        for expr in [*pattern.dims, pattern.bound]:
            for named in expr.names() if expr is not None else ():
                if not self.root.declares(named.text):
                    known = False
                    self.trail.report(
                        "BW108",
                        f"`{named.text}` is no dim of this spec",
                        text.part(named.start, named.end),
                        help=did_you_mean(named.text, self.root.known())
                        or f"add `{named.text}: any` to dims",
                    )
        return known

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
        wires = written_wires(decl, lambda node: self._takes_input(node, scope), self.trail)
        order, stuck = in_order(decl, wires, self.trail)
        made = Made(decl, inputs, {}, dict.fromkeys(stuck))
        for name in order:
            try:
                self._node(decl.nodes[name], scope, wires, made)
            except ReportedError:
                made.aliases[name] = None
        outputs, sources = self._outputs(decl, scope, made)
        self._report_unused(decl, wires, sources)
        failed = None in made.aliases.values() or len(outputs) < len(decl.outputs)
        if failed or len(self.trail.reporter.errors) > before:
            return None
        nodes = made.nodes
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
            ties=resolve_ties(decl, nodes, self.trail),
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
        return bool(self.parts.ports(block))

    def _quietly(self, use: Scalar, scope: Scope) -> BlockValue | None:
        before = len(self.trail.reporter.found)
        try:
            return self.settings.block(use, scope)
        except ReportedError:
            del self.trail.reporter.found[before:]  # it is reported where the node is made
            return None

    def _node(self, decl: NodeDecl, scope: Scope, wires: Mapping[str, Written], made: Made) -> None:
        if decl.name not in wires:
            raise ReportedError
        copies = copies_of(decl, scope, self.settings)
        refs = self._refs(wires[decl.name], made)
        if copies.absent:
            (wire,) = next(iter(refs.values()), (None,))
            if wire is None:
                self.trail.fail(
                    "BW202", f"{self.trail.path(decl.name)} is none and reads nothing", decl.span
                )
            made.aliases[decl.name] = wire[0]
            return
        made.nodes[decl.name] = self._made(decl, copies, refs)

    def _made(
        self, decl: NodeDecl, copies: Copies, refs: Mapping[str, tuple[tuple[Ref, Wire], ...]]
    ) -> Node:
        span = decl.use.span if decl.use is not None else decl.span
        frame = Frame(decl.name, copies.count, copies.used, span, False)
        by_port: dict[str, tuple[tuple[Ref, Wire], ...]] = {}
        parts = []
        for block in copies.blocks:
            by_port = self.parts.wired(decl, block, refs)
            types = {port: tuple(w for _, w in pairs) for port, pairs in by_port.items()}
            parts.append(self.parts.part(block, decl, frame, types))
        copies.check(parts, decl, self.trail)
        follow = self.parts.following(copies, refs) if copies.count is not None else set()
        inputs = {
            port: tuple(ref for ref, _ in pairs)
            for port, pairs in by_port.items()
            if port not in follow
        }
        outputs = dict(parts[0].outputs)
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
        )
        return replace(node, values=read_values(decl.values, node, self.trail))

    def _refs(self, written: Written, made: Made) -> dict[str, tuple[tuple[Ref, Wire], ...]]:
        found = {port: tuple(self._present(refs, made)) for port, refs in written.items()}
        return {port: wires for port, wires in found.items() if wires}

    def _present(self, written: tuple[WrittenRef, ...], made: Made) -> Iterator[tuple[Ref, Wire]]:
        for ref in written:
            with suppress(AbsentError):
                yield self._wire(ref, made)

    def _wire(self, written: WrittenRef, made: Made) -> tuple[Ref, Wire]:
        """What a written wire stands for, and its type."""
        text = written.text
        if not written.node:
            (name,) = written.rest
            if name not in made.inputs:
                raise AbsentError if made.decl.inputs[name].port.optional else ReportedError
            return Ref("", name), Wire(made.inputs[name][0], text.text, text.span)
        if written.node in made.aliases:
            alias = made.aliases[written.node]
            if alias is None:
                raise ReportedError
            return alias, Wire(self._type(alias, made), text.text, text.span)
        node = made.nodes[written.node]
        ref = _ref(node, written, self.trail)
        return ref, Wire(self._type(ref, made), text.text, text.span)

    def _type(self, ref: Ref, made: Made) -> WireType:
        if not ref.node:
            return made.inputs[ref.port][0]
        return made.nodes[ref.node].outputs[ref.port]

    def _outputs(
        self, decl: CompositeDecl, scope: Scope, made: Made
    ) -> tuple[dict[str, WireType], dict[str, Ref]]:
        types: dict[str, WireType] = {}
        found: dict[str, Ref] = {}
        for output in decl.outputs.values():
            try:
                ref, wire = self._output(output, decl, made)
                self._hold(output, wire, scope)
            except ReportedError:
                continue
            types[output.name], found[output.name] = wire.type, ref
        return types, found

    def _output(self, output: OutputDecl, decl: CompositeDecl, made: Made) -> tuple[Ref, Wire]:
        first = output.wire.text.split(".")[0]
        if output.wire.text == output.name and first not in decl.nodes:
            self.trail.fail(
                "BW215",
                f"no node is named like the output {output.name}",
                output.span,
                help=_output_help(output, decl),
            )
        ref, wire = self._wire(written_ref(decl, output.wire, self.trail), made)
        node = decl.nodes.get(first)
        span = node.span if node is not None and output.wire.text == output.name else wire.span
        return ref, Wire(wire.type, wire.name, span)

    def _hold(self, output: OutputDecl, wire: Wire, scope: Scope) -> None:
        name = f"the output {output.name}"
        binding = Binding(self.trail, output.name, name, output.span, scope.lookup)
        port = Port(output.name, output.type)
        binding.wires([port], {output.name: (wire,)})

    def _report_unused(
        self, decl: CompositeDecl, wires: Mapping[str, Written], outputs: Mapping[str, Ref]
    ) -> None:
        if len(outputs) < len(decl.outputs) or decl.closed:
            return
        starts = [out.wire.text.split(".")[0] for out in decl.outputs.values()]
        used = reached(decl, wires, starts)
        for name in decl.nodes:
            if name not in used:
                self.trail.report(
                    "BW902",
                    f"nothing reads {self.trail.path(name)}",
                    decl.nodes[name].span,
                    help="wire it to what should read it, or take it out",
                )


def _output_help(output: OutputDecl, decl: CompositeDecl) -> str:
    """How to name what an output is."""
    near = closest(output.name, decl.nodes)
    if near is not None:
        return f"did you mean `{near}`?"
    last = [*decl.nodes, "NODE"][max(len(decl.nodes) - 1, 0)]
    return f"name a node {output.name}, or write {{type: {output.text.text}, from: {last}}}"


class AbsentError(ReportedError):
    """An optional input that nobody wired: what reads it does without."""


def _ref(node: Node, written: WrittenRef, trail: Trail) -> Ref:
    rest, text = list(written.rest), written.text
    copy = None
    if rest and node.count is not None:
        if not rest[0].isdigit() or int(rest[0]) >= node.count:
            _inside(node, rest, written, trail)
            trail.fail(
                "BW206",
                f"{node.name} has {node.count:,} copies: `{rest[0]}` is none of them",
                text.span,
                help=f"write {node.name}.0 to {node.name}.{node.count - 1}, or {node.name} "
                "for the last",
            )
        copy = int(rest.pop(0))
    ports = list(node.outputs)
    if not rest:
        return Ref(node.name, ports[0], copy)
    if rest[0] not in ports or len(rest) > 1:
        _inside(node, rest, written, trail)
        trail.fail(
            "BW206",
            f"{node.name} has no output `{'.'.join(rest)}`",
            text.span,
            help=did_you_mean(rest[0], ports) or f"its outputs: {', '.join(ports)}",
        )
    return Ref(node.name, rest[0], copy)


def _inside(node: Node, rest: list[str], written: WrittenRef, trail: Trail) -> None:
    """Report a wire that reaches for a node inside of another."""
    if isinstance(node.part, Composite) and rest[0] in node.part.nodes:
        trail.fail(
            "BW206",
            f"`{'.'.join(rest)}` is inside {node.name}: no wire leads out of there",
            written.text.span,
            help=f"give the block {node.used} an output for it",
        )
