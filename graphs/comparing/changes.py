"""The differences between two graphs as data: what was added, removed, replaced, set, wired."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast

from boxwork.graphs.graph import Part

Kind = Literal[
    "added", "removed", "replaced", "moved", "setting", "copies", "side", "shared", "kept", "wire",
    "tie", "dim", "values", "type", "written",
]  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class Change:
    """One difference: where it is in each graph (empty if not there), and what it is.

    ``what`` is the setting, port, dim or parameter; ``before`` and ``after`` are in words.
    ``parts`` are the two templates, where boxes are compared. ``implied``: it follows from a
    dim that changed, so it is no difference of its own.
    """

    kind: Kind
    a: str = ""
    b: str = ""
    what: str = ""
    before: str = ""
    after: str = ""
    parts: tuple[Part | None, Part | None] = (None, None)
    owner: str = ""  # the composite inside which it is, by its block in the second graph
    implied: bool = False
    layers: int = 1  # of so many layers, if it is about some of those that are written out

    @property
    def path(self) -> str:
        """Where it is: in the second graph if it is there."""
        return self.b or self.a

    @property
    def part(self) -> Part:
        """The template that it is about: the second if there are two."""
        found = self.parts[1] or self.parts[0]
        assert found is not None
        return found

    def mirrored(self) -> Change:
        """The same difference, seen from the other graph."""
        kind = {"added": "removed", "removed": "added"}.get(self.kind, self.kind)
        return replace(
            self, kind=cast(Kind, kind), a=self.b, b=self.a, before=self.after,
            after=self.before, parts=(self.parts[1], self.parts[0]),
        )  # fmt: skip

    def facts(self) -> dict[str, object]:
        """The change as plain data, for JSON."""
        found = {"kind": self.kind, "a": self.a, "b": self.b, "what": self.what}
        found |= {"before": self.before, "after": self.after}
        return {name: value for name, value in found.items() if value}
