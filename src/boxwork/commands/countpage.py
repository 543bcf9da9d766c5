"""What is counted as a page for people, and as facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from boxwork.blocks.cost import Lengths
from boxwork.commands.tables import columns, fitted
from boxwork.countfacts import TOLD
from boxwork.units import operations, size

if TYPE_CHECKING:
    from boxwork.counting import Counted, Roof
    from boxwork.graphs.counting.accelerators import Bound
    from boxwork.graphs.counting.boxes import Box
    from boxwork.graphs.counting.tally import Tally
    from boxwork.graphs.counting.why import Line

UNITS = {"kv": "bytes", "memory": "bytes"}


def page(counted: Counted, path: str, depth: int, names: Sequence[str]) -> Iterator[str]:
    """The page of a spec: its boxes, then its figures; of one box, only what is in it."""
    roofs = counted.roofline(names)
    sizes = ", ".join(f"{name} = {size:,}" for name, size in counted.sizes.items())
    at = [sizes, f"batch {counted.batch}" if counted.batch > 1 else "", counted.dtype]
    yield f"{counted.graph.name}{'.' if path else ''}{path}: {', '.join(x for x in at if x)}"
    yield ""
    yield from _boxes(counted, counted.box(path), depth)
    if not path:
        yield ""
        yield from columns(list(_figures(counted)))
        yield ""
        yield from _roofs(counted, roofs)


def _boxes(counted: Counted, box: Box, depth: int) -> list[str]:
    head = ["box", "block", "parameters", "FLOPs in products", "other", "remembered"]
    rows = [head, *_rows(counted, box, depth, "")]
    rows.append(["total", "", *_costs(counted, box)])
    return columns(rows, right=(2, 3, 4, 5))


def _rows(counted: Counted, box: Box, depth: int, indent: str) -> Iterator[list[str]]:
    for each in box.inside() or ([box] if not indent else []):
        name = each.path.rpartition(".")[2] if indent or box.path else each.path
        times = f" ×{each.copies}" if each.repeated else ""
        side, block = each.side, each.block
        if side is not None:
            times = f" ‖{side[0]}"
            block += f", {side[1]} active" if side[1] < side[0] else ""
        yield [f"{indent}{name}{times}", block, *_costs(counted, each)]
        if depth > 1:
            yield from _rows(counted, each, depth - 1, indent + "  ")


def _costs(counted: Counted, box: Box) -> list[str]:
    tally = counted.counting.full(box).times(counted.batch)
    numbers = counted.counting.parameters(box).total
    state = tally.state * counted.itemsize
    return [
        f"{numbers:,}" if numbers else "",
        operations(tally.matmul) if tally.matmul else "",
        operations(tally.elementwise) if tally.elementwise else "",
        size(state) if state else "",
    ]


def _figures(counted: Counted) -> Iterator[list[str]]:
    found = counted.parameters
    buffers = f" ({found.stored:,} with buffers)" if found.buffers else ""
    yield ["parameters", f"{found.total:,}, each array once{buffers}; {_active(counted)}"]
    yield ["weights", ", ".join(f"{kind} {size(counted.weights(kind))}" for kind in TOLD)]
    yield ["a pass", _pass(counted.full)]
    if counted.positions:
        each = counted.full.matmul / counted.positions
        said = f"{operations(each, 'FLOP')} for each of {counted.positions:,} positions"
        yield ["", f"{said}; {counted.intensity(counted.full):,.1f} FLOPs for each byte read"]
    if counted.step is None:
        yield ["a step", f"none: {counted.why_no_step}"]
    else:
        yield ["a step", _pass(counted.step)]
        yield ["", f"{counted.intensity(counted.step):,.1f} FLOPs for each byte read"]
    yield from _remembered(counted)
    most, where = counted.running
    yield ["running", f"{size(most)} of activations at most" + (f", at {where}" if where else "")]
    yield ["training", f"{size(counted.training)} of activations saved for the way back"]


def _active(counted: Counted) -> str:
    """How many parameters a position goes through, and how many of them are not looked up."""
    routed = counted.active < counted.parameters.total
    without = routed and counted.computing < counted.active
    return f"{counted.active:,} active" + (
        f", {counted.computing:,} without the embedding" if without else ""
    )


def _pass(tally: Tally) -> str:
    hidden = operations(tally.masked) != operations(tally.matmul)
    seen = f" ({operations(tally.masked)} without what masks hide)" if hidden else ""
    other = f", {operations(tally.elementwise)} number by number"
    return f"{operations(tally.matmul, 'FLOP')} in products{seen}{other}"


def _remembered(counted: Counted) -> Iterator[list[str]]:
    if not counted.full.unlimited:
        return
    each = counted.full.growth * counted.itemsize
    windows = counted.full.unlimited != counted.full.state
    unlimited = size(counted.full.unlimited * counted.itemsize)
    forgets = f" ({unlimited} if no window forgot)" if windows else ""
    grows = f"{size(each)} for each position, " if each else ""
    if each and counted.unchanging:
        grows += f"{size(counted.unchanging)} whatever their number, "
    yield ["remembered", f"{grows}{size(counted.state)} in all{forgets}"]
    curve = list(counted.curve().items())
    if each and len(curve) > 1:
        shown = curve[-6:]
        yield ["", ", ".join(f"{at:,}: {size(held)}" for at, held in shown)]


def _roofs(counted: Counted, roofs: Sequence[Roof]) -> list[str]:
    head = ["at best on", "a pass", "held by", "a step", "held by", "steps/s", "weights fit"]
    rows = [head]
    for roof in roofs:
        rate = f"{counted.batch / roof.step.seconds:,.0f}" if roof.step else ""
        fits = {True: "yes", False: "no", None: "?"}[roof.fits]
        rows.append([roof.accelerator.key, *_bound(roof.full), *_bound(roof.step), rate, fits])
    if counted.step is None:
        rows = [[*row[:3], row[6]] for row in rows]
    lines = columns(rows, right=(1,) if counted.step is None else (1, 3, 5))
    if any(not roof.full.known for roof in roofs):
        lines.append("memory?: computing may take longer, its rate is not published")
    return lines


def _bound(found: Bound | None) -> tuple[str, str]:
    if found is None:
        return "", ""
    return _time(found.seconds), found.by if found.known else f"{found.by}?"


def why(counted: Counted, what: str, lines: Sequence[Line], box: str = "") -> Iterator[str]:
    """A sum of what is in a box: each summand with names, with numbers, and what it comes to."""
    at, factor, unit = Lengths.full(counted.sizes), _factor(counted, what), UNITS.get(what, "")
    groups = list(dict.fromkeys(line.group for line in lines))
    if not groups:
        yield {"kv": "nothing is remembered between steps"}.get(what, "there is nothing to add up")
    for group in groups:
        own = [line for line in lines if line.group == group and (line.result or line.remark)]
        if not own:
            continue
        times = f", {unit}: × {factor}" if unit else ""
        if counted.batch > 1 and what != "params":
            times += f", × {counted.batch} samples"
        yield f"{group}{times}"
        yield from (fitted(f"  {line}") for line in _sums(own, at))
        total = sum(line.result for line in own) * factor
        total *= 1 if what == "params" else counted.batch
        yield f"  {'total':<8}{total:,}" + (f" ({size(total)})" if unit else "")
    if any(line.copies > 1 and _numbered(line.path, box) for line in lines):
        yield "a path with a number in it stands for all copies like that one"


def _numbered(path: str, box: str) -> bool:
    """Whether a path has the number of a copy that was not asked for."""
    pairs = zip_longest(path.split("."), box.split("."), fillvalue="")
    return any(part.isdigit() and part != asked for part, asked in pairs)


def _sums(lines: Sequence[Line], at: Lengths) -> list[str]:
    rows = []
    for line in lines:
        names, numbers = line.written(at)
        if line.remark:
            rows.append([line.path, line.remark, "", ""])
        else:
            same = "" if names == numbers else f"= {numbers}"
            rows.append([line.path, names, same, f"= {line.result:,}"])
    return columns(rows)


def _factor(counted: Counted, what: str) -> int:
    return counted.itemsize if what in UNITS else 1


def why_facts(counted: Counted, lines: Sequence[Line]) -> list[dict[str, object]]:
    """A sum as plain data; of one sample, in numbers."""
    at = Lengths.full(counted.sizes)
    return [
        {
            "group": line.group,
            "path": line.path,
            "copies": line.copies,
            "formula": line.written(at)[0],
            "numbers": line.written(at)[1],
            "result": line.result,
            "remark": line.remark,
        }
        for line in lines
    ]


def facts(counted: Counted, path: str, names: Sequence[str]) -> dict[str, object]:
    """What ``--json`` prints; of one box, the boxes in it."""
    from boxwork.countfacts import boxes
    from boxwork.specs.report import as_json

    counted.roofline(names)
    found = counted.facts() | {"diagnostics": [as_json(one) for one in counted.warnings]}
    roofline = found["roofline"]
    assert isinstance(roofline, list)
    if names:
        found["roofline"] = [one for one in roofline if one["accelerator"] in names]
    return found | ({"boxes": boxes(counted, counted.box(path))} if path else {})


def _time(seconds: float) -> str:
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs"), (1e9, "ns")):
        if seconds * factor >= 1 or unit == "ns":
            break
    return f"{seconds * factor:,.3g} {unit}"
