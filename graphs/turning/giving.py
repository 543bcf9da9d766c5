"""What a variant might give to come nearer: sizes, settings, blocks filled in, swaps, turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from boxwork.blocks.grammar import parse
from boxwork.graphs.comparing.alike import REPLACED
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.levels import uses
from boxwork.graphs.graph import Part
from boxwork.graphs.turning.attempts import Attempt, Goal
from boxwork.graphs.turning.proposing import (
    Piece,
    Proposals,
    own_blocks,
    setting,
    speller,
    with_blocks,
    words_in,
)
from boxwork.graphs.turning.spelled import Speller
from boxwork.specs.declared import node_at
from boxwork.specs.spec import PresetDecl
from boxwork.specs.trees import Tree, block_tree, flowing, tree
from boxwork.specs.write import flow


def sizes(now: Attempt, goal: Goal) -> Proposals:
    """Dims of one name: all that differ, or some."""
    ours, theirs = now.graph.dims, goal.graph.dims
    apart = [n for n, dim in theirs.items() if n in ours and not dim.agrees(ours[n])]
    texts: dict[str, Tree] = {name: _size(name, now, goal) for name in apart}
    if len(apart) > 1:
        yield [{"dims": texts}]
    for name in apart:
        yield [{"dims": {name: texts[name]}}]
    for change in now.comparison.changes:  # a dim that goes by another name there
        one, other = (part.settings.get(change.what) if part else None for part in change.parts)
        name = str(getattr(one, "name", ""))
        if name in ours and name not in theirs and other is not None:
            yield [{"dims": {name: Speller().value(other)}}]


def _size(name: str, now: Attempt, goal: Goal) -> str:
    text = goal.spec.root.dims[name].value.text
    known = all(word.text in now.graph.dims for word in parse(text).names() if word.text != "any")
    return text if known else str(goal.graph.dims[name])


def settings(now: Attempt, goal: Goal) -> Proposals:
    """Settings of the spec: those of one name, and those whose value is what differs."""
    ours, theirs = now.spec.root.settings, goal.spec.root.settings
    for name, decl in theirs.items():
        if name in ours and decl.default is not None:
            yield [{"settings": {name: tree(decl.default)}}]
    for change in now.comparison.changes:
        one, other = change.parts
        if change.kind == "setting" and one and other and change.what in one.settings:
            before, after = (Speller().value(p.settings[change.what]) for p in (one, other))
            for name, decl in ours.items():
                if decl.default is not None and flow(decl.default) == before:
                    yield [{"settings": {name: after}}]


def presets(now: Attempt, goal: Goal) -> Proposals:
    """Blocks that a spec fills in: given as those of the same name are, or as what differs is."""
    both: dict[str, Tree] = {}
    for name, block in goal.spec.blocks.items():
        ours = now.spec.blocks.get(name)
        if not isinstance(ours, PresetDecl) or not isinstance(block, PresetDecl):
            continue
        if flowing(block_tree(ours)) != flowing(block_tree(block)):
            both[name] = block_tree(block)
    if len(both) > 1:
        yield [{"blocks": both}]
    for name, given in both.items():
        yield [{"blocks": {name: given}}]
    for change in now.comparison.changes:
        place = node_at(now.spec, change.a) if change.a else None
        other = change.parts[1]
        if place is None or other is None or place[1].use is None:
            continue
        name = place[1].use.text
        if isinstance(now.spec.blocks.get(name), PresetDecl):
            used = speller(now, "", goal).use(other)
            yield [with_blocks({"blocks": {name: used}}, own_blocks(other), now, goal)]


def swaps(now: Attempt, goal: Goal) -> Proposals:
    """One block for another, where nothing of the old one is left; or its settings, everywhere."""
    yield from _swaps(now, goal, some=False)


def most_swapped(now: Attempt, goal: Goal) -> Proposals:
    """One block for another, where some of the old one is left: put in anew, or set back."""
    yield from _swaps(now, goal, some=True)


def _swaps(now: Attempt, goal: Goal, *, some: bool) -> Proposals:
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in now.comparison.changes:
        one, other = change.parts
        if change.kind in ("replaced", "setting") and one and other and _akin(one, other, goal):
            groups.setdefault((one.name, other.name), []).append(change)
    for (before, after), group in groups.items():
        paths, kept = {change.a for change in group}, uses(goal.graph, before)
        if some != (before != after and kept > 0) or (some and kept > len(paths)):
            continue
        if before == after and len(paths) < 2:
            continue
        spelled = [_swapped(change) for change in group]
        told = Counter(map(flowing, spelled)).most_common(3)
        names = {n for c in group for n in own_blocks(c.part)}
        made: dict[str, Tree] = {flowing(one): one for one in spelled}
        made |= {after: after} if before != after else {}  # what was written may be kept as it is
        new = dict.fromkeys([*(t for t, _ in told), *([after] if before != after else [])])
        yield [with_blocks({"swap": {before: made[t]}}, names, now, goal) for t in new]


def _akin(one: Part, other: Part, goal: Goal) -> bool:
    """Whether a block may stand for another everywhere: both are the catalogue's, of one family."""
    kin = one.family == other.family or {one.family, other.family} <= set(REPLACED)
    return kin and other.name not in goal.spec.blocks


def _swapped(change: Change) -> Tree:
    """The new block of a swap, with the settings that it does not get from the old one."""
    one, other = change.parts
    assert one is not None
    spell = Speller()
    used = spell.use(change.part)
    given = used.get("with", {})
    assert isinstance(given, Mapping)
    kept = {
        name: spell.value(value) for name, value in change.part.settings.items()
        if name in one.settings and spell.value(one.settings[name]) != spell.value(value)
    }  # fmt: skip
    more = kept | dict(given) if one is not other else dict(given)
    return {"use": change.part.name, "with": more} if more else change.part.name


def turns(now: Attempt, goal: Goal) -> Proposals:
    """Settings and blocks that take turns over the copies, or no longer do."""
    for change in now.comparison.changes:
        ours, theirs = node_at(goal.base, change.a), node_at(goal.spec, change.b)
        if change.what != "turns" or theirs is None:
            continue
        lists = {n: [tree(i) for i in items.items] for n, (_, items) in theirs[1].vary.items()}
        vary: dict[str, Tree] = dict(lists)
        if vary:
            pieces = [setting(change.a, {"vary": vary}, now)]
            if clashing := _clashing(change, lists, now, goal):
                pieces.append(setting(change.a, {"vary": vary | clashing}, now))
            named = [with_blocks(piece, set(words_in(vary)), now, goal) for piece in pieces]
            yield [*pieces, *named]
        elif ours is not None and ours[1].vary:
            steps_of = [items.items for _, items in ours[1].vary.values()]
            steps = dict.fromkeys(zip(*steps_of, strict=True))
            made = [dict(zip(ours[1].vary, map(tree, step), strict=True)) for step in steps]
            alternatives: list[Piece] = [setting(change.a, _step(step), now) for step in made]
            uses = ours[1].vary["use"][1].items if "use" in ours[1].vary else ()
            yield [*_made_alike(goal, [getattr(use, "text", "") for use in uses]), *alternatives]


def _clashing(
    change: Change, vary: Mapping[str, list[Tree]], now: Attempt, goal: Goal
) -> dict[str, Tree]:
    """Settings given for all copies, which would win over those of the blocks that take turns."""
    ours = node_at(now.spec, change.a)
    found = [m for here in now.levels for m in here.found.matches
             if m.b is not None and here.b + m.b.path == change.b]  # fmt: skip
    if ours is None or not found or found[0].b is None:
        return {}
    parts = found[0].b.node.parts
    spell = speller(now, change.a, goal)
    return {
        name: [spell.value(part.settings[name]) for part in parts]
        for name in ours[1].given
        if name not in vary and all(name in part.settings for part in parts)
        and all(len(items) == len(parts) for items in vary.values())
    }  # fmt: skip


def _made_alike(goal: Goal, uses: Iterable[str]) -> Iterator[Piece]:
    """The presets that take turns, all filled in like one of them."""
    names = list(dict.fromkeys(uses))
    found = {name: goal.base.blocks.get(name) for name in names}
    for name, block in found.items():
        if block is not None and all(isinstance(one, PresetDecl) for one in found.values()):
            yield {"blocks": {other: block_tree(block) for other in names if other != name}}


def _step(step: dict[str, Tree]) -> dict[str, Tree]:
    """What all copies are, if they are like one of them."""
    given = {name: value for name, value in step.items() if name != "use"}
    use: dict[str, Tree] = {"use": step["use"]} if "use" in step else {}
    return use | ({"with": given} if given else {})
