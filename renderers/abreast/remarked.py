"""What a comparison says at a box: whether it changed, and how in a few words."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from boxwork.graphs.comparing.apart import apart_from, as_seen
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.levels import Item
from boxwork.graphs.comparing.matches import Alignment
from boxwork.graphs.comparing.places import norms
from boxwork.renderers.abreast.shortly import counts_heads, shortly

MOST = 5  # lines at one box


@dataclass(slots=True)
class Remarks:
    """The boxes of two graphs that correspond, and what is said of each by its path."""

    pairs: dict[str, str] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=dict)  # by the path in the second graph
    apart: set[tuple[str, str]] = field(default_factory=set)  # pairs of unlike boxes at one place
    moved: dict[str, str] = field(default_factory=dict)
    wrappers: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))
    layers: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))  # written out


def remarks(comparison: Comparison, before: Set[str], shown: Set[str]) -> Remarks:
    """What to say at the boxes that are shown of the second graph, by their paths.

    ``before`` are those shown of the first one: what is missing of them is seen anyhow.
    """
    made = Remarks()
    told = {(c.a, c.b) for c in comparison.changes if c.kind == "replaced"}
    _pairs(comparison.alignment, "", "", made, told)
    made.apart = set(apart_from(comparison))
    found: dict[str, list[Change]] = {}
    changes = list(as_seen(comparison))
    turned = any(change.kind == "moved" for change in changes)
    turned = turned or norms(comparison.a) != norms(comparison.b)
    for change in changes:
        if (
            change.kind in ("dim", "type")
            or (turned and change.kind == "wire")
            or (change.implied and change.kind != "copies" and not counts_heads(change))
        ):
            continue
        place = change.b
        if not place and change.a:  # inside a box that is shown closed, perhaps
            place = _outer(change.a, made.pairs)
        place = f"{place}.0" if f"{place}.0" in shown else place
        while place and place not in shown:
            place = place.rpartition(".")[0]
        seen = change.a in before if not change.b else not change.a and change.b in shown
        if place and not seen:
            found.setdefault(place, []).append(change)
    for place, here in found.items():
        words = list(dict.fromkeys(shortly(comparison, place, here)))
        more = f"and {len(words) - MOST + 1} more"
        made.said[place] = words if len(words) <= MOST else [*words[: MOST - 1], more]
    return made


def _outer(path: str, pairs: Mapping[str, str]) -> str:
    """The box of the second graph round something that only the first has."""
    while path:
        path = path.rpartition(".")[0]
        if path in pairs:
            return pairs[path]
    return ""


def _pairs(found: Alignment, a: str, b: str, made: Remarks, replaced: Set[tuple[str, str]]) -> None:
    """The boxes that correspond; not those inside blocks that were ``replaced`` as a whole."""
    made.wrappers[0].update(a + path for path in found.a.opened)
    made.wrappers[1].update(b + path for path in found.b.opened)
    for match in found.matches:
        if match.a is None or match.b is None:
            continue
        one, other = _written(match.a, a, made, 0), _written(match.b, b, made, 1)
        if match.moved:
            made.moved[one] = other
            continue
        made.pairs[one] = other
        single = [item.node.count == 1 for item in (match.a, match.b)]
        if any(single):  # the frame of one copy is that copy's
            frames = [f"{p}.0" if one_copy else p for p, one_copy in zip((one, other), single,
                                                                         strict=True)]  # fmt: skip
            made.pairs[frames[0]] = frames[1]
        for inside in match.inside[:1] if (one, other) not in replaced else ():
            _pairs(inside, a + match.a.inside, b + match.b.inside, made, replaced)


def _written(item: Item, before: str, made: Remarks, side: int) -> str:
    """The path of a box; of layers written out that of the one which is shown open."""
    if not item.copies:
        return before + item.path
    first = item.inside.removesuffix(".")
    made.wrappers[side].add(before + first)
    made.layers[side].update(before + path for path in item.copies if path != first)
    return before + first
