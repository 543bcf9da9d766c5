"""Plain columns: every line of a table is one line, so that it can be searched and cut."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Collection, Sequence


def columns(rows: Sequence[Sequence[str]], gap: int = 2, right: Collection[int] = ()) -> list[str]:
    """Rows with their columns aligned; on a terminal the last one is cut to its width.

    Columns whose places are in ``right`` stand at their right edge, as numbers do.
    """
    if not rows:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = (
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append((" " * gap).join(cells).rstrip())
    return [fitted(line) for line in lines]


def fitted(line: str) -> str:
    """A line cut to the terminal it is shown on; whole in a pipe or a file."""
    if not sys.stdout.isatty():
        return line
    room = shutil.get_terminal_size().columns
    return line if len(line) <= room else line[: room - 1] + "…"
