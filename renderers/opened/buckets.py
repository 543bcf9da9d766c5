"""Relative buckets: a map of pairs of positions, and which distances share a bucket."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from boxwork.blocks.relative import RelativeBuckets
from boxwork.renderers.figure import Cell
from boxwork.renderers.opened.sheet import Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject
from boxwork.renderers.values.written import subscript

SHOWN = 6  # positions
WIDE, HIGH = 34.0, 22.0


def buckets(subject: Subject) -> Region:
    """The bucket of every pair of the first positions; a row for each that looks."""
    sheet, block = Sheet(subject), subject.part.block
    assert isinstance(block, RelativeBuckets)
    table, left = block.table(), -WIDE * SHOWN / 2
    ahead = int(block.buckets) // 2 if block.both_ways else 0
    for i in range(SHOWN):
        y = (SHOWN - 1 - i) * HIGH
        sheet.say(f"q{subscript(i + 1)}", (left - 8, y + HIGH / 2), "note", "end")
        for j in range(SHOWN):
            cell = Cell(f"{sheet.path}[{i}, {j}]", left + j * WIDE, y, WIDE, HIGH)
            cell.hidden = j > i and not block.both_ways
            sheet.region.cells.append(cell)
            if not cell.hidden:
                bucket = table[min(abs(i - j), len(table) - 1)] + (ahead if j > i else 0)
                sheet.say(str(bucket), (cell.x + WIDE / 2, y + HIGH / 2))
    for j in range(SHOWN):
        sheet.say(f"k{subscript(j + 1)}", (left + (j + 0.5) * WIDE, -10.0))
    return sheet.framed(*_notes(table, ahead))


def _notes(table: Sequence[int], ahead: int) -> list[str]:
    """Up to which distance each has a bucket of its own, and where the wide ones begin."""
    sizes = [len(list(group)) for _, group in groupby(table[:-1])]
    alone = next((k for k, size in enumerate(sizes) if size > 1), len(sizes))
    last = table.index(table[-1])
    said = [f"distances below {alone} have a bucket each, from {last} on all share the last one"]
    if ahead:
        return [*said, f"what follows has the same {ahead} buckets anew, from {ahead} on"]
    return [*said, "what follows is in bucket 0 as well: attention must not see it"]
