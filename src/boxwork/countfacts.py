"""What is counted as plain data, for ``count --json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwork.graphs.counting.boxes import Box, whole

if TYPE_CHECKING:
    from boxwork.counting import Counted, Roof
    from boxwork.graphs.counting.accelerators import Bound
    from boxwork.graphs.counting.tally import Tally

TOLD = ("float32", "bfloat16", "int8", "int4")  # of the weights


def facts(counted: Counted) -> dict[str, object]:
    """All that is counted; numbers are whole, bytes and operations exact."""
    return {
        "name": counted.graph.name,
        "lengths": dict(counted.sizes),
        "batch": counted.batch,
        "dtype": counted.dtype,
        "parameters": _parameters(counted),
        "weights": {kind: counted.weights(kind) for kind in TOLD},
        "flops": _flops(counted),
        "state": _state(counted),
        "activations": {
            "running": counted.running[0],
            "running_at": counted.running[1],
            "training": counted.training,
        },
        "roofline": [_roof(roof) for roof in counted.roofline()],
        "boxes": boxes(counted, whole(counted.graph)),
    }


def _parameters(counted: Counted) -> dict[str, object]:
    found = counted.parameters
    inside = whole(counted.graph).inside()
    return {
        "total": found.total,
        "active": counted.active,
        "active_without_embedding": counted.computing,
        "buffers": found.buffers,
        "stored": found.stored,
        "arrays": found.arrays,
        "by_node": {box.path: counted.counting.parameters(box).total for box in inside},
    }


def _flops(counted: Counted) -> dict[str, object]:
    step = counted.step
    return {
        "pass": _tally(counted, counted.full) | {"positions": counted.positions},
        "step": None if step is None else _tally(counted, step),
        "why_no_step": counted.why_no_step,
        "not_counted": sorted(counted.full.uncounted),
    }


def _tally(counted: Counted, tally: Tally) -> dict[str, object]:
    return {
        "matmul": tally.matmul,
        "masked": tally.masked,
        "elementwise": tally.elementwise,
        "bytes": counted.moved(tally),
        "intensity": counted.intensity(tally),
    }


def _state(counted: Counted) -> dict[str, object]:
    each = counted.batch * counted.itemsize
    rows = counted.counting.states(whole(counted.graph))
    return {
        "along": counted.counting.grows,
        "bytes": counted.state,
        "ignoring_windows": counted.full.unlimited * counted.itemsize,
        "per_position": counted.full.growth * counted.itemsize,
        "unchanging": counted.unchanging,
        "by_layer": [
            {"path": kind.path, "copies": kind.copies, "bytes_of_each": tally.state * each}
            for kind, tally in rows
        ],
        "curve": [{"context": at, "bytes": size} for at, size in counted.curve().items()],
    }


def _roof(roof: Roof) -> dict[str, object]:
    accelerator = roof.accelerator
    return {
        "accelerator": accelerator.key,
        "name": accelerator.name,
        "source": accelerator.source,
        "fits": roof.fits,
        "pass": _bound(roof.full),
        "step": _bound(roof.step),
    }


def _bound(found: Bound | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {"seconds": found.seconds, "bound_by": found.by, "operations_known": found.known}


def _side(box: Box) -> dict[str, object]:
    """Of copies side by side: how many there are, and how many run."""
    if box.side is None:
        return {}
    return {"side_by_side": box.side[0], "active": box.side[1]}


def boxes(counted: Counted, box: Box) -> list[dict[str, object]]:
    """The boxes in a box, each with its own costs."""
    return [_box(counted, each) for each in box.inside()]


def _box(counted: Counted, box: Box) -> dict[str, object]:
    tally = counted.counting.full(box)
    return {
        "path": box.path,
        "block": box.block,
        "copies": box.copies,
        **_side(box),
        "parameters": counted.counting.parameters(box).total,
        "matmul": tally.matmul * counted.batch,
        "masked": tally.masked * counted.batch,
        "elementwise": tally.elementwise * counted.batch,
        "state": tally.state * counted.itemsize * counted.batch,
    }
