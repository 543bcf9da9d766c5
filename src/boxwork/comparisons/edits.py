"""Edits that turn one architecture into another, written as a variant and read again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from boxwork.api import Graph, load
from boxwork.graphs import load as loading
from boxwork.graphs.building.build import build
from boxwork.graphs.comparing.compare import Comparison, compare
from boxwork.graphs.comparing.telling import lines
from boxwork.graphs.graph import Graph as Checked
from boxwork.graphs.turning.naming import named
from boxwork.graphs.turning.toys import Toy, toy_sizes
from boxwork.graphs.turning.turning import Turning, turning
from boxwork.specs.diagnostics import DataError, Diagnostic, Note, Source, SpecError
from boxwork.specs.draft import Draft
from boxwork.specs.library import shipped
from boxwork.specs.prose import prose
from boxwork.specs.toy import at_toy, is_toy
from boxwork.specs.trees import written


@dataclass(frozen=True)
class Edits:
    """What a variant of the first says to be the second: see ``Comparison.edits``."""

    first: Graph
    second: Graph
    names: tuple[str, str]

    @cached_property
    def _found(self) -> Turning:
        return turning(self.first.spec, self.second.spec, self.second.checked)

    @property
    def count(self) -> int:
        """How many: sizes, settings, blocks, swaps, nodes put in or taken out, paths set."""
        return self._found.count

    @property
    def same(self) -> bool:
        """Whether they make the second of the first; if not, they come as near as was found."""
        return self._found.whole

    @property
    def yaml(self) -> str:
        """The edits as a variant has them after ``extends``; empty if there are none."""
        return self._found.draft.body

    @property
    def left(self) -> list[str]:
        """What they leave different, in words."""
        return lines(self._found.rest)

    def facts(self) -> dict[str, object]:
        """All of it as plain data, for JSON."""
        found = {"count": self.count, "same": self.same, "yaml": self.yaml}
        return found | ({"left": self.left} if self.left else {})

    def variant(self, base: str | Path, beside: str | Path = ".") -> str:
        """A spec that extends ``base`` and is the same graph as the second.

        It has been read as a file in the folder ``beside``, and compared, before it is given out.

        Raises:
            DataError: if no edits were found that make the second of the first.
        """
        if not self.same:
            raise _unreached(self)
        writer = _Writer(self, str(base), Path(beside))
        made = compare(writer.read(), self.second.checked)
        assert made.same, f"the variant is not the same: {[c.facts() for c in made.changes]}"
        return writer.with_toy(made) if self.second.spec.toy else writer.text()


@dataclass(frozen=True)
class _Writer:
    """Writes a variant as a file of a folder, and reads it as one."""

    edits: Edits
    base: str
    beside: Path
    body: Draft | None = None  # what the edits are written as, if not as they were found

    def text(self, toy: Toy | None = None) -> str:
        """The whole file; what it extends is named as it is found from its folder."""
        named = self.base
        if named not in shipped():
            path = Path(os.path.relpath(self.base, self.beside)).as_posix()
            named = path if "/" in path or path.endswith((".yaml", ".yml")) else f"./{path}"
        count = self.edits.count
        by = "one edit" if count == 1 else f"{count} edits"
        a, b = self.edits.names
        made = f"The toy of {b}" if is_toy(self.edits.second.spec) else b
        about = f"{made} as a variant of {a}, by {by}."
        head = {"name": self.edits.second.name, "about": about, "extends": named}
        lines = [
            "format: 1",
            *(line for key, text in head.items() for line in prose(key, text)),
            "",
        ]
        lines += written("toy", dict(toy)) if toy else []
        body = self.edits.yaml if self.body is None else self.body.body
        return "\n".join([*lines, body]).rstrip() + "\n"

    def read(self, toy: Toy | None = None) -> Checked:
        """What it is at its own sizes, or as a toy at others."""
        place = Source(str(self.beside / "variant.yaml"), self.text(toy))
        return loading.load(place, toy=toy is not None)[1]

    def with_toy(self, made: Comparison) -> str:
        """With what makes its toy that of the second: numbers get names if that needs them."""
        spec = self.edits.second.spec
        want = build(at_toy(spec))
        toy, apart = toy_sizes(made, want, self._toy)
        if not apart:
            return self.text(toy)
        body = named(self.edits._found.draft, made.a.dims, spec, self.edits.second.checked)
        other = replace(self, body=body)
        try:
            again = compare(other.read(), self.edits.second.checked)
        except SpecError:
            return self.text(toy)
        more, left = toy_sizes(again, want, other._toy)
        return other.text(more) if again.same and left < apart else self.text(toy)

    def _toy(self, toy: Toy) -> Checked | None:
        try:
            return self.read(toy)
        except SpecError:
            return None


def _unreached(edits: Edits) -> DataError:
    a, b = edits.names
    notes = [Note(f"still different: {line}") for line in edits.left]
    hint = f"write {b} as a spec of its own (`boxwork expand {b}`)"
    message = f"no variant of {a} was found that is {b}"
    return DataError([Diagnostic("BW551", message, notes=tuple(notes), help=hint)])


def as_variant(base: str | Path, second: Graph, names: tuple[str, str], beside: Path) -> str:
    """A variant of a spec as it is written that is the same graph as another."""
    return Edits(load(base), second, names).variant(base, beside)


def nameless(names: Sequence[str]) -> DataError:
    """What is said where nothing can be extended."""
    if len(names) > 2:
        message, hint = f"a variant is made of two specs, not of {len(names)}", "compare two"
    else:
        message = f"{names[0]} has no name that a variant could extend"
        hint = "compare it by its shipped name, or by the path of its file"
    return DataError([Diagnostic("BW552", message, help=hint)])
