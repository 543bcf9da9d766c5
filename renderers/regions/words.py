"""What boxes say: their titles, their second lines, the number of their copies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from boxwork.blocks.settings import show
from boxwork.graphs.graph import Part
from boxwork.renderers.figure import Text
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width, wrap, wrap_list
from boxwork.renderers.regions.region import Region, Side
from boxwork.renderers.structure import copies as repeated
from boxwork.renderers.structure.scope import Element

WIDEST = 230.0  # of a second line

Lines = list[tuple[Literal["title", "detail", "note"], str]]
SIZES = {"title": s.TITLE, "detail": s.DETAIL, "note": s.NOTE}
HEIGHTS = {"title": s.TITLE_LINE, "detail": s.DETAIL_LINE, "note": s.DETAIL_LINE}


def title(element: Element) -> str:
    """What people call this box."""
    if element.node and element.node.label:
        return element.node.label
    assert element.part is not None
    if not element.open and len(names := _names(element)) > 1:
        return ", ".join(names) if len(names) <= repeated.MOST else f"{names[0]} … {names[-1]}"
    words = element.part.title
    if all(
        p.name.endswith("Attention") and p.settings.get("causal") is True for p in _parts(element)
    ):
        words = f"Masked {words[0].lower()}{words[1:]}"
    return words


def _copies(element: Element) -> range:
    return (element.shown.copies if element.shown else None) or range(0)


def _parts(element: Element) -> list[Part]:
    """The templates of the copies that a piece stands for."""
    copies = _copies(element)
    if not element.node or len(element.node.parts) == 1 or not copies:
        return [element.part] if element.part else []
    return [part for part, _ in repeated.kinds(element.node, copies)]


def _names(element: Element) -> list[str]:
    copies = _copies(element)
    if not element.node or len(element.node.parts) == 1 or len(copies) < 2:
        return []
    return repeated.names(element.node, copies)


def remarks(element: Element) -> list[str]:
    """What is said of a box besides its title: of its copies, and whether it is kept."""
    if not element.node:
        return []
    named = title(element)
    told = repeated.remarks(element.node, _copies(element))
    return [*(said for said in told if said and said != named), *kept(element)]


def kept(element: Element) -> list[str]:
    """Whether generation keeps what a box gives, in words."""
    return [repeated.KEPT] if element.node and element.node.kept is not None else []


def index(element: Element) -> str:
    """Which copies a piece stands for, if not all: `` 3`` or `` 4 … 11``."""
    copies = _copies(element)
    if not copies or not element.node or len(copies) == element.node.count != 1:
        return ""
    return f" {copies[0]}" if len(copies) == 1 else f" {copies[0]} … {copies[-1]}"


def lines(element: Element, notes: Sequence[str]) -> Lines:
    """The texts inside a closed box, from the top."""
    assert element.part is not None
    name = title(element) + index(element)
    made: Lines = [("title", line) for line in wrap(name, s.TITLE, s.BOX - 24)]
    made += [("detail", line) for line in wrap_list(_detail(element), s.DETAIL, WIDEST)]
    notes = [*remarks(element), *notes]
    return made + [("note", line) for note in notes for line in wrap(note, s.NOTE, WIDEST)]


def _detail(element: Element) -> str:
    """The second line of a box, as far as all copies have it; its title tells of causal."""
    first, *others = [_details(part) for part in _parts(element)] or [[]]
    return ", ".join(
        word for word in first if word != "causal" and all(word in other for other in others)
    )


def _details(part: Part) -> list[str]:
    """What the second line of a part tells, one thing each; heads that are shared are counted."""
    heads, shared = part.settings.get("heads"), part.settings.get("kv_heads")
    first, *others = part.detail.split(", ")
    grouped = (
        part.family == "attention" and first and shared is not None and show(shared) != show(heads)
    )
    return [first, *([f"{show(shared)} kv heads"] if grouped else []), *others]


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
    copies = _copies(element)
    if len(copies) < 2:
        return
    side, y = _clear(region, y, outer)
    sign = -1 if side == "left" else 1
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


def _clear(region: Region, y: float, outer: Side) -> tuple[Side, float]:
    """A side where no wire comes in at a height, the outer one if it can be; else above all."""
    sides: tuple[Side, Side] = (outer, "right" if outer == "left" else "left")
    comes = {side: [arm.y for arm in region.arms if arm.side == side] for side in sides}
    for side in sides:
        if all(abs(y - arm) > 0.6 * s.COUNT for arm in comes[side]):
            return side, y
    above = max(comes[outer]) + 0.6 * s.COUNT
    region.height = max(region.height, above + 0.5 * s.COUNT)
    return outer, above
