"""Topics of a comparison about norms and positions, read off the graphs.

Each topic takes the changes that it tells from those that are left, with one line for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from boxwork.graphs.comparing.boxes import around
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.levels import Level, primitives
from boxwork.graphs.comparing.places import (
    beside_sum,
    norms,
    positions,
    telling_positions,
    worded,
)
from boxwork.graphs.comparing.rotating import detailed
from boxwork.graphs.comparing.worded import at, joined
from boxwork.graphs.graph import Composite, Part, Primitive

Line = tuple[str, Sequence[Change]]
BOXES = ("moved", "added", "removed")


def norm_blocks(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """LayerNorm → RMSNorm, and at which of them not."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for c in left:
        if c.kind == "replaced" and all(p is not None and p.family == "norm" for p in c.parts):
            groups.setdefault(_blocks(c), []).append(c)
    blocks = {p.name for p in primitives(comparison.b.root)}
    for (before, after), here in groups.items():
        count = sum(p.name == before for p in primitives(comparison.a.root))
        if before == after:
            continue  # one with a sum, one without: told of their places
        if count > 1 and before not in blocks and [one for one, _ in groups].count(before) == 1:
            where = " everywhere"
        elif count == 1:
            where = ""
        else:
            where = f" {at([c.path for c in here], 3)}"
        yield f"{before} → {after}{where}", here


def _blocks(change: Change) -> tuple[str, str]:
    """The norms on both sides, whether they stand alone or in a block with a sum."""
    one, other = (_alone(part) for part in change.parts if part is not None)
    return one, other


def _alone(part: Part) -> str:
    """The norm in a block that does no more than to add and normalise; else the block."""
    inner = primitives(part)
    found = [p for p in inner if p.family == "norm"]
    plain = all(p.family in ("norm", "dropout") or _is_sum(p) for p in inner)
    return found[0].name if plain and len(found) == 1 else part.name


def norm_places(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Where norms stand: before each sublayer, after each sum."""
    before, after = (norms(graph) for graph in (comparison.a, comparison.b))
    if not before or not after or before == after:
        return
    inside = [c for c in left if "." in c.path and c.parts != (None, None)]
    boxes = [c for c in inside if c.kind in BOXES and _round_sum(comparison, c)]
    replaced = [c for c in comparison.changes if c.kind == "replaced" and _with_sum(c)]
    holding = [c for c in boxes if isinstance(c.part, Composite)]
    summed = {around(path) for c in [*holding, *replaced] for path in (c.a, c.b) if path}
    sums = [
        c for c in inside
        if c.kind in BOXES and _is_sum(c.part) and around(c.path) in summed
    ]  # fmt: skip
    wires = [c for c in left if c.kind == "wire" and "." in c.path]
    alike = [c for c in left if c in replaced and len(set(_blocks(c))) == 1]
    if boxes or replaced:
        yield f"norms {before} → {after}", [*boxes, *sums, *wires, *alike]


def _with_sum(change: Change) -> bool:
    """Whether a norm stands for one in a block with a sum, or the other way round."""
    one, other = change.parts
    norms = one is not None and other is not None and one.family == other.family == "norm"
    return norms and isinstance(one, Composite) != isinstance(other, Composite)


def _round_sum(comparison: Comparison, change: Change) -> bool:
    """Whether it is a norm that stands beside a sum, or holds it."""
    if change.part.family != "norm":
        return False
    if isinstance(change.part, Composite):
        return any(_is_sum(node.part) for node in change.part.nodes.values())
    return beside_sum(comparison.b if change.b else comparison.a, change.path)


def _is_sum(part: Part) -> bool:
    return isinstance(part, Primitive) and part.block.symbol == "+"


def norm_ends(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Norms before the layers and behind them."""
    one, other = comparison.alignment.a, comparison.alignment.b
    chosen = [
        c for c in left
        if c.kind in BOXES and c.parts != (None, None) and c.part.family == "norm"
        and "." not in c.a + c.b
    ]  # fmt: skip
    for kind, verb in (("removed", "gone"), ("added", "added")):
        found: dict[str, list[Change]] = {}
        for c in chosen:
            place = _end(other if c.b else one, c.path)
            if c.kind == kind and place:
                found.setdefault(place, []).append(c)
        for place, group in found.items():
            named = place if len(group) == 1 else place.replace("norm", "norms", 1)
            yield f"{named} {verb} ({joined([c.path for c in group])})", group
    for c in chosen:
        before, after = _end(one, c.a), _end(other, c.b)
        if c.kind == "moved" and before and after and before != after:
            yield f"{before} ({c.a}) → {after} ({c.b})", [c]


def _end(level: Level, path: str) -> str:
    """Where a norm at the top stands: behind the layers, or before them."""
    item = level.items.get(path)
    stacks = [i for i in level.items.values() if i.node.count is not None]
    if item is None or not stacks:
        return ""
    todo, seen = [path], set()
    while todo:
        here = todo.pop()
        found = level.items.get(here)
        if found is None or here in seen:
            continue
        if found in stacks:
            return "final norm"
        seen.add(here)
        todo += [source.item for sources in found.sources.values() for source in sources]
    return "norm on the embeddings"


def tell_positions(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """How positions are told: learned, by sinusoids, rotary inside attention."""
    before, after = (positions(graph) for graph in (comparison.a, comparison.b))
    boxes = telling_positions(comparison.a), telling_positions(comparison.b)
    taken = [
        c for c in left
        if c.kind in ("added", "removed", "replaced")
        and (_inside(c.a, boxes[0]) or _inside(c.b, boxes[1]))
    ]  # fmt: skip
    if before == after:
        blocks = [
            joined(list(dict.fromkeys(p.name for c in taken if (p := c.parts[k]) is not None)))
            for k in (0, 1)
        ]
        if all(blocks):
            yield f"{worded(before, 'positions')}: {blocks[0]} → {blocks[1]}", taken
        return
    gone = {c.a for c in taken if c.kind == "removed"} | {c.b for c in taken if c.kind == "added"}
    if taken:
        words = [worded(before, "positions")]
        words.append(worded(after, "" if "positions" in words[0] else "positions"))
        line = f"{words[0] or 'no positions'} → {words[1] or 'none'}"
        detail = detailed(comparison.b) if ("rotary" in dict(after)) else ""
        both = "rotary" in dict(before)
        more = f", {detail}" if detail and not both else ""
        yield line + more, [*taken, *_sums(comparison, left, gone)]


def _inside(path: str, boxes: set[str]) -> bool:
    """Whether a box is one of some, or in one of them."""
    return any(before in boxes for before in accumulate(path.split("."), "{}.{}".format))


def _sums(comparison: Comparison, left: Sequence[Change], gone: set[str]) -> Iterator[Change]:
    """Sums that came or went with what they add."""
    sides = (("removed", comparison.alignment.a), ("added", comparison.alignment.b))
    for change in left:
        for kind, level in sides:
            item = level.items.get(change.path)
            if change.kind != kind or item is None or not any(change.parts):
                continue  # what is no box: an output of the same name
            if change.part.family != "combine":
                continue
            if any(s.item in gone for sources in item.sources.values() for s in sources):
                yield change
