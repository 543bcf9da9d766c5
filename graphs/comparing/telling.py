"""A comparison in words: a few lines, each one rule that holds wherever it says.

Topics that people ask for (norms, positions, heads, feed-forward, biases, ties, layers) come
first, each read off blocks, settings and families; what no topic takes is told by its kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from boxwork.graphs.comparing.attending import ATTENTION
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.levels import primitives, uses
from boxwork.graphs.comparing.topics import TOPICS
from boxwork.graphs.comparing.worded import at, joined, plain, plural

MOST = 3  # places that are listed one by one


def lines(comparison: Comparison) -> list[str]:
    """The differences in words, from the first graph to the second; none if they are the same."""
    left = list(comparison.changes)
    told: list[str] = []
    for topic in [*TOPICS, *ATTENTION, *KINDS]:
        for line, taken in topic(comparison, left):
            told += [line] if line else []
            gone = set(map(id, taken))
            left = [change for change in left if id(change) not in gone]
    return told


Line = tuple[str, Sequence[Change]]
Topic = Callable[[Comparison, Sequence[Change]], Iterator[Line]]


def _grouped(changes: Iterable[Change], key: Callable[[Change], object]) -> Iterator[list[Change]]:
    groups: dict[object, list[Change]] = {}
    for change in changes:
        groups.setdefault(key(change), []).append(change)
    yield from groups.values()


def _replaced(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """One block for another: everywhere, everywhere but, or where."""
    chosen = [change for change in left if change.kind == "replaced"]
    for group in _grouped(chosen, lambda c: (c.before, c.after)):
        before, after = group[0].before, group[0].after
        yield f"{before} → {after}{_where(comparison, group)}{_keeping(group[0])}", group


def _keeping(change: Change) -> str:
    """What generation keeps in a block that stands for another, if a spec marks it there."""
    before, after = (
        joined([n.name for n in getattr(part, "nodes", {}).values() if n.kept])
        for part in change.parts
    )
    usual = "keys and values" if change.part.family == "attention" else "what its boxes would"
    if before == after:
        return ""
    return f", keeping {after or usual} instead of {before or usual}"


def _where(comparison: Comparison, group: Sequence[Change]) -> str:
    """Where a replacement holds: `` everywhere``, if nothing of the old block is left."""
    used, after = (
        Counter(p.name for p in primitives(graph.root)) for graph in (comparison.a, comparison.b)
    )
    before = group[0].before
    if used[before] > 1 and not after[before]:
        return " everywhere"
    if used[before] == 1 and len(group) == 1:
        return ""
    return f" {at([change.path for change in group], MOST)}"


def _come_and_gone(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Boxes that are there on one side only."""
    for kind, verb in (("removed", "gone"), ("added", "added")):
        chosen = [c for c in left if c.kind == kind and c.parts != (None, None)]
        for group in _grouped(chosen, lambda c: c.part.name):
            name = _counted(comparison, group)
            more = f" ({len(group)} boxes)" if len(group) > MOST else ""
            paths = [change.path for change in group]
            where = more or f" ({joined(paths)})"
            yield f"{name} {verb}{where}", group
    ends = [c for c in left if c.kind in ("added", "removed") and c.parts == (None, None)]
    for change in ends:
        word = "more" if change.kind == "added" else "less"
        kind = change.after or change.before
        yield f"one {change.what} {word}: {change.path}, {kind}", [change]
    for change in left:
        if change.kind == "type":
            yield f"the {change.what} {change.b}: {change.before} → {change.after}", [change]


def _counted(comparison: Comparison, group: Sequence[Change]) -> str:
    """A block by its name, with the number of copies where a whole stack came or went."""
    change = group[0]
    graph = comparison.b if change.b else comparison.a
    node = graph.root.nodes.get(change.path)
    count = f" ×{node.count}" if node is not None and node.count and len(group) == 1 else ""
    return f"{change.part.name}{count}"


def _moved(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    for change in left:
        if change.kind == "moved":
            name = change.part.name
            where = change.a if change.a == change.b else f"{change.a} → {change.b}"
            yield f"{name} at another place ({where})", [change]


def _shared(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    for change in left:
        if change.kind == "shared":
            said = "share one set of weights" if change.after == "shared" else "have their own"
            yield f"the copies of {change.b} now {said}", [change]


def _kept(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    for after, verb in (("kept", "keeps"), ("not kept", "no longer keeps")):
        chosen = [c for c in left if c.kind == "kept" and c.after == after]
        if chosen:
            yield f"generation {verb} {joined([c.path for c in chosen])}", chosen


def _set(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Settings, those of one block, with the same values at the same places, in one line."""
    chosen = [c for c in left if c.kind == "setting" and not c.implied]
    for change in chosen:
        if change.what == "turns":
            yield _turns(change), [change]
    groups = list(
        _grouped(
            (c for c in chosen if c.what != "turns"),
            lambda c: (c.part.name, c.what, c.before, c.after),
        )
    )
    for together in _alike(groups):
        first = together[0]
        name, paths = first[0].part.name, list(dict.fromkeys(c.path for c in first))
        said = [f"{_word(c.what)} {c.before} → {c.after}" for c in (group[0] for group in together)]
        count = min(uses(comparison.a, name), uses(comparison.b, name))
        where = f" {at(paths, MOST)}" if count > len(paths) else " everywhere" if count > 1 else ""
        yield f"{name} {', '.join(said)}{where}", [c for group in together for c in group]


def _written(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    for change in left:
        if change.kind == "written" and change.before.endswith(("copy", "copies")):
            yield f"the {change.before} of {change.a} are written out, {change.after}", [change]
        elif change.kind == "written":
            yield f"{change.before} are the {change.after} of {change.b}", [change]


def _turns(change: Change) -> str:
    """Copies that take turns, no longer do, or do so otherwise."""
    before, after = (word.removesuffix(", in turn") for word in (change.before, change.after))
    if change.before == "all alike":
        return f"the copies of {change.path} take turns: {after}"
    if change.after == "all alike":
        return f"the copies of {change.path} are all alike, not in turn {before}"
    return f"the copies of {change.path} take turns: {before} → {after}"


def _alike(groups: Sequence[list[Change]]) -> list[list[list[Change]]]:
    """Groups of one block at the same places."""
    found: dict[tuple[object, ...], list[list[Change]]] = {}
    for group in groups:
        key = (group[0].part.name, *sorted({c.path for c in group}))
        found.setdefault(key, []).append(group)
    return list(found.values())


def _word(setting: str) -> str:
    return setting.replace("_", " ")


def _wired(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    for change in left:
        if change.kind == "wire":
            who = change.b or f"the output {change.what}"
            yield f"{who} reads {change.after} instead of {change.before}", [change]


def _numbers(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    chosen = [c for c in left if c.kind == "values"]
    if chosen:
        yield f"other numbers written in the spec {at([c.path for c in chosen], MOST)}", chosen


def _sizes(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """What dims are left, in one line."""
    chosen = [c for c in left if c.kind == "dim"]
    if chosen:
        yield ", ".join(f"{c.what} {plain(c.before)} → {plain(c.after)}" for c in chosen), chosen


def _copies(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    for group in _grouped((c for c in left if c.kind == "copies"), lambda c: (c.before, c.after)):
        names = joined([c.b for c in group])
        before, after = group[0].before, group[0].after
        if "once" in (before, after):
            kept = [f"{n} copies" if n.isdigit() else n for n in (after, before)]
            yield f"{names} {kept[0]} instead of {kept[1]}", group
        else:
            yield f"{before} → {after} {plural('copy', 'copies', after)} of {names}", group


def _side(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """How many copies stand side by side, and how many of them run; the dims that say so go."""
    chosen = [c for c in left if c.kind == "side"]
    for group in _grouped(chosen, lambda c: (c.before, c.after)):
        first, paths = group[0], [c.b for c in group]
        named = [c for c in left if c.kind == "dim" and c.what in first.what.split()]
        before, after = first.before, first.after
        if after != "once":
            before = before.replace(" side by side", "")
        if "active" in before:
            after = after.replace(" side by side", "")
        yield f"{before} → {after} {at(paths, MOST)}", [*group, *named]


KINDS: tuple[Topic, ...] = (
    _written, _replaced, _come_and_gone, _moved, _set, _wired, _shared, _kept, _side, _copies,
    _numbers, _sizes,
)  # fmt: skip
