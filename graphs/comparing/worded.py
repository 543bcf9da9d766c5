"""Small words of comparisons: lists, places, plurals, numbers."""

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


def worded(setting: str) -> str:
    """A setting before its values; nothing where these say it all."""
    return "" if setting == "approximate" else f"{setting.replace('_', ' ')} "


def plural(one: str, several: str, count: str) -> str:
    """The word for a number of things."""
    return one if count in ("1", "once") else several


def several(count: int, noun: str) -> str:
    """``1 layer``, ``6 layers``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def plain(size: str) -> str:
    """A size with its thousands set apart."""
    return f"{int(size):,}" if size.isdigit() and len(size) > 4 else size


def turned(before: str, after: str) -> str:
    """``12 → 8 heads``, ``32 queries sharing 8 → 4 keys``: what both say is said once."""
    one, other = before.split(" "), after.split(" ")
    first = 0
    while first < min(len(one), len(other)) and one[first] == other[first]:
        first += 1
    end = 0
    while end < min(len(one), len(other)) - first and one[-1 - end] == other[-1 - end]:
        end += 1
    inner = [" ".join(words[first : len(words) - end]) for words in (one, other)]
    if not all(inner) or any(len(text.split(" ")) > 1 for text in inner):
        return f"{before} → {after}"
    words = [*one[:first], f"{inner[0]} → {inner[1]}", *one[len(one) - end :]]
    return " ".join(words)


def rooted(value: float) -> str:
    """A factor as people write it: ``1/√64`` for 0.125, ``√768`` for 27.7128."""
    for form, size in (("√{}", value * value), ("1/√{}", 1 / (value * value) if value else 0)):
        whole = round(size)
        if whole > 1 and abs(size - whole) < 1e-6 * whole and value != round(value):
            return form.format(f"{whole:,}")
    return f"{value:.4g}"
