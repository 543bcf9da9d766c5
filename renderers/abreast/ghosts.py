"""Ghosts: the outline of a box at the place where another graph has it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from boxwork.renderers.abreast.extent import extent
from boxwork.renderers.abreast.matched import Row
from boxwork.renderers.figure import Box, Layout, Line, Point, Text
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width

AIR = 6.0
TWO_LINES = 46.0  # a box of this height has room for them
WIDTH_BELOW = 21.0


def put_ghost(
    rows: Sequence[Row],
    k: int,
    i: int,
    other: int,
    layouts: Sequence[Layout],
    slot: tuple[float, float],
) -> None:
    """Draw row ``k`` of layout ``other`` as a ghost in layout ``i``, if there is room for it."""
    row, layout = rows[k], layouts[i]
    model = _found(layouts[other], row.boxes[other].path)
    if model.shape not in ("box", "circle"):
        return
    x = _spine(rows, k, i, other, layouts)
    if x is None:
        return
    word = "added" if other > i else "gone"
    title = _title(layouts[other], model)
    longest = f"{title}, {word}" if model.h < TWO_LINES else title
    wide = model.w if model.shape == "circle" else max(
        110.0, width(longest, s.DETAIL) + 2 * s.BOX_SIDE)  # fmt: skip
    y = layout.height - slot[1] + (slot[1] - slot[0] - model.h) / 2
    ghost = Box(
        f"{model.path} ({word})", model.shape, model.family, x - wide / 2, y, wide, model.h,
        model.sign, "node", model.block, mark="ghost",
    )  # fmt: skip
    widths = [text for text in layout.texts if text.role == "width" and _touches(text, ghost)]
    before = [text.y for text in widths]
    for text in widths:
        text.y = ghost.y + ghost.h + WIDTH_BELOW
    around = [b for b in layout.boxes if b.shape == "frame" and _holds(b, ghost)]
    if not _room(layout, ghost) or (not around and _framed(layout, model)) or _off(layout, ghost):
        for text, old in zip(widths, before, strict=True):
            text.y = old
        return
    if around:  # its name is inside the frame that it stands in
        inmost = min(around, key=lambda b: b.w * b.h)
        ghost.path = f"{inmost.path}.{ghost.path}"
    layout.boxes.append(ghost)
    _through(layout, ghost)
    if model.shape == "box":
        middle = y + model.h / 2
        if model.h < TWO_LINES:
            layout.texts.append(Text(ghost.path, "detail", f"{title}, {word}", x, middle + 4.5))
            return
        layout.texts.append(Text(ghost.path, "detail", title, x, middle - 3))
        layout.texts.append(Text(ghost.path, "note", word, x, middle + 14))


def _holds(frame: Box, box: Box) -> bool:
    across = frame.x <= box.x and box.x + box.w <= frame.x + frame.w
    return across and frame.y <= box.y and box.y + box.h <= frame.y + frame.h


def _touches(text: Text, ghost: Box) -> bool:
    """Whether a width is written where a ghost is to be; it can go below it."""
    high = ghost.y - AIR < text.y < ghost.y + ghost.h + 8
    return high and ghost.x - 60 < text.x < ghost.x + ghost.w


def _off(layout: Layout, ghost: Box) -> bool:
    """Whether a ghost would stand above or below all that there is."""
    solid = [box for box in layout.boxes if box.shape != "text"]
    above = min((box.y for box in solid), default=0.0)
    below = max((box.y + box.h for box in solid), default=0.0)
    return ghost.y + ghost.h < above or ghost.y > below


def _framed(layout: Layout, model: Box) -> bool:
    """Whether the frame that a box stands in is there too."""
    return any(b.shape == "frame" and model.path.startswith(f"{b.path}.") for b in layout.boxes)


def _found(layout: Layout, path: str) -> Box:
    return next(box for box in layout.boxes if box.path == path)


def _title(layout: Layout, box: Box) -> str:
    """What a box says first."""
    texts = [t.text for t in layout.texts if t.path == box.path and t.role == "title"]
    return " ".join(texts) or box.block


def _spine(
    rows: Sequence[Row], k: int, i: int, other: int, layouts: Sequence[Layout]
) -> float | None:
    """Where a ghost stands: as far from the nearest pair of boxes as its model does."""
    model = _found(layouts[other], rows[k].boxes[other].path)
    near = sorted(
        (n for n, row in enumerate(rows) if {i, other} <= row.boxes.keys() and not row.edge),
        key=lambda n: abs(n - k),
    )
    if rows[k].aside:
        near = [n for n in near if _level(_found(layouts[other], rows[n].boxes[other].path), model)]
    best: tuple[float, float] | None = None
    for n in near[:4]:
        one, mine = (_middle(_found(layouts[j], rows[n].boxes[j].path)) for j in (other, i))
        off = _middle(model) - one
        if best is None or abs(off) < abs(best[0]) - 1:
            best = off, mine + off
    return best[1] if best else None


def _level(one: Box, other: Box) -> bool:
    return one.y < other.y + other.h and other.y < one.y + one.h


def _middle(box: Box) -> float:
    return box.x + box.w / 2


def _room(layout: Layout, ghost: Box) -> bool:
    """Whether nothing but a wire along its middle is where the ghost is to be."""
    left, top = ghost.x - AIR, ghost.y - AIR
    right, bottom = ghost.x + ghost.w + AIR, ghost.y + ghost.h + AIR
    for box in layout.boxes:
        if box.x < right and box.x + box.w > left and box.y < bottom and box.y + box.h > top:
            inside = (
                box.x <= left
                and box.y <= top
                and box.x + box.w >= right
                and box.y + box.h >= bottom
            )
            if box.shape != "frame" or not inside:
                return False
    if right > layout.width:
        layout.width = right + s.MARGIN
    if left < 0:
        return False
    for line in layout.lines:
        for (ax, ay), (bx, by) in pairwise(line.points):
            along = abs(ax - bx) < 0.6 and abs(ax - _middle(ghost)) < 0.6
            whole = min(ay, by) < top and max(ay, by) > bottom
            if along and whole:
                continue
            if (
                min(ax, bx) < right
                and max(ax, bx) > left
                and min(ay, by) < bottom
                and max(ay, by) > top
            ):
                return False
    return not any(
        x < right and x_end > left and y < bottom and y_end > top
        for x, y, x_end, y_end in map(extent, layout.texts)
    )


def _through(layout: Layout, ghost: Box) -> None:
    """Lead the wire that passes a ghost into it, and out of it again."""
    x, top, bottom = _middle(ghost), ghost.y, ghost.y + ghost.h
    made: list[Line] = []
    for line in layout.lines:
        cut = _cut(line.points, x, top, bottom)
        if cut is None:
            made.append(line)
            continue
        before, after = line.points[: cut + 1], line.points[cut + 1 :]
        made.append(Line(line.source, ghost.path, "", (*before, (x, bottom)), line.dot))
        made.append(Line(ghost.path, line.target, line.port, ((x, top), *after)))
    starts = [n for n in made if n.source == ghost.path]
    layout.lines[:] = [
        Line(ghost.path, n.target, n.port, n.points, n.dot)
        if n.source != ghost.path and any(_on(n.points[0], other) for other in starts)
        and n.target != ghost.path
        else n
        for n in made
    ]  # fmt: skip


def _cut(points: Sequence[Point], x: float, top: float, bottom: float) -> int | None:
    """The piece of a way that goes up through a ghost."""
    for n, ((ax, ay), (bx, by)) in enumerate(pairwise(points)):
        if abs(ax - x) < 0.6 and abs(bx - x) < 0.6 and by < top and ay > bottom:
            return n
    return None


def _on(point: Point, line: Line) -> bool:
    return any(
        min(ax, bx) - 0.6 <= point[0] <= max(ax, bx) + 0.6
        and min(ay, by) - 0.6 <= point[1] <= max(ay, by) + 0.6
        for (ax, ay), (bx, by) in pairwise(line.points)
    )
