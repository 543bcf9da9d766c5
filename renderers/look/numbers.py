"""How numbers are written: those people read, and places on the page."""

from __future__ import annotations

import math


def shown(value: float, digits: int = 4) -> str:
    """A number with at most ``digits`` digits that count: ``−26.6``, ``0.05``, ``1.2e−7``."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    words = f"{value + 0.0:.{digits}g}"
    if "e" in words:
        body, power = words.split("e")
        small = 0 <= int(power) <= digits + 2
        words = f"{float(words):.0f}" if small else f"{body}e{int(power)}"
    return "0" if float(words) == 0 else words.replace("-", "−")


def px(value: float) -> str:
    """A number with at most one decimal, never ``-0``."""
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 100_000 else f"{round(value)}"
