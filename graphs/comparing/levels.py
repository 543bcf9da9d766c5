"""One level of a graph as a comparison sees it: its boxes, and what each reads, by structure.

Names say nothing here: the order is that of the wires, a box that hands on what it gets is no
box, and a composite may be opened, so that its boxes stand at this level.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple
from weakref import ReferenceType, ref

from boxwork.graphs.graph import Composite, Graph, Node, Part, Primitive, Ref
from boxwork.graphs.noted import noted


class Source(NamedTuple):
    """Where a wire starts: an item's output, or (no item) an input of the level."""

    item: str
    port: str
    copy: int | None = None


Sources = tuple[Source, ...]


@dataclass(eq=False, slots=True)
class Item:
    """A box of a level; its path goes through the wrappers that were opened."""

    path: str
    node: Node
    sources: Mapping[str, Sources]
    spine: bool = False  # on the main way to the first output
    copies: tuple[str, ...] = ()  # the layers for which it stands, if they are written out
    part: Part = field(init=False)  # stands for all copies: the first of the most common
    wires: int = field(init=False)  # different ones that it reads

    def __post_init__(self) -> None:
        self.part = typical(self.node)
        self.wires = len({source for several in self.sources.values() for source in several})

    @property
    def inside(self) -> str:
        """What stands before the paths of the boxes inside."""
        count = self.node.count
        if self.copies:
            parts = self.node.parts
            return self.copy(next(k for k, part in enumerate(parts) if part is self.part))
        return f"{self.path}." if count is None else f"{self.path}.{'0' if count == 1 else '*'}."

    def copy(self, number: int) -> str:
        """What stands before the paths of the boxes inside one copy."""
        return f"{self.copies[number] if self.copies else f'{self.path}.{number}'}."


def typical(node: Node) -> Part:
    """The template that most copies of a node have."""
    if len(node.parts) == 1 or not node.count:
        return node.parts[0]
    counts = Counter(id(node.part_of(copy)) for copy in range(node.count))
    return max(node.parts, key=lambda part: counts[id(part)])


@dataclass(eq=False, slots=True)
class Level:
    """The boxes of a composite in the order of their wires, and the wires that are its outputs."""

    of: ReferenceType[Composite]  # which holds its levels, and so lives as long
    items: Mapping[str, Item]
    outputs: Mapping[str, Source]
    opened: Set[str]
    written: Sequence[str]  # the boxes in the order of the file, as far as they can run in it

    @property
    def composite(self) -> Composite:
        """The composite that it is a level of."""
        found = self.of()
        assert found is not None
        return found


@dataclass(eq=False, slots=True)
class _Walk:
    opened: Set[str]
    items: dict[str, Item] = field(default_factory=dict)

    def composite(
        self, part: Composite, prefix: str, outer: Mapping[str, Sources]
    ) -> dict[str, Sources]:
        made: dict[tuple[str, str], Sources] = {}

        def of(ref: Ref) -> Sources:
            if not ref.node:
                return outer.get(ref.port, ())
            found = made[ref.node, ref.port]
            return (
                tuple(s._replace(copy=ref.copy) for s in found) if ref.copy is not None else found
            )

        for node in part.nodes.values():
            read = {
                port: tuple(source for ref in refs for source in of(ref))
                for port, refs in node.inputs.items()
            }
            for port, sources in self._node(node, prefix + node.name, read).items():
                made[node.name, port] = sources
        return {port: of(ref) for port, ref in part.sources.items()}

    def _node(self, node: Node, path: str, read: dict[str, Sources]) -> Mapping[str, Sources]:
        if node.count == 0 or (node.part.name == "none" and not node.outputs.keys() - {"y"}):
            first = read[node.carried]
            return dict.fromkeys(node.outputs, first)
        alone = node.count is None and node.parallel is None
        if path in self.opened and alone and isinstance(node.part, Composite):
            return self.composite(node.part, f"{path}.", read)
        self.items[path] = Item(path, node, read)
        return {port: (Source(path, port),) for port in node.outputs}


def level(composite: Composite, opened: Set[str] = frozenset()) -> Level:
    """The level of a composite, with the boxes at some paths opened into it; made once."""
    key = frozenset(opened)
    if key not in composite.levels:
        composite.levels[key] = _level(composite, key)
    found = composite.levels[key]
    assert isinstance(found, Level)
    return found


def _level(composite: Composite, opened: Set[str]) -> Level:
    walk = _Walk(opened)
    outer = {port: (Source("", port),) for port in composite.inputs}
    outputs = {p: s[0] for p, s in walk.composite(composite, "", outer).items() if s}
    marks = _marks(walk.items)
    for item in walk.items.values():
        if commutes(item):
            item.sources = {
                port: tuple(sorted(sources, key=lambda s: _rank(s, marks)))
                for port, sources in item.sources.items()
            }
    order = _ordered(walk.items, [source.item for source in outputs.values()], marks)
    _mark_spine(walk.items, next((source.item for source in outputs.values()), ""))
    items = {path: walk.items[path] for path in order}
    return Level(ref(composite), items, outputs, opened, tuple(walk.items))


def _mark_spine(items: Mapping[str, Item], end: str) -> None:
    """Mark what leads to the first output, but for what a stack only looks at: an encoder."""
    todo = [end]
    while todo:
        item = items.get(todo.pop())
        if item is None or item.spine:
            continue
        item.spine = True
        carried = item.node.count is not None
        ports = list(item.sources.values())[: 1 if carried else None]
        todo += [source.item for sources in ports for source in sources]


def commutes(item: Item) -> bool:
    """Whether the order of its wires says nothing: a sum, a product."""
    part = item.part
    return isinstance(part, Primitive) and part.block.symbol in ("+", "×")


Mark = tuple[int, str]  # how many boxes are before a box, and what is, without any names


def _marks(items: Mapping[str, Item]) -> dict[str, Mark]:
    """What stands before each box, told without names, so that writing cannot change it."""
    made: dict[str, Mark] = {}
    for path, item in items.items():  # in an order in which they can run
        read = [
            [made.get(source.item, (0, source.port)) for source in sources]
            for sources in item.sources.values()
        ]
        if commutes(item):
            read = [sorted(marks) for marks in read]
        told = repr((list(bag(item.part)), read))
        deep = 1 + max((mark[0] for marks in read for mark in marks), default=0)
        made[path] = deep, hashlib.blake2b(told.encode(), digest_size=8).hexdigest()
    return made


def _rank(source: Source, marks: Mapping[str, Mark]) -> tuple[int, str, str]:
    """The longest way first."""
    deep, told = marks.get(source.item, (0, source.port))
    return -deep, told, source.port


def _ordered(
    items: Mapping[str, Item], ends: Sequence[str], marks: Mapping[str, Mark]
) -> list[str]:
    """Every item after what it reads, the longest way first."""
    order: dict[str, None] = {}
    todo = [(path, False) for path in reversed([*ends, *items])]
    while todo:
        path, read = todo.pop()
        if not path or path in order:
            continue
        if read:
            order[path] = None
            continue
        todo.append((path, True))
        before = [source for sources in items[path].sources.values() for source in sources]
        before.sort(key=lambda source: _rank(source, marks))
        todo += [(source.item, False) for source in reversed(before) if source.item not in order]
    return list(order)


@noted
def leaves(part: Part) -> Counter[str]:
    """How often each primitive occurs in a part; copies of a template count once."""
    if isinstance(part, Primitive):
        return Counter({part.name: 1})
    found: Counter[str] = Counter()
    for node in part.nodes.values():
        found.update(leaves(node.part))
    return found


Bag = tuple[tuple[str, int], ...]


@noted
def bag(part: Part) -> Bag:
    """How often each primitive occurs in a part, by name."""
    return tuple(sorted(leaves(part).items()))


@lru_cache(maxsize=4096)
def overlap(a: Bag, b: Bag) -> float:
    """The part of the primitives in two parts that both have."""
    one, other = Counter(dict(a)), Counter(dict(b))
    return (one & other).total() / max((one | other).total(), 1)


def primitives(part: Part) -> Sequence[Primitive]:
    """The templates of all primitives in a part, each use once."""
    return (part,) if isinstance(part, Primitive) else _primitives(part)


@noted
def _primitives(part: Composite) -> Sequence[Primitive]:
    inside = (each for node in part.nodes.values() for each in node.parts)
    return tuple(one for each in inside for one in primitives(each))


def uses(graph: Graph, block: str) -> int:
    """How often a block is used, copies counted once."""
    return _uses(graph.root, block)


def _uses(part: Part, block: str) -> int:
    inside = part.nodes.values() if isinstance(part, Composite) else ()
    return (part.name == block) + sum(_uses(node.part, block) for node in inside)
