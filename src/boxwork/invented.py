"""Inputs of a run where nobody gave any: random numbers that fit, by a seed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwork.engines.feeding.conditions import met
from boxwork.engines.planning.memory import require

if TYPE_CHECKING:
    from boxwork.blocks.types import WireType
    from boxwork.graphs.graph import Graph

LENGTH, LONGEST = 8, 64  # of a free dim: as near to the first as the spec allows


def invented(graph: Graph, seed: int) -> dict[str, Any]:
    """An array for every input by name: indices below their bound, or normal numbers.

    Where the bound is 0 there is no index: a 0 stands there, which a run refuses.

    Raises:
        DataError: if they do not fit into the memory.
    """
    sizes = _lengths(graph)
    count = sum(math.prod(d.size(sizes) for d in wire.dims) for wire in graph.inputs.values())
    require(8 * count, f"drawing {count:,} random numbers", "make the spec smaller: --set")
    random = np.random.default_rng(seed)
    return {name: _array(wire, sizes, random) for name, wire in graph.inputs.items()}


def _lengths(graph: Graph) -> dict[str, int]:
    """One length for all free dims, at which everything holds that the spec requires."""
    nearest = sorted(range(1, LONGEST + 1), key=lambda length: abs(length - LENGTH))
    ways = (dict.fromkeys(graph.free, length) for length in nearest)
    return next((sizes for sizes in ways if met(graph, sizes)), dict.fromkeys(graph.free, LENGTH))


def _array(wire: WireType, sizes: dict[str, int], random: np.random.Generator) -> Any:
    shape = [dim.size(sizes) for dim in wire.dims]
    if wire.kind != "index":
        return random.standard_normal(shape)
    bound = 1 if wire.bound is None else wire.bound.size(sizes)
    return random.integers(0, max(bound, 1), shape)
