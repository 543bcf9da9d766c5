"""Topics of a comparison that are about feed-forward networks, and mixtures of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.levels import primitives
from boxwork.graphs.comparing.uses import sides
from boxwork.graphs.comparing.worded import at, plain
from boxwork.graphs.graph import Composite, Node, Part

Line = tuple[str, Sequence[Change]]
ONCE = "once"  # what a change of copies side by side says where there are none
SET = ("activation", "hidden")


def feed(part: Part) -> str:
    """A feed-forward network in words: ``GELU feed-forward``, ``gated SiLU``."""
    routed = _routed(part)
    if routed is not None:
        others = [n for n in getattr(part, "nodes", {}).values() if _feeds_beside(n)]
        return _mixture(sides(routed), feed(routed.part), len(others))
    acts = [p.name for p in primitives(part) if p.family == "activation"]
    gated = any(p.name == "Multiply" for p in primitives(part))
    return " ".join([*(["gated"] if gated else []), *(acts or ["linear"])])


def _routed(part: Part) -> Node | None:
    """The networks of a mixture: what stands side by side, weighed."""
    nodes = part.nodes.values() if isinstance(part, Composite) else ()
    return next((n for n in nodes if n.parallel is not None and n.parallel.weights), None)


def is_feed(part: Part) -> bool:
    """Whether a block is a feed-forward network, or a mixture of some that says no family."""
    routed = _routed(part) if not part.family else None
    return (part if routed is None else routed.part).family == "feedforward"


def _feeds_beside(node: Node) -> bool:
    return node.parallel is None and node.part.family == "feedforward"


def _mixture(copies: str, of: str, shared: int) -> str:
    """``mixture of 8 experts, 2 active, each gated SiLU``."""
    each = f", each {of}" if of else ""
    beside = f", beside {shared} for every position" if shared else ""
    return f"mixture of {copies.replace(' side by side', '')}{each}{beside}"


def feeds(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """One feed-forward network for another."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for c in left:
        one, other = c.parts
        if c.kind == "replaced" and one and other and is_feed(one) and is_feed(other):
            groups.setdefault((feed(one), feed(other)), []).append(c)
    for (before, after), group in groups.items():
        places = {(c.a, c.b) for c in group}
        taken = [
            c for c in left
            if (c.a, c.b) in places and (c.kind == "replaced" or c.what in SET)
        ]  # fmt: skip
        where = f" {at([c.path for c in group], 2)}" if len(groups) > 1 else ""
        yield f"{_both(before, after, group[0])}{where}", taken


def _both(before: str, after: str, change: Change) -> str:
    if before == after:
        return f"{change.before} → {change.after}"
    mixed = [word.startswith("mixture of ") for word in (before, after)]
    noun = "" if mixed[0] else " feed-forward"
    return f"{before}{noun} → {after}{' feed-forward' if mixed[0] and not mixed[1] else ''}"


def mixtures(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """A network that is now one of several that are weighed, or the other way round."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for c in left:
        if c.kind == "side" and _is_mixed(c):
            groups.setdefault((c.before, c.after), []).append(c)
    for (before, after), group in groups.items():
        more = before == ONCE
        around = [x for c in group for x in _round(c, left, "b" if more else "a")]
        mixture = _mixture(after if more else before, *_told(around, len(group), more=more))
        words = f"one feed-forward → {mixture}" if more else f"{mixture} → one feed-forward"
        where = f" {at([c.path for c in group], 2)}" if len(groups) > 1 else ""
        names = {name for c in group for name in c.what.split()}
        dims = [c for c in left if c.kind == "dim" and c.what in names]
        yield f"{words}{where}", [*group, *around, *dims]


def _is_mixed(change: Change) -> bool:
    """Whether one network became several in a block, or several one."""
    there = change.parts[1 if change.before == ONCE else 0]
    weighed = any(word in change.before + change.after for word in ("active", "weighed"))
    network = there is not None and there.family == "feedforward"
    return ONCE in (change.before, change.after) and weighed and network and "." in change.path


def _told(around: Sequence[Change], places: int, *, more: bool) -> tuple[str, int]:
    """How wide each network is, if that changed, and how many stand beside those chosen from."""
    boxes = [c for c in around if c.kind != "setting"]
    shared = sum(c.part.family == "feedforward" for c in boxes) // places
    widths = {(c.before, c.after)[more] for c in around if c.kind == "setting" and not c.implied}
    return (f"{plain(widths.pop())} wide" if len(widths) == 1 else ""), shared


def _round(change: Change, left: Sequence[Change], side: str) -> Iterator[Change]:
    """What came or went with the copies: the boxes beside them, which route; and their width."""
    here = getattr(change, side)
    around = f"{here.rpartition('.')[0]}."
    for c in left:
        path = getattr(c, side)
        boxes = c.kind in ("added", "removed") and c.parts != (None, None)
        beside = boxes and path.startswith(around) and "." not in path.removeprefix(around)
        if beside or (c.kind == "setting" and c.what == "hidden" and path == here):
            yield c
