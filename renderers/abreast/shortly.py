"""What is said at one box of a comparison: its changes, in a few words each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from boxwork.graphs.comparing.attending import unit_norms
from boxwork.graphs.comparing.biases import BIASES
from boxwork.graphs.comparing.boxes import named
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.comparing.feeding import feed, is_feed
from boxwork.graphs.comparing.heads import HEADS
from boxwork.graphs.comparing.rotating import rotary
from boxwork.graphs.comparing.routing import SCORES, routers
from boxwork.graphs.comparing.worded import plain, rooted, worded
from boxwork.graphs.graph import Part

SIDE = re.compile(r"([\d,]+) (?:(\w+) )?side by side, ([\d,]+) active")


def shortly(comparison: Comparison, place: str, changes: Sequence[Change]) -> Iterator[str]:
    """The changes at one box, the closest first."""
    left = list(changes)
    own = [change for change in left if place in (change.b, f"{change.b}.0")]
    replaced = next((c for c in own if c.kind == "replaced"), None)
    if replaced is not None:
        yield _replaced(replaced)
        if all(is_feed(part) for part in replaced.parts):
            left = [c for c in left if c.what not in ("activation", "hidden")]
    for change in [c for c in own if c in left and c is not replaced]:
        yield from _own(change)
    yield from _inside(comparison, [c for c in left if c not in own])


def _inside(comparison: Comparison, changes: Sequence[Change]) -> Iterator[str]:
    """What changed in a box that is closed: how many experts there are comes first."""
    left = sorted(changes, key=lambda c: c.kind != "side")
    lines = [*routers(comparison, left), *rotary(comparison, left), *unit_norms(comparison, left)]
    told = [change for _, taken in lines for change in taken]
    left = [c for c in left if c not in told]
    boxes = [c for c in left if c.kind in ("added", "removed")]
    if any(c.part.family == "feedforward" for c in boxes):  # what it makes is added
        left = [c for c in left if c not in boxes or c.part.family != "combine"]
    for change in (c for c in left if c.kind == "side"):
        yield _inner(comparison, change)
    for line, _ in lines:
        yield from _short(line)
    for change in (c for c in left if c.kind != "side"):
        yield _inner(comparison, change)


def counts_heads(change: Change) -> bool:
    """Whether attention has other heads: that is said even where dims say so."""
    one, other = change.parts
    if change.kind != "setting" or change.what not in HEADS or one is None or other is None:
        return False
    both = all("kv_heads" in part.settings for part in (one, other))
    return both and short(one) != short(other)


def _replaced(change: Change) -> str:
    one, other = change.parts
    if one is not None and other is not None and is_feed(one) and is_feed(other):
        return " → ".join(feed(part).partition(",")[0] for part in (one, other))
    return " → ".join(SCORES.get(word, word) for word in (change.before, change.after))


def _short(line: str) -> Iterator[str]:
    """A line of a topic in pieces, for the room between two columns."""
    if line.startswith("router: "):
        yield from line.removeprefix("router: ").split(", ")
        return
    if not line.startswith("rotary positions: "):
        who, _, rest = line.partition(" no longer normalised")
        yield f"{who} not normalised" if rest else f"{line.partition(' normalised')[0]} normalised"
        return
    for k, piece in enumerate(line.removeprefix("rotary positions: ").split(", ")):
        yield f"rotary {piece}" if not k else piece


def _own(change: Change) -> Iterator[str]:
    """A change of the box itself."""
    one, other = change.parts
    match change.kind:
        case "setting" if change.what in HEADS and one and other:
            if short(one) != short(other):
                yield f"{short(one)} → {short(other)}"
        case "setting":
            yield _set(change)
        case "written":
            rolled = change.after.endswith(("copy", "copies"))
            yield "one stack" if rolled else "layers written out"
        case "copies":
            yield f"{_times(change.before)} → {_times(change.after)}"
        case "side":
            yield _side(change)
        case "moved":
            yield f"moved, from {change.a.rpartition('.')[2]}"
        case "wire":
            several = ", " in change.after or " or " in change.after
            yield "other wires" if several else f"reads {change.after.rpartition('.')[2]}"
        case "shared":
            yield "weights shared" if change.after == "shared" else "weights of its own"
        case "kept":
            yield f"{change.after} while generating"
        case "values":
            yield "other numbers"


def _inner(comparison: Comparison, change: Change) -> str:
    """A change of what is in the box."""
    match change.kind:
        case "tie":
            return f"tied to {change.after}" if change.after else f"not tied to {change.before}"
        case "added":
            return f"+ {named(comparison, change)}"
        case "removed":
            return f"− {named(comparison, change)}"
        case "replaced":
            return _replaced(change)
        case "setting":
            told = _set(change)
            return told if told != _plainly(change) else f"{change.part.name} {told}"
        case "side":
            return _side(change)
        case "copies":
            return f"{_times(change.before)} → {_times(change.after)}"
        case "kept":
            return f"{change.after}: {change.path.rpartition('.')[2]}"
    return "wired otherwise inside"


def _set(change: Change) -> str:
    """A setting, in the words of those that are well known."""
    before, after = plain(change.before), plain(change.after)
    _, other = change.parts
    match change.what:
        case what if what in BIASES:
            return "biases gone" if after == "false" else "biases added"
        case "turns":
            named = {"all alike": "layers all alike"}
            return named.get(after, "layers take turns")
        case "window":
            return "no window" if after == "none" else f"window {before} → {after}"
        case "causal":
            return "looks back only" if after == "true" else "looks ahead too"
        case "sinks":
            return "+ sinks" if after == "true" else "− sinks"
        case "scale" if other is not None and isinstance(other.settings.get("scale"), float):
            by = float(str(other.settings["scale"]))
            return "scores not scaled" if by == 1 else f"scores scaled by {rooted(by)}"
        case "hidden":
            return f"{before} → {after} wide"
    return _plainly(change)


def _plainly(change: Change) -> str:
    return f"{worded(change.what)}{plain(change.before)} → {plain(change.after)}"


def _side(change: Change) -> str:
    """``2 of 8 → 8 of 256 experts``."""
    found = [SIDE.fullmatch(word) for word in (change.before, change.after)]
    words = [
        f"{match[3]} of {match[1]}" if match else word
        for match, word in zip(found, (change.before, change.after), strict=True)
    ]
    nouns = [match[2] or "copies" for match in found if match]
    if len(nouns) == 1:
        before, after = (
            f"{w} {nouns[0]}" if m else "one" for w, m in zip(words, found, strict=True)
        )
        return f"{before} → {after}"
    return f"{words[0]} → {words[1]} {nouns[-1]}" if nouns else f"{words[0]} → {words[1]}"


def _times(count: str) -> str:
    return count if count == "once" else f"{count}×"


def short(part: Part) -> str:
    """Heads in a few letters: ``12 heads``, ``32 q / 8 kv``."""
    own, shared = str(part.settings.get("heads")), str(part.settings.get("kv_heads"))
    return f"{own} heads" if own == shared else f"{own} q / {shared} kv"
