"""Parameters to start from: random by seed and path, or the numbers written in the spec."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from boxwork.blocks.block import Parameter
from boxwork.engines.chance import stream
from boxwork.engines.parameters.weights import cast
from boxwork.engines.planning.memory import require_parameters
from boxwork.graphs.graph import Graph
from boxwork.graphs.parameters import parameters, written
from boxwork.specs.diagnostics import DataError, Diagnostic

Array = np.ndarray[Any, Any]
CHUNK = 1 << 16  # numbers drawn at a time: they stay in the cache


def init(graph: Graph, seed: int = 0, dtype: Any = np.float32) -> dict[str, Array]:
    """The parameters by path: each is drawn from a stream of its own, by seed and path.

    So an array stays the same whatever else is in the graph, and float32 is float64 rounded.
    Numbers that the spec gives (``values``) are taken as they are.
    """
    require_parameters(graph, dtype)
    found: dict[str, Array] = {}
    try:
        for path, parameter in parameters(graph).items():
            given = written(graph, path)
            if given is None:
                found[path] = draw(parameter, seed, path, dtype)
            else:
                numbers = cast(np.array(given.numbers, np.float64), dtype, path)
                shape = tuple(map(int, parameter.dims))  # copies side by side have the same
                found[path] = np.array(np.broadcast_to(numbers, shape))
    except MemoryError as error:
        message = f"the memory is not enough for the parameters of {graph.name}"
        raise DataError([Diagnostic("BW420", message)]) from error
    return found


def draw(parameter: Parameter, seed: int, path: str, dtype: Any) -> Array:
    """One array as its declaration says it starts."""
    shape = tuple(int(dim) for dim in parameter.dims)
    if parameter.init != "normal":
        return np.full(shape, 1 if parameter.init == "ones" else 0, dtype)
    numbers = stream(seed, path)
    scale = 1.0 if parameter.fan is None else 1 / math.sqrt(max(int(parameter.fan), 1))
    array, drawn = np.empty(shape, dtype), np.empty(CHUNK)
    flat = array.reshape(-1)
    for start in range(0, flat.size, CHUNK):
        piece = flat[start : start + CHUNK]
        numbers.standard_normal(out=drawn[: piece.size])
        np.multiply(drawn[: piece.size], scale, out=piece, casting="same_kind")
    return array
