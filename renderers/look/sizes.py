"""The measures of a drawing, in pixels."""

from __future__ import annotations

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
BOX_AIR = 19.5  # of the height, not taken by text
BOX_SIDE = 14.0  # between text and border
CIRCLE = 14.5  # radius
BESIDE = 63.0  # from the centre of a circle to that of a small source beside it
NAME_HEIGHT, NAME_BASE = 24.0, 7.0  # of the name of a wire, and of its baseline

GAP = 26.0  # an arrow between two boxes
WIDTH_ROOM = 38.0  # the same, with a width beside it
DOT = 22.0  # from a junction to what is above or below it
FAN = 16.0  # from a box down to the bend of wires that come from elsewhere
FAN_NAMED = 24.0  # the same, with the names of ports beside the arrows
TRACK = 12.0  # between wires that run side by side across
LANE = 17.0  # from a box to a lane beside it, and between lanes
BRANCH = 30.0  # between branches side by side
CORNER = 8.0
HOP = 4.5  # radius of the bow of a wire that crosses another
FRAME_SIDE, FRAME_TOP, FRAME_BOTTOM = 18.0, 18.0, 0.0
CARD = 4.0  # by which one of several cards on a pile shows behind the next
CARDS = 2 * CARD
MARGIN = 20.0
