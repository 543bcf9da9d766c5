"""Whether two templates do the same, box by box: an edit of copies makes them anew."""

from __future__ import annotations

import hashlib

from boxwork.blocks.dims import Dim
from boxwork.graphs.graph import Node, Part, Primitive
from boxwork.graphs.noted import noted


@noted
def kind(part: Part) -> str:
    """What a template does, in words that are the same for another that does the same.

    Of a composite it is a digest: words of words would grow with every level.
    """
    if isinstance(part, Primitive):
        settings = {name: _told(value) for name, value in part.settings.items()}
        arrays = {n: [str(d) for d in p.dims] for n, p in part.parameters.items()}
        return repr((part.name, settings, arrays, list(part.inputs)))
    nodes = [(name, _node(node)) for name, node in part.nodes.items()]
    sources = {name: str(ref) for name, ref in part.sources.items()}
    ties = sorted((t.own, t.target, t.transpose) for t in part.ties)
    told = repr((list(part.inputs), nodes, sources, ties))
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def _node(node: Node) -> tuple[object, ...]:
    reads = {port: [str(ref) for ref in refs] for port, refs in node.inputs.items()}
    values = {name: repr(one.numbers) for name, one in node.values.items()}
    once = node.count, node.shared, node.kept is not None, str(node.parallel)
    return [kind(part) for part in node.parts], once, reads, values


def _told(value: object) -> str:
    return str(value) if isinstance(value, Dim) else repr(value)


def cycle(parts: tuple[Part, ...]) -> tuple[int, ...]:
    """Which templates of a cycle do the same, by number."""
    numbers: dict[str, int] = {}
    return tuple(numbers.setdefault(kind(part), len(numbers)) for part in parts)
