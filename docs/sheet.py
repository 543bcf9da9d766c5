"""The sheet of every shipped spec: closed, open, and with the values of a run, by rule."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
from pictures import LEAF

from boxwork.api import Graph, load
from boxwork.blocks.attention import DotProductAttention
from boxwork.drawings import Drawing
from boxwork.graphs.graph import Composite, Primitive
from boxwork.specs.library import shipped
from boxwork.specs.marked import Scalar
from boxwork.specs.schema import SPEC_TEXT
from boxwork.specs.source import read

PAGE, IMAGES = "docs/drawings.md", "docs/drawings"
TITLES = {"article": "From the article", "gallery": "From the literature"}
HEAD = """\
# Every shipped spec, drawn

Each spec three times: as `boxwork draw NAME` draws it, with as much open as stays readable, and
with the numbers of a run; once, if it is another at other sizes. All of this page is made by
`make docs`; a spec that is new appears by itself. Where no trained weights come with a spec they
are random, and large models run at toy sizes: there the numbers show where numbers stand, and mean
nothing.
"""
WIDEST, TALLEST = 1900, 3300  # pixels of a drawing that can still be read
LARGEST = 240_000  # bytes of one
SIZES = ("format", "extends", "dims", "toy")  # what a variant has that gives other sizes alone
LETTERS = "humpty dumpt"
# What the article puts in, where it is not the leaf or its letters.
INPUTS: Mapping[str, Mapping[str, Any]] = {
    "choosing": {"tokens": "du"},
    "letter-kinds": {"tokens": "d"},
    "subwords": {"tokens": [19, 25]},  # cat, sat
    "words": {"tokens": "dumpty sat"},
    "gpt-words": {"tokens": "humpty dumpty sat"},
}
SEEDS = {"leaf-flower-learner": 4}  # with 0 no neuron of its middle layer lets anything through

Way = Mapping[str, Any]  # what to open: the arguments of draw


def open_ways(graph: Graph) -> list[Way]:
    """Ways to open a graph, the most first: all of it, all but Linears, composites, one stack."""
    composites = list(_paths(graph.checked.root, Composite, "*"))
    nested = any(not path.endswith(".*") for path in composites)
    whole: Way = {"open": "all", "neurons": 0}  # Linears closed
    folded: list[Way] = [{"open": composites}] if nested else []
    stacks = [node for node in graph.checked.root.nodes.values() if node.count]
    if len(stacks) > 1:
        longest = max(stacks, key=lambda node: node.count or 0).name
        folded.append({"open": [p for p in composites if p.split(".")[0] == longest]})
    return [{"open": "all"}, whole, *folded, *({"depth": depth} for depth in (3, 2, 1)), {}]


def value_ways(graph: Graph) -> list[Way]:
    """Ways to open a run: what is drawn once for several copies has none, so the first is open."""
    root = graph.checked.root
    repeated = [f"{node.name}.0" for node in root.nodes.values() if node.count]
    if not repeated:
        return open_ways(graph)
    mixes = list(_paths(root, DotProductAttention, "0"))
    first = mixes[:1]  # else of an encoder and a decoder both
    return [
        {"open": "all"},
        *({"open": paths} for paths in (mixes, first) if paths),
        {"open": repeated},
        {},
    ]


def _paths(composite: Composite, kind: type, copy: str, before: str = "") -> Iterator[str]:
    """The paths of the boxes of a kind; ``copy`` stands for the copies of a repeated one."""
    for node in composite.nodes.values():
        path = f"{before}{node.name}" + (f".{copy}" if node.count is not None else "")
        part = node.part_of(0)
        if isinstance(part, kind) or (isinstance(part, Primitive) and isinstance(part.block, kind)):
            yield path
        if isinstance(part, Composite):
            yield from _paths(part, kind, copy, f"{path}.")


def _fitting(drawn: Callable[..., Drawing], ways: Iterable[Way]) -> Drawing:
    """The first way that stays readable, or else the last."""
    for way in ways:
        drawing = drawn(**way)
        layout = drawing.layout
        inside = layout.width <= WIDEST and layout.height <= TALLEST
        if inside and len(drawing.svg.encode()) <= LARGEST:
            break
    return drawing


def files() -> dict[str, Callable[[], str]]:
    """Every file of the sheet by its path, and how it is made."""
    found: dict[str, Callable[[], str]] = {PAGE: page}
    for name in shipped():
        for kind, drawn in DRAWN.items():
            if kind == "closed" or not resized(name):
                path = f"{IMAGES}/{name}-{kind}.svg"
                found[path] = lambda drawn=drawn, name=name: drawn(name).svg
    return found


@cache
def resized(name: str) -> str:
    """The base of a variant in the gallery that gives other sizes alone; empty if it is none."""
    if shipped()[name].parent.name != "gallery":
        return ""
    tree = read(shipped()[name])
    base = tree.get("extends")
    keys = {key.text for key, _ in tree.items}
    return base.text if isinstance(base, Scalar) and keys <= {*SIZES, *SPEC_TEXT} else ""


@cache
def closed(name: str) -> Drawing:
    """A spec as it is drawn where nothing is asked for."""
    return load(name).draw()


@cache
def opened(name: str) -> Drawing:
    """A spec with as much open as stays readable."""
    graph = load(name)
    return _fitting(graph.draw, open_ways(graph))


@cache
def valued(name: str) -> Drawing:
    """A spec with a run in it."""
    graph = load(name, toy=bool(toy(name)))
    model = graph.init(seed=SEEDS.get(name, 0), dtype="float64")
    inputs = given(name, graph)
    return _fitting(lambda **way: model.draw(inputs=inputs, **way), value_ways(graph))


def toy(name: str) -> dict[str, str]:
    """The sizes at which a spec of the gallery is run: those of its toy that are not its own."""
    if shipped()[name].parent.name != "gallery":
        return {}
    spec = load(name).spec
    sizes = {dim: decl.value.text for dim, decl in spec.toy.items()}
    return {d: size for d, size in sizes.items() if spec.root.dims[d].value.text != size}


def given(name: str, graph: Graph) -> dict[str, Any]:
    """The inputs of a run: the article's, or else some words or numbers of our own."""
    if name in INPUTS:
        return dict(INPUTS[name])
    return {wire: _input(graph, wire, name) for wire in graph.inputs}


def _input(graph: Graph, wire: str, name: str) -> Any:
    kind = graph.inputs[wire]
    shape = [int(dim) if str(dim).isdigit() else 5 for dim in kind.dims]
    read = graph.interpretation.tokenizer(wire)
    random = np.random.default_rng(zlib.crc32(f"{name} {wire}".encode()))
    if kind.kind != "index":
        whole = shape == [4]
        return LEAF["features"] if whole else random.normal(size=shape).round(1).tolist()
    if read is None:
        return random.integers(0, int(kind.bound or 1), shape).tolist()
    if read.kind == "characters":
        return LETTERS
    said = [word for word in read.symbols if word.isalpha()]
    return " ".join(islice(said, 3))


DRAWN: Mapping[str, Callable[[str], Drawing]] = {
    "closed": closed,
    "open": opened,
    "values": valued,
}


def page() -> str:
    """The sheet as Markdown."""
    lines = [*HEAD.splitlines()]
    for folder in dict.fromkeys(path.parent.name for path in shipped().values()):
        lines += ["", f"## {TITLES.get(folder, folder)}"]
        names = [name for name, path in shipped().items() if path.parent.name == folder]
        lines += [line for name in names for line in _entry(name)]
    return "\n".join(lines) + "\n"


def _entry(name: str) -> Iterator[str]:
    graph, sizes = load(name), toy(name)
    source = shipped()[name]
    yield f"\n### {name}\n"
    about = " ".join(graph.spec.text.get("about", "").split())
    yield f"[{graph.name}](../specs/{source.parent.name}/{source.name}): {about}"
    yield f"\n![{graph.name}, closed](drawings/{name}-closed.svg)"
    if base := resized(name):
        yield f"\nOpen, and with a run in it, it is {_link(base)} at other sizes."
        return
    yield f"\n![{graph.name}, open](drawings/{name}-open.svg)"
    yield f"\n{_said_of_run(name, graph, sizes)}"
    yield f"\n![{graph.name}, with a run](drawings/{name}-values.svg)"


def _link(name: str) -> str:
    """A link to a spec of the sheet."""
    return f"[{name}](#{re.sub(r'[^a-z0-9-]', '', name)})"


def _said_of_run(name: str, graph: Graph, sizes: Mapping[str, int]) -> str:
    """What the numbers of a run are worth."""
    dims = ", ".join(f"{dim} = {size}" for dim, size in sizes.items())
    random = f"random weights (seed {SEEDS.get(name, 0)})"
    made = random if graph.random else "the weights of the spec"
    return f"A run with {made}{f', at {dims}' if dims else ''}:"
