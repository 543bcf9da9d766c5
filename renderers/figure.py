"""What a drawing is made of: boxes, lines and texts with their places; pure data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from boxwork.renderers.look import sizes as s

Point = tuple[float, float]
Shape = Literal["box", "circle", "frame", "text", "network", "layer"]
Role = Literal[
    "title",
    "detail",
    "note",
    "caption",
    "count",
    "width",
    "port",
    "name",
    "value",
    "neuron",
    "winner",
    "weight",
    "ours",
    "change",
]
Mark = Literal["", "calm", "changed", "added", "removed", "ghost"]
Anchor = Literal["start", "middle", "end"]

SIDE = "side by side"  # how copies are counted that are no stack


@dataclass(slots=True)
class Box:
    """A closed box, a circle with a sign, the frame of an open box, or the name of a wire.

    A ``network`` is the frame of neurons or of a matrix; where it shows several nodes, each
    has its ``layer``, a part of that frame without a border.

    ``mark`` tells what a comparison found; a ``ghost`` stands where another graph has a box.
    ``role`` tells a node from an input or an output of the graph; ``block`` and
    ``parameters`` are for the tooltip.
    """

    path: str
    shape: Shape
    family: str
    x: float
    y: float
    w: float
    h: float
    sign: str = ""
    role: Literal["node", "input", "output"] = "node"
    block: str = ""
    copies: str = ""
    parameters: int = 0
    mark: Mark = ""

    @property
    def beside(self) -> bool:
        """Whether it stands for copies side by side, and is drawn as cards on a pile."""
        return self.copies.endswith(SIDE)


@dataclass(slots=True)
class Text:
    """A line of text; ``x`` and ``y`` are the anchor on the baseline."""

    path: str
    role: Role
    text: str
    x: float
    y: float
    anchor: Anchor = "middle"


@dataclass(slots=True)
class Line:
    """A wire: from a box (or a junction with another line of the same wire) to a box.

    ``dot`` marks a junction that is drawn; an arrow stands at the end of a line that
    has a target.
    """

    source: str
    target: str
    port: str
    points: tuple[Point, ...]
    dot: bool = False


@dataclass(slots=True)
class Neuron:
    """One number of a wire as a circle about (``x``, ``y``); ``look`` is its colour, if any."""

    path: str
    x: float
    y: float
    r: float
    family: str = "neuron"
    look: int | None = None
    winner: bool = False


@dataclass(slots=True)
class Edge:
    """A weight as a straight line between two neurons; a negative one is dashed.

    ``gap`` is the part of the way, from 0 to 1, that is left out for the label; ``faint``
    lines are among many.
    """

    source: str
    target: str
    start: Point
    end: Point
    tip: str = ""
    thick: float = 1.0
    negative: bool = False
    look: int | None = None
    label: Text | None = None
    gap: tuple[float, float] | None = None
    faint: bool = False


@dataclass(slots=True)
class Cell:
    """One entry of a matrix; ``shade`` is from −1 to 1, None if the number is not known.

    ``dashed`` tells a number below 0 where it is not written; a ``hidden`` one is crossed out.
    """

    path: str
    x: float
    y: float
    w: float
    h: float
    shade: float | None = None
    lit: bool = False
    dashed: bool = False
    hidden: bool = False


@dataclass(slots=True)
class Chip:
    """A small box, a circle with a sign, or the panel that holds some, in an opened primitive.

    Its words stand in its middle; a ``hidden`` one takes no part in this run.
    """

    path: str
    shape: Literal["chip", "circle", "panel"]
    family: str
    x: float
    y: float
    w: float
    h: float
    words: str = ""
    tip: str = ""
    hidden: bool = False


@dataclass(slots=True)
class Stroke:
    """A line inside an opened primitive: an arrow, an axis, a curve, a mark on it."""

    path: str
    kind: Literal["arrow", "axis", "curve", "mark"]
    points: tuple[Point, ...]
    thick: float = 1.4
    dashed: bool = False


@dataclass(slots=True)
class Strip:
    """The numbers of a wire side by side: bars from a middle line, up above 0 and down below it.

    ``bars`` are from −1 to 1; ``tip`` says how many numbers there are, and how large.
    """

    path: str
    x: float
    y: float
    w: float
    h: float
    bars: tuple[float, ...]
    tip: str = ""


@dataclass(slots=True)
class Layout:
    """A whole drawing; y grows downwards."""

    name: str
    about: str
    width: float
    height: float
    boxes: list[Box]
    lines: list[Line]
    texts: list[Text]
    neurons: list[Neuron] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)
    links: list[tuple[Point, Point]] = field(default_factory=list)  # between what corresponds
    air: float = field(default_factory=s.air)  # of gaps and strokes, beside texts

    @property
    def numbers(self) -> bool:
        """Whether there is anything besides boxes and wires."""
        return bool(self.neurons or self.cells or self.chips or self.strokes or self.strips)

    @property
    def compared(self) -> bool:
        """Whether it shows several graphs, with what sets them apart."""
        return any(box.mark for box in self.boxes)

    def facts(self) -> dict[str, Any]:
        """The layout as plain data, for JSON."""
        facts = asdict(self)
        usual = facts.pop("air") == 1
        facts |= {} if usual else {"air": self.air}
        return {key: found for key, found in facts.items() if found != []}
