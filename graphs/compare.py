"""What is different between two aligned graphs, as data.

A difference is told once, where it was written: a setting of a block rather than all that
follows from it inside, a dim rather than the settings that are computed from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from boxwork.blocks.dims import Dim
from boxwork.blocks.settings import show
from boxwork.graphs.align import Alignment, Match, align
from boxwork.graphs.changes import Change
from boxwork.graphs.definitions import BlockValue
from boxwork.graphs.graph import Composite, Graph, Part, Primitive
from boxwork.graphs.levels import Item, leaves
from boxwork.graphs.rewired import rewired
from boxwork.graphs.uses import tied_otherwise, used_otherwise
from boxwork.specs import library

SIMILAR = 0.5  # blocks of unlike names are gone into if so much of their insides is shared


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two graphs, which boxes correspond, and what is different."""

    a: Graph
    b: Graph
    alignment: Alignment
    changes: tuple[Change, ...]

    @property
    def same(self) -> bool:
        """Whether both mean the same: names and the order of writing do not count."""
        return not self.changes

    @cached_property
    def told(self) -> tuple[Change, ...]:
        """The changes that do not follow from others."""
        return tuple(change for change in self.changes if not change.implied)


def compare(a: Graph, b: Graph) -> Comparison:
    """Compare two checked graphs; from the first to the second.

    Both are aligned in an order of their own, so that ``compare(b, a)`` is the mirror image.
    """
    turned = _order(b) < _order(a)
    one, other = (b, a) if turned else (a, b)
    found = align(one, other)
    changes = [*_interface(one, other), *_Collector(one, other).level(found, "", "", "")]
    changes = [*_dims(one, other), *changes]
    if turned:
        return Comparison(a, b, found.mirrored(), tuple(c.mirrored() for c in changes))
    return Comparison(a, b, found, tuple(changes))


def _order(graph: Graph) -> tuple[object, ...]:
    """Which of two graphs comes first, whatever is asked: the smaller one."""
    found = leaves(graph.root)
    dims = sorted((name, str(dim)) for name, dim in graph.dims.items())
    return found.total(), sorted(found.items()), graph.name, dims


def _dims(a: Graph, b: Graph) -> Iterator[Change]:
    """Dims of one name whose sizes differ, if anything in the graphs shows it."""
    for name, dim in a.dims.items():
        other = b.dims.get(name)
        if other is None or dim.agrees(other):
            continue
        if dim.free != other.free or not dim.free:
            yield Change("dim", name, name, name, str(dim), str(other))


def _interface(a: Graph, b: Graph) -> Iterator[Change]:
    """Inputs and outputs that are there, or are typed, otherwise."""
    for what, one, other in (("input", a.inputs, b.inputs), ("output", a.outputs, b.outputs)):
        for (name, kind), (name_b, kind_b) in zip(one.items(), other.items(), strict=False):
            before, after = kind.named(), kind_b.named()
            if kind.kind != kind_b.kind or len(kind.dims) != len(kind_b.dims):
                yield Change("type", name, name_b, what, before, after)
        for name in list(one)[len(other) :]:
            yield Change("removed", name, "", what, one[name].named())
        for name in list(other)[len(one) :]:
            yield Change("added", "", name, what, "", other[name].named())


class _Collector:
    """Goes through an alignment and collects what is different."""

    def __init__(self, a: Graph, b: Graph) -> None:
        self.dims = a.dims, b.dims

    def level(self, found: Alignment, a: str, b: str, owner: str) -> Iterator[Change]:
        """The differences on one level and inside it; ``a`` and ``b`` stand before its paths."""
        for match in found.matches:
            yield from self._match(match, a, b, owner)
        for one, other, what, before, after in rewired(found):
            yield Change("wire", a + one if one else "", b + other if other else "",
                         what, before, after, owner=owner)  # fmt: skip
        yield from tied_otherwise(found, a, b)

    def _match(self, match: Match, a: str, b: str, owner: str) -> Iterator[Change]:
        one, other = match.a, match.b
        if one is None or other is None:
            if one is not None:
                yield Change("removed", a + one.path, "", "", _word(one.part), "",
                             (one.part, None), owner)  # fmt: skip
            elif other is not None:
                yield Change("added", "", b + other.path, "", "", _word(other.part),
                             (None, other.part), owner)  # fmt: skip
            return
        place = a + one.path, b + other.path
        if match.moved:
            yield Change("moved", *place, parts=(one.part, other.part), owner=owner)
        yield from used_otherwise(one, other, place, self.dims)
        yield from self._parts(match, one, other, place, owner)

    def _parts(
        self, match: Match, one: Item, other: Item, place: tuple[str, str], owner: str
    ) -> Iterator[Change]:
        seen = set()
        for change in self._pairs(match, one, other, place, owner):
            key = change.kind, change.a, change.b, change.what, change.before, change.after
            if key not in seen:
                seen.add(key)
                yield change

    def _pairs(
        self, match: Match, one: Item, other: Item, place: tuple[str, str], owner: str
    ) -> Iterator[Change]:
        if not match.inside:
            if len(one.node.parts) == len(other.node.parts):
                for before, after in zip(one.node.parts, other.node.parts, strict=True):
                    yield from self._part(before, after, None, place, ("", ""), owner)
            else:
                yield from self._part(one.part, other.part, None, place, ("", ""), owner)
        for inside in match.inside:
            before, after = inside.a.composite, inside.b.composite
            if before is not after:
                yield from self._part(
                    before, after, inside, place, (_into(one, place[0]), _into(other, place[1])),
                    owner,
                )  # fmt: skip

    def _part(
        self,
        a: Part,
        b: Part,
        inside: Alignment | None,
        place: tuple[str, str],
        into: tuple[str, str],
        owner: str,
    ) -> Iterator[Change]:
        if a is b:
            return
        named = a.name == b.name
        if inside is None:
            if not named or isinstance(a, Composite) != isinstance(b, Composite):
                yield Change("replaced", *place, "", _word(a), _word(b), (a, b), owner)
            if named:
                yield from self._settings(a, b, place, owner, follow=False)
            return
        if named and _shipped(a) and _shipped(b):
            yield from self._settings(a, b, place, owner, follow=True)
            placed = _placed(a)
            for change in self.level(inside, *into, b.name):
                steps = change.path.removeprefix(into[1] if change.b else into[0]).split(".")
                if steps[0] in placed and change.kind != "wire":
                    yield change
            return
        if not named and not _gone_into(a, b, inside):
            yield Change("replaced", *place, "", _word(a), _word(b), (a, b), owner)
            yield from self._settings(a, b, place, owner, follow=True)
            return
        yield from self.level(inside, *into, b.name)

    def _settings(
        self, a: Part, b: Part, place: tuple[str, str], owner: str, *, follow: bool
    ) -> Iterator[Change]:
        """Settings that both have and that differ; blocks as settings are told inside."""
        differing = [n for n in a.settings if n in b.settings and not _equal(a, b, n)]
        for name in differing:
            before, after = a.settings[name], b.settings[name]
            if follow and (_is_block(before) or _is_block(after)) and a.name == b.name:
                continue
            implied = self._implied(before, after) or (follow and _follows(a, b, name, differing))
            words = _said(before), _said(after)
            yield Change("setting", *place, name, *words, (a, b), owner, implied)

    def _implied(self, before: object, after: object) -> bool:
        """Whether a size differs only because dims of the same names do."""
        if isinstance(before, Dim) and isinstance(after, Dim):
            return before.name == after.name and before.name.constant is None
        if isinstance(before, float) and isinstance(after, float):
            return any(
                abs(rule(one) - before) < 1e-9 * before and abs(rule(other) - after) < 1e-9 * after
                for one, other in self._sizes
                for rule in (float, math.sqrt, lambda x: 1 / x, lambda x: 1 / math.sqrt(x))
            )
        return False

    @cached_property
    def _sizes(self) -> list[tuple[float, float]]:
        """The sizes on both sides of the dims that changed: numbers may be their roots."""
        a, b = self.dims
        shared = [(a[name], b[name]) for name in a if name in b]
        known = [(x, y) for x, y in shared if not x.free and not y.free and not x.agrees(y)]
        return [(float(int(x)), float(int(y))) for x, y in known if int(x) and int(y)]


def _into(item: Item, path: str) -> str:
    return path.removesuffix(item.path) + item.inside


def _word(part: Part) -> str:
    return part.name


def _said(value: object) -> str:
    if isinstance(value, BlockValue):
        given = ", ".join(f"{name} {_said(one)}" for name, one in value.given)
        return f"{value.definition.name} ({given})" if given else value.definition.name
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.6g}" if isinstance(value, float) else show(value)


def _is_block(value: object) -> bool:
    return isinstance(value, BlockValue)


def _equal(a: Part, b: Part, name: str) -> bool:
    one, other = a.settings[name], b.settings[name]
    if isinstance(one, Dim) and isinstance(other, Dim):
        return one.agrees(other)
    if isinstance(one, BlockValue) and isinstance(other, BlockValue):
        return one.definition.name == other.definition.name and _said(one) == _said(other)
    return one == other


def _shipped(part: Part) -> bool:
    """Whether a composite is the catalogue's, whose insides follow from its settings."""
    decl = library.composite(part.name)
    if decl is None or not isinstance(part, Composite):
        return False
    return part.settings.keys() == decl.settings.keys() and part.nodes.keys() <= decl.nodes.keys()


def _placed(part: Part) -> set[str]:
    """The nodes of a catalogue block that hold what a setting gives."""
    decl = library.composite(part.name)
    assert decl is not None
    blocks = {name for name, one in decl.settings.items() if one.type.base == "block"}
    found = set()
    for name, node in decl.nodes.items():
        given = [value.text for _, value in node.given.values() if hasattr(value, "text")]
        if (node.use is not None and node.use.text in blocks) or blocks & set(given):
            found.add(name)
    return found


def _follows(a: Part, b: Part, name: str, differing: list[str]) -> bool:
    """Whether a setting has its default on both sides, computed from others that differ."""
    decl = library.composite(b.name) if a.name == b.name else None
    setting = decl.settings.get(name) if decl else None
    text = getattr(setting.default, "text", "") if setting else ""
    if not text:
        return False
    if text in b.settings:
        return text in differing and all(_said(p.settings[text]) == _said(p.settings[name])
                                         for p in (a, b))  # fmt: skip
    return name == "scale" and isinstance(b.settings[name], float)


def _gone_into(a: Part, b: Part, inside: Alignment) -> bool:
    """Whether two blocks of unlike names are one, edited: most of what is in them is shared."""
    if a.family == b.family != "" and _shipped(a) and _shipped(b) and _flat(a) and _flat(b):
        return False
    if a.title == b.title:  # one is an edited copy of the other: AddNorm, AddNorm2
        return True
    if not _flat(a) or not _flat(b):
        return any(m.a and m.b for m in inside.matches)
    one, other = leaves(a), leaves(b)
    return (one & other).total() >= SIMILAR * (one | other).total()


def _flat(part: Part) -> bool:
    return all(isinstance(n.part, Primitive) for n in getattr(part, "nodes", {}).values())
