"""What a variant might lay over single boxes: settings, blocks, numbers, or blocks anew."""

from __future__ import annotations

from collections.abc import Mapping

from boxwork.graphs.comparing.levels import Item
from boxwork.graphs.graph import Composite, Part
from boxwork.graphs.turning.attempts import Attempt, Goal
from boxwork.graphs.turning.giving import sizes
from boxwork.graphs.turning.placing import removals
from boxwork.graphs.turning.proposing import (
    Drafts,
    Proposals,
    differs,
    lacking,
    own_blocks,
    path_of,
    setting,
    speller,
    unswapped,
    with_blocks,
    words_in,
)
from boxwork.graphs.turning.spelled import Speller, blocks_of
from boxwork.specs.declared import node_at
from boxwork.specs.trees import Tree, given_tree, tree


def levers(now: Attempt, goal: Goal) -> Proposals:
    """Settings of blocks that stand round what differs."""
    for here in now.levels:
        for match in here.found.matches:
            if match.a is None or match.b is None or match.moved:
                continue
            one, other = match.a.part, match.b.part
            if not isinstance(one, Composite) or not isinstance(other, Composite):
                continue
            spell = speller(now, here.a + match.a.path, goal, here.b + match.b.path)
            plain = Speller()
            given = {
                name: spell.setting(name, value) for name, value in other.settings.items()
                if name in one.settings and plain.value(one.settings[name]) != plain.value(value)
            }  # fmt: skip
            names = [n for name in given for n in blocks_of(other.settings[name])]
            pieces: list[Mapping[str, Tree]] = [{"with": {n: given[n]}} for n in given]
            pieces += [{"with": given}] if len(given) > 1 else []
            if pieces:
                path = here.a + match.a.path
                yield [with_blocks(setting(path, piece, now), names, now, goal) for piece in pieces]


def pieces(now: Attempt, goal: Goal) -> Proposals:
    """What is said of one node: its block, a setting, how often it is there, numbers."""
    yield from _marks(now)
    moved = {change.a for change in now.comparison.changes if change.kind == "moved"}
    for change in now.comparison.changes:
        if not change.a or change.parts == (None, None) or change.a in moved:
            continue  # what moved is put in anew, with all that it says
        spell, (one, other) = speller(now, change.a, goal, change.b), change.parts
        place = node_at(goal.spec, change.b)
        match change.kind:
            case "replaced" if other is not None:
                piece = setting(change.a, spell.use(other), now)
                yield [with_blocks(piece, own_blocks(other), now, goal)]
            case "setting" if change.what == "turns":
                continue
            case "setting" if one and other and change.what in other.settings:
                value = other.settings[change.what]
                given: Tree = {change.what: spell.setting(change.what, value)}
                piece = setting(change.a, {"with": given}, now)
                yield [with_blocks(piece, blocks_of(value), now, goal)]
            case "copies":
                count = "1" if change.after == "once" else change.after
                yield [setting(change.a, {"repeat": count}, now)]
            case "side" if place is not None and place[1].parallel is not None:
                side: dict[str, Tree] = {"parallel": place[1].parallel}
                if place[1].weigh is not None:
                    side["weigh"] = place[1].weigh
                yield [setting(change.a, side, now)]
            case "shared":
                shared = "true" if change.after == "shared" else "false"
                yield [setting(change.a, {"share": shared}, now)]
            case "values" if place is not None and place[1].values is not None:
                yield [setting(change.a, {"values": tree(place[1].values)}, now)]


def _marks(now: Attempt) -> Proposals:
    """What generation keeps: all marks at once, for one alone may leave keys without values."""
    flags: dict[str, Tree] = {
        path_of(change.a, now): {"keep": "true" if change.after == "kept" else "false"}
        for change in now.comparison.changes
        if change.kind == "kept"
    }
    if flags:
        yield [{"set": flags}]


def together(now: Attempt, goal: Goal) -> Drafts:
    """Numbers that are written, with the sizes and the boxes that they go with."""
    numbers = {
        path_of(c.a, now): place[1].values for c in now.comparison.changes
        if c.kind == "values" and (place := node_at(goal.spec, c.b)) and place[1].values
    }  # fmt: skip
    if not numbers:
        return
    draft = now.draft.plus({"set": {path: {"values": tree(v)} for path, v in numbers.items()}})
    size = next(sizes(now, goal), [{}])[0]
    gone = [{}, *(piece for pieces in removals(now, goal) for piece in pieces)]
    yield [draft.plus(size).plus(piece) for piece in gone] + [draft.plus(one) for one in gone[1:]]


def anew(now: Attempt, goal: Goal) -> Drafts:
    """Blocks as the second spec has them, round all that is still different; the inner first."""
    for here in reversed(now.levels):
        for match in here.found.matches:
            if match.a is None or match.b is None or not isinstance(match.b.part, Composite):
                continue
            if differs(now, here.a + match.a.path):
                path, other = here.a + match.a.path, here.b + match.b.path
                yield from _given(path, other, match.b.part, now, goal)


def wrapped(now: Attempt, goal: Goal) -> Drafts:
    """One box for a block that stands round it on the other side, such as a mixture of experts."""
    for here in now.levels:
        one, other = here.found.a, here.found.b
        for around in other.opened:
            inside = [m.a.path for m in here.found.matches if m.a and _within(m.b, around)]
            if len(inside) == 1 and lacking(now, f"{here.b}{around}"):
                part = other.composite.nodes[around].part
                yield from _given(here.a + inside[0], here.b + around, part, now, goal)
        for around in one.opened:
            boxes = [m.b for m in here.found.matches if m.b and _within(m.a, around)]
            if len(boxes) == 1 and differs(now, f"{here.a}{around}"):
                box = boxes[0]
                yield from _given(here.a + around, here.b + box.path, box.part, now, goal)


def _within(item: Item | None, around: str) -> bool:
    return item is not None and item.path.startswith(f"{around}.")


def _given(path: str, other: str, part: Part, now: Attempt, goal: Goal) -> Drafts:
    """A node as the second spec has it, with the blocks that it names."""
    place = node_at(goal.spec, other)
    if place is None:
        return
    node = place[1]
    piece: dict[str, Tree] = {"use": node.use} if node.use is not None else {}
    names = set(words_in([piece, given_tree(node.given)]))
    if node.given:
        piece["with"] = given_tree(node.given)
    if node.vary:
        piece["vary"] = {name: tree(items) for name, (_, items) in node.vary.items()}
        names |= set(words_in(piece["vary"]))
    valued = speller(now, path, goal).use(part)
    rest = now.draft.outside(path_of(path, now))
    fresh = [
        with_blocks(setting(path, piece, now), names, now, goal),
        with_blocks(setting(path, valued, now), own_blocks(part), now, goal),
    ]
    yield [draft.plus(new) for new in fresh for draft in (rest, unswapped(rest))]
