"""A small sign for each family, so that boxes can be told apart without their colours."""

from __future__ import annotations

from boxwork.renderers.figure import Box
from boxwork.renderers.look.numbers import px

INSET = 5.5  # from the corner of a box, so that a sign stays in the margin beside all texts

# Strokes on a square of 8 by 8, from its upper left corner.
SIGNS = {
    "linear": "m0 0h8v8h-8zm0 4h8m-4 -4v8",  # a matrix
    "embedding": "m0 .5h8m-8 3.5h8m-8 3.5h8",  # rows of a table
    "position": "m0 4c1.3 -5 2.7 -5 4 0s2.7 5 4 0",  # a wave
    "attention": "m0 8l4 -8l4 8m-4 -8v8",  # several come to one
    "feedforward": "m0 3l4 -3l4 3v2l-4 3l-4 -3z",  # wide in the middle
    "recurrence": "m5.5 .5a3.7 3.7 0 1 0 2 2.2m.3 -2.7v3h-3",  # round again
    "activation": "m0 7.5h4l4 -7.5",  # a bend
    "softmax": "m1 8v-3m3 3v-8m3 8v-5",  # shares
    "norm": "m0 7.5c2.6 0 2.2 -7.2 4 -7.2s1.4 7.2 4 7.2",  # a bell
    "dropout": "m4 .3a3.7 3.7 0 1 0 .01 0m-3.4 7.3l6.8 -7.2",  # nothing
    "combine": "m4 0v8m-4 -4h8",  # a sum
    "shaping": "m0 3v-3h3m5 5v3h-3m-5 -8l8 8",  # pulled apart
    "loss": "m0 .5h8l-4 7z",  # downhill
    "composite": "m0 0h8v8h-8zm2.5 2.5h3v3h-3z",  # boxes in a box
}


def sign(box: Box, family: str) -> str:
    """The sign of a family in the upper left corner of a box; circles have their own."""
    if box.shape != "box" or family not in SIGNS:
        return ""
    at = f"M{px(box.x + INSET)} {px(box.y + INSET)}"
    return f'<path class="kind" d="{at}{SIGNS[family]}"/>'
