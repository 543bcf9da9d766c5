"""Topics of a comparison about what attention normalises, how far it sees, and by which turns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from boxwork.graphs.comparing.boxes import last
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.levels import uses
from boxwork.graphs.comparing.turns import base, in_turn
from boxwork.graphs.comparing.worded import at, joined, plain
from boxwork.graphs.graph import Graph

Line = tuple[str, Sequence[Change]]
SIDES = {"q_unit": "queries", "k_unit": "keys"}
WHERE = {"": "in every head", "_all": "over all heads at once"}


def unit_norms(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Norms on queries and keys."""
    inside = [c for c in left if c.owner == "MultiHeadAttention" and c.part.family == "norm"]
    elsewhere = [c for c in inside if c.kind == "moved" and _end(c.a) != _end(c.b)]
    if elsewhere:
        ends = dict.fromkeys((_end(c.a), _end(c.b)) for c in elsewhere)
        for before, after in ends:
            taken = [c for c in elsewhere if (_end(c.a), _end(c.b)) == (before, after)]
            who = _who(taken, after)
            yield f"{who} normalised {WHERE[after]}, not {WHERE[before]}", taken
    for kind in ("added", "removed"):
        for end, where in WHERE.items():
            taken = [c for c in inside if c.kind == kind and last(c.path) in _names(end)]
            if taken:
                verb = "normalised" if kind == "added" else "no longer normalised"
                block = f" ({taken[0].part.name})" if kind == "added" else ""
                yield f"{_who(taken, end)} {verb} {where}{block}", taken


def _names(end: str) -> dict[str, str]:
    return {f"{name}{end}": word for name, word in SIDES.items()}


def _end(path: str) -> str:
    return "_all" if path.endswith("_all") else ""


def _who(changes: Sequence[Change], end: str) -> str:
    names = _names(end)
    return joined(list(dict.fromkeys(names[last(c.path)] for c in changes)))


def windows(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """How far attention looks back, and whether it looks ahead."""
    for what in ("window", "causal"):
        chosen = [c for c in left if c.kind == "setting" and c.what == what and _attends(c)]
        for before, after in dict.fromkeys((c.before, c.after) for c in chosen):
            taken = [c for c in chosen if (c.before, c.after) == (before, after)]
            told = [c for c in taken if not c.implied and not in_turn(c, what, left)]
            line = f"{_seen(what, before, after)}{_where(comparison, told)}" if told else ""
            yield line, taken


def _attends(change: Change) -> bool:
    return all(part is not None and part.family == "attention" for part in change.parts)


def _seen(what: str, before: str, after: str) -> str:
    if what == "causal":
        return "attention looks back only" if after == "true" else "attention looks ahead too"
    if before == "none":
        return f"attention sees the last {plain(after)} positions only"
    if after == "none":
        return f"attention sees all positions, not the last {plain(before)} only"
    return f"attention sees the last {plain(before)} → {plain(after)} positions"


def _where(comparison: Comparison, group: Sequence[Change]) -> str:
    """Which attention it is, if there is another that is used in both."""
    name, paths = group[0].part.name, list(dict.fromkeys(c.path for c in group))
    count = min(uses(comparison.a, name), uses(comparison.b, name))
    return f" {at(paths, 3)}" if count > len(paths) else ""


def turning(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Layers that take turns, no longer do, or do so otherwise."""
    for c in left:
        if c.kind == "setting" and c.what == "turns":
            before, after = (word.removesuffix(", in turn") for word in (c.before, c.after))
            who = _layers(comparison.b if c.after != "all alike" else comparison.a, c)
            alike = [f"rotary base {b}" for b in base(c.parts[c.before != "all alike"])]
            told = alike if "rotary base" in before + after else []
            if c.before == "all alike":
                yield f"{who} take turns: {after}" + "".join(f"; {w} before" for w in told), [c]
            elif c.after == "all alike":
                now = "".join(f" ({w})" for w in told)
                yield f"{who} are all alike{now}, no longer {before}", [c]
            else:
                same = _unnumbered(before) == _unnumbered(after)
                known = " and ".join(_NUMBER.findall(before)) if same else before
                yield f"{who} take turns: {after}{', not' if same else '; before'} {known}", [c]


_NUMBER = re.compile(r"\d+(?= with)")


def _unnumbered(turns: str) -> str:
    """Which kinds take turns, whatever their numbers."""
    return _NUMBER.sub("", turns)


def _layers(graph: Graph, change: Change) -> str:
    """The layers that are meant, by name if there are several stacks."""
    stacks = [n for n in graph.root.nodes.values() if n.count is not None]
    return "the layers" if len(stacks) < 2 else f"the layers of {change.path}"
