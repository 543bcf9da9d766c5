"""The drawing of the family tree: a box for each spec, what it changed beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from family import Member, roots, shortly

from boxwork.renderers.figure import Box, Layout, Line, Text
from boxwork.renderers.look import sizes as s
from boxwork.renderers.look.fonts import width, wrap
from boxwork.renderers.svg.svg import svg
from boxwork.units import parameters

WIDTH, HEIGHT = 168.0, 50.0  # of a box
INDENT, TRUNK = 46.0, 22.0  # from a box to those that extend it, and to the line that leads there
GAP, APART = 14.0, 18.0  # between rows, and more between families
BESIDE = 14.0  # from a box to its words, or to the next box
ROOM = 520.0  # for words
MOST, LINES = 4, 4  # boxes of a row, and lines of what is changed
MARGIN, TOP = 20.0, 62.0
COLOURS = {"decoder": "linear", "encoder-decoder": "embedding", "encoder": "softmax"}
SIZES = {"name": s.NAME, "note": s.NOTE}
Word = tuple[Literal["name", "note"], str]


class Row(NamedTuple):
    """A spec, or several that are their base at other sizes; and the base."""

    members: tuple[Member, ...]
    depth: int
    base: Member | None

    @property
    def words(self) -> list[Word]:
        """What is special, then what is changed."""
        if self.members[0].resized:
            return [("note", "the same at other sizes")]
        (member,) = self.members
        special = member.known.said("special")
        found: list[Word] = [("name", special)] if special else []
        lines = list(_filled(shortly(member)))
        if len(lines) > LINES:
            lines[LINES - 1 :] = [f"{lines[LINES - 1]} …"]
        return found + [("note", line) for line in lines]


def rows(member: Member, depth: int = 0, base: Member | None = None) -> Iterator[Row]:
    """A family from the top: a spec, those that are it at other sizes, then the others."""
    yield Row((member,), depth, base)
    resized = [child for child in member.children if child.resized]
    for start in range(0, len(resized), MOST):
        yield Row(tuple(resized[start : start + MOST]), depth + 1, member)
    for child in member.children:
        if not child.resized:
            yield from rows(child, depth + 1, member)


def _filled(changes: list[str]) -> Iterator[str]:
    """Changes beside each other as long as there is room, none of them broken unless it must."""
    line = ""
    for change in changes:
        joined = f"{line}  ·  {change}" if line else change
        if width(joined, s.NOTE) <= ROOM:
            line = joined
            continue
        if line:
            yield line
        *whole, line = wrap(change, s.NOTE, ROOM)
        yield from whole
    if line:
        yield line


@dataclass
class Tree:
    """The picture as far as it is drawn."""

    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    bottoms: dict[str, float] = field(default_factory=dict)
    ends: dict[str, list[tuple[str, float, float]]] = field(default_factory=dict)
    right: float = 0.0

    def row(self, row: Row, top: float) -> float:
        """Draw a row; its bottom comes back."""
        x = MARGIN + row.depth * INDENT
        high = max(HEIGHT, sum(_line(role) for role, _ in row.words))
        middle = top + high / 2
        if row.base is not None:
            end = row.members[0].known.name, x, middle
            self.ends.setdefault(row.base.known.name, []).append(end)
        for member in row.members:
            self._box(member, x, middle)
            x += WIDTH + BESIDE
        self._words(row.words, x, middle)
        return top + high

    def _box(self, member: Member, x: float, middle: float) -> None:
        known, top = member.known, middle - HEIGHT / 2
        family = COLOURS.get(known.kind, "composite")
        size = parameters(known.parameters.trained)
        box = Box(known.name, "box", family, x, top, WIDTH, HEIGHT, block=known.graph.name)
        box.parameters = known.parameters.trained
        self.boxes.append(box)
        self.bottoms[known.name] = middle + HEIGHT / 2
        self.right = max(self.right, x + WIDTH)
        centre = x + WIDTH / 2
        said = f"{known.said('year')} · {size}"
        self.texts.append(Text(known.name, "title", known.name, centre, middle - 3))
        self.texts.append(Text(known.name, "detail", said, centre, middle + 16))

    def _words(self, words: list[Word], x: float, middle: float) -> None:
        y = middle - sum(_line(role) for role, _ in words) / 2
        for role, text in words:
            y += _line(role)
            self.texts.append(Text("", role, text, x, y - 0.36 * _line(role), "start"))
            self.right = max(self.right, x + width(text, SIZES[role]))

    def connect(self) -> None:
        """A line from each base to the last that extends it; the others branch off from it."""
        for base, ends in self.ends.items():
            for name, x, y in ends:
                trunk = x - INDENT + TRUNK
                top = self.bottoms[base] if y == ends[-1][2] else y - s.CORNER
                self.lines.append(Line(base, name, "", ((trunk, top), (trunk, y), (x, y))))

    def legend(self) -> None:
        """What the colours say."""
        x = MARGIN
        for kind, family in COLOURS.items():
            self.boxes.append(Box(kind, "box", family, x, MARGIN, 24, 18))
            self.texts.append(Text("", "detail", kind, x + 32, MARGIN + 14, "start"))
            x += 32 + width(kind, s.DETAIL) + 28


def _line(role: Literal["name", "note"]) -> float:
    """The height of a line of words."""
    return 1.35 * SIZES[role]


def picture() -> str:
    """The whole tree as an SVG."""
    return svg(layout())


def layout() -> Layout:
    """The whole tree with the places of all it is made of."""
    tree = Tree()
    tree.legend()
    y = TOP
    for root in roots():
        for row in rows(root):
            y = tree.row(row, y) + GAP
        y += APART
    tree.connect()
    about = "Which spec of the gallery extends which, and what each changed."
    size = tree.right + MARGIN, y - GAP - APART + MARGIN
    title = "The family tree of the gallery"
    return Layout(title, about, *size, tree.boxes, tree.lines, tree.texts)
