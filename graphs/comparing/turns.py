"""Copies that take turns, in words: how many of which kind, and what sets the kinds apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.kinds import cycle
from boxwork.graphs.comparing.levels import primitives
from boxwork.graphs.comparing.worded import joined, plain
from boxwork.graphs.graph import Node, Part

MOST = 3  # runs of one kind that are told one after the other


def steps(node: Node) -> tuple[int, ...]:
    """The cycle of what takes turns: (0,) if all copies are alike."""
    if len(node.parts) == 1:
        return (0,)
    found = cycle(node.parts)
    return (0,) if len(set(found)) == 1 else found


def in_turn(change: Change, word: str, left: Sequence[Change]) -> bool:
    """Whether a change is told of the layers round it that take turns."""
    return any(
        c.what == "turns" and change.path.startswith(f"{c.path}.") and word in c.before + c.after
        for c in left
    )


def turns(node: Node) -> str:
    """``5 with a window of 512, then 1 with none, in turn``."""
    order = steps(node)
    if len(order) == 1:
        return "all alike"
    kinds = dict(zip(order, node.parts, strict=True))
    words = _apart(kinds)
    runs = [(kind, len(list(run))) for kind, run in groupby(order)]
    if len(runs) > MOST:
        counts = [f"{order.count(kind)}{words[kind]}" for kind in kinds]
        return f"{joined(counts)}, in turn"
    return f"{', then '.join(f'{count}{words[kind]}' for kind, count in runs)}, in turn"


def _apart(kinds: dict[int, Part]) -> dict[int, str]:
    """What each kind has that another has not; nothing if these words do not tell."""
    bases = {base for part in kinds.values() if (base := _base(part))}
    told = {kind: (_window(part), _positions(part, bases)) for kind, part in kinds.items()}
    places = [k for k in range(2) if len({words[k] for words in told.values()}) > 1]
    return {
        kind: f" with {joined([words[k] for k in places])}" if places else ""
        for kind, words in told.items()
    }


def _window(part: Part) -> str:
    found = {str(p.settings["window"]) for p in primitives(part) if "window" in p.settings}
    sizes = sorted(found - {"None"})
    return f"a window of {joined([plain(size) for size in sizes])}" if sizes else "no window"


def _positions(part: Part, bases: set[str]) -> str:
    """Whether there are positions, with the rotary base where there are several."""
    base = _base(part)
    if base:
        return f"rotary base {base}" if len(bases) > 1 else "rotary positions"
    return "positions" if any(p.family == "position" for p in primitives(part)) else "no positions"


def base(part: Part | None) -> list[str]:
    """The rotary bases in a part, in words."""
    parts = primitives(part) if part is not None else ()
    found = {str(p.settings["theta"]) for p in parts if "theta" in p.settings}
    return [plain(one.removesuffix(".0")) for one in sorted(found)]


def _base(part: Part) -> str:
    """The rotary bases of one kind, in one word; empty if there are none."""
    return joined(base(part))
