"""How oracles are stored: parameters as float32 without loss, one file for each model."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

import numpy as np
import torch
from generate import HERE

Arrays = dict[str, np.ndarray]


def exact(arrays: Arrays) -> Arrays:
    """The arrays as float32, which holds them without loss."""
    stored = {path: array.astype(np.float32) for path, array in arrays.items()}
    assert all(np.array_equal(stored[path], array) for path, array in arrays.items())
    return stored


def write(names: Iterable[str], make: Callable[[str, int], Arrays], seeds: range) -> None:
    """Write the oracles that the command line names, or all; each has a seed of its own."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    asked = sys.argv[1:]
    for name, seed in zip(names, seeds, strict=False):
        if asked and name not in asked:
            continue
        arrays = make(name, seed)
        path = HERE / f"{name}.npz"
        np.savez_compressed(path, **arrays)
        print(f"{path.name}: {len(arrays)} arrays, {path.stat().st_size:,} bytes")
