"""A comparison in words: a few lines, each one rule that holds wherever it says.

Topics that people ask for (norms, positions, heads, feed-forward, biases, ties, layers) are
each read off blocks, settings and families; what no topic takes is told by its kind. Lines
stand in the order of importance, whatever the order in which topics take changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from boxwork.graphs.comparing.apart import as_seen
from boxwork.graphs.comparing.attending import turning, unit_norms, windows
from boxwork.graphs.comparing.biases import biases, dropouts
from boxwork.graphs.comparing.boxes import named
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.depth import first_ones, layers
from boxwork.graphs.comparing.ending import encoders, ends
from boxwork.graphs.comparing.feeding import activations, feed, feeds, hidden, mixtures
from boxwork.graphs.comparing.heads import counts, keeping, kinds, scores
from boxwork.graphs.comparing.levels import primitives, uses
from boxwork.graphs.comparing.rotating import rotary
from boxwork.graphs.comparing.routing import experts, routers
from boxwork.graphs.comparing.topics import norm_blocks, norm_ends, norm_places, tell_positions
from boxwork.graphs.comparing.tying import ties
from boxwork.graphs.comparing.worded import at, joined, plain, plural, worded

MOST = 3  # places that are listed one by one


def lines(comparison: Comparison) -> list[str]:
    """The differences in words, from the first graph to the second; none if they are the same."""
    left = list(as_seen(comparison))
    told: list[tuple[int, str]] = []
    for rank, topic in TOPICS:
        for line, taken in topic(comparison, left):
            told += [(rank, line)] if line else []
            gone = set(map(id, taken))
            left = [change for change in left if id(change) not in gone]
    return [line for _, line in sorted(told, key=lambda one: one[0])]


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
        yield f"{before} → {after}{_where(comparison, group)}{keeping(group[0])}", group


def _where(comparison: Comparison, group: Sequence[Change]) -> str:
    """Where a replacement holds: `` everywhere``, if nothing of the old block is left."""
    used, after = (
        Counter(p.name for p in primitives(graph.root)) for graph in (comparison.a, comparison.b)
    )
    before = group[0].before
    kinds = {c.after for c in comparison.changes if c.kind == "replaced" and c.before == before}
    if used[before] > 1 and not after[before] and len(kinds) == 1:
        return " everywhere"
    if used[before] == 1 and len(group) == 1:
        return ""
    return f" {at([change.path for change in group], MOST)}"


def _come_and_gone(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Boxes that are there on one side only, by their labels if they have any."""
    for kind, verb in (("removed", "gone"), ("added", "added")):
        chosen = [c for c in left if c.kind == kind and c.parts != (None, None)]
        for group in _grouped(chosen, lambda c: named(comparison, c)):
            name = named(comparison, group[0])
            paths = [change.path for change in group]
            where = f"{len(group)} boxes" if len(group) > MOST else joined(paths)
            yield f"{name} {verb} ({where})", group


def _moved(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    for change in left:
        if change.kind == "moved":
            name = change.part.name
            where = change.a if change.a == change.b else f"{change.a} → {change.b}"
            yield f"{name} at another place ({where})", [change]


def _shared(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    for change in left:
        if change.kind == "shared":
            shares = change.after == "shared"
            said = "share one set of weights" if shares else "have weights of their own"
            yield f"the copies of {change.b} {said}", [change]


def _kept(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    for after, verb in (("kept", "keeps"), ("not kept", "no longer keeps")):
        chosen = [c for c in left if c.kind == "kept" and c.after == after]
        if chosen:
            yield f"generation {verb} {joined([c.path for c in chosen])}", chosen


def _set(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Settings, those of one block, with the same values at the same places, in one line."""
    chosen = [c for c in left if c.kind == "setting" and not c.implied]
    groups = list(_grouped(chosen, lambda c: (c.part.name, c.what, c.before, c.after)))
    for together in _alike(groups):
        first = together[0]
        name, paths = first[0].part.name, list(dict.fromkeys(c.path for c in first))
        said = [
            f"{worded(c.what)}{plain(c.before)} → {plain(c.after)}"
            for c in (group[0] for group in together)
        ]
        count = min(uses(comparison.a, name), uses(comparison.b, name))
        where = f" {at(paths, MOST)}" if count > len(paths) else " everywhere" if count > 1 else ""
        yield f"{name} {', '.join(said)}{where}", [c for group in together for c in group]


def _written(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    for change in left:
        if change.kind == "written" and change.before.endswith(("copy", "copies")):
            yield f"the {change.before} of {change.a} are written out, {change.after}", [change]
        elif change.kind == "written":
            yield f"{change.before} are the {change.after} of {change.b}", [change]


def _alike(groups: Sequence[list[Change]]) -> list[list[list[Change]]]:
    """Groups of one block at the same places."""
    found: dict[tuple[object, ...], list[list[Change]]] = {}
    for group in groups:
        key = (group[0].part.name, *sorted({c.path for c in group}))
        found.setdefault(key, []).append(group)
    return list(found.values())


def _wired(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Wires that start elsewhere, those of the same ends in one line."""
    chosen = [change for change in left if change.kind == "wire"]
    for group in _grouped(chosen, lambda c: (c.before, c.after)):
        paths = [c.b or f"the output {c.what}" for c in group]
        verb = "reads" if len(paths) == 1 else "read"
        before, after = group[0].before, group[0].after
        if before == after:  # what has one name is not one thing
            yield f"{joined(paths)} {verb} another {after}", group
        else:
            yield f"{joined(paths)} {verb} {after} instead of {before}", group


def _numbers(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    chosen = [c for c in left if c.kind == "values"]
    if chosen:
        yield f"other numbers written in the spec {at([c.path for c in chosen], MOST)}", chosen


def _sizes(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """What dims are left, in one line: those that say something of both graphs."""
    chosen = [c for c in left if c.kind == "dim"]
    both = comparison.a.used & comparison.b.used
    told = [f"{c.what} {plain(c.before)} → {plain(c.after)}" for c in chosen if c.what in both]
    yield ", ".join(told), chosen


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


# What takes changes in this order; the first number says where its lines stand.
TOPICS: tuple[tuple[int, Topic], ...] = (
    (1, encoders), (0, ends), (10, norm_blocks), (11, norm_places), (12, norm_ends),
    (20, tell_positions), (30, kinds), (31, counts), (33, unit_norms), (34, windows),
    (38, rotary), (35, turning), (36, scores), (40, feeds), (40, mixtures), (40, activations),
    (41, experts(feed, hidden)), (42, routers), (50, biases), (51, ties), (52, dropouts),
    (80, first_ones), (80, layers), (5, _written), (60, _replaced), (61, _come_and_gone),
    (62, _moved), (63, _set), (64, _wired), (65, _shared), (66, _kept), (67, _side),
    (68, _copies), (69, _numbers), (90, _sizes),
)  # fmt: skip
