"""Edits that turn one architecture into another, written as a variant and read again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from boxwork.api import Graph, load
from boxwork.graphs import load as loading
from boxwork.graphs.comparing.compare import compare
from boxwork.graphs.comparing.telling import lines
from boxwork.graphs.turning.turning import Turning, turning
from boxwork.specs.diagnostics import DataError, Diagnostic, Note, Source
from boxwork.specs.library import shipped
from boxwork.specs.write import quoted


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
        text = _written(self, base, Path(beside))
        _, graph = loading.load(Source(str(Path(beside) / "variant.yaml"), text))
        made = compare(graph, self.second.checked)
        assert made.same, f"the variant is not the same: {[c.facts() for c in made.changes]}"
        return text


def _written(edits: Edits, base: str | Path, beside: Path) -> str:
    """The text of the variant; what it extends is named as it is found from its folder."""
    named = str(base)
    if named not in shipped():
        path = Path(os.path.relpath(base, beside)).as_posix()
        named = path if "/" in path or path.endswith((".yaml", ".yml")) else f"./{path}"
    count = "one edit" if edits.count == 1 else f"{edits.count} edits"
    about = f"{edits.names[1]} as a variant of {edits.names[0]}, by {count}."
    head = {"name": edits.second.name, "about": about, "extends": named}
    lines = ["format: 1", *(f"{key}: {quoted(text)}" for key, text in head.items())]
    return "\n".join([*lines, "", edits.yaml]).rstrip() + "\n"


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
