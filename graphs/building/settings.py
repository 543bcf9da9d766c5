"""Reading what stands under `with`: the declared type decides how a scalar is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NoReturn

from boxwork.blocks.dims import Dim
from boxwork.blocks.settings import SettingType
from boxwork.graphs.building.definitions import BlockValue, described, is_wrong, settings_of
from boxwork.graphs.building.names import BlockNames
from boxwork.graphs.building.scope import Origin, Scope
from boxwork.graphs.building.trail import ReportedError
from boxwork.specs import marked
from boxwork.specs.diagnostics import Note
from boxwork.specs.hints import did_you_mean
from boxwork.specs.keys import CAMEL, SHAPES, SNAKE, wrong_shape
from boxwork.specs.spec import BlockDecl, Given, SettingDecl

_NULLS = ("", "null", "Null", "NULL", "~", "None")


class Settings:
    """Reads the settings of one spec."""

    def __init__(self, blocks: Mapping[str, BlockDecl], root: Scope) -> None:
        self.names = BlockNames(blocks, root, self.given)
        self._owner = ""  # whose settings are being read

    def default(self, decl: SettingDecl, scope: Scope) -> Any:
        """The default of a setting, in the scope of its block."""
        assert decl.default is not None
        before, self._owner = self._owner, ""
        try:
            return self.value(decl.name, decl.type, decl.default, scope)
        finally:
            self._owner = before

    def given(self, given: Given, block: BlockValue, scope: Scope, owner: str) -> BlockValue:
        """A block with the settings of one `with`, that of ``owner``, laid over those it has.

        Each that is wrong is reported, and the block goes on without it.
        """
        if not given:
            return block
        before, self._owner = self._owner, owner
        types = settings_of(block.definition)
        found, spans, wrong = dict(block.given), dict(block.spans), block.wrong
        for key, value in given.values():
            try:
                if key.text not in types:
                    self._unknown_setting(key, block, types, scope)
                found[key.text] = self.value(key.text, types[key.text], value, scope)
                spans[key.text] = value.span
                wrong |= is_wrong(found[key.text])
            except ReportedError:
                found.pop(key.text, None)
                wrong = True
        self._owner = before
        pairs = tuple(sorted(found.items(), key=lambda i: i[0]))
        return BlockValue(block.definition, pairs, block.used, spans, block.span, wrong)

    def _unknown_setting(
        self, key: marked.Scalar, block: BlockValue, types: Mapping[str, SettingType], scope: Scope
    ) -> NoReturn:
        known = ", ".join(types) or "none"
        scope.trail.fail(
            "BW111",
            f"{block.definition.name} has no setting `{key.text}`",
            key.span,
            notes=[Note(f"its settings: {known}")],
            help=did_you_mean(key.text, types) or _declared(key, block),
        )

    def value(self, name: str, kind: SettingType, value: marked.Marked, scope: Scope) -> Any:
        """The value of one setting."""
        if isinstance(value, marked.Scalar):
            if value.text == "none" and kind.base != "text":
                return self._none(name, kind, value, scope)
            if value.text in _NULLS and value.plain and kind.base != "text":
                self._wrong(name, kind, value, scope, _quoted(value.text))
            forwarded, known = self._forward(kind, value, scope)
            if forwarded:
                return self._checked(name, kind, known, value, scope)
        read: Callable[..., Any] = getattr(self, f"_{kind.base}")
        return read(name, kind, value, scope)

    def _none(self, name: str, kind: SettingType, value: marked.Scalar, scope: Scope) -> Any:
        if kind.optional or kind.base == "block":
            return None
        self._wrong(name, kind, value, scope, "none")

    def _forward(self, kind: SettingType, value: marked.Scalar, scope: Scope) -> tuple[bool, Any]:
        """A bare name of a setting hands its value on, whatever it is."""
        own_word = value.text in kind.choices or (
            kind.base == "flag" and value.text in ("true", "false")
        )
        if kind.base in ("text", "dim") or own_word or not SNAKE.match(value.text):
            return False, None
        if not scope.declares(value.text) or self._is_dim(value.text, scope):
            return False, None
        try:
            return True, scope.get(value.text)
        except LookupError:
            return False, None

    def _is_dim(self, name: str, scope: Scope | None) -> bool:
        while scope is not None:
            if name in scope.settings:
                return False
            if name in scope.dims:
                return True
            scope = scope.outer
        return False

    def _checked(
        self, name: str, kind: SettingType, known: Any, value: marked.Scalar, scope: Scope
    ) -> Any:
        if (known is None and kind.optional) or _fits(kind, known):
            if kind.base == "number" and isinstance(known, Dim):
                return scope.number(value)
            return known
        self._wrong(name, kind, value, scope, f"{value.text}, which is {described(known)}")

    def _wrong(
        self, name: str, kind: SettingType, value: marked.Marked, scope: Scope, found: str
    ) -> Any:
        examples = {
            "size": "a whole number or an expression such as 4 * d_model",
            "number": "a number such as 0.1 or 1 / sqrt(head_dim)",
            "flag": "true or false",
            "block": "the name of a block, or {use: …, with: {…}}",
            "dim": "the name of a dim",
            "list": "a list [a, b]",
            "sizes": "a list of sizes, or a mapping from names to sizes",
            "choice": " or ".join(kind.choices),
            "text": "a text",
        }
        mend = f"give {examples[kind.base]}"
        if kind.optional or kind.base == "block":
            mend += "; what is not used is written none"
        message = f"the setting {name} is a {kind}, not {found}"
        scope.trail.fail("BW109", message, value.span, help=mend)

    def _scalar(
        self, name: str, kind: SettingType, value: marked.Marked, scope: Scope
    ) -> marked.Scalar:
        if isinstance(value, marked.Scalar):
            return value
        return self._wrong(name, kind, value, scope, SHAPES[type(value)])  # type: ignore[no-any-return]

    def _size(self, name: str, kind: SettingType, value: marked.Marked, scope: Scope) -> Dim:
        text = self._scalar(name, kind, value, scope)
        if text.text in ("true", "false", "") or CAMEL.match(text.text):
            self._wrong(name, kind, value, scope, _quoted(text.text))
        dim = scope.size(text)
        if not dim.free and int(dim) < 0:
            scope.trail.fail(
                "BW114",
                f"the setting {name} would be {int(dim)}",
                text.span,
                help="a size is 0 or more",
            )
        if SNAKE.match(text.text) and dim.origin is not None:
            return dim
        return dim.at(Origin(text.span, name, self._owner))

    def _number(self, name: str, kind: SettingType, value: marked.Marked, scope: Scope) -> float:
        text = self._scalar(name, kind, value, scope)
        if text.text in ("true", "false", "") or CAMEL.match(text.text):
            self._wrong(name, kind, value, scope, _quoted(text.text))
        return float(scope.number(text))

    def _flag(self, name: str, kind: SettingType, value: marked.Marked, scope: Scope) -> bool:
        text = self._scalar(name, kind, value, scope).text
        if text not in ("true", "false"):
            self._wrong(name, kind, value, scope, _quoted(text))
        return text == "true"

    def _choice(self, name: str, kind: SettingType, value: marked.Marked, scope: Scope) -> str:
        text = self._scalar(name, kind, value, scope).text
        if text not in kind.choices:
            self._wrong(name, kind, value, scope, _quoted(text))
        return text

    def _text(self, name: str, kind: SettingType, value: marked.Marked, scope: Scope) -> str:
        return self._scalar(name, kind, value, scope).text

    def _dim(self, name: str, kind: SettingType, value: marked.Marked, scope: Scope) -> Dim:
        text = self._scalar(name, kind, value, scope)
        if not SNAKE.match(text.text):
            self._wrong(name, kind, value, scope, _quoted(text.text))
        return scope.size(text)

    def _list(
        self, name: str, kind: SettingType, value: marked.Marked, scope: Scope
    ) -> tuple[Any, ...]:
        if not isinstance(value, marked.Sequence) or kind.of is None:
            return self._wrong(name, kind, value, scope, SHAPES[type(value)])  # type: ignore[no-any-return]
        return tuple(self.value(name, kind.of, item, scope) for item in value.items)

    def _sizes(
        self, name: str, kind: SettingType, value: marked.Marked, scope: Scope
    ) -> tuple[tuple[str, Dim], ...]:
        pairs: Iterable[tuple[str, marked.Marked]]
        if isinstance(value, marked.Mapping):
            pairs = [(key.text, item) for key, item in value.items]
        elif isinstance(value, marked.Sequence):
            pairs = [(str(i), item) for i, item in enumerate(value.items)]
        else:
            return self._wrong(name, kind, value, scope, _quoted(value.text))  # type: ignore[no-any-return]
        size = SettingType("size")
        found = ((key, self.value(name, size, item, scope)) for key, item in pairs)
        return tuple((key, dim.at(_unnamed(dim.origin))) for key, dim in found)

    def _block(
        self, name: str, kind: SettingType, value: marked.Marked, scope: Scope
    ) -> BlockValue | None:
        if isinstance(value, marked.Scalar):
            if not CAMEL.match(value.text) and not SNAKE.match(value.text):
                return self._wrong(name, kind, value, scope, _quoted(value.text))  # type: ignore[no-any-return]
            found = self.names.block(value, scope)
            return found and replace(found, span=value.span)
        use = value.get("use") if isinstance(value, marked.Mapping) else None
        if not isinstance(value, marked.Mapping) or not isinstance(use, marked.Scalar):
            return self._wrong(name, kind, value, scope, SHAPES[type(value)])  # type: ignore[no-any-return]
        for key, _ in value.items:
            if key.text not in ("use", "with"):
                scope.trail.fail(
                    "BW101",
                    f"a block setting has no key `{key.text}`",
                    key.span,
                    help="write {use: …, with: {…}}",
                )
        given = value.get("with")
        if given is not None and not isinstance(given, marked.Mapping):
            wrong_shape("`with`", given, marked.Mapping, scope.trail.reporter)
            raise ReportedError
        block = self.names.block(use, scope)
        if block is None:
            return None
        block = replace(block, span=use.span)
        if given is None:
            return block
        pairs = {key.text: (key, item) for key, item in given.items}
        return self.given(pairs, block, scope, block.used)


def _fits(kind: SettingType, known: Any) -> bool:
    """Whether the value of another setting is one of this type."""
    match kind.base:
        case "size":
            return isinstance(known, Dim)
        case "number":
            return isinstance(known, Dim | float)
        case "flag":
            return isinstance(known, bool)
        case "choice":
            return isinstance(known, str) and known in kind.choices
        case "block":
            return known is None or isinstance(known, BlockValue)
        case "list":
            inner = kind.of
            return isinstance(known, tuple) and all(inner and _fits(inner, k) for k in known)
        case _:
            return isinstance(known, tuple) and all(isinstance(k, tuple) for k in known)


def _declared(key: marked.Scalar, block: BlockValue) -> str:
    """How a block of the spec's own gets a setting."""
    own = block.definition.composite
    if own is None or own.closed:
        return ""
    return f"declare it in {block.definition.name}: settings: {{{key.text}: …}}"


def _unnamed(origin: object) -> object:
    """A size among several: it has a place, but no setting to itself."""
    return replace(origin, setting="") if isinstance(origin, Origin) else origin


def _quoted(text: str) -> str:
    return f"`{text}`" if text else "empty"
