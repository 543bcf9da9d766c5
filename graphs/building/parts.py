"""Templates: a block checked once for the settings and wire types that it is used with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from boxwork.blocks.grammar import Expr
from boxwork.blocks.settings import show
from boxwork.blocks.types import WireType
from boxwork.graphs.building.definitions import BlockValue
from boxwork.graphs.building.infer import Binding
from boxwork.graphs.building.mismatch import Wire
from boxwork.graphs.building.ports import first_output, inputs_of
from boxwork.graphs.building.primitives import given_only, lacks, missing, primitive
from boxwork.graphs.building.scope import Scope, UnknownNameError
from boxwork.graphs.building.standins import (
    StandIn,
    names_of,
    open_names,
    outputs_of,
    stand_in,
    tellable,
)
from boxwork.graphs.building.trail import Frame, ReportedError, Trail
from boxwork.graphs.graph import Composite, Condition, Part, Ref
from boxwork.specs import marked
from boxwork.specs.spec import CompositeDecl, NodeDecl

if TYPE_CHECKING:
    from boxwork.graphs.building.build import Builder

MAX_NESTING = 24
MAX_TEMPLATES = 4_000


class Parts:
    """Makes the templates of one graph; the same use of a block is checked once."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.trail: Trail = builder.trail
        self._made: dict[Any, Part | None] = {}  # None: wrong, and reported
        self._busy: set[Any] = set()

    def part(
        self,
        block: BlockValue,
        decl: NodeDecl,
        frame: Frame,
        wires: Mapping[str, tuple[Wire, ...]],
    ) -> Part:
        """The template of one use of a block."""
        types = tuple((port, tuple(w.type for w in ws)) for port, ws in wires.items())
        if block.definition.name == "none":
            return _identity(dict(types), first_output(block))
        key = (block, block.used, types)
        if key in self._busy:
            self._contains_itself(block, frame)
        if key not in self._made:
            self._count(frame)
            self._busy.add(key)
            try:
                self._made[key] = self._make(block, decl, frame, wires)
            except ReportedError:
                self._made[key] = None
            finally:
                self._busy.discard(key)
        part = self._made[key]
        if part is None:
            raise ReportedError
        return part

    def forget(self) -> None:
        """Let go of what was made: a builder and its parts hold each other."""
        self._made.clear()

    def _count(self, frame: Frame) -> None:
        """Blocks that differ wherever they are used cannot be checked once for all."""
        if len(self._made) < MAX_TEMPLATES:
            return
        if None in self._made:
            raise ReportedError
        self._made[None] = None  # say it once
        self.trail.fail(
            "BW208",
            f"more than {MAX_TEMPLATES:,} blocks that are all unlike",
            frame.span,
            help="blocks of one kind and size are checked once: use fewer sizes",
        )

    def _make(
        self,
        block: BlockValue,
        decl: NodeDecl,
        frame: Frame,
        wires: Mapping[str, tuple[Wire, ...]],
    ) -> Part:
        if block.wrong or lacks(block, frame, self.trail):
            return self.outside(block, decl, frame, wires)
        if block.definition.primitive is not None:
            return primitive(block, decl, frame, wires, self.trail, self.builder.conditions)
        composite = block.definition.composite
        assert composite is not None
        self._nesting(block, frame)
        scope = self._scope(composite, block)
        binding = Binding(
            self.trail, decl.name, block.used, frame.span, _declared_only(scope), scope.bound
        )
        binding.wires(inputs_of(block), wires)
        inputs = {port: tuple(w.type for w in ws) for port, ws in wires.items()}
        self.trail.frames.append(
            Frame(
                frame.node,
                frame.count,
                block.used,
                frame.span,
                composite.closed,
                composite.span.source.name,
            )
        )
        try:
            fit = self._settings(composite, scope, frame, block)
            part = self.builder.composite(composite, scope, inputs, block.used) if fit else None
        finally:
            self.trail.frames.pop()
        if not fit:
            return self.outside(block, decl, frame, wires)
        return part or stand_in(block, binding, inputs)

    def outside(
        self,
        block: BlockValue,
        decl: NodeDecl,
        frame: Frame,
        wires: Mapping[str, tuple[Wire, ...]],
    ) -> StandIn:
        """What stands for a block some of whose settings or wires are wrong or missing.

        A setting that is not understood may be meant to be any that was not given: ports that
        speak of one are not looked at.
        """
        composite = block.definition.composite
        known = given_only(block)
        if composite is not None:
            known = _declared_only(self._scope(composite, block))
        unknown = open_names(block)
        if any(unknown & names_of(port) for port in outputs_of(block)):
            raise ReportedError
        binding = Binding(self.trail, decl.name, block.used, frame.span, known)
        sure = [port for port in inputs_of(block) if not unknown & names_of(port)]
        binding.wires(tellable(sure, wires, known), wires)
        inputs = {port: tuple(w.type for w in ws) for port, ws in wires.items()}
        return stand_in(block, binding, inputs)

    def _scope(self, composite: CompositeDecl, block: BlockValue) -> Scope:
        outer = None if composite.closed else self.builder.root
        scope = Scope(
            self.trail, composite.settings, composite.dims, dict(block.given), outer=outer
        )
        scope.read_setting = self.builder.settings.default
        return scope

    def _settings(
        self, composite: CompositeDecl, scope: Scope, frame: Frame, block: BlockValue
    ) -> bool:
        """Every setting and dim of the block gets its value now, wrong ones are reported."""
        fit = True
        for name in [*composite.settings, *composite.dims]:
            try:
                scope.get(name)
            except UnknownNameError:
                kind = str(composite.settings[name].type)
                inside = self.trail.frames.pop()
                missing(name, kind, frame, block, self.trail)
                self.trail.frames.append(inside)
                fit = False
            except ReportedError:
                fit = False
        scope.used.clear()
        return fit

    def _nesting(self, block: BlockValue, frame: Frame) -> None:
        if len(self.trail.frames) >= MAX_NESTING:
            self._contains_itself(block, frame)

    def _contains_itself(self, block: BlockValue, frame: Frame) -> NoReturn:
        used = [f.block for f in self.trail.frames]
        if block.used not in used:
            self.trail.fail(
                "BW207",
                f"blocks nested more than {MAX_NESTING} deep: {' → '.join([*used[:4], '…'])}",
                frame.span,
            )
        way = used[used.index(block.used) :]
        shown = [*way, block.used] if len(way) < 5 else [*way[:4], "…"]
        self.trail.fail(
            "BW207",
            f"a block that contains itself: {' → '.join(shown)}",
            frame.span,
            help="for a fixed number of copies use `repeat`",
        )

    def detail(self, decl: CompositeDecl, scope: Scope) -> str:
        """The second line of a composite's box, with its dims and settings filled in.

        What stands between commas and tells of something that is none is left out.
        """
        if not (text := decl.text.get("detail", "")):
            return ""

        def meant(match: re.Match[str]) -> Any:
            try:
                return scope.get(match[1])
            except (LookupError, ReportedError):
                return match[0]

        name = re.compile(r"\{(\w+)\}")
        return ", ".join(
            name.sub(lambda one: show(meant(one)), part)
            for part in text.split(", ")
            if all(meant(one) is not None for one in name.finditer(part))
        )


def _declared_only(scope: Scope) -> Any:
    """Names that mean something before the wires bind theirs."""

    def lookup(name: str) -> Any:
        if not scope.declares(name):
            raise UnknownNameError(name)
        return scope.lookup(name)

    return lookup


def _identity(types: Mapping[str, tuple[WireType, ...]], output: str) -> Composite:
    """No box: what comes in goes out."""
    ((port, (wire, *_)),) = types.items()
    outputs, sources = {output: wire}, {output: Ref("", port)}
    return Composite("none", "none", "", "", {}, types, outputs, sources, {})


def required(expr: Expr, text: marked.Scalar, scope: Scope) -> Condition | None:
    """Hold a requirement; one on free dims is returned, for every run to hold."""
    found = scope.holds(expr, text)
    if isinstance(found, tuple):
        left, operator, right = found
        return Condition(left, operator, right, text.text, text.span)
    if not found:
        values = "; ".join(note.text.removesuffix(", set") for note in scope.explain(expr))
        scope.trail.fail(
            "BW116",
            f"`{text.text}` does not hold: {values}",
            text.span,
            notes=[note for note in scope.explain(expr) if note.span],
            help="change one of them",
        )
    return None
