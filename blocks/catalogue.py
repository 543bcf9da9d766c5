"""The catalogue: which blocks there are, primitives in Python and composites in YAML."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from boxwork.blocks.block import Block, BlockError
from boxwork.blocks.settings import settings_of
from boxwork.blocks.types import parse_ports

MODULES = (
    "activation",
    "attention",
    "combine",
    "dropout",
    "embedding",
    "linear",
    "norm",
    "pooling",
    "positions",
    "shaping",
)
T = TypeVar("T", bound=Block)
_FOLDER = Path(__file__).parent
_primitives: dict[str, type[Block]] = {}


def block(cls: type[T]) -> type[T]:
    """Make a class a block: freeze it, read its declaration, and list it."""
    made = dataclass(frozen=True, kw_only=True)(cls)
    name = cls.__name__
    if not cls.__doc__:
        raise BlockError(f"the block {name} has no docstring")
    parse_ports(cls.ports)
    settings_of(made)
    taken = _primitives.get(name)
    if taken and inspect.getmodule(taken) is not inspect.getmodule(cls):
        raise BlockError(f"a block named {name} exists already, in {taken.__module__}")
    _primitives[name] = made
    return made


@cache
def _load() -> None:
    for name in MODULES:
        import_module(f"boxwork.blocks.{name}")


def primitives() -> Mapping[str, type[Block]]:
    """Every primitive by name, those of users and plug-ins included."""
    _load()
    return _primitives


@cache
def composites() -> Mapping[str, Path]:
    """Every composite of the catalogue by name, and its YAML file."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}
