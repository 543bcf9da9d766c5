"""Configs written for a test, and what comes of importing them."""

import json
from pathlib import Path
from typing import Any

from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load
from boxwork.importing.config import Config
from boxwork.importing.document import read_object
from boxwork.importing.families import FAMILIES
from boxwork.importing.family import Pieces
from boxwork.importing.imported import COMMON, Imported, import_config
from boxwork.importing.reasons import irrelevant
from boxwork.specs.diagnostics import BoxworkError, Reporter

# The sizes of the tiny models in tests/oracles/decoders.py.
TINY: dict[str, Any] = {
    "vocab_size": 29,
    "hidden_size": 24,
    "intermediate_size": 28,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 2048,
    "rms_norm_eps": 1e-6,
    "tie_word_embeddings": False,
    "pad_token_id": 0,
    "bos_token_id": 0,
    "eos_token_id": 0,
}


def written(folder: Path, config: dict[str, Any] | str) -> Path:
    path = folder / "config.json"
    text = config if isinstance(config, str) else json.dumps(config, indent=2)
    path.write_text(text, encoding="utf-8")
    return path


def imported(folder: Path, config: dict[str, Any]) -> Imported:
    return import_config(written(folder, config), "Mine")


def graph_of(folder: Path, config: dict[str, Any]) -> Graph:
    """The checked graph of the spec that is made of a config."""
    path = folder / "spec.yaml"
    imported(folder, config).save(path)
    _, graph = load(path)
    return graph


def pieces_of(config: dict[str, Any], folder: Path) -> Pieces:
    """All that a config says, before a base is chosen."""
    family, tree, reporter = (
        FAMILIES[config["model_type"]],
        read_object(written(folder, config)),
        Reporter(),
    )
    keys = {**irrelevant(), **family.irrelevant}
    read = Config(tree, {**COMMON, **family.keys}, keys, reporter, family.title)
    pieces = family.build(read)
    reporter.raise_errors()
    return pieces


def wrong(folder: Path, config: dict[str, Any] | str) -> list[str]:
    """What is said of a config: place, code, sentence and help."""
    try:
        import_config(written(folder, config))
    except BoxworkError as error:
        return [
            f"{d.span.line if d.span else 0} {d.code} {d.message}"
            + (f" | {d.help}" if d.help else "")
            for d in error.diagnostics
        ]
    return []
