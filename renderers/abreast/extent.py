"""How much room a text takes on the page."""

from __future__ import annotations

from boxwork.renderers.figure import Text
from boxwork.renderers.look.fonts import ASCENT, DESCENT, width
from boxwork.renderers.look.theme import ROLES


def extent(text: Text) -> tuple[float, float, float, float]:
    """Its left, top, right and bottom."""
    size = ROLES[text.role][0]
    wide = width(text.text, size)
    x = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
    return x, text.y - ASCENT * size, x + wide, text.y + DESCENT * size
