"""The memory that a training needs beside its parameters, told before any of it is taken."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from boxwork.blocks.forms import SizeError
from boxwork.engines.feeding import inputs
from boxwork.engines.learning.dataset import examples_in
from boxwork.engines.planning.memory import require
from boxwork.graphs.counting.count import Counting
from boxwork.graphs.graph import Graph
from boxwork.specs.diagnostics import DataError

INDEX = 8  # bytes


def require_room(
    graph: Graph, batch: Mapping[str, Any], dtype: Any, trained: int, remembers: int
) -> None:
    """Refuse a training whose steps cannot fit into the machine.

    Beside a copy of the ``trained`` numbers, that is a gradient of each, what the optimiser
    ``remembers`` of each, and every activation of one batch, for the way back.
    """
    itemsize = np.dtype(dtype).itemsize
    need = trained * (2 + remembers) * itemsize + _activations(graph, batch, itemsize)
    count = examples_in(batch)
    what = f"a step of {count} {'example' if count == 1 else 'examples'}"
    hint = "take fewer at a time (--batch), shorter ones (--length), or make the spec smaller"
    require(need, f"training {graph.name}, {what},", hint)


def _activations(graph: Graph, batch: Mapping[str, Any], itemsize: int) -> int:
    """The bytes that a batch leaves for the way back; 0 if that cannot be told."""
    try:
        given = inputs.check(graph, batch, np.float32)
        tally = Counting(graph, given.sizes).full()
    except (DataError, SizeError):  # what is wrong with it, the first step says
        return 0
    one = (tally.reals + tally.kept) * itemsize + tally.indices * INDEX
    return math.prod(given.axes) * one
