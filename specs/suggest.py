"""Did you mean: the known name nearest to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that somebody who wrote ``name`` probably meant."""
    by_case = {word.lower(): word for word in known}
    found = get_close_matches(name.lower(), by_case, n=1, cutoff=0.6)
    return by_case[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str], show: int = 12) -> str:
    """A line of help: the nearest name, else the names there are (the first of many)."""
    names = list(known)
    if near := nearest(name, names):
        return f"did you mean `{near}`?"
    if not names:
        return ""
    more = f" and {len(names) - show} more" if len(names) > show else ""
    return f"known: {', '.join(names[:show])}{more}"
