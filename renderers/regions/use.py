"""How a composite is used in a drawing, and the ties that reach into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from boxwork.graphs.graph import Composite, Part
from boxwork.renderers.regions.region import Region, Side
from boxwork.renderers.structure.copies import main_copy
from boxwork.renderers.structure.opening import Opening
from boxwork.renderers.structure.scope import Element, Net
from boxwork.renderers.structure.tied import Ties
from boxwork.renderers.values.data import Data


@dataclass(frozen=True, slots=True)
class Use:
    """How one composite is used; the same use is laid out once.

    ``same`` names the inputs that carry the same wire as another, ``spine`` is the input
    that enters from below, ``sides`` are those that come from a side. With ``path`` the
    same composite elsewhere is another use: its numbers differ.
    """

    composite: Composite
    opening: Opening
    same: tuple[tuple[str, str], ...] = ()
    spine: str = ""
    sides: tuple[tuple[str, Side], ...] = ()
    ties: Ties = ()
    root: bool = False
    path: str = ""  # before the names of nodes, where numbers are drawn

    @property
    def outer(self) -> Side:
        """The side of its lanes: away from the wires that come from a side."""
        return "right" if any(side == "left" for _, side in self.sides) else "left"


class Known(Protocol):
    """Lays out the composites inside, each use once."""

    data: Data

    def scope(self, use: Use) -> tuple[Region, Mapping[str, Net]]:
        """The region of an open composite, and the wires that are its outputs."""
        ...

    def parameters(self, part: Part, ties: Ties) -> int:
        """How many numbers a part owns."""
        ...


def ties_inside(use: Use, element: Element) -> Ties:
    """The ties that hold inside an element, or of it."""
    if not element.node or not element.part:
        return ()
    name = element.node.name
    inside = [(path[1:], target) for path, target in use.ties if path and path[0] == name]
    own = [tie for tie in use.composite.ties if tie.own[0] == name]
    inside += [(tie.own[1:], tie.target) for tie in own]
    copies = element.shown.copies if element.shown else None
    if copies is not None:
        named = {"*", str(main_copy(element.node, copies))}
        inside = [(p[1:] if p else p, target) for p, target in inside if not p or p[0] in named]
    return tuple(inside)
