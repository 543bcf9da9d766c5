"""Where the wires of a run come from: the path of the primitive or input behind a reference."""

from __future__ import annotations

from dataclasses import dataclass

from boxwork.graphs.graph import Composite, Graph, Node, Ref


@dataclass(frozen=True, slots=True)
class _Level:
    """A composite on the way inwards, and the node (and copy of it) that is gone into."""

    composite: Composite
    prefix: str
    node: Node | None = None
    copy: int | None = None


def origin(graph: Graph, scope: str, ref: Ref) -> str | None:
    """The path of a value that is read inside ``scope`` (``stack.0.attn.``), from where it is made.

    What a composite puts out goes by the name of the box inside that makes it, as in a trace.
    None if the scope stands for several copies at once, as one of copies side by side does.
    """
    levels = _levels(graph, scope)
    return None if levels is None else _resolved(levels, ref)


def _levels(graph: Graph, scope: str) -> list[_Level] | None:
    names = scope.split(".")[:-1]
    levels = [_Level(graph.root, "")]
    while names:
        at = levels[-1]
        node, copy = at.composite.nodes[names.pop(0)], None
        if node.parallel is not None:
            return None
        if node.count is not None:
            name = names.pop(0)
            if not name.isdigit():
                return None
            copy = int(name)
        levels[-1] = _Level(at.composite, at.prefix, node, copy)
        part = node.part_of(copy or 0)
        assert isinstance(part, Composite)
        levels.append(_Level(part, _path(at.prefix, node, copy) + "."))
    return levels


def _resolved(levels: list[_Level], ref: Ref) -> str:
    at = levels[-1]
    if ref.node:
        node = at.composite.nodes[ref.node]
        if node.count == 0:
            return _resolved(levels, node.inputs[node.carried][0])
        last = None if node.count is None else node.count - 1
        return _made(levels, node, last if ref.copy is None else ref.copy, ref.port)
    if len(levels) == 1:
        return ref.port
    outer = levels[:-1]
    around, copy = outer[-1].node, outer[-1].copy
    assert around is not None
    follows = ref.port not in around.inputs  # a repeated node hands it on
    if copy and (follows or ref.port == around.carried):
        return _made(outer, around, copy - 1, next(iter(around.outputs)))
    return _resolved(outer, around.inputs[around.carried if follows else ref.port][0])


def _made(levels: list[_Level], node: Node, copy: int | None, port: str) -> str:
    at = levels[-1]
    part, path = node.part_of(copy or 0), _path(at.prefix, node, copy)
    if isinstance(part, Composite) and node.parallel is None:
        inside = _Level(at.composite, at.prefix, node, copy), _Level(part, path + ".")
        return _resolved([*levels[:-1], *inside], part.sources[port])
    return path if port == next(iter(part.outputs)) else f"{path}.{port}"


def _path(prefix: str, node: Node, copy: int | None) -> str:
    return prefix + node.name + ("" if copy is None else f".{copy}")
