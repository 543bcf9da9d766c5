"""The catalogue: which blocks there are, primitives in Python and composites in YAML."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from boxwork.blocks import declared
from boxwork.blocks.block import Block, BlockError
from boxwork.blocks.plugins import Broken, discover

MODULES = (
    "activation",
    "attention",
    "bounds",
    "combine",
    "convolution",
    "dropout",
    "embedding",
    "linear",
    "losses",
    "norm",
    "numbers",
    "patches",
    "pooling",
    "positions",
    "recurrence",
    "relative",
    "rotary",
    "routing",
    "shaping",
)
T = TypeVar("T", bound=Block)
_FOLDER = Path(__file__).parent
_primitives: dict[str, type[Block]] = {}
_broken: list[Broken] = []
_loaded: list[str] = []


def block(cls: type[T]) -> type[T]:
    """Make a class a block: freeze it, read its declaration, and list it.

    Names of boxwork's own blocks are taken; a block of a notebook may be declared anew.
    """
    name = declared.named(cls)
    if not cls.__module__.startswith("boxwork.blocks."):
        _load()
        if name in composites():
            raise BlockError(f"a block named {name} exists already, in the catalogue")
    made: type[T] = declared.made(cls)
    taken = _primitives.get(name)
    if taken and inspect.getmodule(taken) is not inspect.getmodule(cls):
        raise BlockError(f"a block named {name} exists already, in {taken.__module__}")
    _primitives[name] = made
    return made


def register(cls: type[T]) -> type[T]:
    """List a block of a user or of another package; one that is listed already stays."""
    return cls if _primitives.get(declared.named(cls)) is cls else block(cls)


def _load() -> None:
    """Boxwork's own blocks, then those of plug-ins."""
    if _loaded:
        return
    _loaded.extend(MODULES)
    for name in MODULES:
        import_module(f"boxwork.blocks.{name}")
    _broken.extend(discover(_take))


def _take(found: object) -> None:
    """What an entry point led to: a block, or a module that has registered its blocks."""
    if inspect.isclass(found) and issubclass(found, Block):
        register(found)
    elif not inspect.ismodule(found):
        raise BlockError(f"{type(found).__name__} is neither a block nor a module")


def broken_plugins() -> tuple[Broken, ...]:
    """The plug-ins that could not be loaded."""
    _load()
    return tuple(_broken)


def primitives() -> Mapping[str, type[Block]]:
    """Every primitive by name, those of users and plug-ins included."""
    _load()
    return _primitives


@cache
def composites() -> Mapping[str, Path]:
    """Every composite of the catalogue by name, and its YAML file."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}
