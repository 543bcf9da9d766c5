"""What a variant might say of layers that are written out one by one: more of them, or less."""

from __future__ import annotations

from boxwork.graphs.comparing.levels import Item
from boxwork.graphs.turning.attempts import Attempt, Goal, Here
from boxwork.graphs.turning.placing import fresh
from boxwork.graphs.turning.proposing import Piece, Proposals, path_of
from boxwork.specs.declared import node_at
from boxwork.specs.trees import Tree, node_tree


def chains(now: Attempt, goal: Goal) -> Proposals:
    """As many layers as the stack of the second spec has: those at the end go, or new ones come."""
    for here in now.levels:
        for match in here.found.matches:
            if match.a is None or match.b is None or not match.a.copies:
                continue
            have, want = match.a.node.count or 0, match.b.node.count or 0
            if want < have:
                gone: list[Tree] = [path_of(here.a + path, now) for path in match.a.copies[want:]]
                yield [{"remove": gone}]
            elif want > have:
                yield list(_longer(match.a, want - have, here, now))


def _longer(item: Item, more: int, here: Here, now: Attempt) -> list[Piece]:
    """A chain with more layers like its last one."""
    last = item.copies[-1]
    place = node_at(now.spec, here.a + last)
    if place is None:
        return []
    taken = {*here.found.a.composite.inputs, *here.found.a.composite.nodes}
    nodes: dict[str, Tree] = {}
    before = last
    for _ in range(more):
        made = node_tree(place[1])
        made.pop("tie", None)
        made["in"] = _read(made.get("in"), item, before)
        before = _next(before, taken | nodes.keys())
        nodes[before] = made
    return [{"insert": [{"after": path_of(here.a + last, now), "nodes": nodes}]}]


def _next(name: str, taken: set[str]) -> str:
    """The name of the layer after one: ``layer_3`` after ``layer_2``."""
    word = name.rstrip("0123456789")
    numbered = f"{word}{int(name[len(word) :]) + 1}" if word != name else name
    return fresh(numbered, taken)


def _read(old: Tree | None, item: Item, before: str) -> Tree:
    """What a new layer reads: what the others read, but for what is handed on."""
    carried = next(iter(item.sources))
    return {**old, carried: before} if isinstance(old, dict) else before
