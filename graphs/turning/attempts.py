"""A variant as far as it is known: what it makes of the first spec, and what is still different."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison, compare
from boxwork.graphs.comparing.levels import leaves
from boxwork.graphs.comparing.matches import Alignment, within
from boxwork.graphs.graph import Graph
from boxwork.graphs.load import gives_what_it_takes, hands_on, vary
from boxwork.specs.diagnostics import SpecError
from boxwork.specs.draft import SECTIONS, Draft
from boxwork.specs.spec import Spec

WEIGHTS = {"type": 20.0, "wire": 3.0, "tie": 3.0, "shared": 2.0, "copies": 2.0}
BOXES = ("added", "removed", "replaced", "moved")
IMPLIED = 0.1  # what follows from other changes goes with them


@dataclass(frozen=True)
class Here:
    """Two levels that correspond, and what stands before the paths of their boxes."""

    found: Alignment
    a: str
    b: str


@dataclass(frozen=True, eq=False)
class Attempt:
    """A draft of a variant, laid over the first spec and held against the second graph."""

    draft: Draft
    spec: Spec
    graph: Graph
    comparison: Comparison

    @cached_property
    def distance(self) -> float:
        """How much is still different."""
        return sum(_weight(change) * change.layers for change in self.comparison.changes)

    @cached_property
    def levels(self) -> tuple[Here, ...]:
        """All levels that correspond, the outer ones first."""
        return tuple(_levels(self.comparison.alignment, "", ""))


def _weight(change: Change) -> float:
    if change.kind == "written":
        return 0.0
    if change.implied:
        return IMPLIED
    if change.kind in BOXES and change.parts != (None, None):
        return 10.0 + max(leaves(part).total() for part in change.parts if part is not None)
    if change.what == "turns":
        return 12.0
    return WEIGHTS.get(change.kind, 20.0 if change.kind in BOXES else 1.0)


def _levels(found: Alignment, a: str, b: str) -> Iterator[Here]:
    yield Here(found, a, b)
    for match in found.matches:
        for inside in match.inside:
            one, other, _ = within(match, inside)
            yield from _levels(inside, a + one, b + other)


@dataclass(eq=False)
class Goal:
    """From which spec to which graph, and what was tried on the way."""

    base: Spec
    spec: Spec
    graph: Graph
    _known: dict[str, Attempt | None] = field(default_factory=dict)
    _before: dict[str, Graph | None] = field(default_factory=dict)  # anything was removed

    @property
    def tries(self) -> int:
        """How many drafts were tried."""
        return len(self._known)

    def attempt(self, draft: Draft) -> Attempt | None:
        """What a draft comes to; None if it makes no graph."""
        if draft.body not in self._known:
            self._known[draft.body] = self._made(draft)
        return self._known[draft.body]

    def _made(self, draft: Draft) -> Attempt | None:
        before = draft.only(*SECTIONS[: SECTIONS.index("remove")]).body

        def same_type(spec: Spec, path: str) -> bool:
            """What removals ask, of one graph for all drafts that begin alike."""
            if before not in self._before:
                self._before[before] = self._laid(before)
            graph = self._before[before]
            return gives_what_it_takes(spec, path) if graph is None else hands_on(graph, path)

        try:
            spec, graph = vary(self.base, draft.body or "{}", same_type)
        except SpecError:
            return None
        return Attempt(draft, spec, graph, compare(graph, self.graph))

    def _laid(self, body: str) -> Graph | None:
        """The graph of a variant that removes nothing; None if it makes none."""
        try:
            return vary(self.base, body or "{}")[1]
        except SpecError:
            return None
