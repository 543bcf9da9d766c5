"""Changes as a reader sees them: what no one would call a replacement is gone, or is new."""

from __future__ import annotations

from collections.abc import Iterator

from boxwork.graphs.comparing.boxes import last
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.interface import paired
from boxwork.graphs.comparing.places import telling_positions
from boxwork.graphs.graph import Composite, Graph, Part

AKIN = (("activation", "softmax"), ("embedding", "position"))
WIRING = ("combine", "shaping")  # families whose blocks do not stand for one another


def as_seen(comparison: Comparison) -> Iterator[Change]:
    """All changes, but boxes that only stand at one place are told as gone and as added."""
    apart = apart_from(comparison)
    gone, new = {a for a, _ in apart}, {b for _, b in apart}
    ends = [c for c in comparison.changes if c.what == "input" and c.parts == (None, None)]
    inputs = {c.a for c in ends if c.a != c.b} - {""}, {c.b for c in ends if c.a != c.b} - {""}
    for c in apart.values():
        yield Change("removed", c.a, before=c.before, parts=(c.parts[0], None))
        yield Change("added", "", c.b, after=c.after, parts=(None, c.parts[1]))
    for c in comparison.changes:
        if (c.a, c.b) in apart:
            continue  # settings of the one and of the other
        if c.kind == "tie" and not c.after and c.a.rpartition(".")[0] in gone:
            continue  # what was tied is gone
        if c.kind == "wire":
            before, after = (set(wires.split(", ")) for wires in (c.before, c.after))
            if gone & before or new & after or (inputs[0] & before and inputs[1] & after):
                continue  # what it read is gone
        yield c


def apart_from(comparison: Comparison) -> dict[tuple[str, str], Change]:
    """The boxes that were aligned but do not stand for one another, by their paths."""
    return {(c.a, c.b): c for c in _apart(comparison)}


def _apart(comparison: Comparison) -> Iterator[Change]:
    positions = [telling_positions(graph) for graph in (comparison.a, comparison.b)]
    other_ends = _other_ends(comparison.a, comparison.b)
    set_otherwise = {
        (c.a, c.b) for c in comparison.changes if c.kind == "setting" and not c.implied
    }
    for c in comparison.changes:
        one, other = c.parts
        if one is None or other is None:
            continue
        if c.kind == "setting" and c.what == "count" and not c.implied:
            if one.family == other.family == "embedding" and last(c.a) != last(c.b):
                yield c  # tables of other things
        elif c.kind == "moved":
            if last(c.a) != last(c.b) and (c.a, c.b) in set_otherwise and c.part.family != "norm":
                yield c
        elif c.kind == "replaced" and (
            bool(one.inputs) != bool(other.inputs)
            or (c.a in positions[0]) != (c.b in positions[1])
            or one.family in WIRING
            or not _akin(one.family, other.family)
            or ("embedding" not in (one.family, other.family) and _rank(one) != _rank(other))
            or (
                isinstance(one, Composite) != isinstance(other, Composite)
                and (c.a, c.b) in other_ends
            )
        ):
            yield c


def _akin(family: str, other: str) -> bool:
    """Whether blocks of two families may stand for one another."""
    if not family or not other:  # a block of one's own need not say what it is
        return True
    return family == other or any({family, other} <= set(kind) for kind in AKIN)


def _rank(part: Part) -> int:
    """How many dims what a block gives has."""
    return len(next(iter(part.outputs.values())).dims)


def _other_ends(a: Graph, b: Graph) -> set[tuple[str, str]]:
    """What makes outputs on both sides that do not correspond."""
    same = paired(a.outputs, b.outputs).items()
    return {
        (ref.node, ref_b.node)
        for port, ref in a.root.sources.items()
        for port_b, ref_b in b.root.sources.items()
        if (port, port_b) not in same
    }
