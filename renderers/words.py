"""What boxes say: their titles, their second lines, the number of their copies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from boxwork.graphs.graph import Part
from boxwork.renderers import sizes as s
from boxwork.renderers.figure import Text
from boxwork.renderers.fonts import width, wrap
from boxwork.renderers.region import Region, Side
from boxwork.renderers.scope import Element

WIDEST = 230.0  # of a second line

Lines = list[tuple[Literal["title", "detail", "note"], str]]
SIZES = {"title": s.TITLE, "detail": s.DETAIL, "note": s.NOTE}
HEIGHTS = {"title": s.TITLE_LINE, "detail": s.DETAIL_LINE, "note": s.DETAIL_LINE}


def title(element: Element) -> str:
    """What people call this box."""
    if element.node and element.node.label:
        return element.node.label
    assert element.part is not None
    words = element.part.title
    if element.part.name.endswith("Attention") and element.part.settings.get("causal") is True:
        words = f"Masked {words[0].lower()}{words[1:]}"
    return words


def index(element: Element) -> str:
    """Which copies a piece stands for, if not all: `` 3`` or `` 4 … 11``."""
    copies = element.shown.copies if element.shown else None
    if not copies or not element.node or len(copies) == element.node.count != 1:
        return ""
    return f" {copies[0]}" if len(copies) == 1 else f" {copies[0]} … {copies[-1]}"


def lines(element: Element, notes: Sequence[str]) -> Lines:
    """The texts inside a closed box, from the top."""
    assert element.part is not None
    name = title(element) + index(element)
    made: Lines = [("title", line) for line in wrap(name, s.TITLE, s.BOX - 24)]
    made += [("detail", line) for line in wrap(_detail(element.part), s.DETAIL, WIDEST)]
    return made + [("note", line) for note in notes for line in wrap(note, s.NOTE, WIDEST)]


def _detail(part: Part) -> str:
    """The second line of a box; that attention is causal stands in its title."""
    return ", ".join(word for word in part.detail.split(", ") if word != "causal")


def text_width(made: Lines) -> float:
    """How wide a box must be for its texts."""
    return max(width(text, SIZES[role]) for role, text in made) + 2 * s.BOX_SIDE


def stacked(path: str, made: Lines, top: float) -> Iterator[Text]:
    """The texts of a box below each other."""
    for role, text in made:
        yield Text(path, role, text, 0, top - HEIGHTS[role] / 2 - 0.35 * SIZES[role])
        top -= HEIGHTS[role]


def put_count(region: Region, element: Element, y: float, outer: Side) -> None:
    """Write the number of copies beside what is repeated, if there are several."""
    copies = element.shown.copies if element.shown else None
    if not copies or len(copies) < 2:
        return
    sign = -1 if outer == "left" else 1
    edge = region.left if sign < 0 else region.right
    words = f"{len(copies)}×"
    anchor: Literal["start", "end"] = "end" if sign < 0 else "start"
    at = (sign * (edge + 8), y - 0.35 * s.COUNT)
    region.texts.append(Text(element.name, "count", words, *at, anchor))
    reach = edge + 12 + width(words, s.COUNT)
    if sign < 0:
        region.left = reach
    else:
        region.right = reach
