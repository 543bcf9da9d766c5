"""What a comparison says at a box: whether it changed, and how in a few words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from boxwork.graphs.comparing.biases import BIASES
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.feeding import feed, is_feed
from boxwork.graphs.comparing.heads import HEADS
from boxwork.graphs.comparing.levels import Item
from boxwork.graphs.comparing.matches import Alignment
from boxwork.graphs.graph import Part

MOST = 3  # lines at one box


@dataclass(slots=True)
class Remarks:
    """The boxes of two graphs that correspond, and what is said of each by its path."""

    pairs: dict[str, str] = field(default_factory=dict)
    said: dict[str, list[str]] = field(default_factory=dict)  # by the path in the second graph
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
    found: dict[str, list[Change]] = {}
    turned = any(change.kind == "moved" for change in comparison.changes)
    for change in comparison.changes:
        if (
            change.kind in ("dim", "type")
            or (turned and change.kind == "wire")
            or (change.implied and change.kind != "copies")
        ):
            continue
        place = change.b
        if not place and change.a:  # inside a box that is shown closed, perhaps
            place = _outer(change.a, made.pairs)
        while place and place not in shown:
            place = place.rpartition(".")[0]
        seen = change.a in before if not change.b else not change.a and change.b in shown
        if place and not seen:
            found.setdefault(place, []).append(change)
    for place, changes in found.items():
        words = list(dict.fromkeys(_words(place, changes)))
        made.said[place] = words[:MOST] if len(words) <= MOST else [*words[: MOST - 1], "…"]
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
        for item, path in ((match.a, one), (match.b, other)):
            if item.node.count == 1:
                made.pairs.setdefault(f"{path}.0", f"{other}.0")
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


def _words(place: str, changes: Sequence[Change]) -> Iterator[str]:
    """The changes at one box, the closest first."""
    own = [change for change in changes if change.b == place]
    inner = [change for change in changes if change.b != place]
    fed = False
    for change in own:
        one, other = change.parts
        if change.kind == "replaced" and one and other:
            fed = is_feed(one) and is_feed(other)
            words = [feed(part).partition(",")[0] for part in (one, other)] if fed else []
            yield " → ".join(words or [change.before, change.after])
        elif change.kind == "setting" and change.what in HEADS and one and other:
            if short(one) != short(other):
                yield f"{short(one)} → {short(other)}"
        elif change.kind == "setting" and change.what in BIASES:
            yield "biases gone" if change.after == "false" else "biases added"
        elif change.kind == "setting" and not (fed and change.what == "activation"):
            yield f"{change.what.replace('_', ' ')} {change.before} → {change.after}"
        elif change.kind == "written":
            rolled = change.after.endswith(("copy", "copies"))
            yield "one stack" if rolled else "layers written out"
        elif change.kind == "copies":
            yield f"{_times(change.before)} → {_times(change.after)}"
        elif change.kind == "side":
            yield f"{change.before} → {change.after}"
        elif change.kind == "moved":
            yield f"moved, from {change.a.rpartition('.')[2]}"
        elif change.kind == "wire":
            yield f"reads {change.after.rpartition('.')[2]}"
        elif change.kind == "shared":
            yield "weights shared" if change.after == "shared" else "weights of its own"
        elif change.kind == "kept":
            yield f"{change.after} while generating"
        elif change.kind == "values":
            yield "other numbers"
    for change in inner:
        if change.kind == "tie":
            yield f"tied to {change.after}" if change.after else f"not tied to {change.before}"
        elif change.kind == "added":
            yield f"+ {change.part.name}"
        elif change.kind == "removed":
            yield f"− {change.part.name}"
        elif change.kind == "replaced":
            yield f"{change.before} → {change.after}"
        elif change.kind == "setting":
            yield f"{change.what.replace('_', ' ')} {change.before} → {change.after}"
        elif change.kind == "kept":
            yield f"{change.after}: {change.path.rpartition('.')[2]}"
        else:
            yield "wired otherwise inside"


def _times(count: str) -> str:
    return count if count == "once" else f"{count}×"


def short(part: Part) -> str:
    """Heads in a few letters: ``12 heads``, ``32 q / 8 kv``."""
    own, shared = str(part.settings.get("heads")), str(part.settings.get("kv_heads"))
    return f"{own} heads" if own == shared else f"{own} q / {shared} kv"
