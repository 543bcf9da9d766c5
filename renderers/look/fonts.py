"""How wide a text will be, from a table: no font is opened, so a drawing is the same anywhere."""

from __future__ import annotations

from functools import lru_cache

FAMILY = 'Arial, "Liberation Sans", Helvetica, "Helvetica Neue", sans-serif'

# Advance widths of Arial and its metric twins, in thousandths of the font size, from the space on.
_ASCII = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 "
    "556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556 "
    "1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 "
    "667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556 "
    "333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 "
    "556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"
)
_WIDTHS = {chr(32 + i): int(width) / 1000 for i, width in enumerate(_ASCII.split())}
_WIDTHS |= {"×": 0.584, "→": 1.0, "…": 1.0, "−": 0.584, "·": 0.333, "–": 0.556, "√": 0.6}
_OTHER = 0.7  # letters beyond the table; wide scripts count twice
_SPARE = 1.02  # a little air, for fonts that are nearly the same

ASCENT, DESCENT = 0.74, 0.22  # above and below the baseline, in sizes


@lru_cache(maxsize=4096)
def width(text: str, size: float) -> float:
    """How wide ``text`` is at a font size, in pixels."""
    return size * _SPARE * sum(_WIDTHS.get(c) or (_OTHER if c < "⺀" else 1.05) for c in text)


@lru_cache(maxsize=4096)
def wrap(text: str, size: float, room: float) -> tuple[str, ...]:
    """Break a text into lines between words, as even as their number allows."""
    return _even(text.split(), size, room)


@lru_cache(maxsize=4096)
def wrap_list(text: str, size: float, room: float) -> tuple[str, ...]:
    """Break a list into lines after its commas; between words only if a thing is too long."""
    *first, last = text.split(", ")
    things = [*(f"{thing}," for thing in first), *filter(None, [last])]
    if any(width(thing, size) > room for thing in things):
        return wrap(text, size, room)
    return _even(things, size, room)


def _even(words: list[str], size: float, room: float) -> tuple[str, ...]:
    lines = _filled(words, size, room)
    if len(lines) > 1:
        tight = room
        while tight > 20 and len(_filled(words, size, tight - 6)) == len(lines):
            tight -= 6
        lines = _filled(words, size, tight)
    return tuple(lines)


def _filled(words: list[str], size: float, room: float) -> list[str]:
    lines: list[str] = []
    for word in words:
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width(joined, size) <= room:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines
