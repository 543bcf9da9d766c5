"""How a drawing is to look: its theme, its size on paper, the finish of its boxes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.numbers import px
from boxwork.renderers.look.theme import THEMES, Theme

# How many pixels of CSS a unit of length is.
LEAST, MOST = 0.4, 2.0  # of the air; texts that are still larger or smaller scale it all
UNITS = {"px": 1.0, "pt": 4 / 3, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


@dataclass(frozen=True, slots=True)
class Length:
    """A length as it is written: ``85mm``, ``3.35in``, ``420px``."""

    amount: float
    unit: str = "px"

    @staticmethod
    def of(given: str | float) -> Length:
        """Read a length; a number alone counts pixels. ValueError says what is wrong."""
        found = re.fullmatch(r"\s*(\d+\.?\d*|\.\d+)\s*([a-z]*)\s*", str(given), re.ASCII)
        unit = (found[2] or "px") if found else ""
        if found is None or unit not in UNITS or not 0 < float(found[1]) < 100_000:
            units = ", ".join(UNITS)
            said = f"a length is a number above 0 and one of {units}, as in 85mm"
            raise ValueError(f"{said}; not {given!r}")
        return Length(float(found[1]), unit)

    @property
    def pixels(self) -> float:
        """The length in pixels of CSS, 96 to an inch."""
        return self.amount * UNITS[self.unit]

    def scaled(self, by: float) -> str:
        """A multiple of this length as an attribute, in the same unit."""
        unit = "" if self.unit == "px" else self.unit
        return f"{round(self.amount * by, 3):g}{unit}"


@dataclass(frozen=True, slots=True)
class Look:
    """What is chosen about a drawing besides what it shows.

    ``width`` is that of the whole drawing on paper: everything is scaled with it. ``font_size``
    is that of the titles in its boxes: all texts are scaled with them, and boxes hold them, but
    strokes and gaps stay about as they are (``air``). One of the two is enough. ``signs`` puts a
    small sign of its family into each box; None leaves it to the theme. ``scale`` is how many
    pixels of a PNG stand for one of CSS: 96 times it are the dots per inch.
    """

    theme: Theme = "auto"
    width: Length | None = None
    font_size: Length | None = None
    signs: bool | None = None
    scale: float = 2.0
    graphviz: bool = False

    def __post_init__(self) -> None:
        if self.theme not in THEMES:
            known = ", ".join(THEMES)
            raise ValueError(f"the theme of a drawing is one of {known}, not {self.theme!r}")
        if self.width and self.font_size:
            raise ValueError("give the width or the font size of a drawing: each decides the other")
        if not 0.01 <= self.scale <= 100:
            raise ValueError(f"a PNG is scaled by 0.01 to 100, not by {self.scale:g}")

    @property
    def air(self) -> float:
        """How large strokes and gaps are beside texts, where 1 is usual."""
        by = s.TITLE / self.font_size.pixels if self.font_size else 1.0
        return min(max(by, LEAST), MOST)

    def page(self, width: float, height: float) -> tuple[str, str]:
        """The width and height of a drawing on paper, as attributes."""
        if self.width:
            return self.width.scaled(1), self.width.scaled(height / width)
        if self.font_size:
            return self.font_size.scaled(width / s.TITLE), self.font_size.scaled(height / s.TITLE)
        return px(width), px(height)

    def factor(self, width: float) -> float:
        """How large one unit of a drawing is on paper, in pixels of CSS."""
        if self.width:
            return self.width.pixels / width
        return self.font_size.pixels / s.TITLE if self.font_size else 1.0
