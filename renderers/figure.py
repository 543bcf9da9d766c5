"""What a drawing is made of: boxes, lines and texts with their places; pure data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Point = tuple[float, float]
Shape = Literal["box", "circle", "frame", "text"]
Role = Literal["title", "detail", "note", "caption", "count", "width", "port", "name"]
Anchor = Literal["start", "middle", "end"]


@dataclass(slots=True)
class Box:
    """A closed box, a circle with a sign, the frame of an open box, or the name of a wire.

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
class Layout:
    """A whole drawing; y grows downwards."""

    name: str
    about: str
    width: float
    height: float
    boxes: list[Box]
    lines: list[Line]
    texts: list[Text]

    def facts(self) -> dict[str, Any]:
        """The layout as plain data, for JSON."""
        return asdict(self)
