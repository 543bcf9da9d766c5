"""What a box is told besides its own words, and its outline with what a tooltip says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boxwork.renderers.figure import SIDE, Box, Shape
from boxwork.renderers.regions.region import Side
from boxwork.renderers.regions.words import kept
from boxwork.renderers.structure.scope import Element


@dataclass(frozen=True, slots=True)
class Extra:
    """The side for what is written beside a box, notes inside it, its parameters, room to spare."""

    outer: Side
    notes: Sequence[str] = ()
    parameters: int = 0
    spare: int = 0  # lines by which it is taller than its texts


def outline(
    element: Element, shape: Shape, place: tuple[float, float, float, float], extra: Extra
) -> Box:
    """The box of an element; ``place`` is x, y, width and height."""
    sign = element.sign if shape == "circle" else ""
    box = Box(element.name, shape, element.family, *place, sign)
    box.block = ", ".join([element.node.used, *kept(element)]) if element.node else ""
    copies = element.shown.copies if element.shown else None
    box.copies = f"{len(copies)}×" if copies and len(copies) > 1 else ""
    if element.side is not None:
        box.copies = f"{int(element.side.count):,} {SIDE}"
    box.parameters = extra.parameters
    return box
