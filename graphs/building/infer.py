"""Width inference: binding the dims of a block's ports to the wires, and saying what clashes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from boxwork.blocks import expressions
from boxwork.blocks.dims import Dim
from boxwork.blocks.grammar import Expr, ExpressionError
from boxwork.blocks.types import ANY_SIZE, Port, TypePattern, WireType
from boxwork.graphs.building.mismatch import (
    DIMS_HELP,
    KIND_HELP,
    UNLIKE_HELP,
    Wire,
    count_of,
    expected,
    explain,
    kind_of,
    mend,
    names_of,
    said,
)
from boxwork.graphs.building.scope import UnknownNameError
from boxwork.graphs.building.trail import Trail
from boxwork.specs.diagnostics import Note, Span


@dataclass
class Binding:
    """The dims of one use of a block: those known before, and those its wires bind."""

    trail: Trail
    node: str
    block: str
    span: Span
    lookup: Callable[[str], Dim | float]  # what is known before; raises UnknownNameError
    dims: dict[str, Dim] = field(default_factory=dict)
    star: tuple[Dim, ...] | None = None
    declared: Span | None = None  # where the ports are declared, if the user can see it
    output: bool = False  # of a block or spec, held against what its own declaration says
    _first: dict[str, Wire] = field(default_factory=dict)

    def get(self, name: str) -> Dim | float:
        """A name of the block's ports: known before, or bound by a wire."""
        if name in self.dims:
            return self.dims[name]
        return self.lookup(name)

    def _bound(self, name: str) -> bool:
        if name in self.dims:
            return True
        try:
            self.lookup(name)
        except UnknownNameError:
            return False
        return True

    def wires(self, ports: Iterable[Port], wired: Mapping[str, tuple[Wire, ...]]) -> None:
        """Bind plain names first, then hold every wire against its port."""
        held = []
        for port in ports:
            for wire in wired.get(port.name, ()):
                self._shape(port, wire)
                pairs = self._pairs(port.type, wire.type)
                self._bind(pairs, wire)
                held.append((port, wire, pairs))
        for port, wire, pairs in held:
            self._hold(port, wire, pairs)

    def _shape(self, port: Port, wire: Wire) -> None:
        pattern, found = port.type, wire.type
        if pattern.kind != "shape" and pattern.kind != found.kind:
            self._fail(
                "BW204",
                f"the output {self.path} carries {kind_of(pattern.kind)}: {pattern}"
                if self.output
                else f"{self._at()} takes {kind_of(pattern.kind)} at {port.name}",
                wire,
                f"{found} carries {kind_of(found.kind)}",
                help=KIND_HELP[found.kind],
            )
        before, star, after = pattern.split()
        wanted, have = len(before) + len(after), len(found.dims)
        if (have < wanted) if (star or pattern.kind == "shape") else (have != wanted):
            least = "at least " if star or pattern.kind == "shape" else ""
            self._fail(
                "BW213",
                f"the output {self.path} has {least}{count_of(wanted)}: {pattern}"
                if self.output
                else f"{self._at()} expects {least}{count_of(wanted)} at {port.name}: {pattern}",
                wire,
                f"{found} has {count_of(have)}",
                help=DIMS_HELP.get(wanted - have, ""),
            )

    def _pairs(self, pattern: TypePattern, type: WireType) -> list[tuple[Expr, Dim]]:
        before, star, after = pattern.split()
        pairs = list(zip(before, type.dims, strict=False))
        if star and after:
            pairs += zip(after, type.dims[-len(after) :], strict=True)
        if pattern.bound is not None and type.bound is not None:
            pairs.append((pattern.bound, type.bound))
        return [(expr, dim) for expr, dim in pairs if expr.text != ANY_SIZE]

    def _bind(self, pairs: list[tuple[Expr, Dim]], wire: Wire) -> None:
        for expr, dim in pairs:
            if expr.kind == "name" and not self._bound(expr.text):
                self.dims[expr.text] = dim
                self._first[expr.text] = wire

    def _hold(self, port: Port, wire: Wire, pairs: list[tuple[Expr, Dim]]) -> None:
        for expr, dim in pairs:
            wanted = self.size(expr, port)
            if wanted.agrees(dim):
                continue
            if not (wanted.is_past and wanted.plain().agrees(dim)):  # `past(seq)` takes seq too
                self._mismatch(port, expr.label, wanted, dim, wire)
        before, star, after = port.type.split()
        if star:
            dims = wire.type.dims[len(before) : len(wire.type.dims) - len(after)]
            self._hold_star(port, dims, wire)

    def _hold_star(self, port: Port, dims: tuple[Dim, ...], wire: Wire) -> None:
        if self.star is None:
            self.star = dims
            self._first["*"] = wire
            return
        if len(dims) != len(self.star):
            first = self._first["*"]
            self._fail(
                "BW213",
                f"unlike numbers of dims at {self.path}",
                wire,
                str(wire.type),
                other=(first.span, str(first.type)),
                help=UNLIKE_HELP,
            )
        for wanted, found in zip(self.star, dims, strict=True):
            if not wanted.agrees(found):
                self._mismatch(port, "*", wanted, found, wire)

    @property
    def path(self) -> str:
        return self.trail.path(self.node)

    def _at(self) -> str:
        return f"{self.path} ({self.block})" if self.path else "the spec"

    def size(self, expr: Expr, port: Port) -> Dim:
        """The size a port's declaration gives for one dim."""
        try:
            return expressions.size(expr, self.get)
        except UnknownNameError as unknown:
            self.trail.fail(
                "BW216",
                f"{self._at()} cannot tell `{unknown}` of its port {port.name}: {port.type}",
                self.span,
                help=f"no wire or setting fixes {unknown}",
            )
        except ExpressionError as error:
            self.trail.fail(
                "BW114",
                f"at {self._at()}, port {port.name}: {error}",
                self.span,
                notes=[said(name, self.get(name)) for name in names_of(expr)],
            )

    def type_of(self, port: Port) -> WireType:
        """The type that an output's declaration gives."""
        before, star, after = port.type.split()
        dims = [self.size(expr, port) for expr in before]
        dims += (self.star or ()) if star else ()
        dims += [self.size(expr, port) for expr in after]
        bound = self.size(port.type.bound, port) if port.type.bound is not None else None
        return WireType(port.type.kind, tuple(dims), bound)

    def said(self, expr: Expr) -> list[Note]:
        """Where the sizes of an expression were set, as far as that is written."""
        notes = [said(name, self.get(name)) for name in names_of(expr)]
        return [note for note in notes if note.span]

    def _mismatch(self, port: Port, name: str, wanted: Dim, found: Dim, wire: Wire) -> None:
        first = self._first.get(name)
        code = "BW212" if wanted.free and found.free else "BW203"
        what = "free dims confused" if code == "BW212" else "width mismatch"
        notes = (
            [explain(first, wanted)]
            if first
            else [expected(self.block, self.declared, port, wanted, name)]
        )
        notes.append(explain(wire, found))
        if code == "BW212":
            may = "have" if wanted.value.names == found.value.names else "may have"
            cure = f"{wanted.name} and {found.name} {may} different lengths at run time"
            if found.agrees(wanted.past()):
                cure += f"; declare the port {port.name} along past({name})"
        else:
            cure = mend(wanted, found, wire, first)
        self._fail(
            code,
            f"{what} at {self.path}" if self.path else what,
            wire,
            str(wire.type),
            other=(first.span, str(first.type)) if first else None,
            notes=notes,
            help=cure,
        )

    def _fail(
        self,
        code: str,
        message: str,
        wire: Wire,
        label: str,
        *,
        other: tuple[Span, str] | None = None,
        notes: Iterable[Note] = (),
        help: str = "",
    ) -> None:
        labels = [other] if other else []
        self.trail.fail(
            code, message, wire.span, label=label, labels=labels, notes=notes, help=help
        )
