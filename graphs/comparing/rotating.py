"""A topic of a comparison: rotary positions, how fast they turn, how far they are stretched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.levels import primitives
from boxwork.graphs.comparing.turns import in_turn
from boxwork.graphs.comparing.worded import joined, plain
from boxwork.graphs.graph import Graph, Part

Line = tuple[str, Sequence[Change]]
# What says how waves are stretched, if they are; `factor` says how much.
STRETCHING = (
    "scaling", "factor", "low", "high", "beta_fast", "beta_slow", "truncate", "attention_factor",
    "original",
)  # fmt: skip


def rotary(comparison: Comparison, left: Sequence[Change]) -> Iterator[Line]:
    """The base of rotary positions, how their waves are stretched, and what else is set."""
    chosen = [
        c for c in left
        if c.kind == "setting" and not c.implied
        and all(part is not None and part.name == "RotaryEncoding" for part in c.parts)
    ]  # fmt: skip
    told = [c for c in chosen if c.what != "theta" or not in_turn(c, "rotary base", left)]
    stretched = [c for c in told if c.what in STRETCHING]
    others = dict.fromkeys(c.what for c in told if c not in stretched)
    words = [_set(what, [c for c in told if c.what == what]) for what in others]
    words += _stretches(comparison, stretched)
    if chosen:
        yield f"rotary positions: {', '.join(words)}" if words else "", chosen


def _set(what: str, group: Sequence[Change]) -> str:
    before, after = (
        joined([plain(value) for value in dict.fromkeys(values)])
        for values in ([c.before for c in group], [c.after for c in group])
    )
    if what == "theta":
        return f"base {before} → {after}"
    if what == "share":
        return f"on {_part(after)} of each head instead of {_part(before)}"
    return f"{what.replace('_', ' ')} {before} → {after}"


def _part(share: str) -> str:
    return {"1": "all", "0.5": "half", "0.25": "a quarter"}.get(share, share)


def _stretches(comparison: Comparison, group: Sequence[Change]) -> Iterator[str]:
    """How waves are stretched, for each pair that differs; where, if bases differ."""
    places: dict[tuple[str, str], list[Change]] = {}
    for c in group:
        one, other = c.parts
        assert one is not None
        assert other is not None
        key = f"{stretch(one)} {_base(other)}", stretch(other)
        places.setdefault(key, []).append(c)
    bases = rotary_bases(comparison.b)
    said: dict[str, list[str]] = {}
    for changes in places.values():
        one, other = changes[0].parts
        assert one is not None
        assert other is not None
        words = _stretched(one, other, changes)
        if words:
            said.setdefault(words, []).append(_base(other))
    for words, where in said.items():
        every = len(bases) < 2 or set(where) >= set(bases)
        yield words if every else f"{words} where the base is {joined(list(dict.fromkeys(where)))}"


def _stretched(one: Part, other: Part, changes: Sequence[Change]) -> str:
    before, after = stretch(one), stretch(other)
    if not after:
        return "no longer stretched"
    if not before:
        return after
    if one.settings["scaling"] != other.settings["scaling"]:
        return f"{after} instead of {before.removeprefix('stretched ')}"
    words = []
    if before != after:
        words.append(
            f"stretched by {other.settings['factor']:g} instead of {one.settings['factor']:g}"
        )
    for what in dict.fromkeys(c.what for c in changes if c.what not in ("scaling", "factor")):
        c = next(c for c in changes if c.what == what)
        words.append(f"{what.replace('_', ' ')} {plain(c.before)} → {plain(c.after)}")
    return ", ".join(words)


def stretch(part: Part) -> str:
    """``stretched by 8 (llama3)``; empty if waves are as they were."""
    scaling = part.settings["scaling"]
    if scaling in (None, "none"):
        return ""
    return f"stretched by {part.settings['factor']:g} ({scaling})"


def _base(part: Part) -> str:
    return plain(str(part.settings["theta"]).removesuffix(".0"))


def rotary_bases(graph: Graph) -> list[str]:
    """The bases of all rotary positions in a graph."""
    found = [p for p in primitives(graph.root) if p.name == "RotaryEncoding"]
    return list(dict.fromkeys(map(_base, found)))


def detailed(graph: Graph) -> str:
    """What there is to say of rotary positions, if all are alike: base and stretch."""
    found = {
        f"base {_base(p)}" + (f", {stretch(p)}" if stretch(p) else "")
        for p in primitives(graph.root)
        if p.name == "RotaryEncoding"
    }
    return found.pop() if len(found) == 1 else ""
