"""The measures of a drawing, in pixels, where its titles have their usual size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

TITLE, DETAIL, NOTE, CAPTION, COUNT, WIDTH, PORT, NAME = (
    16.0,
    13.0,
    12.0,
    14.0,
    26.0,
    13.0,
    12.0,
    16.0,
)
NEURON, VALUE, WEIGHT = 14.0, 13.0, 13.0
TITLE_LINE, DETAIL_LINE, CAPTION_LINE = 19.5, 18.5, 17.0

BOX = 195.0  # the usual width of a box; narrow ones stand for what changes little
NARROW_BOX = 143.0
BOX_SIDE = 14.0  # between text and border; signs of families stand there
CIRCLE = 14.5  # radius
BESIDE = 63.0  # from the centre of a circle to that of a small source beside it
NAME_HEIGHT, NAME_BASE = 24.0, 7.0  # of the name of a wire, and of its baseline
CARD = 4.0  # by which one of several cards on a pile shows behind the next
CARDS = 2 * CARD

# What gives way where texts are larger, and grows where they are smaller: the part that texts
# need, and the part that is air.
GAPS: Mapping[str, tuple[float, float]] = {
    "BOX_AIR": (3.5, 16.0),  # of the height of a box, not taken by text
    "GAP": (2.0, 24.0),  # an arrow between two boxes
    "WIDTH_ROOM": (22.0, 16.0),  # the same, with a width or numbers beside it
    "WIDTH_BASE": (6.0, 8.0),  # of that width, above the box below
    "TIGHT": (20.0, 8.0),  # room for a width below tracks and junctions
    "DOT": (4.0, 18.0),  # from a junction to what is above or below it
    "FAN": (2.0, 14.0),  # from a box down to the bend of wires that come from elsewhere
    "FAN_NAMED": (16.0, 8.0),  # the same, with the names of ports beside the arrows
    "TRACK": (2.0, 10.0),  # between wires that run side by side across
    "LANE": (2.0, 15.0),  # from a box to a lane beside it, and between lanes
    "RAIL": (4.0, 24.0),  # between columns and the wires that run up between them
    "BRANCH": (6.0, 24.0),  # between branches side by side
    "CORNER": (0.0, 8.0),
    "HOP": (0.0, 4.5),  # radius of the bow of a wire that crosses another
    "FRAME_SIDE": (4.0, 14.0),
    "FRAME_TOP": (6.0, 12.0),
    "MARGIN": (0.0, 20.0),
}
_air: ContextVar[float] = ContextVar("air", default=1.0)


def __getattr__(name: str) -> float:
    """A gap by its name, as large as it is in the drawing that is being made."""
    if name not in GAPS:
        raise AttributeError(f"there is no measure {name}")
    fixed, free = GAPS[name]
    return fixed + free * _air.get()


def air() -> float:
    """By how much gaps and strokes are larger, beside texts, than where titles have their size."""
    return _air.get()


@contextmanager
def aired(by: float) -> Iterator[None]:
    """What is laid out and drawn meanwhile has gaps and strokes of so many times their size."""
    token = _air.set(by)
    try:
        yield
    finally:
        _air.reset(token)
