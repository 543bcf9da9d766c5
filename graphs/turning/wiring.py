"""The wires of one level of a goal, by the names that the boxes have in an attempt at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from boxwork.graphs.comparing.levels import Item, Level, Source
from boxwork.graphs.comparing.rewired import inputs_of
from boxwork.graphs.graph import WEIGH
from boxwork.graphs.turning.attempts import Here
from boxwork.specs.trees import Tree


@dataclass
class Wiring:
    """Spells wires of the second level in the first; ``new``: what inserted boxes are called."""

    here: Here
    inside: str = ""  # the wrapper in which the names are written, with a dot after it
    new: Mapping[str, str] = field(default_factory=dict)
    gone: Set[str] = frozenset()  # boxes of the first level that are removed

    @cached_property
    def names(self) -> dict[str, str]:
        """The boxes of the first level by those of the second that correspond."""
        found = self.here.found.matches
        pairs = ((m.a.path, m.b.path) for m in found if m.a and m.b and not m.moved)
        return {b: a for a, b in pairs if a not in self.gone}

    @cached_property
    def inputs(self) -> dict[str, str]:
        """The inputs of the first level by those of the second."""
        return {b: a for a, b in inputs_of(self.here.found).items()}

    def wire(self, source: Source) -> str | None:
        """A wire by name; None if it has none where it is to be read."""
        found, level = self.here.found, self.here.found.a
        if not source.item:
            name = self.inputs.get(source.port, "")
            return name if name in level.composite.inputs and not self.inside else None
        if source.item in self.new:
            return _output(self.new[source.item], source, found.b)
        path = self.names.get(source.item)
        if path is None:
            return None
        name = path.removeprefix(self.inside)
        if "." in name:
            return _wrapper(level, path) if not self.inside else None
        return _output(name, source, found.b, level.items[path])

    def read(self, item: Item) -> Tree | None:
        """What a node has under ``in`` to read what a box of the second level reads."""
        ports: dict[str, list[str]] = {}
        for port, sources in item.sources.items():
            if port == WEIGH and item.node.parallel is not None:
                continue
            wires = [self.wire(source) for source in sources]
            known = [wire for wire in wires if wire is not None]
            if len(known) < len(wires):
                return None
            ports[port] = known
        if len(ports) == 1:
            ((port, wires_of),) = ports.items()
            return _listed(wires_of)
        return {port: _listed(wires_of) for port, wires_of in ports.items()} or None

    def weigh(self, item: Item) -> str | None:
        """The wire that says how much each copy side by side counts."""
        sources = item.sources.get(WEIGH, ()) if item.node.parallel is not None else ()
        return self.wire(sources[0]) if sources else None


def _listed(wires: Sequence[str]) -> Tree:
    return wires[0] if len(wires) == 1 else list(wires)


def _output(name: str, source: Source, level: Level, like: Item | None = None) -> str:
    """The wire of an output: the first goes by the name of its node alone."""
    ports = list(level.items[source.item].node.outputs)
    steps = [name] if source.copy is None else [name, str(source.copy)]
    if source.port != ports[0]:
        at = ports.index(source.port) if source.port in ports else 0
        own = list(like.node.outputs) if like is not None else ports
        steps.append(own[at] if source.port not in own and at < len(own) else source.port)
    return ".".join(steps)


def _wrapper(level: Level, path: str) -> str | None:
    """The wrapper whose output is a box inside it."""
    name, _, rest = path.partition(".")
    node = level.composite.nodes.get(name)
    if node is None:
        return None
    for port, ref in getattr(node.part, "sources", {}).items():
        if ref.node == rest:
            return name if port == next(iter(node.outputs)) else f"{name}.{port}"
    return None
