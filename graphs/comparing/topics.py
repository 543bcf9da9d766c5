"""Topics of a comparison in words: what people ask of two architectures, read off the graphs.

Each topic takes the changes that it tells from those that are left, with one line for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.feeding import feeds, mixtures
from boxwork.graphs.comparing.levels import leaves, primitives
from boxwork.graphs.comparing.places import beside_sum, norms, positions, worded
from boxwork.graphs.comparing.worded import at, joined
from boxwork.graphs.graph import Composite, Graph, Part

Line = tuple[str, Sequence[Change]]

HEADS = ("heads", "kv_heads", "head_dim")
BIASES = ("bias", "biased", "biased_out")


def _norm_blocks(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """LayerNorm → RMSNorm, and at which of them not."""
    for before, after in dict.fromkeys(
        (c.before, c.after) for c in left if c.kind == "replaced" and c.part.family == "norm"
    ):
        here = [c for c in left if (c.kind, c.before, c.after) == ("replaced", before, after)]
        blocks = [p.name for p in primitives(comparison.b.root)]
        count = sum(p.name == before for p in primitives(comparison.a.root))
        if count > 1 and before not in blocks:
            where = " everywhere"
        elif count == 1:
            where = ""
        else:
            where = f" {at([c.path for c in here], 3)}"
        yield f"{before} → {after}{where}", here


def _norm_places(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Where norms stand: before each sublayer, after each sum."""
    before, after = (norms(graph) for graph in (comparison.a, comparison.b))
    if not before or not after or before == after:
        return
    taken = [
        c for c in left
        if (c.kind in ("moved", "added", "removed") and c.parts != (None, None)
            and c.part.family == "norm" and "." in c.path and not isinstance(c.part, Composite)
            and beside_sum(comparison.b if c.b else comparison.a, c.path))
        or (c.kind == "wire" and "." in c.path)
    ]  # fmt: skip
    if any(c.kind in ("moved", "added", "removed") for c in taken):
        yield f"norms {before} → {after}", taken


def _positions(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """How positions are told: learned, by sinusoids, rotary inside attention."""
    before, after = (positions(graph) for graph in (comparison.a, comparison.b))
    if before == after:
        return
    taken = [
        c for c in left
        if c.kind in ("added", "removed", "replaced") and any(map(_places, c.parts))
    ]  # fmt: skip
    gone = {c.a for c in taken if c.kind == "removed"} | {c.b for c in taken if c.kind == "added"}
    if taken:
        words = worded(before, "positions"), worded(after, "" if before else "positions")
        line = f"{words[0] or 'no positions'} → {words[1] or 'none'}"
        yield line, [*taken, *_sums(comparison, left, gone)]


def _places(part: Part | None) -> bool:
    """Whether a box is there to tell positions, not merely somewhere round such a box."""
    if part is None:
        return False
    found = leaves(part)
    families = [p.family for p in primitives(part)]
    return "position" in families and found.total() <= 2


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


def heads(part: Part) -> str:
    """The heads of attention: ``12 heads``, ``32 queries sharing 8 keys``."""
    own, shared = str(part.settings.get("heads")), str(part.settings.get("kv_heads"))
    if own == shared:
        return "one head" if own == "1" else f"{own} heads"
    return f"{own} queries sharing {'one key' if shared == '1' else f'{shared} keys'}"


def _heads(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Heads of attention, grouped ones as such."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for c in left:
        if c.kind == "setting" and c.what in HEADS and all(_attends(p) for p in c.parts):
            one, other = c.parts
            assert one is not None
            assert other is not None
            groups.setdefault((heads(one), heads(other)), []).append(c)
    for (before, after), group in groups.items():
        wide = _width(group)
        words = _turned(before, after) if before != after else ""
        line = ", ".join(text for text in (words, wide) if text)
        several = len(groups) > 1
        where = f" {at([c.path for c in group], 2)}" if several else ""
        more = [c for c in left if c.kind == "dim" and c.what in HEADS and line]
        yield (line + where if line else ""), [*group, *more]


def _turned(before: str, after: str) -> str:
    """``12 → 8 heads``, ``12 heads → 32 queries sharing 8 keys``."""
    one, _, noun = before.partition(" ")
    other, _, last = after.partition(" ")
    return f"{one} → {other} {noun}" if noun == last else f"{before} → {after}"


def _attends(part: Part | None) -> bool:
    return part is not None and {"heads", "kv_heads"} <= part.settings.keys()


def _width(group: Sequence[Change]) -> str:
    """The width of a head, if it changed by itself."""
    for c in group:
        if c.what == "head_dim" and not c.implied:
            return f"each {c.before} → {c.after} wide"
    return ""


def _biases(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Biases that go or come: all of them, or which."""
    for word, value in (("gone", "false"), ("added", "true")):
        taken = [
            c for c in left
            if c.kind == "setting" and c.what in BIASES and c.after == value
        ]  # fmt: skip
        if not taken:
            continue
        without = comparison.b if value == "false" else comparison.a
        there = any(p.settings.get("bias") is True for p in primitives(without.root))
        every = not there and len(taken) > 1
        where = "" if every else f" {at([c.path for c in taken], 3)}"
        yield f"biases {word}{where}", taken


def _ties(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Arrays used twice, or no longer."""
    for c in left:
        if c.kind != "tie":
            continue
        name = (c.b or c.a).rpartition(".")[0] or c.b
        ends = {ref.node for ref in comparison.b.root.sources.values()}
        word = f"the head ({name})" if name in ends and name.count(".") == 0 else name
        if not c.after:
            yield f"{word} no longer tied to {c.before}", [c]
        elif not c.before:
            yield f"{word} tied to {c.after}", [c]
        else:
            yield f"{word} tied to {c.after} instead of {c.before}", [c]


def _layers(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """How often the stacks repeat."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for c in left:
        if (
            c.kind == "copies"
            and isinstance(c.part, Composite)
            and "once" not in (c.before, c.after)
        ):
            groups.setdefault((c.before, c.after), []).append(c)
    several = sum(map(len, groups.values())) > 1
    for (before, after), group in groups.items():
        dims = [c for c in left if c.kind == "dim" and (c.before, c.after) == (before, after)]
        where = f" in {joined([c.b for c in group])}" if several else ""
        dim = [c for c in dims if _repeats(comparison.b, c.what)][:1]
        yield f"{before} → {after} {'layer' if after == '1' else 'layers'}{where}", [*group, *dim]


def _repeats(graph: Graph, name: str) -> bool:
    """Whether a dim is a number of copies only: no wire and no parameter has it."""
    return name in ("layers", "depth", "copies") or not any(
        str(dim.name) == name
        for p in primitives(graph.root)
        for dim in [*p.dims.values(), *(d for one in p.parameters.values() for d in one.dims)]
    )


TOPICS = (_norm_blocks, _norm_places, _positions, _heads, feeds, mixtures, _biases, _ties, _layers)
