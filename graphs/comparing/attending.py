"""Topics of a comparison that are about attention: what it normalises, sees, and how it turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.levels import uses
from boxwork.graphs.comparing.worded import at, joined, plain

Line = tuple[str, Sequence[Change]]
SIDES = {"q_unit": "queries", "k_unit": "keys"}


def unit_norms(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """Norms on queries and keys."""
    for kind in ("added", "removed"):
        for end, where in (("", "in every head"), ("_all", "over all heads at once")):
            names = {f"{name}{end}": word for name, word in SIDES.items()}
            taken = [
                c for c in left
                if c.kind == kind and c.owner == "MultiHeadAttention" and _last(c) in names
            ]  # fmt: skip
            if taken:
                who = joined(list(dict.fromkeys(names[_last(c)] for c in taken)))
                verb = f"normalised {where}" if kind == "added" else "no longer normalised"
                yield f"{who} {verb} ({taken[0].part.name})", taken


def _last(change: Change) -> str:
    return change.path.rpartition(".")[2]


def windows(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """How far attention looks back, and whether it looks ahead."""
    for what in ("window", "causal"):
        chosen = [c for c in left if c.kind == "setting" and c.what == what and _attends(c)]
        for before, after in dict.fromkeys((c.before, c.after) for c in chosen):
            taken = [c for c in chosen if (c.before, c.after) == (before, after)]
            told = [c for c in taken if not c.implied and not _in_turn(c, what, left)]
            line = f"{_seen(what, before, after)}{_where(comparison, told)}" if told else ""
            yield line, taken


def _in_turn(change: Change, word: str, left: Sequence[Change]) -> bool:
    """Whether it is told of the copies round it that take turns."""
    return any(
        c.what == "turns" and change.path.startswith(f"{c.path}.") and word in c.before + c.after
        for c in left
    )


def _attends(change: Change) -> bool:
    return all(part is not None and part.family == "attention" for part in change.parts)


def _seen(what: str, before: str, after: str) -> str:
    if what == "causal":
        return "attention looks back only" if after == "true" else "attention looks ahead too"
    if before == "none":
        return f"attention sees the last {plain(after)} positions only"
    if after == "none":
        return f"attention sees all positions, not the last {plain(before)}"
    return f"attention sees the last {plain(before)} → {plain(after)} positions"


def _where(comparison: Comparison, group: Sequence[Change]) -> str:
    """Which attention it is, if there is another that is used in both."""
    name, paths = group[0].part.name, list(dict.fromkeys(c.path for c in group))
    count = min(uses(comparison.a, name), uses(comparison.b, name))
    return f" {at(paths, 3)}" if count > len(paths) else ""


def rotary(_: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """The base of rotary positions, and how their waves are stretched."""
    chosen = [
        c for c in left
        if c.kind == "setting" and not c.implied
        and all(part is not None and part.name == "RotaryEncoding" for part in c.parts)
    ]  # fmt: skip
    words = []
    told = [c for c in chosen if c.what != "theta" or not _in_turn(c, "rotary base", left)]
    if any(c.what == "scaling" and "none" in (c.before, c.after) for c in told):
        told = [c for c in told if c.what not in STRETCHING]  # how much, where one is not at all
    for what in dict.fromkeys(c.what for c in told):
        group = [c for c in told if c.what == what]
        before, after = (
            joined([plain(value) for value in dict.fromkeys(values)])
            for values in ([c.before for c in group], [c.after for c in group])
        )
        words.append(_turned(what, before, after))
    if chosen:
        yield f"rotary positions: {', '.join(words)}" if words else "", chosen


# What says how waves are stretched, if they are.
STRETCHING = (
    "factor", "low", "high", "beta_fast", "beta_slow", "truncate", "attention_factor", "original",
)  # fmt: skip


def _turned(what: str, before: str, after: str) -> str:
    if what == "theta":
        return f"base {before} → {after}"
    if what == "factor":
        return f"stretched by {after} instead of {before}"
    if what == "scaling" and after == "none":
        return "no longer stretched"
    if what == "scaling" and before == "none":
        return f"stretched ({after})"
    return f"{what} {before} → {after}"


ATTENTION = (unit_norms, windows, rotary)
