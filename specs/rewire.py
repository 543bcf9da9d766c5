"""Changing who reads whom in one composite, all wires written out first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from boxwork.specs import marked
from boxwork.specs.diagnostics import Note
from boxwork.specs.spec import CompositeDecl, NodeDecl, OutputDecl

Wires = Callable[[marked.Scalar], marked.Scalar | None]


def explicit(owner: CompositeDecl, takes_input: Callable[[NodeDecl], bool]) -> CompositeDecl:
    """The same composite with every implied wire written."""
    before = next(iter(owner.inputs), None)
    nodes: dict[str, NodeDecl] = {}
    for name, node in owner.nodes.items():
        if node.inputs is None and before is not None and takes_input(node):
            node = replace(node, inputs=marked.Scalar(before, node.span))
        nodes[name] = node
        before = name
    return replace(owner, nodes=nodes)


def _wires(value: marked.Marked | None) -> list[marked.Scalar]:
    match value:
        case marked.Scalar():
            return [value]
        case marked.Sequence(items=items):
            return [wire for item in items for wire in _wires(item)]
        case marked.Mapping(items=pairs):
            return [wire for _, item in pairs for wire in _wires(item)]
        case _:
            return []


def first_wire(node: NodeDecl, *, only: bool = False) -> marked.Scalar | None:
    """The first wire of a node; with ``only``, None if it reads several."""
    wires = _wires(node.inputs)
    if not wires or (only and len({wire.text for wire in wires}) > 1):
        return None
    return wires[0]


def _mapped(value: marked.Marked, change: Wires) -> marked.Marked | None:
    """The same wires, each changed; None for those that go."""
    match value:
        case marked.Scalar():
            return change(value)
        case marked.Sequence(items=items):
            kept = [new for item in items if (new := _mapped(item, change)) is not None]
            return replace(value, items=tuple(kept))
        case marked.Mapping(items=pairs):
            new_pairs = [(k, new) for k, v in pairs if (new := _mapped(v, change)) is not None]
            return replace(value, items=tuple(new_pairs))


def reads_first(node: NodeDecl, wire: marked.Scalar) -> NodeDecl:
    """The same node with another wire on its first input."""
    done: list[bool] = []

    def change(old: marked.Scalar) -> marked.Scalar:
        if done:
            return old
        done.append(True)
        return replace(wire, span=old.span)

    return replace(node, inputs=None if node.inputs is None else _mapped(node.inputs, change))


def with_first(new: Mapping[str, NodeDecl], wire: marked.Scalar) -> dict[str, NodeDecl]:
    """New nodes, the first of which reads ``wire`` unless it says otherwise."""
    name = next(iter(new))
    first = new[name]
    return dict(new) | {name: first if first.inputs is not None else replace(first, inputs=wire)}


def read_elsewhere(
    owner: CompositeDecl, wires: Collection[str], wire: marked.Scalar, told: Note | None = None
) -> CompositeDecl:
    """Everything that read one of ``wires`` reads ``wire``, and ``told`` says why."""

    def change(old: marked.Scalar) -> marked.Scalar:
        return replace(wire, span=old.span) if old.text in wires else old

    nodes = dict(owner.nodes)
    for key, node in owner.nodes.items():
        if any(old.text in wires for old in (*_wires(node.inputs), *_wires(node.weigh))):
            inputs = None if node.inputs is None else _mapped(node.inputs, change)
            weigh = None if node.weigh is None else change(node.weigh)
            edits = (*node.edits, told) if told is not None else node.edits
            nodes[key] = replace(node, inputs=inputs, weigh=weigh, edits=edits)
    return replace(owner, nodes=nodes, outputs=_outputs(owner, change))


def _outputs(
    owner: CompositeDecl, change: Callable[[marked.Scalar], marked.Scalar]
) -> dict[str, OutputDecl]:
    return {key: replace(out, wire=change(out.wire)) for key, out in owner.outputs.items()}


def dropped(
    owner: CompositeDecl, name: str, wire: marked.Scalar | None, told: Note
) -> tuple[CompositeDecl, str]:
    """The composite without a node: its readers read ``wire``, or do without.

    Also tells who could not do without: a reader that is not variadic.
    """
    nodes = {key: node for key, node in owner.nodes.items() if key != name}
    without = replace(owner, nodes=nodes)
    if wire is not None:
        return read_elsewhere(without, [name], wire, told), ""
    for out in owner.outputs.values():
        if out.wire.text.split(".")[0] == name:
            return owner, f"the output {out.name}"
    lonely = []
    for key, node in nodes.items():
        if node.weigh is not None and node.weigh.text.split(".")[0] == name:
            return owner, key
        if name not in [w.text.split(".")[0] for w in _wires(node.inputs)]:
            continue
        kept = _list_without(node.inputs, name)
        if kept is None or not kept.items:
            return owner, key
        nodes[key] = replace(node, inputs=kept, edits=(*node.edits, told))
        if len(kept.items) == 1 and node.use is not None and node.use.text == "Add":
            lonely.append(key)
    without = replace(owner, nodes=nodes)
    for key in lonely:
        without, stranded = dropped(without, key, first_wire(without.nodes[key]), told)
        if stranded:
            return owner, stranded
    return without, ""


def _list_without(value: marked.Marked | None, name: str) -> marked.Sequence | None:
    if not isinstance(value, marked.Sequence):
        return None
    kept = [w for w in value.items if isinstance(w, marked.Scalar) and w.text.split(".")[0] != name]
    return replace(value, items=tuple(kept))
