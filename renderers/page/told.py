"""What a page tells about a box: block, parameters, settings, wires, formula and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from boxwork.blocks.dims import Dim
from boxwork.blocks.docstrings import told as said_of
from boxwork.blocks.types import WireType
from boxwork.graphs.graph import WEIGH, Graph, Node, Part, Primitive
from boxwork.renderers.figure import Box, Layout, Text
from boxwork.renderers.page.found import find
from boxwork.renderers.structure.differ import said
from boxwork.renderers.structure.scope import OUTPUT
from boxwork.specs import library

Own = Mapping[str, Mapping[str, str]]  # what a spec says of its own blocks: formula, source, …
WORDS = ("about", "formula", "source")


def facts(graph: Graph, picture: Layout, box: Box, own: Own) -> dict[str, Any]:
    """What there is to tell of one box of a drawing; nothing is told that is empty."""
    texts = [text for text in picture.texts if text.path == box.path]
    if box.role != "node":
        types = graph.inputs if box.role == "input" else graph.outputs
        name = box.path.removeprefix(OUTPUT)
        return {"title": name, "block": box.role, "type": type_words(types[name])}
    found = find(graph, box.path)
    part = found.part
    told = {
        "title": _title(box, texts) or found.node.label or part.title,
        "block": part.name,
        "copies": len(found.copies) if found.copies and len(found.copies) > 1 else 0,
        "notes": [text.text for text in texts if text.role == "note"],
        "parameters": box.parameters,
        "arrays": [[name, _dims(one.dims)] for name, one in _arrays(part)],
        "settings": [[name, said(value)] for name, value in part.settings.items()],
        "reads": [[p, *dict.fromkeys(map(type_words, t))] for p, t in _reads(found.node, part)],
        "gives": [[port, type_words(one)] for port, one in _gives(found.node, part)],
        **{key: text for key, text in _words(part, own).items() if key in WORDS},
    }
    return {key: value for key, value in told.items() if value}


def _reads(node: Node, part: Part) -> Iterable[tuple[str, Iterable[WireType]]]:
    """What arrives, with what weighs copies side by side."""
    yield from part.inputs.items()
    if node.parallel is not None and node.parallel.weights is not None:
        yield WEIGH, (node.parallel.weights,)


def _gives(node: Node, part: Part) -> Iterable[tuple[str, WireType]]:
    """What comes out: of all copies side by side, else of one."""
    return (node if node.parallel is not None else part).outputs.items()


def type_words(one: WireType) -> str:
    """A wire type with names and sizes: ``real[seq, d_model = 768]``."""
    bound = f"<{_dim(one.bound)}>" if one.bound else ""
    return f"{one.kind}{bound}[{', '.join(map(_dim, one.dims))}]"


def _dim(dim: Dim) -> str:
    return str(dim) if str(dim.name) == str(dim) else f"{dim.name} = {dim}"


def _dims(dims: Iterable[Dim]) -> str:
    return " × ".join(str(dim) for dim in dims)


def _title(box: Box, texts: Iterable[Text]) -> str:
    """What a box is called in the drawing, if its title stands there alone."""
    role = {"box": "title", "frame": "caption"}.get(box.shape)
    return " ".join(text.text for text in texts if text.role == role)


def _arrays(part: Part) -> Iterable[tuple[str, Any]]:
    return part.parameters.items() if isinstance(part, Primitive) else ()


def _words(part: Part, own: Own) -> Mapping[str, str]:
    """What a block says of itself."""
    if isinstance(part, Primitive):
        about, sections = said_of(type(part.block))
        return {"about": about, **sections}
    if part.name in own:
        return own[part.name]
    decl = library.composite(part.name)
    return decl.text if decl else {}
