"""What a variant might say of boxes that read what is not there yet: both at once."""

from __future__ import annotations

from collections.abc import Iterator

from boxwork.graphs.comparing.levels import Item
from boxwork.graphs.turning.attempts import Attempt, Goal, Here
from boxwork.graphs.turning.placing import named_anew, new_nodes
from boxwork.graphs.turning.proposing import (
    Drafts,
    Piece,
    apart,
    differs,
    path_of,
    unswapped,
    with_blocks,
    words_in,
)
from boxwork.graphs.turning.wiring import Wiring
from boxwork.specs.declared import node_at
from boxwork.specs.draft import Draft
from boxwork.specs.trees import node_tree


def fed(now: Attempt, goal: Goal) -> Drafts:
    """Boxes as the second spec has them, behind the new boxes that they read there."""
    for here in now.levels:
        counterparts = {m.b.path for m in here.found.matches if m.a and m.b and not m.moved}
        for match in here.found.matches:
            if match.a is None or match.b is None or not differs(now, here.a + match.a.path):
                continue
            new = list(_before(match.b, here, counterparts))
            if new:
                yield list(_both(match.a, match.b, named_anew(here, new), now, goal))


def _before(item: Item, here: Here, known: set[str]) -> Iterator[str]:
    """The boxes without a counterpart on the way to a box, in the order of the wires."""
    todo, found = [item], set[str]()
    while todo:
        read = {s.item for sources in todo.pop().sources.values() for s in sources}
        paths = read - known - found - {""}
        found |= paths
        todo += [here.found.b.items[path] for path in paths]
    return (path for path in here.found.b.items if path in found)


def _both(one: Item, other: Item, wiring: Wiring, now: Attempt, goal: Goal) -> Iterator[Draft]:
    """A box as the second spec has it, and the new ones."""
    place = node_at(goal.spec, wiring.here.b + other.path)
    found = new_nodes(wiring.new, wiring, now, goal, own=True)
    read = wiring.read(other)
    if place is None or found is None or read is None:
        return
    nodes, used = found
    given = {k: v for k, v in node_tree(place[1]).items() if k not in ("tie", "weigh", "label")}
    path = path_of(wiring.here.a + one.path, now)
    piece: Piece = {
        "insert": [{"before": path, "nodes": nodes}],
        "set": {path: given | {"in": read}},
    }
    rest = now.draft.outside(path)
    for whole in apart(with_blocks(piece, used | set(words_in(given)), now, goal), now, goal):
        yield from (draft.plus(whole) for draft in (rest, unswapped(rest)))
