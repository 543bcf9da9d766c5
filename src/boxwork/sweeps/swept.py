"""What a sweep found: rows in the order of the grid, as tables and as a plot."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxwork.sweeps.attempt import Row
from boxwork.sweeps.grid import Grid
from boxwork.units import operations, size

if TYPE_CHECKING:
    from boxwork.renderers.look.theme import Theme

SUFFIXES = (".csv", ".json", ".md")
NUMBERS = ("parameters", "weights", "flops", "flops_step", "state")
RACED = ("loss", "spread")
HEADS = {
    "parameters": "parameters",
    "active": "active",
    "flops": "FLOPs of a pass",
    "flops_step": "of a step",
    "state": "remembered",
    "scaled": "set",
    "steps": "steps",
    "loss": "loss",
    "spread": "±",
}
Points = list[tuple[float, float]]


class Sweep:
    """The variants of a sweep, each with what it costs, what it lost, or why it failed.

    ``rows`` have ``edits`` (path → value), ``parameters``, how many of them are ``active``,
    ``weights`` and ``state`` in bytes, ``flops`` of a pass and ``flops_step`` in products,
    ``lengths`` of the free dims they are counted at; ``losses`` by seed, their mean ``loss`` and
    ``spread`` (the standard deviation of a sample); ``steps`` if FLOPs are equal, ``scaled`` (the
    dim, from what to what) if parameters are; ``error`` with ``code``, ``message`` and ``report``.
    """

    def __init__(
        self, name: str, grid: Grid, found: Mapping[tuple[str, ...], Row], *, raced: bool
    ) -> None:
        self.name, self.grid, self.raced = name, grid, raced
        self.rows: list[Row] = [
            {"edits": dict(zip(grid.paths, values, strict=True)), **row}
            for values, row in found.items()
        ]

    @property
    def failed(self) -> list[Row]:
        """The rows that have an error."""
        return [row for row in self.rows if "error" in row]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def facts(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {"name": self.name, "varied": list(self.grid.paths), "rows": self.rows}

    def table(self) -> list[list[str]]:
        """The rows for people, below a row of heads."""
        shown = [key for key in HEADS if self._tells(key)]
        heads = [*self.grid.paths, *(HEADS[key] for key in shown)]
        rows = [
            [*row["edits"].values(), *(_shown(key, row.get(key)) for key in shown)]
            for row in self.rows
        ]
        if self.failed:
            heads.append("failed")
            rows = [[*cells, _error(found)] for cells, found in zip(rows, self.rows, strict=True)]
        return [heads, *rows]

    def _tells(self, key: str) -> bool:
        """Whether a column says anything: where all are active, the parameters say it."""
        told = [row for row in self.rows if row.get(key) is not None]
        return any(key != "active" or row[key] < row["parameters"] for row in told)

    def csv(self) -> str:
        """The rows with exact numbers, comma-separated."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        own = [key for key in ("active", "scaled", "steps") if self._tells(key)]
        numbers = [*NUMBERS, *own, *(RACED if self.raced else ())]
        writer.writerow([*self.grid.paths, *numbers, "error"])
        for row in self.rows:
            cells = ("" if row.get(key) is None else _exact(row[key]) for key in numbers)
            writer.writerow([*row["edits"].values(), *cells, _error(row)])
        return text.getvalue()

    def json(self) -> str:
        """All that was found, as JSON."""
        return json.dumps(self.facts(), indent=2, ensure_ascii=False) + "\n"

    def markdown(self) -> str:
        """The table as Markdown."""
        heads, *rows = ([_cell(text) for text in row] for row in self.table())
        under = ["---"] * len(self.grid.paths) + ["---:"] * (len(heads) - len(self.grid.paths))
        if self.failed:
            under[-1] = "---"
        return "".join(f"| {' | '.join(row)} |\n" for row in (heads, under, *rows))

    def save(self, path: str | Path) -> None:
        """Write the table as .csv, .json or .md; whole or not at all."""
        from boxwork.files import known_suffix
        from boxwork.specs.output import write

        make = {".csv": self.csv, ".json": self.json, ".md": self.markdown}
        write(path, make[known_suffix(path, SUFFIXES, "a table of variants")]())

    def plot(self, theme: Theme = "auto") -> str:
        """The loss, or without a training the parameters, over what is varied, as SVG.

        Across goes the first path whose values are all numbers; without one, the first path,
        its values numbered. Each combination of the others is a line.
        """
        from boxwork.renderers.charts.chart import chart

        y = "loss" if self.raced else "parameters"
        across, numbers = self._across()
        series: dict[str, Points] = {}
        for row in self.rows:
            others = [_short(p, v) for p, v in row["edits"].items() if p != across]
            points = series.setdefault(", ".join(others) or y, [])
            if row.get(y) is not None:
                points.append((numbers[row["edits"][across]], float(row[y])))
        drawn = {name: sorted(points) for name, points in series.items()}
        x = across
        if any(_number(value) is None for value in numbers):
            x += ": " + ", ".join(f"{place:g} is {value}" for value, place in numbers.items())
        return chart(drawn, title=f"{self.name}: {y}", x=x, y=y, theme=theme)

    def _across(self) -> tuple[str, Mapping[str, float]]:
        """What goes across, and the place of each of its values."""
        for axis in self.grid.axes:
            numbers = {value: _number(value) for value in axis.values}
            if len(axis.values) > 1 and None not in numbers.values():
                return axis.path, {value: x for value, x in numbers.items() if x is not None}
        axis = next((one for one in self.grid.axes if len(one.values) > 1), self.grid.axes[0])
        return axis.path, {value: float(place) for place, value in enumerate(axis.values, 1)}

    def save_plot(self, path: str | Path, theme: Theme = "auto") -> None:
        """Write the plot as .svg; whole or not at all."""
        from boxwork.files import known_suffix
        from boxwork.specs.output import write

        known_suffix(path, (".svg",), "a plot")
        write(path, self.plot(theme))

    def _repr_html_(self) -> str:
        heads, *rows = ([escape(text) for text in row] for row in self.table())
        body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
        head = "".join(f"<th>{cell}</th>" for cell in heads)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def __repr__(self) -> str:
        failed = f", {len(self.failed)} failed" if self.failed else ""
        count = f"{len(self.rows)} variant{'' if len(self.rows) == 1 else 's'}"
        return f"<Sweep of {self.name}: {count}{failed}>"


def _shown(key: str, value: Any) -> str:
    if value is None:
        return ""
    if key in ("flops", "flops_step"):
        return operations(value)
    if key == "state":
        return size(value)
    if key == "scaled":
        return f"{value['dim']} {value['from']} → {value['to']}"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def _exact(value: Any) -> str:
    return str(value["to"]) if isinstance(value, Mapping) else repr(value)


def _error(row: Row) -> str:
    return f"{row['error']['code']}: {row['error']['message']}" if "error" in row else ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _short(path: str, value: str) -> str:
    """An edit beside a line: the end of its path is enough."""
    section, _, rest = path.partition(".")
    if section == "swap":
        return value if value == rest else f"{rest} → {value}"
    return f"{path.rpartition('.')[2]} {value}"


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if found == found and abs(found) != float("inf") else None


def summary(found: Sequence[Row]) -> str:
    """How it went, in a line."""
    failed = sum("error" in row for row in found)
    count = f"{len(found):,} variant{'' if len(found) == 1 else 's'}"
    return f"{count}, {failed:,} failed" if failed else count
