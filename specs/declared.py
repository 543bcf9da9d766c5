"""What a spec says at a path: the node as written, and the block that it stands in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from boxwork.specs import marked
from boxwork.specs.keys import SNAKE
from boxwork.specs.lookup import base
from boxwork.specs.spec import BlockDecl, CompositeDecl, NodeDecl, Spec

Place = tuple[CompositeDecl, NodeDecl]


def node_at(spec: Spec, path: str) -> Place | None:
    """The node at a path, and the block or spec in whose nodes it is listed; None if unknown."""
    places = list(way_to(spec, path))
    steps = [s for s in path.split(".") if s != "*" and not s.isdigit()]
    return places[-1] if len(places) == len(steps) else None


def way_to(spec: Spec, path: str) -> Iterator[Place]:
    """The nodes that a path goes through, as far as it can be followed."""
    owner: CompositeDecl | None = spec.root
    given: Mapping[str, marked.Marked] = {}
    for step in path.split("."):
        if step == "*" or step.isdigit():
            continue
        if owner is None or (node := owner.nodes.get(step)) is None:
            return
        yield owner, node
        owner, given = _inside(spec, owner, node, given)


def _inside(
    spec: Spec, owner: CompositeDecl, node: NodeDecl, outer: Mapping[str, marked.Marked]
) -> tuple[CompositeDecl | None, Mapping[str, marked.Marked]]:
    """The composite that a node uses, and what is given to it."""
    use: marked.Marked | None = node.use
    if "use" in node.vary:
        use = node.vary["use"][1].items[0]
    if isinstance(use, marked.Scalar) and SNAKE.match(use.text) and use.text in owner.settings:
        use = outer.get(use.text, owner.settings[use.text].default)
        if isinstance(use, marked.Mapping):
            use = use.get("use")
    found = base(spec.blocks, use.text, owner.closed) if isinstance(use, marked.Scalar) else None
    given = {name: value for name, (_, value) in node.given.items()}
    return (found if isinstance(found, CompositeDecl) else None), given


def named_blocks(spec: Spec, names: set[str]) -> dict[str, BlockDecl]:
    """The spec's own blocks of these names, and all that these name in turn."""
    from boxwork.specs.references import named

    found: dict[str, BlockDecl] = {}
    todo = sorted(names)
    while todo:
        name = todo.pop()
        block = spec.blocks.get(name)
        if block is not None and name not in found:
            found[name] = block
            todo += sorted(named(block))
    return {name: block for name, block in spec.blocks.items() if name in found}
