"""Declarations as plain trees, and trees as YAML that a person would write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from boxwork.specs import marked
from boxwork.specs.scalars import quoted
from boxwork.specs.spec import BlockDecl, CompositeDecl, Given, NodeDecl, OutputDecl
from boxwork.specs.write import flow

Tree = str | marked.Scalar | Sequence["Tree"] | Mapping[str, "Tree"]
WIDTH = 100
TEXTS = ("title", "family", "detail")  # what drawings and comparisons read


def tree(value: marked.Marked) -> Tree:
    """A piece of a file without its marks; scalars keep theirs, for quotes can say something."""
    match value:
        case marked.Scalar():
            return value
        case marked.Sequence(items=items):
            return [tree(item) for item in items]
        case marked.Mapping(items=pairs):
            return {key.text: tree(item) for key, item in pairs}


def node_tree(node: NodeDecl) -> dict[str, Tree]:
    """A node as it was written."""
    made: dict[str, Tree] = {}
    if node.use is not None and "use" not in node.vary:
        made["use"] = node.use
    if node.inputs is not None:
        made["in"] = tree(node.inputs)
    if node.given:
        made["with"] = given_tree(node.given)
    for key in ("repeat", "share", "parallel", "weigh", "keep"):
        if (value := getattr(node, key)) is not None:
            made[key] = value
    if node.vary:
        made["vary"] = {name: tree(items) for name, (_, items) in node.vary.items()}
    for key in ("tie", "values"):
        if (value := getattr(node, key)) is not None:
            made[key] = tree(value)
    if node.label:
        made["label"] = node.label
    return made


def given_tree(given: Given) -> dict[str, Tree]:
    """What stands under `with`."""
    return {name: tree(value) for name, (_, value) in given.items()}


def block_tree(block: BlockDecl) -> dict[str, Tree]:
    """A block of a spec as it was written, without what it says of itself."""
    closed: dict[str, Tree] = {"closed": "true"} if block.closed else {}
    if not isinstance(block, CompositeDecl):
        given: dict[str, Tree] = {"with": given_tree(block.given)} if block.given else {}
        return {"use": block.use} | given | closed
    texts: dict[str, Tree] = {k: block.text[k] for k in TEXTS if block.text.get(k)}
    sections: dict[str, Tree] = {
        "dims": {d.name: d.value for d in block.dims.values()},
        "settings": {
            s.name: str(s.type) if s.default is None else f"{s.type} = {flow(s.default)}"
            for s in block.settings.values()
        },
        "require": [r.text for r in block.require],
        "inputs": {i.port.name: i.text for i in block.inputs.values()},
        "outputs": {o.name: _output(o) for o in block.outputs.values()},
        "nodes": {n.name: node_tree(n) for n in block.nodes.values()},
    }
    return texts | closed | {key: section for key, section in sections.items() if section}


def _output(output: OutputDecl) -> Tree:
    if output.wire.text == output.name:
        return output.text
    return {"type": output.text, "from": output.wire}


def written(key: str, value: Tree, indent: int = 0) -> Iterator[str]:
    """``key: value`` on one line if that is short, else with an entry on each."""
    space = " " * indent
    line = f"{space}{quoted(key)}: {flowing(value)}"
    if len(line) <= WIDTH or not isinstance(value, Mapping | list | tuple) or not value:
        yield line
        return
    if not isinstance(value, Mapping) and not any(isinstance(v, Mapping | list) for v in value):
        yield from _filled(line, len(space) + len(quoted(key)) + 3)
        return
    yield f"{space}{quoted(key)}:"
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from written(name, item, indent + 2)
        return
    for item in value:
        line = f"{space}  - {flowing(item)}"
        if len(line) <= WIDTH or not isinstance(item, Mapping):
            yield line
            continue
        lines = [text for name, one in item.items() for text in written(name, one, indent + 4)]
        yield f"{space}  - {lines[0].lstrip()}"
        yield from lines[1:]


def _filled(line: str, indent: int) -> Iterator[str]:
    """A long list of words, broken after commas."""
    made = ""
    for word in line.split(", "):
        if made and len(made) + len(word) + 2 > WIDTH:
            yield f"{made},"
            made = " " * indent + word
        else:
            made = f"{made}, {word}" if made else word
    yield made


def flowing(value: Tree) -> str:
    """A tree on one line."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, marked.Scalar):
        return flow(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(k)}: {flowing(v)}" for k, v in value.items()) + "}"
    return "[" + ", ".join(map(flowing, value)) + "]"
