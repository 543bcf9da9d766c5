"""Of which moment of a run a drawing shows the numbers: which position, of which sample."""

from __future__ import annotations

from boxwork.renderers.figure import Layout
from boxwork.renderers.values.data import Data
from boxwork.renderers.values.written import spelled

SHARED = "boxes drawn once for several copies show none"


def moment(data: Data, made: Layout) -> str:
    """In words what is shown: ``the last position, “y”, of the first of 3 samples``."""
    if not data.values or not (made.strips or any(text.role == "value" for text in made.texts)):
        return ""
    said = ", ".join(part for part in (_position(data), _sample(data)) if part)
    folded = any(box.shape == "frame" and box.copies for box in made.boxes)
    if not said and not folded:
        return ""
    said = f"Values of a run: {said}" if said else "Values of a run"
    return f"{said}; {SHARED}." if folded else f"{said}."


def _position(data: Data) -> str:
    """The last position, with its token if there is one row of them."""
    if not any(dim.free for wire in data.graph.inputs.values() for dim in wire.dims):
        return ""
    read = [name for name in data.graph.inputs if data.symbols(name) and name in data.values]
    if len(read) != 1:
        return "the last position"
    indices, symbols = data.indices(read[0]), data.symbols(read[0])
    if not indices or not 0 <= indices[-1] < len(symbols):
        return "the last position"
    return f"the last position, “{spelled(symbols[indices[-1]])}”"


def _sample(data: Data) -> str:
    """The first sample, if there is a batch of them."""
    sizes = [data.samples(name, len(wire.dims)) for name, wire in data.graph.inputs.items()]
    most = max((size for size in sizes if size is not None), default=None)
    return "" if most is None else f"of the first of {most} samples"
