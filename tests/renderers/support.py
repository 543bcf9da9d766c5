"""What the tests of the drawings share: graphs from YAML, random ones, what is drawn of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping

from boxwork.graphs.graph import WEIGH, Composite, Graph, Node, Ref
from boxwork.graphs.load import load
from boxwork.renderers.figure import Layout
from boxwork.renderers.layout.layout import layout
from boxwork.renderers.structure.copies import main_copy
from boxwork.renderers.structure.opening import Opening
from boxwork.renderers.structure.scope import OUTPUT, only_lengths
from tests.blocks.specs import graph_of

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
