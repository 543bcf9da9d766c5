"""Several graphs side by side: rows that correspond at one height, what is missing as a ghost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.graph import Graph
from boxwork.graphs.totals import totals
from boxwork.renderers.abreast.ghosts import put_ghost
from boxwork.renderers.abreast.matched import Row, matched
from boxwork.renderers.abreast.remarked import Remarks, remarks
from boxwork.renderers.figure import Box, Layout, Line, Text
from boxwork.renderers.layout.layout import layout
from boxwork.renderers.layout.stretch import Stretch
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width
from boxwork.renderers.structure.opening import Opening

HEAD = 62.0  # above the columns: a name, and how many parameters
GUTTER = 40.0
NOTE_LINE = 15.0
SOLID = ("box", "circle")


@dataclass(slots=True)
class Column:
    """One graph of a drawing, laid out: its boxes by path."""

    graph: Graph
    layout: Layout
    stretch: Stretch
    said: Remarks | None  # against the column before it

    def box(self, path: str) -> Box:
        """The box at a path."""
        return next(box for box in self.layout.boxes if box.path == path)


def abreast(comparisons: Sequence[Comparison], names: Sequence[str]) -> Layout:
    """The drawing of a chain of comparisons: each graph beside the one that it is held against."""
    graphs = [comparisons[0].a, *(one.b for one in comparisons)]
    opened = _opened(comparisons, len(graphs))
    columns: list[Column] = []
    for k, graph in enumerate(graphs):
        made = layout(graph, Opening.of(sorted(opened[k]), None))
        shown = {box.path for box in made.boxes}
        before = {box.path for box in columns[-1].layout.boxes} if k else set()
        said = remarks(comparisons[k - 1], before, shown) if k else None
        columns.append(Column(graph, made, Stretch(made), said))
    rows = matched([column.layout for column in columns], [c.said for c in columns[1:] if c.said])
    slots = _raise(rows, columns)
    for column in columns:
        column.layout = column.stretch.result()
    _mark(rows, columns)
    return _joined(rows, slots, columns, names, comparisons)


def _opened(comparisons: Sequence[Comparison], count: int) -> list[set[str]]:
    """The wrappers to be shown open, so that what is in them has its counterpart beside it."""
    found: list[set[str]] = [set() for _ in range(count)]
    for k, comparison in enumerate(comparisons):
        said = remarks(comparison, set(), set())
        found[k] |= said.wrappers[0]
        found[k + 1] |= said.wrappers[1]
    return found


def _raise(rows: Sequence[Row], columns: Sequence[Column]) -> dict[int, tuple[float, float]]:
    """Put room into the columns, row by row from the bottom; the slots of rows with a ghost."""
    floors = [0.0] * len(columns)
    slots: dict[int, tuple[float, float]] = {}
    for k, row in enumerate(rows):
        edges = {i: columns[i].stretch.span(box) for i, box in row.boxes.items()}
        if row.edge:
            edges = {i: (e[row.edge == "top"],) * 2 for i, e in edges.items()}
        high = max(e[1] - e[0] for e in edges.values())
        wanted = max(
            max(columns[i].stretch.at(e[0]) - (high - (e[1] - e[0])) / 2, floors[i])
            for i, e in edges.items()
        )
        absent = [i for i in range(len(columns)) if i not in row.boxes and not row.aside]
        for i, e in edges.items():
            here = wanted + (high - (e[1] - e[0])) / 2
            columns[i].stretch.raise_to(e[0], here, settle=len(row.boxes) > 1)
        if not row.edge:
            slots[k] = wanted, wanted + high
        for i in absent:
            if not row.edge:
                floors[i] = max(floors[i], wanted + high + s.GAP)
    return slots


def _mark(rows: Sequence[Row], columns: Sequence[Column]) -> None:
    """Mark every box: calm, changed, or there on one side only."""
    changed = [set(c.said.said) if c.said else set() for c in columns]
    for row in rows:
        for i, box in row.boxes.items():
            here = columns[i].box(box.path)
            before, after = (_known(columns, row, i, i + side) for side in (-1, 1))
            said = columns[1].said if i == 0 else None
            partner = said.pairs.get(box.path) if said else None
            if _layered(columns, i, box.path):
                here.mark = "calm"
            elif i and not before:
                here.mark = "added"
            elif i + 1 < len(columns) and not after and not (i and before):
                here.mark = "removed"
            elif box.path in changed[i] or partner in changed[1]:
                here.mark = "changed"
            elif here.shape != "frame":
                here.mark = "calm"


def _known(columns: Sequence[Column], row: Row, i: int, j: int) -> bool:
    """Whether column ``j``, next to ``i``, has the box of a row, there or at another height."""
    if j in row.boxes:
        return True
    if not 0 <= j < len(columns):
        return False
    said, path = columns[max(i, j)].said, row.boxes[i].path
    pairs = said.pairs if said else {}
    other = [pairs.get(path)] if j > i else [a for a, b in pairs.items() if b == path]
    return any(box.path in other for box in columns[j].layout.boxes if box.mark != "ghost")


def _layered(columns: Sequence[Column], i: int, path: str) -> bool:
    """Whether a box is one of several layers that another column has as a stack."""
    sides = [(columns[i].said, 1), *((c.said, 0) for c in columns[i + 1 : i + 2])]
    return any(said is not None and path in said.layers[side] for said, side in sides)


def _joined(
    rows: Sequence[Row],
    slots: Mapping[int, tuple[float, float]],
    columns: Sequence[Column],
    names: Sequence[str],
    comparisons: Sequence[Comparison],
) -> Layout:
    """The columns on one page, with their names, their links and their ghosts."""
    for k, row in enumerate(rows):
        for i in range(len(columns)):
            near = [j for j in (i - 1, i + 1) if j in row.boxes]
            near = [j for j in near if not _layered(columns, j, row.boxes[j].path)]
            near = [j for j in near if not _known(columns, row, j, i)]
            if i not in row.boxes and near and not row.edge and k in slots:
                put_ghost(rows, k, i, near[0], [c.layout for c in columns], slots[k])
    tall = max(column.layout.height for column in columns)
    about = "; ".join(f"{one.a.name} beside {one.b.name}" for one in comparisons)
    made = Layout(" → ".join(names), f"{about}.", 0.0, tall + HEAD, [], [], [])
    x = 0.0
    places = []
    for i, column in enumerate(columns):
        wide = column.layout.width
        heading = (
            max(width(names[i], s.NAME), width(_numbers(column.graph), s.DETAIL)) + 2 * s.MARGIN
        )
        dx = x + max(0.0, (heading - wide) / 2)
        places.append(dx)
        _put(made, column.layout, dx, tall + HEAD - column.layout.height, f"{i + 1}/")
        ends = [b.x + b.w / 2 for b in column.layout.boxes if b.role == "output"]
        middle = dx + (ends[0] if ends else wide / 2)
        middle = max(middle, x + heading / 2)
        made.texts.append(Text(f"{i + 1}/", "name", names[i], middle, s.MARGIN + 14))
        made.texts.append(
            Text(f"{i + 1}/", "detail", _numbers(column.graph), middle, s.MARGIN + 34)
        )
        x = max(x + wide, middle + heading / 2)
        if i + 1 < len(columns):
            x += _gutter(columns[i + 1])
    made.width = x
    for row in rows:
        for i in sorted(row.boxes):
            if i and row.edge != "bottom" and _known(columns, row, i, i - 1):
                _link(made, row, i, columns, x_of=places)
    return made


def _numbers(graph: Graph) -> str:
    found = totals(graph).all
    active = f", {found.active:,} active" if found.active < found.total else ""
    return f"{found.total:,} parameters{active}"


def _gutter(column: Column) -> float:
    """The room before a column: for what is written at its boxes."""
    said = column.said.said.values() if column.said else ()
    words = max((width(line, s.NOTE) * BOLD for lines in said for line in lines), default=0.0)
    return words + GUTTER


BOLD = 1.08  # how much wider bold letters are


def _put(made: Layout, part: Layout, dx: float, dy: float, prefix: str) -> None:
    for box in part.boxes:
        made.boxes.append(replace(box, path=prefix + box.path, x=box.x + dx, y=box.y + dy))
    for line in part.lines:
        points = tuple((px + dx, py + dy) for px, py in line.points)
        made.lines.append(
            Line(prefix + line.source, prefix + line.target, line.port, points, line.dot)
        )
    for text in part.texts:
        made.texts.append(replace(text, path=prefix + text.path, x=text.x + dx, y=text.y + dy))


def _link(made: Layout, row: Row, i: int, columns: Sequence[Column], x_of: Sequence[float]) -> None:
    """What changed between two boxes, written between them, and dots to those at that height."""
    said = columns[i].said
    words = said.said.get(row.boxes[i].path, []) if said else []
    if not words:
        return
    before = f"{i}/{row.boxes[i - 1].path}" if i - 1 in row.boxes else ""
    a = next((box for box in made.boxes if box.path == before), None)
    b = next(b for b in made.boxes if b.path == f"{i + 1}/{row.boxes[i].path}")
    left = x_of[i - 1] + columns[i - 1].layout.width
    middle = (left + x_of[i]) / 2
    y = b.y + b.h / 2 if not row.edge else b.y + 12
    aligned = y
    written = [t.y for t in made.texts if t.role == "change" and abs(t.x - middle) < 1]
    tall = NOTE_LINE * len(words)
    while any(y - tall / 2 - NOTE_LINE < other < y + tall / 2 + NOTE_LINE for other in written):
        y += NOTE_LINE / 2  # two boxes side by side: one below the other
    top = y - tall / 2
    half = max(width(line, s.NOTE) * BOLD for line in words) / 2 + 8
    for n, line in enumerate(words):
        at = top + NOTE_LINE * (n + 0.5) + 0.35 * s.NOTE
        made.texts.append(Text(b.path + " ", "change", line, middle, at))
    if y != aligned or (a is not None and abs(_apart(a, b, row.edge)) > 1):
        return
    if a is not None and _free(made, a.x + a.w, middle - half, y, f"{i}/"):
        made.links.append(((a.x + a.w + 3, y), (middle - half, y)))
    if _free(made, middle + half, b.x, y, f"{i + 1}/"):
        made.links.append(((middle + half, y), (b.x - 3, y)))


def _apart(a: Box, b: Box, edge: str) -> float:
    return a.y - b.y if edge else (a.y + a.h / 2) - (b.y + b.h / 2)


def _free(made: Layout, left: float, right: float, y: float, prefix: str) -> bool:
    """Whether no box stands in the way."""
    return not any(
        box.path.startswith(prefix) and box.shape in SOLID
        and box.y < y < box.y + box.h and box.x < right - 1 and box.x + box.w > left + 1
        for box in made.boxes
    )  # fmt: skip
