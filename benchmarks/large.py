"""A 126-layer Llama (405,853,388,800 parameters): checked, counted, drawn; next to 1 layer."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable

from boxwork.graphs.counting.count import Counting
from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load
from boxwork.graphs.totals import total
from boxwork.renderers.draw import draw

ROUNDS = 7
DIMS = {"d_model": 16384, "heads": 128, "kv_heads": 8, "head_dim": 128, "d_ff": 53248}
LAYERS = (1, 126)


def main() -> None:
    """Time each step for one layer and for 126: what is repeated should cost nothing."""
    steps: dict[str, Callable[[int], object]] = {
        "check": _load,
        "check and count": lambda layers: _counted(_load(layers)),
        "draw, closed": lambda layers: draw(_load(layers)),
        "draw, fully open": lambda layers: draw(_load(layers), open=["all"]),
    }
    _load(1)  # catalogue and imports, once
    print(f"{'':20}{'1 layer':>11}{'126 layers':>13}{'ratio':>8}{'memory at 126':>16}")
    for name, step in steps.items():
        one, many = (_median(step, layers) for layers in LAYERS)
        print(
            f"{name:20}{one * 1e3:8.1f} ms{many * 1e3:10.1f} ms{many / one:8.1f}"
            f"{_megabytes(step):13.1f} MB"
        )
    print(f"parameters: {total(_load(126)):,}")


def _load(layers: int) -> Graph:
    return load("llama-3.1-8b", (), DIMS | {"layers": layers})[1]


def _counted(graph: Graph) -> Counting:
    """Parameters, operations of a pass and of a step, and the curve of what is remembered."""
    counting = Counting(graph, {"seq": 131_072}, "seq")
    counting.parameters(), counting.full(), counting.step(), counting.curve()
    return counting


def _median(step: Callable[[int], object], layers: int) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        step(layers)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _megabytes(step: Callable[[int], object]) -> float:
    tracemalloc.start()
    step(LAYERS[-1])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6
