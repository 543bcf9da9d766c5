"""What a training is given to learn from: a text, pairs, a table, or batches ready made."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxwork.specs.diagnostics import Source

if TYPE_CHECKING:
    from boxwork.engines.learning.dataset import Dataset
    from boxwork.engines.learning.goal import Goal

KINDS = ("text", "pairs", "table", "batches")


@dataclass(frozen=True, slots=True)
class Material:
    """One kind of material: a text that is read as that kind, or batches."""

    kind: str
    source: Source
    batches: Iterable[Mapping[str, Any]] = ()

    def dataset(self, goal: Goal, length: int | None = None) -> Dataset:
        """Examples for a goal.

        Raises:
            DataError: if they do not suit it, with everything that is wrong in them.
        """
        if self.kind == "text":
            from boxwork.engines.learning.corpus import windows

            return windows(goal, self.source, length)
        if self.kind == "pairs":
            from boxwork.engines.learning.pairs import pairs

            return pairs(goal, self.source)
        if self.kind == "table":
            from boxwork.engines.learning.table import table

            return table(goal, self.source)
        from boxwork.engines.learning.dataset import Supplied

        return Supplied(self.batches)


def from_file(kind: str, path: str | Path) -> Material:
    """A file of a text, of pairs or of a table: a path, or the name of one that is shipped.

    Raises:
        DataError: if it cannot be read, is empty, or is not UTF-8.
    """
    from boxwork.specs.library import data
    from boxwork.specs.textfile import read_text

    path = data(path)
    return Material(kind, Source(str(path), read_text(path)))


def given(**by_kind: Any) -> Material:
    """What was given to Python: the path of a file, or what would stand in it.

    Pairs may be a list of pairs, a table a list of rows, or an array.
    """
    some = {kind: value for kind, value in by_kind.items() if value is not None}
    if len(some) != 1:
        what = "nothing" if not some else " and ".join(some)
        raise TypeError(f"train takes one of {', '.join(KINDS)}, not {what}")
    ((kind, value),) = some.items()
    if kind == "batches":
        if isinstance(value, Mapping | str) or not isinstance(value, Iterable):
            raise TypeError("batches are a list of inputs by name: [{'features': …, 'wanted': …}]")
        return Material(kind, Source("batches", ""), value)
    if isinstance(value, os.PathLike):
        return from_file(kind, Path(value))
    text = value if isinstance(value, str) else _written(kind, value)
    if "\n" not in text and len(text) < 256 and text.strip() == text and _is_file(text):
        raise ValueError(f"{kind} is what is trained on; for the file {text}, give Path({text!r})")
    return Material(kind, Source(kind, text.replace("\r\n", "\n").replace("\r", "\n")))


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def _written(kind: str, rows: Any) -> str:
    """Pairs or rows as they would stand in a file."""
    good = kind != "text" and isinstance(rows, Iterable)
    rows = list(rows.tolist() if hasattr(rows, "tolist") else rows) if good else []  # an array
    if not good or not all(isinstance(row, Sequence) and not isinstance(row, str) for row in rows):
        what = {"text": "a text", "pairs": "a list of pairs", "table": "a list of rows"}[kind]
        raise TypeError(f"{kind} takes {what}, or the Path of a file")
    if kind == "pairs":
        return "\n".join("\t".join(map(str, row)) for row in rows)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
