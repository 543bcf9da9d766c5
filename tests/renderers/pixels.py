"""PNG files as arrays, and how much two pictures differ."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.float64]


def decoded(data: bytes) -> Pixels:
    """A PNG laid on white: [height, width, 3], from 0 to 1."""
    with Image.open(io.BytesIO(data)) as picture:
        found = np.asarray(picture.convert("RGBA"), dtype=np.float64) / 255
    alpha = found[..., 3:]
    return np.asarray(found[..., :3] * alpha + (1 - alpha))


def difference(one: Pixels, other: Pixels, block: int = 8) -> float:
    """The share of blocks that differ to the eye: by more than a fifteenth on average.

    Edges are smoothed differently everywhere, which blocks even out; a text, an arrow or a
    box that is lost, moved or of another colour changes whole blocks.
    """
    height, width = (min(a, b) for a, b in zip(one.shape[:2], other.shape[:2], strict=True))
    height, width = height // block * block, width // block * block
    shape = (height // block, block, width // block, block, 3)
    means = [p[:height, :width].reshape(shape).mean((1, 3)) for p in (one, other)]
    return float((np.abs(means[0] - means[1]).max(-1) > 1 / 15).mean())
