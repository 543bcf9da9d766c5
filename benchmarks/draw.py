"""Drawing against the number of boxes: layout and SVG, next to `dot` on the same graph."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from collections.abc import Callable

from boxwork.graphs.building.build import build
from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load
from boxwork.renderers.draw import figure
from boxwork.renderers.figure import Layout
from boxwork.renderers.formats.dot import dot
from boxwork.renderers.svg.svg import svg
from boxwork.specs.diagnostics import Reporter, Source
from boxwork.specs.schema import read_spec
from boxwork.specs.source import parse

ROUNDS = 5
MOST = 2_000  # boxes that dot is asked to lay out: it takes minutes for many more
PATIENCE = 60.0  # seconds for one run of dot


def main() -> None:
    """Time layout and SVG for ever more boxes, of several kinds."""
    figure(load("gpt2")[1])  # catalogue and imports, once
    program = shutil.which("dot")
    if program is None:
        print("dot, the peer, is not installed: apt install graphviz")
    print(f"{'':24}{'boxes':>8}{'layout':>11}{'SVG':>10}{'a box':>10}{'dot':>11}{'ratio':>8}")
    for name, (graph, opened) in graphs().items():
        made = figure(graph, open=opened)
        places = median(lambda graph=graph, opened=opened: figure(graph, open=opened))
        written = median(lambda made=made: svg(made))
        whole, boxes = places + written, len(made.boxes)
        line = f"{name:24}{boxes:8,}{places * 1e3:8.1f} ms{written * 1e3:7.1f} ms"
        line += f"{whole / boxes * 1e6:7.1f} µs"
        if program and boxes <= MOST:
            peer = timed_dot(program, made)
            told = f"{peer * 1e3:8.1f} ms{peer / whole:7.1f}" if peer else f"over {PATIENCE:.0f} s"
            line += f"{told:>19}"
        print(line)


def graphs() -> dict[str, tuple[Graph, list[str]]]:
    """What is drawn: a model closed and open, chains in one composite and in nested ones."""
    made: dict[str, tuple[Graph, list[str]]] = {"gpt2, closed": (load("gpt2")[1], [])}
    for layers in (12, 100, 475):
        made[f"gpt2, {layers} layers open"] = (load("gpt2", (), {"layers": layers})[1], ["all"])
    for size in (100, 1_000, 10_000):
        made[f"one chain of {size:,}"] = (chain(size), ["all"])
    for size in (1_000, 10_000):
        made[f"{size:,}, skips"] = (chain(size, skips=True), ["all"])
    for size in (1_000, 10_000):
        made[f"{size:,}, four deep"] = (nested(round(size**0.25)), ["all"])
    return made


def chain(size: int, *, skips: bool = False) -> Graph:
    """Boxes one after another, every second with a wire past the one before it."""
    lines = [
        f"  n{i}: {{use: Add, in: [n{i - 1}, n{i - 2}]}}"
        if skips and i > 1 and i % 2 == 0
        else f"  n{i}: {{use: ReLU}}"
        for i in range(size - 1)
    ]
    return _graph("nodes:\n" + "\n".join([*lines, "  y: {use: LayerNorm}"]))


def nested(width: int) -> Graph:
    """Composites of composites, four levels of so many boxes."""
    blocks = "blocks:\n"
    inner = "ReLU"
    for level in ("A", "B", "C"):
        blocks += f"  {level}:\n    inputs: {{x: 'real[d]'}}\n    outputs: {{y: 'real[d]'}}\n"
        blocks += "    nodes:\n"
        names = [*(f"n{i}" for i in range(width - 1)), "y"]
        blocks += "".join(f"      {name}: {{use: {inner}}}\n" for name in names)
        inner = level
    names = [*(f"n{i}" for i in range(width - 1)), "y"]
    return _graph(blocks + "nodes:\n" + "\n".join(f"  {name}: {{use: C}}" for name in names))


def _graph(rest: str) -> Graph:
    text = "format: 1\nname: chain\ndims: {d: 8}\ninputs: {x: 'real[d]'}\noutputs: {y: 'real[d]'}\n"
    reporter = Reporter()
    spec = read_spec(parse(Source("chain.yaml", text + rest + "\n")), reporter)
    reporter.raise_errors()
    assert spec is not None
    return build(spec, reporter)


def timed_dot(program: str, layout: Layout) -> float | None:
    """How long dot lays the same graph out, from the text we write; None if it takes too long."""
    text = dot(layout)
    start = time.perf_counter()
    try:
        subprocess.run(
            [program, "-Tsvg"],
            check=False,
            input=text.encode(),
            capture_output=True,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return None
    return time.perf_counter() - start


def median(step: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
