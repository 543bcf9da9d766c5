"""The nodes of a composite made so far: what a written wire stands for, and what it carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from boxwork.blocks.types import WireType
from boxwork.graphs.building.mismatch import Wire
from boxwork.graphs.building.trail import ReportedError, Trail
from boxwork.graphs.building.wires import Written, WrittenRef
from boxwork.graphs.graph import Composite, Node, Ref
from boxwork.specs.hints import did_you_mean
from boxwork.specs.spec import CompositeDecl


class AbsentError(ReportedError):
    """An optional input that nobody wired: what reads it does without."""


@dataclass
class Made:
    """The nodes of a composite made so far, and what the names of its wires stand for."""

    decl: CompositeDecl
    inputs: Mapping[str, tuple[WireType, ...]]
    nodes: dict[str, Node]
    aliases: dict[str, Ref | None]  # nodes that are no box; None if what they read failed
    trail: Trail

    def refs(self, written: Written) -> tuple[dict[str, tuple[tuple[Ref, Wire], ...]], bool]:
        """The wires that are known, by port, and whether these are all."""
        whole = True
        found: dict[str, tuple[tuple[Ref, Wire], ...]] = {}
        for port, refs in written.items():
            wires = []
            for ref in refs:
                try:
                    wires.append(self.wire(ref))
                except AbsentError:
                    continue
                except ReportedError:
                    whole = False
            if wires:
                found[port] = tuple(wires)
        return found, whole

    def wire(self, written: WrittenRef) -> tuple[Ref, Wire]:
        """What a written wire stands for, and its type."""
        text = written.text
        if not written.node:
            (name,) = written.rest
            if name not in self.inputs:
                raise AbsentError if self.decl.inputs[name].port.optional else ReportedError
            return Ref("", name), Wire(self.inputs[name][0], text.text, text.span)
        if written.node in self.aliases:
            alias = self.aliases[written.node]
            if alias is None:
                raise ReportedError
            return alias, Wire(self.type(alias), text.text, text.span)
        node = self.nodes[written.node]
        ref = _ref(node, written, self.trail)
        return ref, Wire(self.type(ref), text.text, text.span)

    def type(self, ref: Ref) -> WireType:
        if not ref.node:
            return self.inputs[ref.port][0]
        node = self.nodes[ref.node]
        return _outputs(node, ref.copy).get(ref.port) or node.outputs[ref.port]


def _outputs(node: Node, copy: int | None) -> Mapping[str, WireType]:
    """The outputs of a node, of one copy, or (if none is named) of the last."""
    if not node.count:
        return node.outputs
    return node.part_of(node.count - 1 if copy is None else copy).outputs


def _ref(node: Node, written: WrittenRef, trail: Trail) -> Ref:
    if not written.rest:
        return Ref(node.name, next(iter(_outputs(node, None))), None)
    rest, text = list(written.rest), written.text
    copy = None
    named = bool(rest) and any(rest[0] in part.outputs for part in node.parts)
    if rest and node.count is not None and not named:
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
    ports = list(_outputs(node, copy))
    if not rest:
        return Ref(node.name, ports[0], copy)
    if rest[0] not in ports or len(rest) > 1:
        if not any(rest[0] in part.outputs for part in node.parts):
            _inside(node, rest, written, trail)
        which = "" if node.count is None else f"copy {node.count - 1 if copy is None else copy} of "
        which = f"{which}{node.name}" if node.count != 0 else f"{node.name}, with no copies,"
        trail.fail(
            "BW206",
            f"{which} has no output `{'.'.join(rest)}`",
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
