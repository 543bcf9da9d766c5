"""Wires that go elsewhere, seen past boxes that were added, removed or moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from boxwork.graphs.comparing.interface import paired
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
    for port, port_b in paired(found.a.composite.outputs, found.b.composite.outputs).items():
        a, b = (
            sight.through((level.outputs[end],)) if end in level.outputs else []
            for sight, level, end in ((one, found.a, port), (other, found.b, port_b))
        )
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
    inputs: dict[str, str] = {}
    ranked = sorted((-n, port, to) for port, count in votes.items() for to, n in count.items())
    voted = [(port, to) for _, port, to in ranked]
    in_order = list(zip(found.a.composite.inputs, found.b.composite.inputs, strict=False))
    known = [pair for pair in in_order if votes.get(pair[0], Counter())[pair[1]]]
    for port, to in [*known, *voted, *in_order]:
        if port not in inputs and to not in inputs.values():
            inputs[port] = to
    return inputs


@dataclass(frozen=True, slots=True)
class _End:
    """Where a wire may start: by the name of the second side, and by that of its own."""

    key: str
    own: str = field(compare=False)


Ends = frozenset[_End]


@dataclass(frozen=True, slots=True)
class _Sight:
    """Follows wires back to a box that has a counterpart, or to an input."""

    level: Level
    names: Mapping[str, str]
    inputs: Mapping[str, str]

    def direct(self, item: Item, port: str) -> Counter[_End]:
        """The wires from boxes that have a counterpart, and from inputs."""
        found = item.sources.get(port, ())
        known = [s for s in found if not s.item or s.item in self.names]
        return Counter(end for source in known for end in self._ends(source, set()))

    def through(self, sources: tuple[Source, ...]) -> list[Ends]:
        """For each wire the places it may stand for."""
        return [frozenset(self._ends(source, set())) for source in sources]

    def _ends(self, source: Source, seen: set[str]) -> Iterator[_End]:
        if not source.item:
            port = source.port
            yield _End(f"input {self.inputs.get(port, port)}", port)
        elif source.item in self.names:
            copy = "" if source.copy is None else f".{source.copy}"
            yield _End(self.names[source.item] + copy, source.item + copy)
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


def _agree(a: list[Ends], b: list[Ends], *, ordered: bool) -> bool:
    if len(a) != len(b):
        one, other = (frozenset[_End]().union(*ends) for ends in (a, b))
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


def _told(wires: list[Ends]) -> str:
    return ", ".join(" or ".join(sorted({end.own for end in ends})) for ends in wires)
