"""What a variant might say of boxes that come, go, or stand and read elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from boxwork.graphs.comparing.levels import Item
from boxwork.graphs.comparing.uses import renamed
from boxwork.graphs.graph import Tie
from boxwork.graphs.turning.attempts import Attempt, Goal, Here
from boxwork.graphs.turning.giving import sizes
from boxwork.graphs.turning.proposing import (
    Drafts,
    Piece,
    Proposals,
    apart,
    differs,
    own_blocks,
    path_of,
    setting,
    speller,
    unswapped,
    with_blocks,
    words_in,
)
from boxwork.graphs.turning.wiring import Wiring
from boxwork.specs.declared import node_at
from boxwork.specs.draft import SECTIONS, Draft
from boxwork.specs.trees import Tree, node_tree, tree


def removals(now: Attempt, goal: Goal) -> Proposals:
    """Boxes that are only in the first: all of them, or one, and what is read instead."""
    gone = [
        path_of(c.a, now) for c in now.comparison.changes
        if c.kind == "removed" and c.parts != (None, None)
    ]  # fmt: skip
    if len(gone) > 1:
        yield [{"remove": gone}]
        yield [{"remove": list(reversed(gone))}]
    for here in now.levels:
        for match in here.found.matches:
            if match.a is not None and match.b is None:
                path = path_of(here.a + match.a.path, now)
                instead = dict.fromkeys(_instead(match.a, here))
                yield [{"remove": [path]}]
                yield [{"remove": [{"node": path, "instead": wire}]} for wire in instead]


def _instead(item: Item, here: Here) -> Iterator[str]:
    """What might be read instead of a box: what it reads, and what is read in the second graph."""
    for wire in (source for sources in item.sources.values() for source in sources):
        name = wire.item.rpartition(".")[2] or wire.port
        yield name if wire.copy is None else f"{name}.{wire.copy}"
    wiring = Wiring(here)
    for match in here.found.matches:
        if match.a is None or match.b is None:
            continue
        if any(s.item == item.path for ss in match.a.sources.values() for s in ss):
            read = (wiring.wire(s) for ss in match.b.sources.values() for s in ss)
            yield from (wire for wire in read if wire)


def insertions(now: Attempt, goal: Goal) -> Proposals:
    """Boxes that are only in the second, or at another place there: groups that are connected."""
    for here in now.levels:
        new = {m.b.path: m for m in here.found.matches if m.b and (m.a is None or m.moved)}
        groups = _groups(new, here)
        for group in [*groups, *([[p for g in groups for p in g]] if len(groups) > 1 else [])]:
            moved = [m.a.path for path in group if (m := new[path]).moved and m.a]
            made = list(_inserted(here, group, moved, now, goal))
            if made:
                yield made


def nodes_anew(now: Attempt, goal: Goal) -> Drafts:
    """Boxes taken out and put in as the second spec has them, where something is different."""
    yield from _anew(reversed(now.levels), now, goal)


def stacks_anew(now: Attempt, goal: Goal) -> Drafts:
    """The same for those of the outermost level alone, by themselves or with all sizes."""
    every = next(sizes(now, goal), [])
    for drafts in _anew(now.levels[:1], now, goal):
        yield [*drafts, *(draft.plus(piece) for draft in drafts for piece in every)]


def _anew(levels: Iterable[Here], now: Attempt, goal: Goal) -> Drafts:
    for here in levels:
        for match in here.found.matches:
            if match.a is None or match.b is None or not differs(now, here.a + match.a.path):
                continue
            made = list(_inserted(here, [match.b.path], [match.a.path], now, goal, own=True))
            path = path_of(here.a + match.a.path, now)
            rest = now.draft.outside(path)
            drafts = (
                [_first_gone(one, path, goal) for one in (rest, unswapped(rest))] if made else []
            )
            pieces = [{k: v for k, v in piece.items() if k != "remove"} for piece in made]
            if made:
                yield [one.plus(piece) for one in drafts for piece in pieces]


def _first_gone(draft: Draft, path: str, goal: Goal) -> Draft:
    """A draft that removes a box before all else: what its readers read is what it reads."""
    found = goal.attempt(draft.only(*SECTIONS[: SECTIONS.index("remove")]))
    node = found.graph.root.nodes.get(path) if found is not None else None
    refs = next(iter(node.inputs.values()), ()) if node is not None else ()
    gone: Tree = {"node": path, "instead": refs[0].node or refs[0].port} if refs else path
    rest = draft.tree.get("remove", [])
    assert isinstance(rest, list)
    return Draft({**draft.tree, "remove": [gone, *rest]})


def _groups(new: Mapping[str, object], here: Here) -> list[list[str]]:
    """What is connected among the new boxes, in the order of the wires."""
    groups: list[list[str]] = []
    for path, item in here.found.b.items.items():
        if path not in new:
            continue
        read = {source.item for sources in item.sources.values() for source in sources}
        joined = [group for group in groups if read & set(group)]
        groups = [group for group in groups if group not in joined]
        groups.append([*(p for group in joined for p in group), path])
    return groups


def _inserted(
    here: Here, group: list[str], gone: list[str], now: Attempt, goal: Goal, *, own: bool = False
) -> Iterator[Piece]:
    """The insertion of a group, at each place that suits its wires; what moved is removed."""
    wiring = named_anew(here, group, set(gone))
    found = new_nodes(group, wiring, now, goal, own=own)
    if found is None:
        return
    nodes, used = found
    removed: list[Tree] = [path_of(here.a + path, now) for path in gone]
    for piece in _anchored(wiring, group, nodes, now):
        whole = {**piece, "remove": removed} if removed else piece
        yield from apart(with_blocks(whole, used, now, goal), now, goal)


def named_anew(here: Here, group: Iterable[str], gone: Set[str] = frozenset()) -> Wiring:
    """The wires of a level with boxes of the second graph put in, by names that no other has."""
    first = here.found.a.composite
    taken = {*first.inputs, *first.nodes} - gone
    names: dict[str, str] = {}
    for path in group:
        names[path] = fresh(path.rpartition(".")[2], taken | set(names.values()))
    return Wiring(here, new=names, gone=gone)


def new_nodes(
    group: Iterable[str], wiring: Wiring, now: Attempt, goal: Goal, *, own: bool
) -> tuple[dict[str, Tree], set[str]] | None:
    """New nodes as they are written, and what they name; None if one reads what has no name."""
    nodes: dict[str, Tree] = {}
    used: set[str] = set()
    for path in group:
        item = wiring.here.found.b.items[path]
        made, named = new_node(item, wiring.here, now, goal, own=own)
        read = wiring.read(item)
        if read is None and item.sources:
            return None
        weigh = wiring.weigh(item)
        made |= {"weigh": weigh} if weigh else {}
        nodes[wiring.new[path]] = made | ({"in": read} if read else {})
        used |= named
    return nodes, used


def _anchored(wiring: Wiring, group: list[str], nodes: Tree, now: Attempt) -> Iterator[Piece]:
    """New nodes after what one of them reads, or before what reads one of them."""
    here, level = wiring.here, wiring.here.found.b
    starts = [s for p in group for ss in level.items[p].sources.values() for s in ss]
    after = [wiring.wire(s._replace(copy=None)) for s in starts if s.item not in group]
    readers = [item for item in level.items.values() if item.path in wiring.names
               and any(s.item in group for ss in item.sources.values() for s in ss)]  # fmt: skip
    anchors = [("after", wire) for wire in dict.fromkeys(after) if wire]
    anchors += [("before", wiring.names[item.path]) for item in readers]
    placed: list[Tree] = [
        {word: path_of(here.a + name, now), "nodes": nodes} for word, name in anchors
    ]
    yield from ({"insert": [one]} for one in placed)
    reads: dict[str, Tree] = {}
    for item in readers:
        path = wiring.names[item.path]
        within = path.rpartition(".")[0]
        read = Wiring(here, f"{within}." if within else "", wiring.new, wiring.gone).read(item)
        if read is not None:
            reads[path_of(here.a + path, now)] = {"in": read}
    if reads:
        for one in placed:
            yield {"insert": [one], "set": reads}


def new_node(
    item: Item, here: Here, now: Attempt, goal: Goal, *, own: bool
) -> tuple[dict[str, Tree], set[str]]:
    """A new node as it is written (``own``: as the second spec wrote it), and what it names."""
    place = node_at(goal.spec, here.b + item.path)
    node = item.node
    if place is not None and (own or len(node.parts) > 1):
        made = node_tree(place[1])
        for key in ("in", "tie", "weigh"):
            made.pop(key, None)
        return made, set(words_in(made))
    made = dict(speller(now, _beside(here), goal, here.b + item.path).use(item.part))
    if node.count is not None:
        made["repeat"] = str(node.count)
    if node.shared:
        made["share"] = "true"
    if node.parallel is not None:
        made["parallel"] = speller(now, _beside(here), goal).value(node.parallel.count)
    if place is not None and place[1].values is not None:
        made["values"] = tree(place[1].values)
    if place is not None and place[1].label:
        made["label"] = place[1].label
    return made, set(own_blocks(item.part))


def _beside(here: Here) -> str:
    """A box of the first level: what it may name, a new one may name too."""
    return here.a + next(iter(here.found.a.composite.nodes), "")


def fresh(name: str, taken: set[str]) -> str:
    """A name that no other has."""
    number, made = 2, name
    while made in taken:
        made, number = f"{name}_{number}", number + 1
    return made


def wires(now: Attempt, goal: Goal) -> Proposals:
    """What boxes that correspond read."""
    apart = {change.a for change in now.comparison.changes if change.kind == "wire"}
    for here in now.levels:
        for match in here.found.matches:
            if match.a is None or match.b is None or here.a + match.a.path not in apart:
                continue
            inside = match.a.path.rpartition(".")[0]
            read = Wiring(here, f"{inside}." if inside else "").read(match.b)
            if read is not None:
                yield [setting(here.a + match.a.path, {"in": read}, now)]


def ties(now: Attempt, goal: Goal) -> Proposals:
    """Arrays that boxes share with others."""
    apart = {change.a for change in now.comparison.changes if change.kind == "tie"}
    for here in now.levels:
        names = {m.b.path: m.a.path for m in here.found.matches if m.a and m.b}
        for match in here.found.matches:
            if match.a is None or match.b is None:
                continue
            path = here.a + match.a.path
            if any(one == path or one.startswith(f"{path}.") for one in apart):
                found = here.found.b.composite.ties_of.get(match.b.path, ())
                yield [
                    setting(
                        path, {"tie": {k: v for t in found for k, v in _tie(t, names, turned)}}, now
                    )
                    for turned in (False, True)
                ]


def _tie(tie: Tie, names: Mapping[str, str], turned: bool) -> Iterator[tuple[str, Tree]]:
    target = renamed(".".join(tie.target), names)
    if target is not None:
        own = ".".join(tie.own[1:])
        yield own, {"to": target, "transpose": "true"} if turned else target
