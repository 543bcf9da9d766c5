"""Neural architectures drawn as boxes: one YAML file, checked, run and drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from boxwork.api import Drawing as Drawing
    from boxwork.api import Graph as Graph
    from boxwork.api import Model as Model
    from boxwork.api import load as load
    from boxwork.blocks.block import Block as Block
    from boxwork.blocks.block import BlockError as BlockError
    from boxwork.blocks.catalogue import register as register
    from boxwork.blocks.context import Gradients as Gradients
    from boxwork.specs.diagnostics import BoxworkError as BoxworkError
    from boxwork.specs.diagnostics import DataError as DataError
    from boxwork.specs.diagnostics import SpecError as SpecError

# Where each name comes from; imported when it is first used, so that `import boxwork` is quick.
_HOMES = {
    "Block": "boxwork.blocks.block",
    "BlockError": "boxwork.blocks.block",
    "BoxworkError": "boxwork.specs.diagnostics",
    "DataError": "boxwork.specs.diagnostics",
    "Gradients": "boxwork.blocks.context",
    "Drawing": "boxwork.api",
    "Graph": "boxwork.api",
    "Model": "boxwork.api",
    "SpecError": "boxwork.specs.diagnostics",
    "load": "boxwork.api",
    "register": "boxwork.blocks.catalogue",
}

__all__ = [
    "Block",
    "BlockError",
    "BoxworkError",
    "DataError",
    "Drawing",
    "Gradients",
    "Graph",
    "Model",
    "SpecError",
    "__version__",
    "load",
    "register",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'boxwork' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
