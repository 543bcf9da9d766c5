"""Topics of a comparison that are about feed-forward networks, and one that becomes a mixture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boxwork.graphs.comparing.boxes import around, part_at
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.levels import primitives
from boxwork.graphs.comparing.routing import beside, routed, router, told
from boxwork.graphs.comparing.uses import sides
from boxwork.graphs.comparing.worded import at, plain
from boxwork.graphs.graph import Composite, Part

Line = tuple[str, Sequence[Change]]
ONCE = "once"  # what a change of copies side by side says where there are none
SET = ("activation", "hidden")


def feed(part: Part) -> str:
    """A feed-forward network in words: ``GELU feed-forward``, ``gated SiLU``."""
    node = routed(part)
    if node is not None and isinstance(part, Composite):
        each = f"{feed(node.part)}, {plain(hidden(node.part))} wide"
        return _mixture(sides(node), each, len(beside(part)))
    acts = [p.name for p in primitives(part) if p.family == "activation"]
    clamped = ["clamped"] if "Clamp" in acts else []
    gated = ["gated"] if any(p.name == "Multiply" for p in primitives(part)) else []
    return " ".join(
        [*clamped, *gated, *(dict.fromkeys(a for a in acts if a != "Clamp") or ["linear"])]
    )


def hidden(part: Part) -> str:
    """How many numbers stand between the layers of a network."""
    linear = [p for p in primitives(part) if p.name == "Linear"]
    return str(linear[-1].inputs["x"][0].dims[-1]) if linear else ""


def is_feed(part: Part | None) -> bool:
    """Whether a block is a feed-forward network, or a mixture of some that says no family."""
    if part is None:
        return False
    node = routed(part) if not part.family else None
    return (part if node is None else node.part).family == "feedforward"


def _mixture(copies: str, of: str, count: int) -> str:
    """``mixture of 8 experts, 2 active, each gated SiLU, 14,336 wide``."""
    each = f", each {of}" if of else ""
    return f"mixture of {copies.replace(' side by side', '')}{each}{_beside(count)}"


def _beside(count: int) -> str:
    if not count:
        return ""
    return f"; {count} shared {'expert' if count == 1 else 'experts'} beside them"


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
            if ((c.a, c.b) in places and (c.kind == "replaced" or c.what in SET))
            or (c.kind == "dim" and (c.before, c.after) == _widths(group[0]))
        ]  # fmt: skip
        where = f" {at([c.path for c in group], 2)}" if len(groups) > 1 else ""
        yield f"{_both(before, after, group[0])}{where}", taken
        one, other = group[0].parts
        yield _router(other) if routed(one) is None else "", []


def _both(before: str, after: str, change: Change) -> str:
    if before == after:
        return f"{change.before} → {change.after}"
    mixed = [routed(part) is not None for part in change.parts]
    if mixed[0] == mixed[1]:
        return f"{before}{'' if mixed[0] else ' feed-forward'} → {after}"
    return " → ".join(_whole(part) for part in change.parts if part is not None)


def _widths(change: Change) -> tuple[str, ...]:
    """How wide the networks are, where one is a mixture: that is told of them."""
    found = [routed(part) for part in change.parts]
    if (found[0] is None) == (found[1] is None):
        return ()
    pairs = zip(change.parts, found, strict=True)
    return tuple(hidden(node.part if node else part) for part, node in pairs if part is not None)


def _whole(part: Part) -> str:
    """A network with how wide it is, or a mixture."""
    return feed(part) if routed(part) else f"{feed(part)} feed-forward, {plain(hidden(part))} wide"


def _router(part: Part | None) -> str:
    """How the router of a mixture that is new chooses, if not as most do."""
    found = router(part) if part is not None else None
    words = told(found) if found is not None else []
    return f"router: {', '.join(words)}" if words else ""


def activations(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Another activation in the same feed-forward network."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for c in left:
        if c.kind == "replaced" and all(
            p is not None and p.family == "activation" for p in c.parts
        ):
            one, other = part_at(comparison.a, around(c.a)), part_at(comparison.b, around(c.b))
            if is_feed(one) and is_feed(other):
                assert one is not None
                assert other is not None
                groups.setdefault((feed(one), feed(other)), []).append(c)
    for (before, after), group in groups.items():
        if before != after:
            where = f" {at([c.path for c in group], 2)}" if len(groups) > 1 else ""
            yield f"{before} feed-forward → {after}{where}", group


def mixtures(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """A network that is now one of several that are weighed, or the other way round."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for c in left:
        if c.kind == "side" and _is_mixed(c):
            groups.setdefault((c.before, c.after), []).append(c)
    for (before, after), group in groups.items():
        more = before == ONCE
        one, other = group[0].parts
        assert one is not None
        assert other is not None
        near = [x for c in group for x in _round(c, left, "b" if more else "a")]
        boxes = sum(c.kind != "setting" and c.part.family == "feedforward" for c in near)
        part = other if more else one
        each = f"{feed(part)}, {plain(hidden(part))} wide"
        mixture = _mixture(after if more else before, each, boxes // len(group))
        words = f"{_whole(one)} → {mixture}" if more else f"{mixture} → {_whole(other)}"
        where = f" {at([c.path for c in group], 2)}" if len(groups) > 1 else ""
        names = {name for c in group for name in c.what.split()}
        wide = hidden(one), hidden(other)
        dims = [
            c for c in left
            if c.kind == "dim" and (c.what in names or (c.before, c.after) == wide)
        ]  # fmt: skip
        yield f"{words}{where}", [*group, *near, *dims]
        yield _router(part_at(comparison.b, around(group[0].b))) if more else "", []


def _is_mixed(change: Change) -> bool:
    """Whether one network became several in a block, or several one."""
    there = change.parts[1 if change.before == ONCE else 0]
    weighed = any(word in change.before + change.after for word in ("active", "weighed"))
    network = there is not None and there.family == "feedforward"
    return ONCE in (change.before, change.after) and weighed and network and "." in change.path


def _round(change: Change, left: Sequence[Change], side: str) -> Iterator[Change]:
    """What came or went with the copies: the boxes beside them, which route; and their width."""
    here = getattr(change, side)
    before = f"{here.rpartition('.')[0]}."
    for c in left:
        path = getattr(c, side)
        boxes = c.kind in ("added", "removed") and c.parts != (None, None)
        near = boxes and path.startswith(before) and "." not in path.removeprefix(before)
        if near or (c.kind == "setting" and c.what == "hidden" and path == here):
            yield c
