"""Random numbers that hang on a seed and a path alone, not on what was drawn before."""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, path: str) -> np.random.Generator:
    """Random numbers that hang on a seed and a path alone."""
    key = hashlib.blake2b(f"{seed}\n{path}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.SFC64(int.from_bytes(key, "little")))
