"""What the tests of the drawings share: graphs from YAML, random ones, and rules of geometry."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise

from boxwork.graphs.graph import WEIGH, Composite, Graph, Node, Ref
from boxwork.graphs.load import load
from boxwork.renderers.copies import main_copy
from boxwork.renderers.figure import Box, Cell, Chip, Layout, Line, Neuron, Strip, Text
from boxwork.renderers.fonts import ASCENT, DESCENT, width
from boxwork.renderers.layout import layout
from boxwork.renderers.opening import Opening
from boxwork.renderers.scope import OUTPUT, only_lengths
from boxwork.renderers.sizes import CARDS
from boxwork.renderers.theme import ROLES
from tests.blocks.specs import graph_of

Rect = tuple[float, float, float, float]

HEAD = """\
dims: {d: 8}
inputs: {x: "real[d]"}
outputs: {y: "real[d]"}
"""


def shipped(name: str, **dims: int) -> Graph:
    return load(name, keywords=dims)[1]


def laid_out(graph: Graph, *open: str, depth: int | None = None) -> Layout:
    return layout(graph, Opening.of(open, depth))


def random_dag(seed: int, size: int) -> Graph:
    """Nodes that read any nodes before them: one wire a ReLU, more an Add or a Concat."""
    rng = random.Random(seed)
    known, lines, read = ["x"], [], set()
    for i in range(size):
        wires = rng.sample(known, min(rng.choice([1, 1, 1, 2, 2, 3, 5]), len(known)))
        lines.append(f"  n{i}: {_node(rng, wires)}")
        read |= set(wires)
        known.append(f"n{i}")
    loose = [name for name in known if name not in read]
    lines.append(f"  y: {{use: Add, in: [{', '.join(loose)}]}}")
    return graph_of(HEAD + "nodes:\n" + "\n".join(lines) + "\n")


def _node(rng: random.Random, wires: list[str]) -> str:
    if len(wires) == 1:
        return f"{{use: {rng.choice(['ReLU', 'LayerNorm', 'Tanh'])}, in: {wires[0]}}}"
    return f"{{use: {rng.choice(['Add', 'Add', 'Multiply'])}, in: [{', '.join(wires)}]}}"


def random_series_parallel(seed: int, size: int) -> Graph:
    """A graph made by putting pieces in series and side by side, with skips."""
    rng = random.Random(seed)
    lines: list[str] = []

    def name(block: str, wires: Iterable[str]) -> str:
        made = f"n{len(lines)}"
        wires = list(wires)
        inputs = f"[{', '.join(wires)}]" if block in ("Add", "Multiply") else wires[0]
        lines.append(f"  {made}: {{use: {block}, in: {inputs}}}")
        return made

    def piece(start: str, budget: int) -> str:
        if budget <= 1:
            return name(rng.choice(["ReLU", "Tanh", "LayerNorm"]), [start])
        kind = rng.choice(["series", "series", "parallel", "skip"])
        if kind == "series":
            return piece(piece(start, budget // 2), budget - budget // 2)
        if kind == "skip":
            return name("Add", [start, piece(start, budget - 1)])
        several = rng.choice([2, 2, 3, 4])
        ends = [piece(start, max(1, budget // several)) for _ in range(several)]
        return name(rng.choice(["Add", "Multiply"]), ends)

    end = piece("x", size)
    lines.append(f"  y: {{use: ReLU, in: {end}}}")
    return graph_of(HEAD + "nodes:\n" + "\n".join(lines) + "\n")


# Which wires should be drawn.


def wires(graph: Graph, *, everything: bool) -> Counter[tuple[str, str, str]]:
    """Every wire as (source, target, port), repeated boxes shown once or all copies."""
    found: Counter[tuple[str, str, str]] = Counter()
    outer = {name: name for name in graph.inputs}
    for name, source in _inside(graph.root, "", outer, everything, found).items():
        found[source, OUTPUT + name, ""] += 1
    return found


def _inside(
    composite: Composite,
    prefix: str,
    outer: Mapping[str, str],
    everything: bool,
    found: Counter[tuple[str, str, str]],
) -> dict[str, str]:
    made: dict[tuple[str, str, int | None], str] = {}

    def source(ref: Ref) -> str:
        if not ref.node:
            return outer[ref.port]
        node = composite.nodes[ref.node]
        if node.count == 0:
            return source(node.inputs[node.carried][0])
        if not everything and ref.copy not in (None, (node.count or 0) - 1):
            return prefix + ref.node  # drawn from the frame
        return made[ref.node, ref.port, ref.copy if everything else None]

    for node in composite.nodes.values():
        for copy in _copies(node, everything):
            first = main_copy(node, range(node.count)) if node.count else 0
            part = node.part_of(first if copy is None else copy)
            path = prefix + node.name + (f".{copy}" if copy is not None else "")
            folded = copy is None and node.count is not None
            path += ".0" if folded and node.count == 1 else ""
            below = f"{path}.*." if folded and node.count != 1 else f"{path}."
            read: dict[str, list[str]] = {}
            for port in part.inputs:
                if only_lengths(part, port):
                    continue
                follows = port not in node.inputs  # what a repeated node carries
                refs = node.inputs[node.carried if follows else port]
                read[port] = [source(ref) for ref in refs]
                if copy and (follows or port == node.carried):
                    read[port] = [made[node.name, next(iter(node.outputs)), copy - 1]]
            opened = isinstance(part, Composite) and (everything or node.count is not None)
            weights = [source(ref) for ref in node.inputs[WEIGH]] if weighed(node) else []
            for start in weights:
                found[start, path, WEIGH] += 1
            if opened:
                assert isinstance(part, Composite)
                inner = {port: sources[0] for port, sources in read.items()}
                outs = _inside(part, below, inner, everything, found)
            else:
                outs = dict.fromkeys(node.outputs, path)
                for port, sources in read.items():
                    for start in sources:
                        found[start, path, port] += 1
            for port, start in outs.items():
                made[node.name, port, copy] = made[node.name, port, None] = start
    return {port: source(ref) for port, ref in composite.sources.items()}


def weighed(node: Node) -> bool:
    """Whether a wire weighs the copies of a node."""
    return node.parallel is not None and node.parallel.weights is not None


def _copies(node: Node, everything: bool) -> Iterable[int | None]:
    if node.count is None:
        return [None]
    return range(node.count) if everything else [None] * min(node.count, 1)


def drawn(picture: Layout) -> Counter[tuple[str, str, str]]:
    """The wires of a drawing; a port with several arrows (V and K) counts once.

    All lines between two layers of neurons are one wire.
    """
    found: Counter[tuple[str, str, str]] = Counter()
    layers = [(e.source.split("[")[0], e.target.split("[")[0]) for e in picture.edges]
    for source, target in dict.fromkeys(layers):
        if source != f"{target}.x":
            found[source, target, "x"] += 1
    for line in picture.lines:
        if line.source != line.target:
            found[line.source, line.target, line.port] += 1
    for wire in found:
        weighs = wire[2] == WEIGH
        box = next(b for b in picture.boxes if b.path == wire[1] and (b.shape != "frame" or weighs))
        if box.family == "attention" and wire[2] == "memory":
            found[wire] = 1
    return found


# Rules of geometry.


def faults(picture: Layout) -> list[str]:
    """Everything in a drawing that a designer would not let pass."""
    return [
        *_overlapping_boxes(picture.boxes),
        *_loose_ends(picture),
        *_crossed_boxes(picture),
        *_shared_ways(picture.lines),
        *_touched_texts(picture),
        *_outside(picture),
        *_covered_cards(picture),
        *network_faults(picture),
    ]


def _rect(box: Box) -> Rect:
    return box.x, box.y, box.x + box.w, box.y + box.h


def _overlap(a: Rect, b: Rect, by: float = 0.5) -> bool:
    return a[0] < b[2] - by and b[0] < a[2] - by and a[1] < b[3] - by and b[1] < a[3] - by


def _within(a: Rect, b: Rect) -> bool:
    return a[0] >= b[0] and a[1] >= b[1] and a[2] <= b[2] and a[3] <= b[3]


def _overlapping_boxes(boxes: list[Box]) -> Iterator[str]:
    networks = [_rect(box) for box in boxes if box.shape == "network"]
    for box in boxes:
        if box.shape == "layer" and not any(_within(_rect(box), r) for r in networks):
            yield f"{box.path} leaves its network"
    for a, b in combinations([box for box in boxes if box.shape != "layer"], 2):
        inside = b.path.startswith(a.path + ".") and a.shape == "frame"
        around = a.path.startswith(b.path + ".") and b.shape == "frame"
        if inside or around:
            small, large = (b, a) if inside else (a, b)
            if not _within(_rect(small), _rect(large)):
                yield f"{small.path} leaves {large.path}"
        elif _overlap(_rect(a), _rect(b)):
            yield f"{a.path} and {b.path} overlap"


def _covered_cards(picture: Layout) -> Iterator[str]:
    """Cards behind a box that touch another box, a text, or the edge of the page."""
    for box in picture.boxes:
        if not box.beside:
            continue
        left, top, right, bottom = _rect(box)
        cards = (left + CARDS, top - CARDS, right + CARDS, bottom - CARDS)
        for other in picture.boxes:
            around = box.path.startswith(f"{other.path}.") or other.path.startswith(f"{box.path}.")
            if other is not box and not around and _overlap(cards, _rect(other)):
                yield f"the cards of {box.path} touch {other.path}"
        slips = (right, top - CARDS, right + CARDS, bottom), (left, top - CARDS, right, top)
        for text in picture.texts:
            if any(_overlap(slip, extent(text)) for slip in slips):
                yield f"the cards of {box.path} touch “{text.text}”"
        if cards[1] < 0 or cards[2] > picture.width:
            yield f"the cards of {box.path} leave the page"


def _loose_ends(picture: Layout) -> Iterator[str]:
    boxes = {box.path: box for box in picture.boxes}
    for line in picture.lines:
        box = boxes[line.target]
        if not _on_border(line.points[-1], _rect(box), box.shape == "circle"):
            yield f"{line.source} → {line.target} ends beside its box"
        if box.shape == "frame" and not (box.beside and line.port == WEIGH):
            yield f"{line.source} → {line.target} ends at a frame"
        others = [o for o in picture.lines if o.source == line.source and o is not line]
        joined = line.source == line.target or any(_on(line.points[0], o) for o in others)
        if not joined and not _on_border(line.points[0], _rect(boxes[line.source]), False):
            yield f"{line.source} → {line.target} starts in the void"


def _on_border(point: tuple[float, float], r: Rect, circle: bool) -> bool:
    x, y = point
    on_x = min(abs(x - r[0]), abs(x - r[2])) < 0.6 and r[1] - 0.6 <= y <= r[3] + 0.6
    on_y = min(abs(y - r[1]), abs(y - r[3])) < 0.6 and r[0] - 0.6 <= x <= r[2] + 0.6
    middle = abs(x - (r[0] + r[2]) / 2) < 0.6 or abs(y - (r[1] + r[3]) / 2) < 0.6
    return (on_x or on_y) and (middle or not circle or r[2] - r[0] > r[3] - r[1] + 1)


def _segments(line: Line) -> Iterator[Rect]:
    for (ax, ay), (bx, by) in pairwise(line.points):
        yield min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def _on(point: tuple[float, float], line: Line) -> bool:
    x, y = point
    return any(
        s[0] - 0.6 <= x <= s[2] + 0.6 and s[1] - 0.6 <= y <= s[3] + 0.6 for s in _segments(line)
    )


def _crossed_boxes(picture: Layout) -> Iterator[str]:
    closed = [(b, _rect(b)) for b in picture.boxes if b.shape not in ("frame", "layer")]
    for line in picture.lines:
        for s in _segments(line):
            if s[2] - s[0] > 0.6 and s[3] - s[1] > 0.6:
                yield f"{line.source} → {line.target} is askew"
            for box, r in closed:
                if _overlap((s[0], s[1], s[2], s[3]), r, -0.01) and _overlap(
                    (s[0] - 0.01, s[1] - 0.01, s[2] + 0.01, s[3] + 0.01), r, 1.0
                ):
                    yield f"{line.source} → {line.target} crosses {box.path}"


def _shared_ways(lines: list[Line]) -> Iterator[str]:
    """Wires of unlike sources may cross, but not run on the same way."""
    spans = [(line, s) for line in lines for s in _segments(line)]
    for (a, s), (b, t) in combinations(spans, 2):
        if a.source == b.source:
            continue
        for i, j in ((0, 1), (1, 0)):
            along = min(s[i + 2], t[i + 2]) - max(s[i], t[i])
            flat = s[j + 2] - s[j] < 0.6 and t[j + 2] - t[j] < 0.6
            if flat and abs(s[j] - t[j]) < 2 and along > 2:
                yield f"{a.source} → {a.target} and {b.source} → {b.target} share a way"


def extent(text: Text) -> Rect:
    """The box of a text on the page."""
    size = ROLES[text.role][0]
    wide = width(text.text, size)
    x = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
    return x, text.y - ASCENT * size, x + wide, text.y + DESCENT * size


def network_faults(picture: Layout) -> list[str]:
    """What is wrong among neurons, weighted lines, entries of matrices and their texts."""
    return [
        *_crowded_neurons(picture),
        *_touched_by_edges(picture),
        *_crowded_figures(picture),
        *_touched_by_strokes(picture),
        *_crowded_strips(picture),
    ]


def _circle(one: Neuron) -> Rect:
    return one.x - one.r, one.y - one.r, one.x + one.r, one.y + one.r


def _crowded_neurons(picture: Layout) -> Iterator[str]:
    frames = [_rect(box) for box in picture.boxes if box.shape == "network"]
    things = [(one.path, _circle(one)) for one in picture.neurons]
    things += [(one.path, (one.x, one.y, one.x + one.w, one.y + one.h)) for one in picture.cells]
    for path, r in things:
        if not any(_within(r, frame) for frame in frames):
            yield f"{path} leaves its network"
    for (a, ra), (b, rb) in combinations(things, 2):
        if _overlap(ra, rb):
            yield f"{a} and {b} overlap"
    labels = [e.label for e in picture.edges if e.label]
    texts = [*picture.texts, *labels]
    for text in texts:
        if text.role == "ours" and any(_within(extent(text), r) for _, r in things):
            continue  # a number in its entry of a matrix
        if text in labels or text.role in ("neuron", "winner", "weight", "ours", "caption"):
            for path, r in things:
                if _overlap(extent(text), r):
                    yield f"{text.text!r} ({text.path}) touches {path}"
        if text.role == "value":
            circle = next(one for one in picture.neurons if one.path == text.path)
            if not _within(extent(text), _circle(circle)):
                yield f"{text.text!r} leaves {text.path}"
    for one, other in combinations(texts, 2):
        if (one in labels or other in labels) and _overlap(extent(one), extent(other)):
            yield f"{one.text!r} ({one.path}) touches {other.text!r} ({other.path})"


def _touched_by_edges(picture: Layout) -> Iterator[str]:
    """A weighted line may cross others, but no text, not even its own weight."""
    texts = [*picture.texts, *(e.label for e in picture.edges if e.label)]
    rects = [(text, extent(text)) for text in texts]
    for edge in picture.edges:
        (ax, ay), (bx, by) = edge.start, edge.end
        around = min(ax, bx) - 1, min(ay, by) - 1, max(ax, bx) + 1, max(ay, by) + 1
        near = [(text, r) for text, r in rects if _overlap(r, around, 0)]
        ways = [(0.0, edge.gap[0]), (edge.gap[1], 1.0)] if edge.gap else [(0.0, 1.0)]
        for first, last in ways if near else []:
            for k in range(65):  # points along the line, a pixel or a few apart
                t = first + (last - first) * k / 64
                x, y = ax + (bx - ax) * t, ay + (by - ay) * t
                for text, r in near:
                    if r[0] < x < r[2] and r[1] < y < r[3]:
                        yield f"{edge.source} → {edge.target} touches {text.text!r} ({text.path})"


def _oblong(one: Cell | Chip | Strip) -> Rect:
    return one.x, one.y, one.x + one.w, one.y + one.h


def _square(one: Chip) -> Rect:
    """What a line must not cross of a small box; of a circle the square inside."""
    air = one.w * 0.15 if one.shape == "circle" else 0.0
    return one.x + air, one.y + air, one.x + one.w - air, one.y + one.h - air


def _crowded_figures(picture: Layout) -> Iterator[str]:
    """Small boxes lie in their frame, touch nothing, and hold their words."""
    frames = [_rect(box) for box in picture.boxes if box.shape == "network"]
    chips = [(one, _oblong(one)) for one in picture.chips]
    for one, r in chips:
        if not any(_within(r, frame) for frame in frames):
            yield f"{one.path} leaves its figure"
        if width(one.words, ROLES["value"][0]) > one.w - 4 and one.shape == "chip":
            yield f"{one.words!r} leaves {one.path}"
    solid = [(one.path, r) for one, r in chips if one.shape != "panel"]
    solid += [(one.path, _oblong(one)) for one in picture.cells]
    solid += [(one.path, _oblong(one)) for one in picture.strips]
    panels = [(one.path, r) for one, r in chips if one.shape == "panel"]
    for (a, ra), (b, rb) in combinations(solid, 2):
        if _overlap(ra, rb):
            yield f"{a} and {b} overlap"
    for path, r in [*solid, *((t.text, extent(t)) for t in picture.texts)]:
        for panel, around in panels:
            if _overlap(r, around) and not _within(r, around):
                yield f"{path} crosses the panel {panel}"
    hard = [(one.path, r) for one, r in chips if one.shape != "panel"]
    for text in picture.texts:
        for path, r in hard:
            if _overlap(extent(text), r):
                yield f"{text.text!r} ({text.path}) touches {path}"


def _touched_by_strokes(picture: Layout) -> Iterator[str]:
    """An arrow inside a figure ends at the border of what it joins, and touches nothing else."""
    texts = [(f"{t.text!r} ({t.path})", extent(t)) for t in picture.texts]
    chips = [(c.path, _square(c)) for c in picture.chips if c.shape != "panel"]
    frames = {box.path: _rect(box) for box in picture.boxes if box.shape == "network"}
    for stroke in picture.strokes:
        around = frames[stroke.path]
        near = [(p, r) for p, r in (*texts, *chips) if _overlap(r, around)]
        for (ax, ay), (bx, by) in pairwise(stroke.points):
            for k in range(1, 24):
                x, y = ax + (bx - ax) * k / 24, ay + (by - ay) * k / 24
                if not (around[0] <= x <= around[2] and around[1] <= y <= around[3]):
                    yield f"a line leaves {stroke.path}"
                for path, r in near:
                    if r[0] + 1 < x < r[2] - 1 and r[1] + 1 < y < r[3] - 1:
                        yield f"a line of {stroke.path} crosses {path}"


def _crowded_strips(picture: Layout) -> Iterator[str]:
    """The numbers beside a wire touch no text, no box and no wire."""
    page = (0.0, 0.0, picture.width, picture.height)
    segments = [(line, s) for line in picture.lines for s in _segments(line)]
    for strip in picture.strips:
        r = _oblong(strip)
        if not _within(r, page):
            yield f"the numbers of {strip.path} leave the page"
        for text in picture.texts:
            if _overlap(r, extent(text)):
                yield f"the numbers of {strip.path} touch {text.text!r}"
        for line, s in segments:
            if _overlap((s[0] - 0.1, s[1] - 0.1, s[2] + 0.1, s[3] + 0.1), r, 0.05):
                yield f"the numbers of {strip.path} touch {line.source} → {line.target}"
        for box in picture.boxes:
            around = box.shape in ("frame", "network", "layer")
            if _overlap(r, _rect(box)) and not (around and _within(r, _rect(box))):
                yield f"the numbers of {strip.path} touch {box.path}"


def _touched_texts(picture: Layout) -> Iterator[str]:
    texts = [(t, extent(t)) for t in picture.texts]
    inner = ("title", "detail", "note")
    for (a, ra), (b, rb) in combinations(texts, 2):
        if _overlap(ra, rb) and not (a.path == b.path and a.role in inner and b.role in inner):
            yield f"the texts {a.text!r} ({a.path}) and {b.text!r} ({b.path}) touch"
    segments = [(line, s) for line in picture.lines for s in _segments(line)]
    for text, r in texts:
        for line, s in segments:
            if _overlap((s[0] - 0.1, s[1] - 0.1, s[2] + 0.1, s[3] + 0.1), r, 0.05):
                yield f"{text.text!r} ({text.path}) touches {line.source} → {line.target}"
        for box in picture.boxes:
            b = _rect(box)
            if box.shape == "layer":
                continue
            if box.shape in ("frame", "network"):
                if _overlap(r, b) and not _within(r, b):
                    yield f"{text.text!r} ({text.path}) touches the frame {box.path}"
            elif box.path == text.path and text.role in (
                *inner,
                *(["name"] if box.shape == "text" else []),
            ):
                if not _within(r, (b[0] - 1, b[1] - 1, b[2] + 1, b[3] + 1)):
                    yield f"{text.text!r} leaves its box {box.path}"
            elif _overlap(r, b):
                yield f"{text.text!r} ({text.path}) touches the box {box.path}"


def _outside(picture: Layout) -> Iterator[str]:
    page = (0.0, 0.0, picture.width, picture.height)
    things = [(b.path, _rect(b)) for b in picture.boxes]
    things += [(t.text, extent(t)) for t in picture.texts]
    things += [(f"{n.source} → {n.target}", s) for n in picture.lines for s in _segments(n)]
    for name, r in things:
        if not _within(r, page):
            yield f"{name} leaves the page"
