"""What a variant might say of outputs: another type, or one more."""

from __future__ import annotations

from boxwork.graphs.turning.attempts import Attempt, Goal
from boxwork.graphs.turning.giving import presets, settings
from boxwork.graphs.turning.laying import levers, pieces
from boxwork.graphs.turning.placing import insertions, removals
from boxwork.graphs.turning.proposing import Piece, Proposals
from boxwork.graphs.turning.wiring import Wiring
from boxwork.specs.trees import Tree

OTHERS = (settings, presets, levers, pieces, removals, insertions)


def outputs(now: Attempt, goal: Goal) -> Proposals:
    """Outputs as the second spec declares them, by themselves or with what makes them fit."""
    found = _apart(now, goal)
    if not found:
        return
    yield [{"outputs": found}]
    for kind in OTHERS:
        for alternatives in kind(now, goal):
            made: list[Piece] = [{**piece, "outputs": found} for piece in alternatives]
            yield made


def _apart(now: Attempt, goal: Goal) -> dict[str, Tree]:
    """The outputs whose types differ, and those that are only in the second."""
    found: dict[str, Tree] = {}
    wiring = Wiring(now.levels[0])
    ends = now.levels[0].found.b.outputs
    for change in now.comparison.changes:
        if change.what != "output" or change.kind not in ("type", "added"):
            continue
        declared = goal.spec.root.outputs[change.b].text
        if change.kind == "type":
            found[change.a] = declared
            continue
        wire = wiring.wire(ends[change.b]) or ends[change.b].item.rpartition(".")[2]
        found[change.b] = declared if wire == change.b else {"type": declared, "from": wire}
    return found
