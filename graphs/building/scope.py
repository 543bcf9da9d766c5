"""What a name means in one place: the dims and settings of a spec, or of one use of a block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from boxwork.blocks import expressions
from boxwork.blocks.dims import Dim
from boxwork.blocks.forms import SizeError
from boxwork.blocks.grammar import Expr, ExpressionError, parse
from boxwork.graphs.building.trail import MAX_NOTES, ReportedError, Trail
from boxwork.specs import marked
from boxwork.specs.diagnostics import Note, Span
from boxwork.specs.hints import did_you_mean, shorten
from boxwork.specs.spec import DimDecl, SettingDecl

MAX_CHAIN = 30  # sizes that wait for one another


class UnknownNameError(LookupError):
    """A name that means nothing here."""


@dataclass(frozen=True)
class Origin:
    """Where a dim got its size: the text in the file, and the setting that it fixed."""

    span: Span
    setting: str = ""
    owner: str = ""  # the node or preset that gave the setting

    @property
    def text(self) -> str:
        return self.span.source.text[self.span.start : self.span.end]


@dataclass
class Scope:
    """The names of one use of a composite (or of the spec itself), evaluated as needed.

    ``given`` holds the settings that were fixed; ``bound`` the dims that the wires
    bound; ``outer`` the spec's own scope, for blocks that see it.
    """

    trail: Trail
    settings: Mapping[str, SettingDecl]
    dims: Mapping[str, DimDecl]
    given: dict[str, Any] = field(default_factory=dict)
    bound: dict[str, Dim] = field(default_factory=dict)
    outer: Scope | None = None
    read_setting: Callable[[SettingDecl, Scope], Any] = field(default=lambda decl, scope: None)
    root: bool = False  # the spec's own: its dims carry their names everywhere
    used: set[str] = field(default_factory=set)
    _busy: list[str] = field(default_factory=list)
    _failed: set[str] = field(default_factory=set)  # what is wrong with them is reported

    def known(self) -> list[str]:
        """Every name that means something here."""
        outer = self.outer.known() if self.outer else []
        return [*self.settings, *self.dims, *self.bound, *outer]

    def declares(self, name: str) -> bool:
        """Whether a name means something before any wire is looked at."""
        if name in self.settings or name in self.dims:
            return True
        return self.outer is not None and self.outer.declares(name)

    def get(self, name: str) -> Any:
        """The value of a setting or dim, which is thereby used."""
        self.used.add(name)
        return self.value(name)

    def value(self, name: str) -> Any:
        """The value of a setting or dim."""
        if name in self.given:
            return self.given[name]
        if name in self.settings:
            return self._once(name, lambda: self._default(name))
        if name in self.dims:
            return self._once(name, lambda: self._dim(self.dims[name]))
        if self.outer is not None and self.outer.declares(name):
            return self.outer.get(name)
        if name in self.bound:
            return self.bound[name]
        raise UnknownNameError(name)

    def _once(self, name: str, make: Callable[[], Any]) -> Any:
        if name in self._failed:
            raise ReportedError
        if name in self._busy:
            way = [*self._busy[self._busy.index(name) :], name]
            decl = self.dims.get(name) or self.settings[name]
            self.trail.fail(
                "BW113",
                f"sizes that define each other: {' → '.join(way)}",
                decl.span,
                help="one of them needs a size of its own",
            )
        if len(self._busy) >= MAX_CHAIN:
            way = [*self._busy[:3], "…", name]
            decl = self.dims.get(name) or self.settings[name]
            self.trail.fail(
                "BW113",
                f"more than {MAX_CHAIN} sizes wait for one another: {' → '.join(way)}",
                decl.span,
                help="write a size above those that are made of it",
            )
        self._busy.append(name)
        try:
            self.given[name] = make()
        except ReportedError:
            self._failed.add(name)
            raise
        finally:
            self._busy.pop()
        return self.given[name]

    def _default(self, name: str) -> Any:
        decl = self.settings[name]
        if decl.default is None:
            raise UnknownNameError(name)
        return self.read_setting(decl, self)

    def _dim(self, decl: DimDecl) -> Dim:
        if decl.free:
            return Dim.named(decl.name, None, Origin(decl.value.span))
        found = self.size(decl.value)
        if not found.free and int(found) < 0:
            self.trail.fail(
                "BW114",
                f"the dim {decl.name} would be {int(found)}",
                decl.value.span,
                help="a size is 0 or more",
            )
        if self.root:
            return Dim(found.value, Dim.named(decl.name).name, Origin(decl.value.span))
        return found

    def lookup(self, name: str) -> Dim | float:
        """The value of a name in an expression."""
        value = self.get(name)
        if isinstance(value, bool) or not isinstance(value, Dim | float):
            kind = "none" if value is None else type(value).__name__
            raise ExpressionError(
                f"`{name}` is {kind}, which has no size"
                if kind == "none"
                else f"`{name}` is no size and no number",
                0,
                0,
            )
        return value

    def size(self, text: marked.Scalar) -> Dim:
        """The size that a piece of text gives here."""
        found: Dim = self._evaluate(text, expressions.size)
        return found

    def number(self, text: marked.Scalar) -> float:
        """The number that a piece of text gives here."""
        return float(self._evaluate(text, expressions.number))

    def holds(self, expr: Expr, text: marked.Scalar) -> Any:
        """Whether a requirement holds here (see ``expressions.holds``)."""
        return self._guard(text, expr, lambda: expressions.holds(expr, self.lookup))

    def _evaluate(self, text: marked.Scalar, evaluate: Callable[..., Any]) -> Any:
        try:
            expr = parse(text.text)
        except ExpressionError as error:
            self.trail.fail(
                "BW106",
                f"`{shorten(text.text)}` cannot be read: {error}",
                text.part(error.start, error.end),
                help=error.help,
            )
        return self._guard(text, expr, lambda: evaluate(expr, self.lookup))

    def _guard(self, text: marked.Scalar, expr: Expr, evaluate: Callable[[], Any]) -> Any:
        try:
            return evaluate()
        except UnknownNameError as unknown:
            self.unknown(str(unknown), text, expr)
        except ExpressionError as error:
            self.trail.fail(
                "BW114",
                f"`{shorten(text.text)}`: {error}",
                text.part(error.start, error.end or len(text.text)),
                help=error.help,
                notes=self.explain(expr),
            )
        except SizeError as error:
            self.trail.fail("BW114", f"`{shorten(text.text)}`: {error}", text.span)

    def unknown(self, name: str, text: marked.Scalar, expr: Expr) -> NoReturn:
        """Report a name that means nothing."""
        at = next((e for e in expr.names() if e.text == name), expr)
        if name in self.settings:
            raise ReportedError  # it has no value; whoever must give it one is told
        self.trail.fail(
            "BW108",
            f"`{name}` is no dim and no setting here",
            text.part(at.start, at.end),
            help=did_you_mean(name, self.known()),
        )

    def explain(self, expr: Expr) -> list[Note]:
        """What the names of an expression stand for, and where that was said."""
        notes = []
        for name in list(dict.fromkeys(e.text for e in expr.names()))[:MAX_NOTES]:
            try:
                value = self.get(name)
            except (LookupError, ReportedError):
                continue
            if isinstance(value, Dim):
                span = value.origin.span if isinstance(value.origin, Origin) else None
                if value.free:
                    said = f"{name} is known only at run time" + (", declared" if span else "")
                else:
                    said = f"{name} = {value}" + (", set" if span else "")
                notes.append(Note(said, span))
            elif isinstance(value, float):
                notes.append(Note(f"{name} = {value:g}"))
        return notes
