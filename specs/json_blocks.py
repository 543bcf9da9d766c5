"""The part of the JSON Schema that comes from the catalogue: blocks and their settings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from boxwork.blocks.catalogue import composites, primitives
from boxwork.blocks.settings import SettingType
from boxwork.specs import library

Schema = dict[str, Any]

NAME = "^[a-z][a-z0-9_]*$"
BLOCK = "^[A-Z][A-Za-z0-9]*$"


@dataclass(frozen=True)
class Described:
    """What an editor is told about a block of the catalogue."""

    name: str
    about: str
    settings: tuple[tuple[str, SettingType, str, bool], ...]  # name, type, as written, required


def described() -> Iterator[Described]:
    """Every block of the catalogue, those of users and plug-ins included."""
    for name in sorted([*primitives(), *composites()]):
        primitive = primitives().get(name)
        if primitive is not None:
            about = inspect.getdoc(primitive) or ""
            found = [(s.name, s.type, str(s), s.required) for s in primitive.settings()]
        else:
            decl = library.composite(name)
            assert decl is not None
            texts = [decl.text.get("about", "")]
            texts += [
                f"{key}: {decl.text[key]}" for key in ("formula", "source") if key in decl.text
            ]
            about = "\n".join(texts)
            found = [
                (s.name, s.type, str(s.type) + _default(s.default), s.default is None)
                for s in decl.settings.values()
            ]
        yield Described(name, about, tuple(found))


def _default(value: object) -> str:
    text = getattr(value, "text", None)
    return "" if text is None else f" = {text}"


def definitions() -> Schema:
    """The definitions that other parts refer to: `use`, `with` by `use`, and each block's own."""
    blocks = list(described())
    known: list[Schema] = [{"const": b.name, "description": b.about} for b in blocks]
    free = [
        {"pattern": BLOCK, "description": "A block that this spec defines under `blocks:`."},
        {"pattern": NAME, "description": "A setting of type block, or none: no box."},
    ]
    return {
        "use": {
            "description": "The block: one of the catalogue, or one of this spec.",
            "type": "string",
            "anyOf": [*known, *free],
        },
        "with_by_use": {"allOf": [_chosen(b.name, _settings_at(b.name)) for b in blocks]},
        "complete_by_use": {"allOf": [_complete(b) for b in blocks if _needed(b)]},
        **{f"settings-of-{b.name}": _settings(b) for b in blocks},
    }


def _settings_at(name: str) -> Schema:
    return {"properties": {"with": {"$ref": f"#/$defs/settings-of-{name}"}}}


def _chosen(name: str, then: Schema) -> Schema:
    """What holds where `use` is this block."""
    uses = {"properties": {"use": {"const": name}}, "required": ["use"]}
    return {"if": uses, "then": then}


def _needed(block: Described) -> list[str]:
    return [name for name, _, _, required in block.settings if required]


def _complete(block: Described) -> Schema:
    """A node must give what has no default, unless copies vary in it."""
    given = {"properties": {"with": {"required": _needed(block)}}, "required": ["with"]}
    return _chosen(block.name, {"anyOf": [given, {"required": ["vary"]}]})


def _settings(block: Described) -> Schema:
    return {
        "description": f"The settings of {block.name}.",
        "type": "object",
        "properties": {
            name: {"description": written} | value(kind)
            for name, kind, written, _ in block.settings
        },
        "additionalProperties": False,
    }


def value(kind: SettingType) -> Schema:
    """What may stand for a setting of this type; a text may always name another setting."""
    name = {"type": "string", "pattern": NAME}
    match kind.base:
        case "size":
            return {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}]}
        case "number":
            return {"type": ["number", "string"]}
        case "flag":
            word = {"not": {"enum": ["yes", "no", "on", "off", "y", "n", "none"]}}
            return {"anyOf": [{"type": "boolean"}, name | word]}
        case "choice":
            return {"anyOf": [{"enum": list(kind.choices)}, name]}
        case "block":
            return {"$ref": "#/$defs/block-value"}
        case "dim":
            return name
        case "list":
            items = value(kind.of) if kind.of else {}
            return {"anyOf": [{"type": "array", "items": items}, name]}
        case "sizes":
            size = value(SettingType("size"))
            named = {"type": "object", "additionalProperties": size, "minProperties": 1}
            return {"anyOf": [{"type": "array", "items": size, "minItems": 1}, named, name]}
        case _:
            return {"type": ["string", "number", "boolean"]}
