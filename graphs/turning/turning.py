"""The edits that turn one graph into another, as a variant: found by trying, and verified.

From the first spec on, each step takes a proposal that leaves less different, the broadest kinds
first; at the end all goes that was not needed. What is given out has been laid over the first
spec and held against the second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.graph import Graph
from boxwork.graphs.turning.attempts import Attempt, Goal
from boxwork.graphs.turning.chains import chains
from boxwork.graphs.turning.ends import outputs
from boxwork.graphs.turning.feeding import fed
from boxwork.graphs.turning.giving import most_swapped, presets, settings, sizes, swaps, turns
from boxwork.graphs.turning.laying import anew, levers, pieces, together, wrapped
from boxwork.graphs.turning.placing import (
    insertions,
    nodes_anew,
    removals,
    stacks_anew,
    ties,
    wires,
)
from boxwork.graphs.turning.proposing import Piece
from boxwork.graphs.turning.searching import Search, Tier, without_detours
from boxwork.specs.draft import Draft
from boxwork.specs.spec import Spec
from boxwork.specs.trees import Tree, flowing, tree

MOST = 400  # drafts that are tried before a search ends with the best of them
FEW = 80  # the same where other inputs are read, which no variant changes
TIERS: tuple[Tier, ...] = (
    sizes, turns, settings, presets, swaps, wrapped, levers, pieces, chains, removals, insertions,
    wires, ties, outputs, together, anew, nodes_anew,
)  # fmt: skip
BROAD = Search(TIERS)
SMALL = (sizes, swaps, most_swapped, settings, presets, turns, *TIERS[6:], wrapped)
THRIFTY = Search(SMALL, thrifty=True)
BOLD = Search((sizes, turns, settings, presets, swaps, anew, *TIERS[5:]))
FRESH = Search((sizes, fed, stacks_anew, *TIERS[1:]))
NARROW = Search((sizes, settings, turns, *TIERS[6:], wrapped), thrifty=True)


@dataclass(frozen=True)
class Turning:
    """A variant of one spec that is the graph of another, or as near as was found."""

    draft: Draft
    rest: Comparison  # of what it makes with what it should

    @property
    def left(self) -> tuple[Change, ...]:
        """What it leaves different; nothing if it is the same."""
        return () if self.rest.same else self.rest.changes

    @property
    def whole(self) -> bool:
        """Whether the variant is the same graph."""
        return self.rest.same

    @property
    def count(self) -> int:
        """How many edits there are: sizes, settings, blocks, swaps, nodes and paths."""
        return self.draft.count


def turning(base: Spec, other: Spec, graph: Graph) -> Turning:
    """Find the edits that turn a spec into another, whose graph is given too."""
    goal = Goal(base, other, graph)
    first = _begun(goal)
    hopeless = any(change.what == "input" for change in first.comparison.changes)
    now = BROAD.run(first, goal, FEW if hopeless else MOST, math.inf)
    if not hopeless:
        now = without_detours(_best(now, first, goal), goal, NARROW, FEW)
    tidy = goal.attempt(now.draft.tidied())
    now = tidy if tidy is not None and tidy.distance <= now.distance else now
    return Turning(now.draft, now.comparison)


def _best(now: Attempt, first: Attempt, goal: Goal) -> Attempt:
    """What other ways lead to, if that is better: small steps first, blocks anew first."""
    for search in (THRIFTY, BOLD, FRESH):
        whole = now.comparison.same
        if whole and (now.draft.count < 2 or search is not THRIFTY):
            break
        most = now.draft.count if whole else math.inf
        found = search.run(first, goal, MOST, most)
        now = min(now, found, key=lambda one: (one.distance, one.draft.count))
    return now


def _begun(goal: Goal) -> Attempt:
    """What numbers mean in the second spec, and with it the sizes if they must change at once."""
    first = goal.attempt(Draft())
    assert first is not None
    given = _meanings(goal)
    if not given:
        return first
    more: list[Piece] = [{}, *(piece for pieces in sizes(first, goal) for piece in pieces)]
    for piece in more:
        found = goal.attempt(Draft().plus({"interpret": given}).plus(piece))
        if found is not None:
            return found
    return first


def _meanings(goal: Goal) -> dict[str, Tree]:
    """What the second spec says of inputs and outputs that the first has too."""
    ours, theirs = (
        {key.text: tree(value) for key, value in spec.interpret.items} if spec.interpret else {}
        for spec in (goal.base, goal.spec)
    )
    ends = {*goal.base.root.inputs, *goal.base.root.outputs}
    return {
        name: value for name, value in theirs.items()
        if name in ends and (name not in ours or flowing(ours[name]) != flowing(value))
    }  # fmt: skip
