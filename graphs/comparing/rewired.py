"""Wires that go elsewhere, seen past boxes that were added, removed or moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from boxwork.graphs.comparing.levels import Item, Level, Source, commutes
from boxwork.graphs.comparing.matches import Alignment

Wire = tuple[str, str, str, str, str]  # the reader on both sides, the port, before, after


def rewired(found: Alignment) -> Iterator[Wire]:
    """The inputs of boxes that correspond, and the outputs, whose wires do not."""
    pairs = {m.a.path: m.b.path for m in found.matches if m.a and m.b and not m.moved}
    one = _Sight(found.a, pairs, inputs_of(found))
    same = {port: port for port in found.b.composite.inputs}
    other = _Sight(found.b, {path: path for path in pairs.values()}, same)
    for match in found.matches:
        if match.a is None or match.b is None or match.moved:
            continue
        for port, port_b in _ports(match.a, match.b):
            a = one.through(match.a.sources.get(port, ()))
            b = other.through(match.b.sources.get(port_b, ()))
            if commutes(match.b) and one.direct(match.a, port) == other.direct(match.b, port_b):
                continue  # a sum of less, or of more, where a box went or came
            if a and b and not _agree(a, b, ordered=not commutes(match.b)):
                yield match.a.path, match.b.path, port_b, _told(a), _told(b)
    for a_end, (port_b, b_end) in zip(
        found.a.outputs.values(), found.b.outputs.items(), strict=False
    ):
        a, b = one.through((a_end,)), other.through((b_end,))
        if a and b and not _agree(a, b, ordered=False):
            yield "", "", port_b, _told(a), _told(b)


def inputs_of(found: Alignment) -> dict[str, str]:
    """The inputs of the first level by those of the second that are read in their place."""
    votes: dict[str, Counter[str]] = {}
    for match in found.matches:
        if match.a is None or match.b is None:
            continue
        for port, port_b in _ports(match.a, match.b):
            one, other = match.a.sources[port], match.b.sources[port_b]
            if commutes(match.b):  # the order says nothing: only what is alone tells
                one, other = (tuple({s for s in ends if not s.item}) for ends in (one, other))
                one, other = (one, other) if len(one) == len(other) == 1 else ((), ())
            for start, start_b in zip(one, other, strict=False):
                if not start.item and not start_b.item:
                    votes.setdefault(start.port, Counter())[start_b.port] += 1
    inputs = dict(zip(found.a.composite.inputs, found.b.composite.inputs, strict=False))
    return inputs | {port: count.most_common(1)[0][0] for port, count in votes.items()}


class _Sight:
    """Follows wires back to a box that has a counterpart, or to an input."""

    def __init__(self, level: Level, names: Mapping[str, str], inputs: Mapping[str, str]) -> None:
        self.level, self.names, self.inputs = level, names, inputs

    def direct(self, item: Item, port: str) -> Counter[str]:
        """The wires from boxes that have a counterpart, and from inputs."""
        found = item.sources.get(port, ())
        known = [s for s in found if not s.item or s.item in self.names]
        return Counter(end for source in known for end in self._ends(source, set()))

    def through(self, sources: tuple[Source, ...]) -> list[frozenset[str]]:
        """For each wire the places it may stand for, by the names of the second side."""
        return [frozenset(self._ends(source, set())) for source in sources]

    def _ends(self, source: Source, seen: set[str]) -> Iterator[str]:
        if not source.item:
            yield f"input {self.inputs.get(source.port, source.port)}"
        elif source.item in self.names:
            copy = "" if source.copy is None else f".{source.copy}"
            yield self.names[source.item] + copy
        elif source.item not in seen:
            seen.add(source.item)
            ends = [s for ports in self.level.items[source.item].sources.values() for s in ports]
            for end in ends:
                yield from self._ends(end, seen)


def _ports(a: Item, b: Item) -> Iterator[tuple[str, str]]:
    """Ports that correspond: by name, the others in order."""
    same = [port for port in a.sources if port in b.sources]
    yield from ((port, port) for port in same)
    if a.part.name != b.part.name:
        rest = [[p for p in item.sources if p not in same] for item in (a, b)]
        yield from zip(*rest, strict=False)


def _agree(a: list[frozenset[str]], b: list[frozenset[str]], *, ordered: bool) -> bool:
    if len(a) != len(b):
        one, other = frozenset().union(*a), frozenset().union(*b)
        return one == other or bool(one & other and min(len(a), len(b)) == 1)
    if ordered:
        return all(one & other for one, other in zip(a, b, strict=True))
    if Counter(a) == Counter(b):
        return True
    rest = list(b)
    for one in a:
        fit = next((other for other in rest if one & other), None)
        if fit is None:
            return False
        rest.remove(fit)
    return True


def _told(ends: list[frozenset[str]]) -> str:
    return ", ".join(" or ".join(sorted(end)).replace("input ", "") for end in ends)
