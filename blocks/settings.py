"""The types of settings: what a node may fix about its block."""

from __future__ import annotations

import types
import typing
from dataclasses import MISSING, dataclass, fields
from functools import cache, lru_cache
from typing import Any, Literal, NewType, Union, get_args, get_origin

from boxwork.blocks.dims import Dim
from boxwork.blocks.grammar import ExpressionError, Reader

Size = Dim
DimName = NewType("DimName", Dim)
Sizes = tuple[tuple[str, Dim], ...]

BASES = ("size", "number", "flag", "choice", "text", "block", "dim", "list", "sizes")
REQUIRED = object()


@dataclass(frozen=True, slots=True)
class SettingType:
    """A type such as ``size``, ``number or none``, ``choice<exact|tanh>`` or ``list<size>``."""

    base: str
    choices: tuple[str, ...] = ()
    of: SettingType | None = None
    optional: bool = False

    def __str__(self) -> str:
        text = self.base
        if self.choices:
            text += f"<{'|'.join(self.choices)}>"
        if self.of:
            text += f"<{self.of}>"
        return f"{text} or none" if self.optional else text


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of a primitive: its name, type and default (``REQUIRED`` if it has none)."""

    name: str
    type: SettingType
    default: Any = REQUIRED

    @property
    def required(self) -> bool:
        return self.default is REQUIRED

    def __str__(self) -> str:
        return str(self.type) if self.required else f"{self.type} = {show(self.default)}"


def show(value: Any) -> str:
    """A setting's value as it is written in YAML."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(show(item) for item in value) + "]"
    return str(value)


@lru_cache(maxsize=256)
def parse_setting(text: str) -> tuple[SettingType, int | None]:
    """Read ``size or none = none``: the type, and where in the text the default starts."""
    reader = Reader(text.split("=", 1)[0])
    kind = _type(reader)
    reader.finish()
    return kind, (text.index("=") + 1 if "=" in text else None)


def _type(reader: Reader) -> SettingType:
    token = reader.name("the type of a setting")
    if token.text not in BASES:
        raise ExpressionError(
            f"unknown type of setting `{token.text}`", token.start, token.end, ", ".join(BASES)
        )
    choices: tuple[str, ...] = ()
    of = None
    if token.text in ("choice", "list"):
        reader.expect("<")
        if token.text == "list":
            of = _type(reader)
        else:
            choices = _choices(reader)
        reader.expect(">")
    optional = False
    if reader.next.kind == "name" and reader.next.text == "or":
        reader.name()
        none = reader.name("none")
        if none.text != "none":
            raise ExpressionError("expected `or none`", none.start, none.end)
        optional = True
    return SettingType(token.text, choices, of, optional)


def _choices(reader: Reader) -> tuple[str, ...]:
    found = [reader.name("a choice").text]
    while reader.take("|"):
        found.append(reader.name("a choice").text)
    return tuple(found)


def settings_of(cls: Any) -> tuple[Setting, ...]:
    """The settings that a primitive's fields declare."""
    found: tuple[Setting, ...] = _settings_of(cls)
    return found


@cache
def _settings_of(cls: Any) -> tuple[Setting, ...]:
    hints = typing.get_type_hints(cls)
    return tuple(
        Setting(
            field.name,
            _from_annotation(hints[field.name]),
            REQUIRED if field.default is MISSING else field.default,
        )
        for field in fields(cls)
    )


def default_of(hint: Any, value: Any) -> Any:
    """A default as the setting has it: 8 is a size, 1 a number; ValueError if it is neither."""
    return _value(_from_annotation(hint), value)


def _value(kind: SettingType, value: Any) -> Any:
    if value is None and kind.optional:
        return None
    whole = isinstance(value, int) and not isinstance(value, bool)
    if kind.base in ("size", "dim") and whole and value >= 0:
        return Dim.of(value)
    if kind.base == "number" and (whole or isinstance(value, float)):
        return float(value)
    if kind.base == "list" and kind.of and isinstance(value, tuple | list):
        return tuple(_value(kind.of, item) for item in value)
    if kind.base == "sizes" and isinstance(value, tuple):
        return tuple((name, _value(SettingType("size"), size)) for name, size in value)
    if kind.base == "choice":
        fits = value in kind.choices
    else:
        fits = isinstance(value, _PYTHON.get(kind.base, ()))
    if not fits:
        raise ValueError(f"{value!r} is no {kind}")
    return value


def _from_annotation(hint: Any) -> SettingType:
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = (arg for arg in get_args(hint) if arg is not type(None))
        found = _from_annotation(inner)
        return SettingType(found.base, found.choices, found.of, optional=True)
    if get_origin(hint) is Literal:
        return SettingType("choice", choices=get_args(hint))
    if hint == Sizes:
        return SettingType("sizes")
    if get_origin(hint) is tuple:
        return SettingType("list", of=_from_annotation(get_args(hint)[0]))
    return SettingType(_BASE_OF[hint])


_BASE_OF: dict[Any, str] = {
    Size: "size",
    DimName: "dim",
    float: "number",
    bool: "flag",
    str: "text",
}
_PYTHON: dict[str, type] = {"size": Dim, "dim": Dim, "flag": bool, "text": str}
