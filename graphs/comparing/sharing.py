"""How much two aligned graphs have in common: boxes that correspond and are of one block."""

from __future__ import annotations

from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.levels import leaves
from boxwork.graphs.comparing.matches import Alignment

LITTLE = 10  # if less than one in so many boxes of the larger graph


def shared(found: Alignment) -> int:
    """The boxes of one block on both sides; copies count once."""
    count = 0
    for match in found.matches:
        if match.a is None or match.b is None:
            continue
        if match.inside:
            count += max(map(shared, match.inside))
        else:
            count += match.a.part.name == match.b.part.name
    return count


def remark(pair: Comparison, a: str, b: str) -> str:
    """A sentence, if two graphs of these names have little or nothing in common."""
    if pair.same:
        return ""
    both = shared(pair.alignment)
    one, other = leaves(pair.a.root).total(), leaves(pair.b.root).total()
    if not both:
        return f"nothing in common: no box of {a} corresponds to one of {b}"
    if both * LITTLE < max(one, other):
        boxes = "box corresponds" if both == 1 else "boxes correspond"
        return f"little in common: {both} {boxes}, of {one:,} in {a} and {other:,} in {b}"
    return ""
