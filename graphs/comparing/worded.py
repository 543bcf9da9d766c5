"""Small words of comparisons: lists, places, plurals."""

from __future__ import annotations

from collections.abc import Sequence


def joined(words: Sequence[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if words[1:] else "".join(words)


def at(paths: Sequence[str], most: int) -> str:
    """Where something is: the paths, or how many they are."""
    names = list(dict.fromkeys(paths))
    if len(names) <= most:
        return f"at {joined(names)}"
    return f"at {joined([*names[: most - 1], f'{len(names) - most + 1} more'])}"


def plural(one: str, several: str, count: str) -> str:
    """The word for a number of things."""
    return one if count in ("1", "once") else several


def plain(size: str) -> str:
    """A size with its thousands set apart."""
    return f"{int(size):,}" if size.isdigit() and len(size) > 4 else size
