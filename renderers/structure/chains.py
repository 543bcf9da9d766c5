"""Chains of small Linears and activations, which are drawn as one network."""

from __future__ import annotations

from boxwork.renderers.structure.dense import is_activation, is_linear, small
from boxwork.renderers.structure.scope import Element, Net, Scope


def join_layers(scope: Scope, neurons: int) -> None:
    """Make one element of each chain of open small Linears and the activations between them.

    A chain ends where a wire is read elsewhere too; the element goes by the name of its last.
    """
    readers: dict[Net, list[Element]] = {}
    for element in scope.elements.values():
        for wire in element.wires:
            readers.setdefault(wire.net, []).append(element)
    ends = set(scope.ends.values())
    for element in list(scope.elements.values()):
        before = _before(scope, element)
        alone = before is not None and len(before.nets) == 1
        if before is None or not alone or before.nets[0] in ends:
            continue
        if len(readers[before.nets[0]]) > 1 or not _joins(before, element, neurons):
            continue
        element.layers = [*(before.layers or [before]), element]
        element.wires = before.wires
        element.shown = before.shown
        del scope.elements[before.name]


def _before(scope: Scope, element: Element) -> Element | None:
    """The one element that an element reads, if it reads just one wire."""
    return scope.elements.get(element.wires[0].net.element) if len(element.wires) == 1 else None


def _joins(before: Element, element: Element, neurons: int) -> bool:
    if not before.open or before.part is None or element.part is None or element.repeated:
        return False
    first = before.layers[0].part if before.layers else before.part
    assert first is not None
    if not is_linear(first) or not small(first, neurons) or before.repeated:
        return False
    return is_activation(element.part) or (
        element.open and is_linear(element.part) and small(element.part, neurons)
    )
