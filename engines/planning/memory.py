"""How much memory a run or a set of parameters needs, and how much there is."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from boxwork.blocks.dims import Dim
from boxwork.blocks.types import WireType
from boxwork.engines.planning.plan import NOWHERE, Plan, Step
from boxwork.graphs.graph import Graph
from boxwork.graphs.totals import totals
from boxwork.specs.diagnostics import DataError, Diagnostic

CGROUP = Path("/sys/fs/cgroup")


def available() -> int | None:
    """The bytes that this process may still use; None if the system does not tell."""
    known = [n for n in (_meminfo(), _cgroup()) if n is not None]
    if known:
        return min(known)
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def _meminfo() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return 1024 * int(line.split()[1])
    except (OSError, ValueError, IndexError):
        pass
    return None


def _cgroup() -> int | None:
    """What a container may still take."""
    try:
        limit, used = (
            int((CGROUP / name).read_text(encoding="ascii"))
            for name in ("memory.max", "memory.current")
        )
    except (OSError, ValueError):  # no container, or "max"
        return None
    return max(limit - used, 0)


def readable(size: float) -> str:
    """A number of bytes for people: 1.62 TB."""
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.3g} {unit}"


def require(need: int, what: str, hint: str) -> None:
    """Refuse what cannot fit, before the machine starts to swap."""
    free = available()
    if free is not None and need > free:
        message = f"{what} needs {readable(need)} of memory, and {readable(free)} are free"
        raise DataError([Diagnostic("BW420", message, help=hint)])


def require_parameters(graph: Graph, dtype: Any) -> None:
    """Refuse parameters that cannot fit into the machine."""
    numbers, kind = totals(graph).all.stored, np.dtype(dtype)
    what = f"{graph.name} has {numbers:,} parameters: as {kind} it"
    hint = (
        "make it smaller: --toy takes its small sizes, if it has some, and --set dims.layers=2"
        " leaves it two layers"
    )
    require(numbers * kind.itemsize, what, hint)


def peak(plan: Plan, size: Callable[[Dim], int], samples: int, itemsize: int) -> tuple[int, str]:
    """The most bytes that the values of a run take at one time, and the step where they do.

    A step is counted with all its outputs twice: its body makes arrays of their size.
    """
    known: dict[WireType, int] = {}

    def bytes_of(wire: WireType) -> int:
        found = known.get(wire)
        if found is None:
            count = math.prod(size(dim) for dim in wire.dims)
            found = known[wire] = samples * count * (8 if wire.kind == "index" else itemsize)
        return found

    slots = [0] * plan.slots
    live, most, where = 0, 0, ""
    for step in plan.steps:
        wires = step.primitive.outputs
        sizes = {port: bytes_of(wire) for port, wire in wires.items()}
        at_work = live + 2 * sum(sizes.values())
        if step.inside is not None:  # copies run one after the other
            at_work += peak(step.inside.plan, size, samples, itemsize)[0]
        if at_work > most:
            most, where = at_work, step.path
        live += _settle(step, slots, sizes)
    return most, where


def _settle(step: Step, slots: list[int], sizes: Mapping[str, int]) -> int:
    """Fill the slots a step writes, empty those it frees; how much more is taken then."""
    change = 0
    for port, slot in step.writes:
        if slot != NOWHERE:
            slots[slot] = sizes[port]
            change += sizes[port]
    for slot in step.frees:
        change -= slots[slot]
        slots[slot] = 0
    return change
