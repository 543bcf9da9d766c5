"""Wrappers: composites that only stand round boxes which the other graph has too."""

from __future__ import annotations

from boxwork.graphs.comparing.alike import KIND, kinship
from boxwork.graphs.comparing.levels import Item
from boxwork.graphs.comparing.matches import Alignment
from boxwork.graphs.graph import Composite


def wrappers(found: Alignment) -> list[tuple[str, str]]:
    """Composites that might only stand round what the other side has."""
    able = []
    for match in found.matches:
        for side, item, other in (("a", match.a, match.b), ("b", match.b, match.a)):
            if item is None or item.node.count is not None or item.node.parallel is not None:
                continue
            same = other is not None and other.part.name == item.part.name
            if isinstance(item.part, Composite) and item.part.nodes and not same:
                able.append((side, item.path))
    return able


def fits(tried: Alignment, side: str, inside: str) -> bool:
    """Whether most boxes of a wrapper have a counterpart of their kind, wired alike.

    One round copies side by side fits if these have one: what routes to them may be new.
    """
    pairs = [(m.a, m.b) if side == "a" else (m.b, m.a) for m in tried.matches]
    moved = {getattr(m, side).path for m in tried.matches if m.moved}
    known = {i.path: o for i, o in pairs if i and o and i.path not in moved}
    own = [(item, other) for item, other in pairs if item and item.path.startswith(inside)]
    routed = [pair for pair in own if pair[0].node.parallel is not None]
    if any(other is not None and other.part.name == item.part.name for item, other in routed):
        return True
    fit = sum(other is not None and kinship(item.part, other.part) >= KIND for item, other in own)
    wires = [
        (known.get(source.item), other)
        for item, other in own
        for sources in item.sources.values()
        for source in sources
        if other and item.path in known and source.item.startswith(inside)
    ]
    read = sum(start is not None and _reached(end, start) for start, end in wires)
    return fit > 0.6 * len(own) and read >= 0.6 * len(wires)


def _reached(end: Item, start: Item) -> bool:
    return any(s.item == start.path for sources in end.sources.values() for s in sources)
