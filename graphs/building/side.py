"""Copies side by side (`parallel`, `weigh`): how many, what they give, and what weighs them."""

from __future__ import annotations

from collections.abc import Mapping

from boxwork.blocks.dims import Dim
from boxwork.blocks.types import WireType
from boxwork.graphs.building.copies import Copies
from boxwork.graphs.building.mismatch import Wire
from boxwork.graphs.building.ports import Wired
from boxwork.graphs.building.scope import Scope
from boxwork.graphs.building.standins import StandIn
from boxwork.graphs.building.trail import Trail
from boxwork.graphs.graph import WEIGH, Composite, Node, Parallel, Part, Primitive, Ref
from boxwork.specs import marked
from boxwork.specs.diagnostics import Note
from boxwork.specs.spec import NodeDecl


def side_by_side(decl: NodeDecl, scope: Scope, trail: Trail) -> Side | None:
    """The copies of a node with `parallel`; None if it has none."""
    if decl.parallel is None and decl.weigh is None:
        return None
    path = trail.path(decl.name)
    if decl.parallel is None:
        if decl.weigh is not None:
            message = f"{path} has `weigh` but no `parallel`: there are no copies to weigh"
            trail.fail("BW102", message, decl.weigh.span)
        return None
    other = decl.repeat or next((key for key, _ in decl.vary.values()), None)
    if other is not None:
        word = "repeat" if other is decl.repeat else "vary"
        trail.fail(
            "BW221",
            f"{path} has both `parallel` and `{word}`",
            other.span,
            labels=[(decl.parallel.span, "side by side")],
            help="write a block whose one node is repeated, and use that with `parallel`",
        )
    return Side(decl, _counted(decl.parallel, path, scope), trail)


def _counted(text: marked.Scalar, path: str, scope: Scope) -> Dim:
    dim = scope.size(text)
    if dim.free:
        scope.trail.fail(
            "BW220",
            f"{path} stands side by side {dim.name} times, which only the run knows",
            text.span,
            help="each copy has parameters of its own: give it a size",
        )
    if int(dim) < 1:
        scope.trail.fail(
            "BW220",
            f"{path} stands side by side {int(dim)} times: there must be one copy at least",
            text.span,
            help="give 1 or more, or take the node out",
        )
    return dim


class Side:
    """A node whose copies stand side by side: what it gives, and what is wrong with it."""

    def __init__(self, decl: NodeDecl, count: Dim, trail: Trail) -> None:
        self.decl, self.count, self.trail = decl, count, trail
        self.path = trail.path(decl.name)

    def present(self, copies: Copies) -> None:
        """`none` cannot stand side by side: it has no outputs to stack or to sum."""
        if copies.absent:
            span = self.decl.use.span if self.decl.use else self.decl.span
            hint = "take out `parallel`, or give it a block"
            message = f"{self.path} is none, which cannot stand side by side"
            self.trail.fail("BW221", message, span, help=hint)

    def weights(self, refs: Wired) -> tuple[Ref, Wire] | None:
        """The wire of `weigh`, which must carry something."""
        text = self.decl.weigh
        if text is None:
            return None
        if WEIGH not in refs:
            self.trail.fail("BW202", f"nothing feeds what weighs {self.path}", text.span)
        ((ref, wire),) = refs[WEIGH]
        self._held(wire)
        return ref, wire

    def told(self, weights: tuple[Ref, Wire] | None, nodes: Mapping[str, Node]) -> Parallel:
        """What the node says of its copies: how many there are, and how many of them run."""
        if weights is None:
            return Parallel(self.count)
        active = chosen(weights[0], nodes)
        if active is not None and not active.free and int(active) > int(self.count):
            active = None
        return Parallel(self.count, weights[1].type, active)

    def outputs(self, part: Part, block: str, weights: Wire | None) -> dict[str, WireType]:
        """What the node gives: the outputs of a copy summed, or stacked along a new dim.

        Outputs that are computed only when asked for, such as attention weights, are stacked.
        """
        asked = optional(part)
        return {
            port: self._stacked(wire)
            if weights is None or port in asked
            else self._summed(port, wire, weights, block)
            for port, wire in part.outputs.items()
        }

    def _stacked(self, wire: WireType) -> WireType:
        return WireType(wire.kind, (self.count, *wire.dims), wire.bound)

    def _held(self, wire: Wire) -> None:
        """One number for each copy must stand along the last dim."""
        found = wire.type
        if found.kind == "real" and found.dims and found.dims[-1].agrees(self.count):
            return
        assert self.decl.parallel is not None
        if found.kind != "real":
            what = f"{found} carries no numbers to weigh by"
        elif not found.dims:
            what = f"{found} is one number, not one for each copy"
        else:
            what = f"{found} has {found.dims[-1]} weights"
        self.trail.fail(
            "BW222",
            f"the copies of {self.path} cannot be weighed by {wire.name}",
            wire.span,
            label=what,
            labels=[(self.decl.parallel.span, f"{self.count} copies")],
            help=f"a wire real[…, {self.count.name}], such as a Softmax or ChooseTop of scores",
        )

    def _summed(self, port: str, wire: WireType, weights: Wire, block: str) -> WireType:
        if wire.kind != "real":
            self.trail.fail(
                "BW223",
                f"the copies of {self.path} cannot be summed: {block} gives {wire} at {port}",
                weights.span,
                help="only real numbers are weighed; leave out `weigh` to stack them",
            )
        positions = weights.type.dims[:-1]
        ours = wire.dims[: len(positions)]
        if len(ours) < len(positions) or not all(
            a.agrees(b) for a, b in zip(ours, positions, strict=True)
        ):
            self.trail.fail(
                "BW222",
                f"the copies of {self.path} cannot be weighed by {weights.name}",
                weights.span,
                label=f"{weights.type}",
                notes=[Note(f"each copy of {block} gives {wire} at {port}")],
                help="the dims before the last are the first ones of what a copy gives: "
                f"real[{_listed(wire.dims[:-1], self.count)}]",
            )
        return wire


def _listed(dims: tuple[Dim, ...], count: Dim) -> str:
    return ", ".join(str(dim.name) for dim in (*dims, count))


def optional(part: Part) -> frozenset[str]:
    """The outputs of a part that are computed only when somebody asks for them."""
    if isinstance(part, Composite):
        return frozenset()
    return frozenset(port.name for port in part.block.output_ports() if port.optional)


def chosen(ref: Ref, nodes: Mapping[str, Node]) -> Dim | None:
    """How many weights of a wire are not 0 at each position, if the box that makes them says."""
    while ref.node:
        node = nodes[ref.node]
        if node.parallel is not None or node.count == 0:
            return None
        last = (node.count or 1) - 1
        part = node.part_of(last if ref.copy is None else ref.copy)
        if isinstance(part, Primitive):
            return part.block.chosen(part.dims)
        if isinstance(part, StandIn):
            return None
        ref, nodes = part.sources[ref.port or next(iter(part.outputs))], part.nodes
    return None
