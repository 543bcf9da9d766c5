"""What a drawing says to those who cannot see it: a sentence, a tip for each box, their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from boxwork.renderers.figure import Box, Layout
from boxwork.renderers.structure.scope import OUTPUT
from boxwork.renderers.svg.ids import Id

TOLD = 12  # boxes that a description lists


def description(layout: Layout) -> str:
    """The model in a sentence: what it is, what comes in and out, and by way of which boxes."""
    inputs = [box.path for box in layout.boxes if box.role == "input"]
    outputs = [b.path.removeprefix(OUTPUT) for b in layout.boxes if b.role == "output"]
    ways = f"From {', '.join(inputs)} at the bottom to {', '.join(outputs)} at the top"
    outer = [b for b in layout.boxes if b.role == "node" and b.block and "." not in b.path]
    boxes = [f"{box.copies} {box.block}".strip() for box in outer]
    more = [f"{len(boxes) - TOLD} more"] if len(boxes) > TOLD else []
    told = f", by way of {', '.join([*boxes[:TOLD], *more])}" if boxes else ""
    return f"{layout.about} {ways}{told}.".strip()


def grouped(
    boxes: Sequence[Box], frames: Mapping[str, Id], drawn: Callable[[Box], str]
) -> Iterator[str]:
    """The boxes in order, those inside a frame in a group that is named after it."""
    within: list[str] = []
    for box in boxes:
        while within and not box.path.startswith(f"{within[-1]}."):
            within.pop()
            yield "</g>"
        if box.shape == "frame":
            within.append(box.path)
            yield f'<g role="group" aria-labelledby="{frames[box.path].name}">'
        else:
            yield drawn(box)
    yield from ["</g>"] * len(within)


def tip(box: Box) -> str:
    """The path of a box, its block and its parameters."""
    facts = [box.path, f"{box.copies} {box.block}".strip()]
    if box.parameters:
        facts.append(f"{box.parameters:,} parameters")
    return " · ".join(fact for fact in facts if fact)
