"""Topics of a comparison about attention itself: another kind of it, its heads, its scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.levels import primitives, uses
from boxwork.graphs.comparing.worded import at, joined, rooted, turned
from boxwork.graphs.graph import Node, Part

Line = tuple[str, Sequence[Change]]
HEADS = ("heads", "kv_heads", "head_dim")


def heads(part: Part) -> str:
    """The heads of attention: ``12 heads``, ``32 queries sharing 8 keys``; empty if none show."""
    if not _attends(part):
        split = [p for p in primitives(part) if p.name == "SplitHeads"]
        own = str(split[0].settings["heads"]) if split else ""
        return _counted(own) if own else ""
    own, shared = str(part.settings["heads"]), str(part.settings["kv_heads"])
    if own == shared:
        return _counted(own)
    return f"{own} queries sharing {'one key' if shared == '1' else f'{shared} keys'}"


def _counted(count: str) -> str:
    return "one head" if count == "1" else f"{count} heads"


def kinds(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """One kind of attention for another, with its heads and with what generation keeps."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for c in left:
        if c.kind == "replaced" and all(p is not None and p.family == "attention" for p in c.parts):
            groups.setdefault((c.before, c.after), []).append(c)
    for (before, after), group in groups.items():
        one, other = group[0].parts
        assert one is not None
        assert other is not None
        used, now = uses(comparison.a, before), uses(comparison.b, before)
        where = f" {at([c.path for c in group], 3)}" if now or len(group) > used else ""
        where = " everywhere" if not where and len(group) > 1 else where
        own, others = heads(one), heads(other)
        count = f", {turned(own, others)}" if own and others and own != others else ""
        dims = [c for c in left if c.kind == "dim" and c.what in HEADS and (count or own != others)]
        yield f"{before} → {after}{where}{count}{keeping(group[0])}", [*group, *dims]


def keeping(change: Change) -> str:
    """What generation keeps in a block that stands for another, if a spec marks it there."""
    before, after = (
        joined([_kept(n) for n in getattr(part, "nodes", {}).values() if n.kept])
        for part in change.parts
    )
    usual = "keys and values" if change.part.family == "attention" else "what its boxes would"
    if before == after:
        return ""
    return f", keeping {after or usual} instead of {before or usual}"


def _kept(node: Node) -> str:
    """What is kept of a node, with how many numbers that is for a position."""
    dims = next(iter(node.outputs.values())).dims
    return f"{node.name} ({dims[-1]})" if dims and not dims[-1].free else node.name


def counts(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Heads of attention, grouped ones as such."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for c in left:
        if c.kind == "setting" and c.what in HEADS and all(_attends(p) for p in c.parts):
            one, other = c.parts
            assert one is not None
            assert other is not None
            groups.setdefault((heads(one), heads(other)), []).append(c)
    dims = [c for c in left if c.kind == "dim" and c.what in HEADS]
    told = False
    for (before, after), group in groups.items():
        words = turned(before, after) if before != after else ""
        wide = _width(group)
        line = ", ".join(text for text in (words or (wide and "heads"), wide) if text)
        line = line.replace("heads, each", "heads each") if not words else line
        told = told or bool(line)
        where = _where(comparison, group) if line else ""
        yield line + where, [*group, *(dims if line else [])]
    if not told:
        yield from _by_dims(dims)


def _by_dims(dims: Sequence[Change]) -> Iterator[Line]:
    """Heads of attention whose blocks say only that they have those of the spec."""
    own = [c for c in dims if c.what == "heads"]
    wide = [c for c in dims if c.what == "head_dim"]
    if own:
        yield f"{own[0].before} → {own[0].after} heads", [*own, *wide]


def _attends(part: Part | None) -> bool:
    return part is not None and {"heads", "kv_heads"} <= part.settings.keys()


def _width(group: Sequence[Change]) -> str:
    """The width of a head, if it changed."""
    for c in group:
        one, other = c.parts
        assert one is not None
        assert other is not None
        if c.what == "head_dim" or "head_dim" in one.settings:
            before, after = one.settings["head_dim"], other.settings["head_dim"]
            if str(before) != str(after):
                return f"each {before} → {after} wide"
    return ""


def scores(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """What is done to the scores of attention: scaled, capped, shared with a sink."""
    for what in ("scale", "cap", "sinks"):
        chosen = [
            c for c in left
            if c.kind == "setting" and c.what == what and not c.implied
            and all(p is not None and p.family == "attention" for p in c.parts)
        ]  # fmt: skip
        for before, after in dict.fromkeys((c.before, c.after) for c in chosen):
            group = [c for c in chosen if (c.before, c.after) == (before, after)]
            yield f"{_scored(group[0])}{_where(comparison, group)}", group


def _scored(change: Change) -> str:
    one, other = (part.settings[change.what] for part in change.parts if part is not None)
    if change.what == "sinks":
        return "attention sinks added" if other else "attention sinks gone"
    if change.what == "cap":
        if other is None:
            return f"attention scores no longer capped at {change.before}"
        instead = "" if one is None else f" instead of {change.before}"
        return f"attention scores capped at {change.after}{instead}"
    assert isinstance(one, float)
    assert isinstance(other, float)
    if other == 1:
        return f"attention scores not scaled, instead of by {rooted(one)}"
    instead = " instead of not at all" if one == 1 else f" instead of {rooted(one)}"
    return f"attention scores scaled by {rooted(other)}{instead}"


def _where(comparison: Comparison, group: Sequence[Change]) -> str:
    """Which attention it is, if there is another that is used in both."""
    name, paths = group[0].part.name, list(dict.fromkeys(c.path for c in group))
    count = min(uses(comparison.a, name), uses(comparison.b, name))
    return f" {at(paths, 3)}" if count > len(paths) else ""
