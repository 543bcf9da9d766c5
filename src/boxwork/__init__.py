"""Neural architectures drawn as boxes: one YAML file, checked, run and drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from boxwork.api import Graph as Graph
    from boxwork.api import Model as Model
    from boxwork.api import load as load
    from boxwork.blocks.block import Block as Block
    from boxwork.blocks.block import BlockError as BlockError
    from boxwork.blocks.catalogue import register as register
    from boxwork.blocks.context import Gradients as Gradients
    from boxwork.blocks.cost import Flops as Flops
    from boxwork.blocks.cost import product as product
    from boxwork.comparisons.comparing import Comparison as Comparison
    from boxwork.comparisons.comparing import compare as compare
    from boxwork.counting import Counted as Counted
    from boxwork.drawings import Drawing as Drawing
    from boxwork.importing.imported import Imported as Imported
    from boxwork.importing.imported import import_config as import_config
    from boxwork.specs.diagnostics import BoxworkError as BoxworkError
    from boxwork.specs.diagnostics import DataError as DataError
    from boxwork.specs.diagnostics import SpecError as SpecError
    from boxwork.sweeps.sweeping import sweep as sweep
    from boxwork.sweeps.swept import Sweep as Sweep
    from boxwork.tokens import Tokens as Tokens
    from boxwork.tokens import load_tokenizer as load_tokenizer
    from boxwork.tokens import train_tokenizer as train_tokenizer

# Where each name comes from; imported when it is first used, so that `import boxwork` is quick.
_HOMES = {
    "Block": "boxwork.blocks.block",
    "BlockError": "boxwork.blocks.block",
    "BoxworkError": "boxwork.specs.diagnostics",
    "Counted": "boxwork.counting",
    "Comparison": "boxwork.comparisons.comparing",
    "DataError": "boxwork.specs.diagnostics",
    "Flops": "boxwork.blocks.cost",
    "Gradients": "boxwork.blocks.context",
    "Drawing": "boxwork.drawings",
    "Graph": "boxwork.architecture",
    "Imported": "boxwork.importing.imported",
    "Model": "boxwork.model",
    "SpecError": "boxwork.specs.diagnostics",
    "Sweep": "boxwork.sweeps.swept",
    "Tokens": "boxwork.tokens",
    "compare": "boxwork.comparisons.comparing",
    "import_config": "boxwork.importing.imported",
    "load": "boxwork.architecture",
    "load_tokenizer": "boxwork.tokens",
    "product": "boxwork.blocks.cost",
    "register": "boxwork.blocks.catalogue",
    "sweep": "boxwork.sweeps.sweeping",
    "train_tokenizer": "boxwork.tokens",
}

__all__ = [
    "Block",
    "BlockError",
    "BoxworkError",
    "Comparison",
    "Counted",
    "DataError",
    "Drawing",
    "Flops",
    "Gradients",
    "Graph",
    "Imported",
    "Model",
    "SpecError",
    "Sweep",
    "Tokens",
    "__version__",
    "compare",
    "import_config",
    "load",
    "load_tokenizer",
    "product",
    "register",
    "sweep",
    "train_tokenizer",
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
