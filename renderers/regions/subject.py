"""What a figure is drawn of: one opened primitive, its wires, and what is known of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from boxwork.graphs.graph import Primitive, Ref
from boxwork.renderers.regions.words import index, title
from boxwork.renderers.structure.scope import Element
from boxwork.renderers.values.data import Data
from boxwork.renderers.values.origin import origin


@dataclass(frozen=True)
class Subject:
    """An opened primitive; ``scope`` leads to the composite that it stands in."""

    element: Element
    part: Primitive
    scope: str
    data: Data
    notes: Sequence[str] = ()

    @property
    def name(self) -> str:
        """Its path in the composite."""
        return self.element.name

    @cached_property
    def title(self) -> str:
        """What people call it."""
        return title(self.element) + index(self.element)

    def source(self, port: str, order: int = 0) -> str | None:
        """The path of the value that comes to an input."""
        node, shown = self.element.node, self.element.shown
        assert node is not None
        copies = shown.copies if shown else None
        if not self.data.known or (copies is not None and len(copies) > 1):
            return None
        refs: Sequence[Ref] = node.inputs.get(port, ())
        if copies and copies[0] and (port == node.carried or not refs):
            return f"{self.scope}{node.name}.{copies[0] - 1}"
        return origin(self.data.graph, self.scope, refs[order]) if order < len(refs) else None

    def array(self, port: str, order: int = 0) -> Any:
        """What came in, as an array of the declared dims (of a batch: the first sample)."""
        types = self.part.inputs.get(port, ())
        source = self.source(port, order)
        return self.data.array(source, len(types[order].dims)) if source and types else None

    def row(self, port: str, order: int = 0) -> list[float] | None:
        """The numbers that came in at the last position."""
        types = self.part.inputs.get(port, ())
        source = self.source(port, order)
        return self.data.value(source, len(types[order].dims)) if source and types else None

    def out(self) -> list[float] | None:
        """The numbers that came out at the last position."""
        wire = next(iter(self.part.outputs.values()))
        return self.data.value(self.scope + self.name, len(wire.dims))

    def parameter(self, name: str) -> list[float] | None:
        """The numbers of a parameter of one dim."""
        found = self.data.weights(f"{self.scope}{self.name}.{name}")
        size = int(self.part.parameters[name].dims[-1])
        return [found.at(k).value for k in range(size)] if found else None
