"""What a block setting holds: a block as it is defined, with some settings given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from boxwork.blocks.block import Block
from boxwork.blocks.dims import Dim
from boxwork.blocks.settings import SettingType
from boxwork.specs.diagnostics import Span
from boxwork.specs.spec import CompositeDecl


@dataclass(frozen=True)
class Definition:
    """A block as it is defined: a primitive's class or a composite's declaration."""

    name: str
    primitive: type[Block] | None = None
    composite: CompositeDecl | None = None


@dataclass(frozen=True)
class BlockValue:
    """A block with some settings given: what a `block` setting holds."""

    definition: Definition
    given: tuple[tuple[str, Any], ...]
    used: str = field(compare=False)
    spans: Mapping[str, Span] = field(compare=False, hash=False, default_factory=dict)
    span: Span | None = field(compare=False, hash=False, default=None)  # where a setting names it
    wrong: bool = field(hash=False, default=False)  # other settings are wrong, which is reported

    @cached_property
    def _hash(self) -> int:
        return hash((self.definition, self.given))

    def __hash__(self) -> int:
        return self._hash  # blocks hold blocks, and these hold more

    def __str__(self) -> str:
        return self.used


def settings_of(definition: Definition) -> Mapping[str, SettingType]:
    """The settings a block declares, by name."""
    if definition.primitive is not None:
        return {s.name: s.type for s in definition.primitive.settings()}
    assert definition.composite is not None
    return {name: decl.type for name, decl in definition.composite.settings.items()}


def is_wrong(value: Any) -> bool:
    """Whether the value of a setting is a block some of whose settings are wrong, or has one."""
    if isinstance(value, tuple):
        return any(map(is_wrong, value))
    return isinstance(value, BlockValue) and value.wrong


def described(value: Any) -> str:
    """A setting's value in words, for messages."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "a flag"
    if isinstance(value, BlockValue):
        return f"the block {value.used}"
    return {Dim: "a size", float: "a number", str: "a text"}.get(type(value), "a list")
