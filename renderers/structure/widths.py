"""Which widths are written on the arrows, and how."""

from __future__ import annotations

from functools import lru_cache

from boxwork.blocks.types import WireType
from boxwork.renderers.structure.scope import LAST, Element, Net, Scope


@lru_cache(maxsize=1024)
def words(type: WireType) -> str:
    """A type as it stands beside an arrow: ``seq × 768``.

    What has been seen of a dim is all of it, as in any run from the beginning.
    """
    said = [str(dim.plain()) for dim in type.dims]
    return " × ".join(f"({one})" if " " in one and len(said) > 1 else one for one in said)


def set_widths(scope: Scope) -> None:
    """Note widths where they change, after inputs, and where a wire leaves repeated boxes.

    Where branches meet without a change, the width is written once, after they met.
    """
    readers: dict[Net, list[Element]] = {}
    for element in scope.elements.values():
        for wire in element.wires:
            readers.setdefault(wire.net, []).append(element)
    waiting: set[str] = set()
    for element in scope.elements.values():
        if element.role == "output" or not element.nets:
            continue
        if element.role == "node" and not element.open and len({n.port for n in element.nets}) > 1:
            _note(element)
            continue
        meeting = _meeting(element, readers)
        if _changes(scope, element) or element.name in waiting:
            if meeting:
                waiting.add(meeting.name)
            else:
                _note(element)
        elif element.repeated and _leaves(element, readers):
            _note(element)


def _changes(scope: Scope, element: Element) -> bool:
    """Whether what comes out is not as wide as what goes in."""
    stacked = element.side is not None and element.side.weights is None
    if element.open and not element.repeated and not stacked:
        return False  # said inside
    if element.repeated and any(w.net.element for w in element.wires) and element.open:
        return False
    before = {words(scope.type(wire.net)) for wire in element.wires}
    after = {words(t) for port, t in element.outputs.items() if _read(element, port)}
    return not before or not after <= before


def _read(element: Element, port: str) -> bool:
    return any(net.port == port for net in element.nets)


def _meeting(element: Element, readers: dict[Net, list[Element]]) -> Element | None:
    """The box after this one, if it merely joins wires of this width."""
    if len(element.nets) != 1 or element.role != "node":
        return None
    there = readers.get(element.nets[0], [])
    if len(there) != 1 or there[0].open or there[0].role != "node":
        return None
    meeting = there[0]
    joined = {wire.net for wire in meeting.wires}
    same = [words(t) for t in meeting.outputs.values()][:1] == [
        words(element.outputs[element.nets[0].port])
    ]
    return meeting if same and len(joined) > 1 else None


def _leaves(element: Element, readers: dict[Net, list[Element]]) -> bool:
    """Whether a wire goes on to something other than the next copy."""
    there = [reader for net in element.nets for reader in readers.get(net, [])]
    return not there or any(reader.node is not element.node for reader in there)


def _note(element: Element) -> None:
    for net in element.nets:
        if net.copy != LAST:
            element.widths[net] = f"copy {net.copy}"
        elif len({n.port for n in element.nets}) > 1:
            element.widths[net] = net.port.replace("_", " ")
        elif element.outputs[net.port].dims:
            element.widths[net] = words(element.outputs[net.port])
