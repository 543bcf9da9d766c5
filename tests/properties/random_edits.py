"""Random edits of a shipped spec, as ``--set`` takes them: those that make a graph are kept."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from boxwork.blocks.dims import Dim
from boxwork.graphs.graph import Composite, Graph, Node
from boxwork.graphs.load import load
from boxwork.specs.diagnostics import SpecError

NORMS, BENDS = ("LayerNorm", "RMSNorm"), ("ReLU", "GELU", "SiLU", "Tanh", "Logistic")
FEEDS = ("FeedForward", "GatedFeedForward")
KINDS = ("dim", "remove", "insert", "branch", "use", "setting", "swap", "copies", "tie")
NEW = (*NORMS, *BENDS, "Dropout, with: {rate: 0.3}")


def random_edits(random: Random, name: str, most: int, *sets: str) -> list[str]:
    """At most so many edits that all together make a graph which is not that of the spec."""
    made: list[str] = []
    graph = load(name, sets)[1]
    for _ in range(4 * most):
        if len(made) == most:
            break
        edit = _edit(random, graph, len(made))
        if not edit or edit.split("=")[0] in {one.split("=")[0] for one in made}:
            continue
        try:
            load(name, [*sets, *made, edit])
        except SpecError:
            continue
        made.append(edit)
    return made


def _edit(random: Random, graph: Graph, number: int) -> str:
    path, node = random.choice(list(_nodes(graph.root, "")))
    part = node.part
    kind = random.choice(KINDS)
    if kind == "dim":
        dim, size = random.choice(list(graph.dims.items()) or [("none", Dim.of(1))])
        return "" if size.free else f"dims.{dim}={int(size) * random.choice((2, 3))}"
    if kind == "remove":
        return f"remove=[{path}]"
    if kind == "insert":
        word, new = random.choice(("after", "before")), random.choice(NEW)
        return f"insert=[{{{word}: {path}, nodes: {{new_{number}: {{use: {new}}}}}}}]"
    if kind == "branch":
        new, name = f"new_{number}: {{use: {random.choice(NEW)}}}", path.rpartition(".")[2]
        both = f"both_{number}: {{use: Add, in: [{name}, new_{number}]}}"
        return f"insert=[{{after: {path}, nodes: {{{new}, {both}}}}}]"
    if kind == "copies" and node.count is not None:
        return random.choice((f"set.{path}.repeat={node.count + 1}", f"set.{path}.share=true"))
    if kind == "tie" and part.name == "Linear":
        return f"set.{path}.tie={{}}"
    group = next((g for g in (NORMS, BENDS, FEEDS) if part.name in g), ())
    other = random.choice([one for one in group if one != part.name] or [""])
    if kind in ("use", "swap") and other:
        return f"set.{path}.use={other}" if kind == "use" else f"swap.{part.name}={other}"
    if kind == "setting":
        return _setting(random, path, node)
    return ""


def _setting(random: Random, path: str, node: Node) -> str:
    """Another value of a flag, a number, or of something else that a block lets be set."""
    part = node.part
    able = {n: v for n, v in part.settings.items() if isinstance(v, bool | float)}
    if not able:
        return ""
    name, value = random.choice(list(able.items()))
    new = str(not value).lower() if isinstance(value, bool) else f"{value / 2:g}"
    return f"set.{path}.with.{name}={new}"


def _nodes(part: Composite, before: str) -> Iterator[tuple[str, Node]]:
    """All nodes that an edit can name, down to two levels of copies or blocks."""
    for name, node in part.nodes.items():
        path = before + name
        yield path, node
        inside = node.part
        if isinstance(inside, Composite) and path.count(".") < 3:
            yield from _nodes(inside, f"{path}." if node.count is None else f"{path}.*.")
