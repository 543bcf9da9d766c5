"""What the tests of the article share: its leaf, and models in float64."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import boxwork as bw
from boxwork.specs.library import shipped

LEAF = (32, 107, 56, 11.2)
DATA = Path(shipped()["letters"]).parent / "data"
RHYME = DATA / "rhyme.txt"
PAIRS = DATA / "german-english.tsv"
TABLE = DATA / "leaf-flower.csv"


def model(name: str, *edits: str, seed: int = 0, **sizes: Any) -> bw.Model:
    """A shipped spec in float64, with the numbers it gives or random ones."""
    return bw.load(name, *edits, **sizes).init(seed=seed, dtype="float64")


def numbers(*shape: int, seed: int = 0) -> Any:
    """Random numbers, the same ones in every run."""
    return np.random.default_rng(seed).normal(size=shape)


def close(found: Any, expected: Any, bound: float = 1e-9) -> None:
    np.testing.assert_allclose(found, expected, rtol=0, atol=bound)


def with_parameters(name: str, arrays: dict[str, Any], **sizes: Any) -> bw.Model:
    """A shipped spec with some of its parameters given."""
    made = model(name, **sizes)
    for path, array in arrays.items():
        assert made.parameters[path].shape == np.shape(array), path
        made.parameters[path][...] = array
    return made
