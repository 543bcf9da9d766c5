"""Templates: a block checked once for the settings and wire types that it is used with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from boxwork.blocks import expressions
from boxwork.blocks.block import BlockError, Dims, Parameter
from boxwork.blocks.dims import Dim
from boxwork.blocks.grammar import Expr, parse_condition
from boxwork.blocks.settings import show
from boxwork.blocks.types import Port, WireType
from boxwork.graphs.copies import Copies
from boxwork.graphs.graph import Composite, Condition, Part, Primitive, Ref
from boxwork.graphs.infer import Binding, Wire
from boxwork.graphs.scope import BlockValue, Frame, ReportedError, Scope, Trail, UnknownNameError
from boxwork.graphs.wires import FIRST
from boxwork.specs import marked
from boxwork.specs.diagnostics import Span
from boxwork.specs.hints import did_you_mean
from boxwork.specs.spec import CompositeDecl, NodeDecl

if TYPE_CHECKING:
    from boxwork.graphs.build import Builder

MAX_NESTING = 24
MAX_TEMPLATES = 4_000
Wired = Mapping[str, tuple[tuple[Ref, Wire], ...]]


class Parts:
    """Makes the templates of one graph; the same use of a block is checked once."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.trail: Trail = builder.trail
        self._made: dict[Any, Part | None] = {}  # None: wrong, and reported
        self._busy: set[Any] = set()

    def ports(self, block: BlockValue) -> tuple[Port, ...]:
        """The inputs of a block."""
        if block.definition.primitive is not None:
            return block.definition.primitive.inputs()
        assert block.definition.composite is not None
        return tuple(decl.port for decl in block.definition.composite.inputs.values())

    def wired(self, decl: NodeDecl, block: BlockValue, refs: Wired) -> dict[str, Any]:
        """The wires of a node by the names of the block's ports, defaults filled in."""
        if block.definition.name == "none":
            return {"x": refs[FIRST]} if FIRST in refs else {"x": next(iter(refs.values()))}
        ports = self.ports(block)
        names = [port.name for port in ports]
        found = {(names[0] if p == FIRST and names else p): w for p, w in refs.items()}
        path = self.trail.path(decl.name)
        for name, pairs in found.items():
            if name not in names:
                self._no_port(name, names, block, pairs[0][1].span, path)
            port = ports[names.index(name)]
            if len(pairs) > 1 and not port.many:
                self.trail.fail(
                    "BW206",
                    f"the input {name} of {path} takes one wire, not a list",
                    pairs[1][1].span,
                    help=f"{block.used} takes {', '.join(names)}",
                )
        self._defaults(decl, block, ports, found, path)
        return {name: found[name] for name in names if name in found}

    def following(self, copies: Copies, refs: Wired) -> set[str]:
        """The inputs that default to the one which a repeated node hands on: its own, each copy."""
        ports = self.ports(copies.blocks[-1])
        found = {port.name for port in ports[:1]}
        for port in ports[1:]:
            if port.name not in refs and port.default in found:
                found.add(port.name)
        return found - {port.name for port in ports[:1]}

    def _no_port(
        self, name: str, names: list[str], block: BlockValue, span: Span, path: str
    ) -> None:
        if name == FIRST:
            self.trail.fail("BW206", f"{path} ({block.used}) takes no input", span)
        self.trail.fail(
            "BW206",
            f"{block.definition.name} has no input `{name}`",
            span,
            help=did_you_mean(name, names) or f"its inputs: {', '.join(names) or 'none'}",
        )

    def _defaults(
        self,
        decl: NodeDecl,
        block: BlockValue,
        ports: tuple[Port, ...],
        found: dict[str, Any],
        path: str,
    ) -> None:
        for port in ports:
            if port.name in found or port.optional:
                continue
            if port.default in found:
                found[port.name] = found[port.default]
                continue
            self.trail.fail(
                "BW202",
                f"nothing feeds the input {port.name} of {path}",
                decl.use.span if decl.use else decl.span,
                notes=[],
                help=f"{block.definition.name} takes {port.name}: {port.type}; "
                f"write in: {{{port.name}: WIRE}}",
            )

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
            return _identity(dict(types))
        key = (block, block.used, types)
        if key in self._busy:
            self._contains_itself(block, frame)
        if key not in self._made:
            self._count(frame)
            self._busy.add(key)
            try:
                self._made[key] = self._make(block, decl, frame, wires)
            finally:
                self._busy.discard(key)
        part = self._made[key]
        if part is None:
            raise ReportedError
        return part

    def _count(self, frame: Frame) -> None:
        """Blocks that differ wherever they are used cannot be checked once for all."""
        if len(self._made) > MAX_TEMPLATES:
            raise ReportedError
        if len(self._made) == MAX_TEMPLATES:
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
    ) -> Part | None:
        if block.definition.primitive is not None:
            return self._primitive(block, decl, frame, wires)
        composite = block.definition.composite
        assert composite is not None
        self._nesting(block, frame)
        scope = self._scope(composite, block)
        binding = Binding(
            self.trail, decl.name, block.used, frame.span, _declared_only(scope), scope.bound
        )
        binding.wires([d.port for d in composite.inputs.values()], wires)
        inputs = {port: tuple(w.type for w in ws) for port, ws in wires.items()}
        self.trail.frames.append(
            replace(
                frame, block=block.used, closed=composite.closed, home=composite.span.source.name
            )
        )
        try:
            self._settings(composite, scope, frame, block)
            return self.builder.composite(composite, scope, inputs, block.used)
        finally:
            self.trail.frames.pop()

    def _scope(self, composite: CompositeDecl, block: BlockValue) -> Scope:
        outer = None if composite.closed else self.builder.root
        scope = Scope(
            self.trail, composite.settings, composite.dims, dict(block.given), outer=outer
        )
        scope.read_setting = self.builder.settings.default
        return scope

    def _settings(
        self, composite: CompositeDecl, scope: Scope, frame: Frame, block: BlockValue
    ) -> None:
        """Every setting and dim of the block gets its value now, wrong ones are reported."""
        failed = False
        for name in [*composite.settings, *composite.dims]:
            try:
                scope.get(name)
            except UnknownNameError:
                self._missing(name, str(composite.settings[name].type), frame, block)
                failed = True
            except ReportedError:
                failed = True
        scope.used.clear()
        if failed:
            raise ReportedError

    def _missing(self, name: str, kind: str, frame: Frame, block: BlockValue) -> None:
        frames, self.trail.frames = self.trail.frames, self.trail.frames[:-1]
        given = f"with: {{{name}: …}}"
        mend = f"{{use: {block.used}, {given}}}" if block.span else given
        self.trail.report(
            "BW112",
            f"{block.used} needs the setting {name}",
            block.span or frame.span,
            help=f"write {mend} ({kind})",
        )
        self.trail.frames = frames

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

    def _primitive(
        self,
        block: BlockValue,
        decl: NodeDecl,
        frame: Frame,
        wires: Mapping[str, tuple[Wire, ...]],
    ) -> Primitive:
        cls = block.definition.primitive
        assert cls is not None
        given = dict(block.given)
        for setting in cls.settings():
            if setting.required and setting.name not in given:
                self.trail.frames.append(frame)
                self._missing(setting.name, str(setting.type), frame, block)
                self.trail.frames.pop()
                raise ReportedError
        made = cls(**given)
        known = {s.name: getattr(made, s.name) for s in cls.settings()}
        binding = Binding(self.trail, decl.name, block.used, frame.span, _from(known))
        binding.wires(cls.inputs(), wires)
        dims = Dims({k: v for k, v in known.items() if isinstance(v, Dim)} | binding.dims)
        inputs = {port: tuple(w.type for w in ws) for port, ws in wires.items()}
        try:
            for text in cls.require:
                self._hold(text, binding, made, frame)
            outputs = {p.name: None for p in made.output_ports()} | dict(
                made.output_types(dims, inputs)
            )
            types = {p.name: outputs[p.name] or binding.type_of(p) for p in made.output_ports()}
            parameters = dict(made.parameters(dims))
        except BlockError as error:
            self.trail.fail(
                "BW216", f"{binding.path} ({block.used}): {error}", frame.span, help=error.help
            )
        self._bound(parameters, binding, frame)
        return Primitive(block.definition.name, made, dims, inputs, types, parameters)

    def _bound(self, parameters: Mapping[str, Parameter], binding: Binding, frame: Frame) -> None:
        """A parameter is an array of a fixed size: free dims cannot be in its shape."""
        for name, parameter in parameters.items():
            for dim in parameter.dims:
                if dim.free:
                    shape = ", ".join(str(d.name) for d in parameter.dims)
                    self.trail.fail(
                        "BW212",
                        f"{binding.path}: its parameter {name} [{shape}] would have a size that "
                        f"only the run knows: {dim.name}",
                        frame.span,
                        help=f"give {dim.name} a size, or change which dim stands last",
                    )

    def _hold(self, text: str, binding: Binding, made: Any, frame: Frame) -> None:
        expr = parse_condition(text)
        found = expressions.holds(expr, binding.get)
        if isinstance(found, tuple):  # known at run time only: every run holds it
            self.builder.conditions.setdefault(found, Condition(*found, text, frame.span))
        elif not found:
            values = ", ".join(
                f"{name} = {binding.get(name)}"
                for name in dict.fromkeys(e.text for e in expr.names())
            )
            self.trail.fail(
                "BW116",
                f"{binding.path} ({type(made).__name__}) needs {text}, but {values}",
                frame.span,
                notes=binding.said(expr),
            )

    def detail(self, decl: CompositeDecl, scope: Scope) -> str:
        """The second line of a composite's box, with its dims and settings filled in."""

        def fill(match: re.Match[str]) -> str:
            try:
                return show(scope.get(match[1]))
            except (LookupError, ReportedError):
                return match[0]

        return re.sub(r"\{(\w+)\}", fill, decl.text.get("detail", ""))


def _declared_only(scope: Scope) -> Any:
    """Names that mean something before the wires bind theirs."""

    def lookup(name: str) -> Any:
        if not scope.declares(name):
            raise UnknownNameError(name)
        return scope.lookup(name)

    return lookup


def _from(known: Mapping[str, Any]) -> Any:
    def lookup(name: str) -> Any:
        if isinstance(known.get(name), Dim | float):
            return known[name]
        raise UnknownNameError(name)

    return lookup


def _identity(types: Mapping[str, tuple[WireType, ...]]) -> Composite:
    return Composite(
        "none", "none", "", "", {}, types, {"y": types["x"][0]}, {"y": Ref("", "x")}, {}
    )


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
        )
    return None
