"""Positions of all samples as the rows of one matrix: one large product instead of many small."""

from __future__ import annotations

import math
from typing import Any

from boxwork.blocks.context import Array


def rows(xp: Any, x: Array) -> Array:  # [* width] -> [rows width]
    """The positions one under another."""
    return xp.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))


def by_head(xp: Any, x: Array) -> Array:  # [* heads seq width] -> [heads rows width]
    """The positions of every head one under another."""
    x = xp.moveaxis(x, -3, 0)
    return xp.reshape(x, (x.shape[0], math.prod(x.shape[1:-1]), x.shape[-1]))
