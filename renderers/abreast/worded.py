"""A change in a few words, as they are set at the box that it is about, or round it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boxwork.graphs.comparing.biases import BIASES
from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.feeding import feed, is_feed
from boxwork.graphs.comparing.heads import HEADS
from boxwork.graphs.graph import Part


def worded(place: str, changes: Sequence[Change]) -> Iterator[str]:
    """The changes at one box, the closest first."""
    own = [change for change in changes if change.b == place]
    fed = any(map(_feeds, own))  # their words tell the activation, too
    for change in own:
        if not (fed and change.kind == "setting" and change.what == "activation"):
            yield from _at(change)
    for change in changes:
        if change.b != place:
            yield _inside(change)


def _at(change: Change) -> Iterator[str]:
    """What is said of a change at its own box."""
    match change.kind:
        case "replaced":
            yield _replaced(change)
        case "setting":
            yield from _set(change)
        case "written":
            rolled = change.after.endswith(("copy", "copies"))
            yield "one stack" if rolled else "layers written out"
        case "copies":
            yield f"{_times(change.before)} → {_times(change.after)}"
        case "side":
            yield f"{change.before} → {change.after}"
        case "moved":
            yield f"moved, from {_last(change.a)}"
        case "wire":
            yield f"reads {_last(change.after)}"
        case "shared":
            yield "weights shared" if change.after == "shared" else "weights of its own"
        case "kept":
            yield f"{change.after} while generating"
        case "values":
            yield "other numbers"


def _inside(change: Change) -> str:
    """What is said of it at the closed box that it is inside of."""
    match change.kind:
        case "tie":
            return f"tied to {change.after}" if change.after else f"not tied to {change.before}"
        case "added":
            return f"+ {change.part.name}"
        case "removed":
            return f"− {change.part.name}"
        case "replaced":
            return f"{change.before} → {change.after}"
        case "setting":
            return _plainly(change)
        case "kept":
            return f"{change.after}: {_last(change.path)}"
        case _:
            return "wired otherwise inside"


def _set(change: Change) -> Iterator[str]:
    """A setting: heads and biases in words of their own."""
    one, other = change.parts
    if change.what in HEADS and one and other:
        if short(one) != short(other):
            yield f"{short(one)} → {short(other)}"
    elif change.what in BIASES:
        yield "biases gone" if change.after == "false" else "biases added"
    else:
        yield _plainly(change)


def _plainly(change: Change) -> str:
    return f"{change.what.replace('_', ' ')} {change.before} → {change.after}"


def _replaced(change: Change) -> str:
    one, other = change.parts
    if one and other and _feeds(change):
        return " → ".join(feed(part).partition(",")[0] for part in (one, other))
    return f"{change.before} → {change.after}"


def _feeds(change: Change) -> bool:
    """Whether one feed-forward network stands in the place of another."""
    one, other = change.parts
    both = one is not None and other is not None and is_feed(one) and is_feed(other)
    return change.kind == "replaced" and both


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _times(count: str) -> str:
    return count if count == "once" else f"{count}×"


def short(part: Part) -> str:
    """Heads in a few letters: ``12 heads``, ``32 q / 8 kv``."""
    own, shared = str(part.settings.get("heads")), str(part.settings.get("kv_heads"))
    return f"{own} heads" if own == shared else f"{own} q / {shared} kv"
