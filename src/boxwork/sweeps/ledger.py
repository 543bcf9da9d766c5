"""The results file of a sweep: a line of JSON for every row, written as soon as it is known."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from boxwork.files import hold_writable
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.output import unwritable, write
from boxwork.specs.textfile import read_text
from boxwork.sweeps.attempt import Row

KIND, VERSION = "boxwork sweep", 2
NAMES = {
    "spec": "the spec",
    "context": "the context",
    "dtype": "the dtype",
    "train": "the training",
    "equal": "what is equal",
}


class Ledger:
    """Rows by the edits that they are of, kept in a file.

    Its first line tells what they hang on besides: the spec, and what was done with it. A file
    that is cut off, since its writer was killed, is read as far as its lines are whole.
    """

    def __init__(self, path: str | Path, identity: Mapping[str, Any]) -> None:
        self.path = Path(path)
        self.identity = dict(identity)
        self.rows: dict[tuple[str, ...], Row] = {}
        hold_writable(path)
        if self.path.exists() and self.path.stat().st_size:
            self._read()

    def _head(self) -> str:
        return _line({"kind": KIND, "version": VERSION, **self.identity})

    def _read(self) -> None:
        lines = read_text(self.path).split("\n")
        found = [_parsed(line) for line in lines]
        head = found[0]
        if head is None or head.get("kind") != KIND:
            self._refuse("it is no results file of a sweep")
        if head.get("version") != VERSION:
            self._refuse(f"it is of version {head.get('version')}; this boxwork reads {VERSION}")
        other = [said for key, said in NAMES.items() if head.get(key) != self.identity.get(key)]
        if other:
            self._refuse(f"it is of another sweep: {_and(other)} {_differ(other)}")
        whole = [row for row in found[1:] if row is not None and _is_row(row)]
        for row in whole:
            self.rows[tuple(row["edits"])] = row["found"]
        if len(whole) < len(lines) - 1 or not _ends_whole(self.path):
            self.tidy(())

    def _refuse(self, why: str) -> NoReturn:
        hint = "give another -o or --resume, or delete the file to begin anew"
        raise DataError([Diagnostic("BW563", f"{self.path}: {why}", help=hint)])

    def add(self, edits: tuple[str, ...], row: Row) -> None:
        """Write a row: when this returns, it is there whatever happens."""
        self.rows[edits] = row
        if not self.path.exists() or not self.path.stat().st_size:
            write(self.path, self._head())
        try:
            with self.path.open("ab") as file:
                file.write(_line({"edits": list(edits), "found": row}).encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise unwritable(self.path, error) from error

    def tidy(self, order: Iterable[tuple[str, ...]]) -> None:
        """Write all rows anew, in this order, and those of other grids after them."""
        keys = dict.fromkeys([key for key in order if key in self.rows])
        keys |= dict.fromkeys(sorted(self.rows.keys() - keys.keys()))
        lines = (_line({"edits": list(key), "found": self.rows[key]}) for key in keys)
        write(self.path, self._head() + "".join(lines))


def _line(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts) + "\n"


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _is_row(line: Mapping[str, Any]) -> bool:
    edits = line.get("edits")
    texts = isinstance(edits, list) and all(isinstance(edit, str) for edit in edits)
    return texts and isinstance(line.get("found"), dict)


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _differ(words: list[str]) -> str:
    return "differ" if len(words) > 1 else "differs"
