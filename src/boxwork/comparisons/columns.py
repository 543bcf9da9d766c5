"""The table of a comparison: its cells, and columns of them in plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boxwork.comparisons.measures import Row

DECIMAL = ("", "k", "M", "G", "T", "P", "E")
BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi")


def head(names: Sequence[str]) -> list[str]:
    """The names at the top, then what the ratios are to."""
    times = [f"{k + 1} ÷ 1" for k in range(1, len(names))]
    times = [f"× {names[0]}"] if len(times) == 1 else times
    return ["", *names, *times]


def cells(row: Row) -> list[str]:
    """A measure by its name, its value in each graph, and its ratios to the first."""
    sizes = ["–" if value is None else amount(value, row.unit) for value in row.values]
    return [row.name, *sizes, *(_ratio(row.ratio(k)) for k in range(1, len(row.values)))]


def amount(value: int, unit: str = "") -> str:
    """A count whole; operations and bytes in thousands, millions and so on, to four digits."""
    if not unit:
        return f"{value:,}"
    prefixes, step = (BINARY, 1024) if unit == "B" else (DECIMAL, 1000)
    number, k = float(value), 0
    while number >= step and k + 1 < len(prefixes):
        number, k = number / step, k + 1
    return f"{number:,.4g} {prefixes[k]}{unit}"


def _ratio(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def columns(cells: Sequence[Sequence[str]]) -> list[str]:
    """Cells in columns: names to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            word.ljust(wide) if not k else word.rjust(wide)
            for k, (word, wide) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
