"""Several graphs side by side: rows that correspond at one height, what is missing as a ghost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from boxwork.graphs.comparing.boxes import node_at
from boxwork.graphs.comparing.compare import Comparison
from boxwork.graphs.graph import Composite, Graph
from boxwork.graphs.totals import totals
from boxwork.renderers.abreast.ghosts import put_ghost
from boxwork.renderers.abreast.matched import Row, matched
from boxwork.renderers.abreast.noting import Note, arranged, note, put_notes, room
from boxwork.renderers.abreast.remarked import Remarks, remarks
from boxwork.renderers.figure import Box, Layout, Line, Text
from boxwork.renderers.layout.layout import layout
from boxwork.renderers.layout.stretch import Stretch
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width
from boxwork.renderers.structure.opening import Opening

HEAD = 62.0  # above the columns: a name, and how many parameters
GUTTER = 40.0


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
    """The wrappers to be shown open, so that what is in them has its counterpart beside it.

    What is open in one column is so in the next, if it is there too.
    """
    found: list[set[str]] = [set() for _ in range(count)]
    pairs = []
    for k, comparison in enumerate(comparisons):
        said = remarks(comparison, set(), set())
        found[k] |= said.wrappers[0]
        found[k + 1] |= said.wrappers[1]
        pairs.append(said.pairs)
    steps = [(k, k + 1, known) for k, known in enumerate(pairs)]
    back = [(k + 1, k, {b: a for a, b in known.items()}) for k, known in enumerate(pairs)]
    graphs = [comparisons[0].a, *(one.b for one in comparisons)]
    for k, n, known in [*steps, *back[::-1]]:
        there = {known[path] for path in found[k] if path in known}
        found[n] |= {path for path in there if _opens(graphs[n], path)}
    return found


def _opens(graph: Graph, path: str) -> bool:
    """Whether a box may be opened that is closed as a rule: one that is no stack."""
    node = node_at(graph, path)
    return node is not None and node.count is None and isinstance(node.part, Composite)


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
    if not 0 <= j < len(columns):
        return False
    said, path = columns[max(i, j)].said, row.boxes[i].path
    pairs = [pair for pair in said.pairs.items() if pair not in said.apart] if said else []
    if j in row.boxes:
        both = (path, row.boxes[j].path) if i < j else (row.boxes[j].path, path)
        return said is None or both not in said.apart
    other = [b if i < j else a for a, b in pairs if path == (a if i < j else b)]
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
    said = [_notes(rows, i, columns, tall) for i in range(len(columns))]
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
            x += room(said[i + 1]) + GUTTER
    made.width = x
    for i in range(1, len(columns)):
        left = places[i - 1] + columns[i - 1].layout.width
        put_notes(made, said[i], f"{i + 1}/", (left + places[i]) / 2, (places[i - 1], places[i]))
    return made


def _notes(rows: Sequence[Row], i: int, columns: Sequence[Column], tall: float) -> list[Note]:
    """What is to be written between a column and the one before it."""
    made: list[Note] = []
    for row in rows:
        if not i or i not in row.boxes or row.edge == "bottom":
            continue
        path, said = row.boxes[i].path, columns[i].said
        words = said.said.get(path, []) if said else []
        if words and _known(columns, row, i, i - 1):
            before = row.boxes[i - 1].path if i - 1 in row.boxes else ""
            made.append(note((before, path), words, [c.layout for c in columns[i - 1 : i + 1]],
                             tall + HEAD, edge=bool(row.edge)))  # fmt: skip
    return arranged(made)


def _numbers(graph: Graph) -> str:
    found = totals(graph).all
    active = f", {found.active:,} active" if found.active < found.total else ""
    return f"{found.total:,} parameters{active}"


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
