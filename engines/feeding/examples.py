"""What an input looks like, for those who gave another: its shape, and an example."""

from __future__ import annotations

from collections.abc import Sequence

from boxwork.blocks.types import WireType

MOST = 6  # numbers that are still written out
FREE = 2  # how long a free dim is in an example


def shape(wire: WireType) -> str:
    """The shape of an input, by the names of its dims: ``[seq, d_model = 768]``."""
    parts = []
    for dim in wire.dims:
        name = str(dim.name)
        parts.append(name if dim.free or name == str(int(dim)) else f"{name} = {int(dim)}")
    return f"[{', '.join(parts)}]"


def example(name: str, wire: WireType) -> str:
    """How an input may be given: ``tokens=[0, 1]``; empty if it is too large to be written."""
    sizes = [FREE if dim.free else int(dim) for dim in wire.dims]
    count = 1
    for size in sizes:
        count *= size
    if not 0 < count <= MOST:
        return ""
    if wire.bound is None:
        numbers = [f"{i + 0.5}" for i in range(count)]
    else:
        bound = MOST if wire.bound.free else int(wire.bound)
        numbers = [f"{min(i, bound - 1)}" for i in range(count)] if bound else []
    return f"{name}={_nested(numbers, sizes)}" if numbers else ""


def hint(name: str, wire: WireType) -> str:
    """How to mend a shape: ``give x the shape [seq, 3], …; for example x=[[0.5, …], …]``."""
    if not wire.dims:
        text = f"give {name} one number"
    else:
        text = f"give {name} the shape {shape(wire)}, or that after batch axes"
    shown = example(name, wire)
    return f"{text}; for example {shown}" if shown else text


def _nested(numbers: Sequence[str], sizes: Sequence[int]) -> str:
    if not sizes:
        return numbers[0]
    step = len(numbers) // sizes[0]
    parts = [numbers[i * step : (i + 1) * step] for i in range(sizes[0])]
    return f"[{', '.join(_nested(part, sizes[1:]) for part in parts)}]"
