"""Attention: what the last position makes of all tokens, and the weights of every position."""

from __future__ import annotations

from collections.abc import Sequence

from boxwork.blocks.attention import DotProductAttention
from boxwork.renderers.look.numbers import shown
from boxwork.renderers.opened.grid import Grid
from boxwork.renderers.opened.mixing import Mixing, Scene, mixing
from boxwork.renderers.opened.query import Query
from boxwork.renderers.opened.sheet import Sheet
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject
from boxwork.renderers.values.written import tokens

BOTH = 2  # heads whose way is shown in full; of more, the first one's
MAPS = 8  # heads whose weights are shown as a map
WIDEST = 1100.0  # of maps side by side
GAP = 26.0  # between heads, and from the ways to the maps


def attention(subject: Subject) -> Region:
    """Head by head: products with the query, softmax, weighted sum; above, all weights."""
    sheet, scene = Sheet(subject), _scene(subject)
    ways = [Query(scene, head) for head in range(scene.heads if scene.heads <= BOTH else 1)]
    x, top = -(sum(way.wide for way in ways) + GAP * (len(ways) - 1)) / 2, 0.0
    if len(ways) == 1:
        x = -ways[0].middle  # its sum stands below the wire that leaves
    for way in ways:
        top = way.put(sheet, x, labels=way is ways[0])
        x += way.wide + GAP
    maps = _maps(scene)
    _put_maps(sheet, maps, top + GAP)
    return sheet.framed(*_notes(subject, scene, len(ways), len(maps)))


def _scene(subject: Subject) -> Scene:
    part, run = subject.part, mixing(subject)
    assert isinstance(part.block, DotProductAttention)
    width = part.dims["width"]
    return Scene(
        part.block,
        int(part.dims["heads"]),
        run,
        _tokens(subject, run, "q_len"),
        _tokens(subject, run, "k_len"),
        part.dims["q_len"].agrees(part.dims["k_len"]),
        None if width.free else part.block.factor(int(width)),
        "bias" in part.inputs,
    )


def _tokens(subject: Subject, run: Mixing | None, dim: str) -> list[str]:
    if run is None:
        return []
    count = (run.q if dim == "q_len" else run.k).shape[-2]
    return tokens(subject.data, str(subject.part.dims[dim]), count)


def _maps(scene: Scene) -> list[Grid]:
    """The weights of all positions, or, without a run, who sees whom."""
    run = scene.run
    if run is None:
        hides = scene.block.causal or scene.block.window is not None
        return [Grid(scene, None)] if hides else []
    if run.weights.shape[-2] < 2:
        return []
    return [Grid(scene, head) for head in range(min(scene.heads, MAPS))]


def _put_maps(sheet: Sheet, maps: Sequence[Grid], low: float) -> None:
    rows: list[list[Grid]] = [[]]
    for one in maps:
        wide = sum(other.wide + GAP for other in rows[-1])
        if rows[-1] and wide + one.wide > WIDEST:
            rows.append([])
        rows[-1].append(one)
    for row in reversed(rows):
        x = -(sum(one.wide for one in row) + GAP * (len(row) - 1)) / 2
        for one in row:
            one.put(sheet, x, low)
            x += one.wide + GAP
        low += max((one.high for one in row), default=0.0) + GAP


def _notes(subject: Subject, scene: Scene, ways: int, maps: int) -> list[str]:
    by = "" if scene.scale == 1 else f" · {'scale' if scene.scale is None else shown(scene.scale)}"
    bias = " + biasᵢ" if scene.biased else ""
    score = f"kᵢ · q{by}"
    if (cap := scene.block.cap) is not None:
        score = f"{shown(cap)} · tanh({score} / {shown(cap)})"
    notes = [f"y = Σ uᵢ · vᵢ, with u = softmax of {score}{bias}"]
    if scene.block.sinks:
        notes.append("the sink takes a share of each softmax, and brings no value")
    if ways < scene.heads:
        notes.append(f"in full: head 1 of {scene.heads}; the others do the same with their own")
    groups = int(subject.part.dims["kv_heads"])
    if groups < scene.heads:
        notes.append(f"{scene.heads // groups} heads in a row share their keys and values")
    if maps:
        what = "how much each query (row) takes of each key (column)"
        what = what if scene.run is not None else "which query (row) sees which key (column)"
        first = f", heads 1 to {maps}" if 1 < maps < scene.heads else ""
        hides = scene.block.causal or scene.block.window is not None
        notes.append(f"above: {what}{first}" + ("; crossed out: hidden" if hides else ""))
    return notes
