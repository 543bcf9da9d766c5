"""What is said of ties: parameter by parameter, or once where a whole box is tied to another."""

from __future__ import annotations

Path = tuple[str, ...]
Ties = tuple[tuple[Path, Path], ...]  # rests of the paths of ties, and their targets; () if told

MOST = 3  # targets that are listed


def tied(ties: Ties, *, whole: bool) -> list[str]:
    """To what a box is tied; ``whole`` if it has no parameters of its own besides."""
    if whole and (there := partner(ties)):
        return [f"tied to {'.'.join(there[:-1] if there[-1] == '*' else there)}"]
    names = list(dict.fromkeys(".".join(target) for _, target in ties if target))
    more = len(names) - MOST + 1
    if more > 1:
        return [f"tied to {', '.join(names[: MOST - 1])} and {more} more"]
    return [f"tied to {', '.join(names)}"] if names else []


def partner(ties: Ties) -> Path:
    """The one box that several ties lead to, name by name; else nothing."""
    heads = {_head(*tie) for tie in ties}
    return heads.pop() if len(ties) > 1 == len(heads) else ()


def hushed(ties: Ties) -> Ties:
    """Ties that are told already; they still count."""
    return tuple((own, ()) for own, _ in ties)


def _head(own: Path, target: Path) -> Path:
    """Where a target is if it has the same name there as here; else nothing."""
    cut = len(target) - len(own)
    return target[:cut] if cut > 0 and target[cut:] == own else ()
