"""Going through an alignment, and collecting what is different on each level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from boxwork.graphs.comparing.changes import Change
from boxwork.graphs.comparing.differing import Differing
from boxwork.graphs.comparing.insides import gone_into, placed, shipped
from boxwork.graphs.comparing.levels import Item
from boxwork.graphs.comparing.matches import Alignment, Match, within
from boxwork.graphs.comparing.rewired import rewired
from boxwork.graphs.comparing.uses import tied_otherwise, used_otherwise
from boxwork.graphs.graph import Composite, Graph, Part


class Collector:
    """Goes through an alignment and collects what is different."""

    def __init__(self, a: Graph, b: Graph) -> None:
        self.dims = a.dims, b.dims
        self._settings = Differing(*self.dims)

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
                into, into_b, layers = within(match, inside)
                paths = _before(one, place[0]) + into, _before(other, place[1]) + into_b
                for change in self._part(before, after, inside, place, paths, owner):
                    yield change if layers == 1 else replace(change, layers=layers * change.layers)

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
                yield from self._settings.differing(a, b, place, owner, follow=False)
            return
        if named and shipped(a) and shipped(b):
            yield from self._settings.differing(a, b, place, owner, follow=True)
            kept = placed(a)
            for change in self.level(inside, *into, b.name):
                steps = change.path.removeprefix(into[1] if change.b else into[0]).split(".")
                if steps[0] in kept and change.kind != "wire":
                    yield change
            return
        if not named and not gone_into(a, b, inside):
            yield Change("replaced", *place, "", _word(a), _word(b), (a, b), owner)
            yield from self._settings.differing(a, b, place, owner, follow=True)
            return
        yield from self.level(inside, *into, b.name)


def _before(item: Item, path: str) -> str:
    """What stands before the paths of a level, by the whole path of one of its boxes."""
    return path.removesuffix(item.path)


def _word(part: Part) -> str:
    return part.name
