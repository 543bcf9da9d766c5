"""One open composite as the drawing sees it: its pieces and the wires between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from boxwork.blocks.types import WireType
from boxwork.graphs.graph import Composite, Node, Parallel, Part, Primitive, Ref
from boxwork.renderers.figure import Strip
from boxwork.renderers.structure.copies import main_copy
from boxwork.renderers.structure.opening import Opening, Shown

OUTPUT = "output "  # before the names of outputs, which may also be names of nodes


LAST = -1  # a number like the others, so that wires have an order


class Net(NamedTuple):
    """A wire by where it starts: an element's output port, or (no element) an input."""

    element: str
    port: str
    copy: int = LAST  # a copy inside a run of copies that is drawn as one


class Wire(NamedTuple):
    """One end of a wire: what it carries, and the port it goes to."""

    net: Net
    port: str
    order: int = 0


@dataclass(slots=True, eq=False)
class Element:
    """A piece of the drawing: a node or some of its copies, or the name of a wire."""

    name: str  # its path inside the composite
    role: Literal["node", "input", "output"]
    wires: list[Wire] = field(default_factory=list)
    outputs: Mapping[str, WireType] = field(default_factory=dict)
    node: Node | None = None
    part: Part | None = None
    shown: Shown | None = None
    below: tuple[str, str] = (
        "",
        "",
    )  # written under a box that reads only lengths, and beside the arrow
    layers: list[Element] = field(default_factory=list)  # of a network that is drawn as one
    beside: Element | None = None  # a small source drawn next to the circle that reads it
    nets: list[Net] = field(default_factory=list)  # those somebody reads
    widths: dict[Net, str] = field(default_factory=dict)  # to be written where a wire leaves
    strips: dict[Net, Strip] = field(default_factory=dict)  # the numbers of a run beside them

    @property
    def open(self) -> bool:
        return self.shown is not None and self.shown.open

    def close(self) -> None:
        """Show it closed after all: there is nothing to see inside."""
        if self.shown:
            self.shown = replace(self.shown, open=False)

    @property
    def repeated(self) -> bool:
        return self.shown is not None and self.shown.copies is not None

    @property
    def inside(self) -> str:
        """What stands before the paths of the boxes inside: ``stack.*.`` for all its copies."""
        every = self.node is not None and self.repeated and self.name == self.node.name
        return f"{self.name}.*." if every else f"{self.name}."

    @property
    def sign(self) -> str:
        """The sign in its circle, if it is drawn as one."""
        part = self.part
        several = self.repeated or self.side is not None
        return part.block.symbol if isinstance(part, Primitive) and not several else ""

    @property
    def side(self) -> Parallel | None:
        """What it says of its copies, if they stand side by side."""
        return self.node.parallel if self.node is not None else None

    @property
    def family(self) -> str:
        return (self.part.family if self.part else self.role) or "composite"


class Scope:
    """The elements of one composite, in an order in which they can run, and its outputs."""

    def __init__(
        self, composite: Composite, opening: Opening, same: Mapping[str, str], *, root: bool
    ) -> None:
        self.composite = composite
        self.same = same  # inputs that carry the same wire go by one name
        self.root = root
        self.elements: dict[str, Element] = {}
        self._pieces: dict[str, list[Element]] = {}
        if root:
            self._add_inputs()
        for node in composite.nodes.values():
            self._add_node(node, opening)
        self.ends = {port: self.net(ref) for port, ref in composite.sources.items()}
        if root:
            self._add_outputs()
        self._note_readers()

    def net(self, ref: Ref) -> Net:
        """The wire that a reference stands for."""
        while ref.node and self.composite.nodes[ref.node].count == 0:
            passed = self.composite.nodes[ref.node]
            ref = passed.inputs[passed.carried][0]
        if not ref.node:
            name = self.same.get(ref.port, ref.port)
            return Net(name, "") if self.root else Net("", name)
        pieces = self._pieces[ref.node]
        if ref.copy is None:
            return Net(pieces[-1].name, ref.port)
        for piece in pieces:
            copies = piece.shown.copies if piece.shown else None
            if copies and ref.copy in copies:
                last = ref.copy == copies[-1]
                return Net(piece.name, ref.port, LAST if last else ref.copy)
        raise KeyError(str(ref))

    def type(self, net: Net) -> WireType:
        """What a wire carries."""
        if net.element:
            outputs = self.elements[net.element].outputs
            return outputs[net.port]
        return self.composite.inputs[net.port][0]

    def drawable(self) -> bool:
        """Whether it can be shown open: it has boxes, and no output is merely an input."""
        return self.root or (bool(self.elements) and all(net.element for net in self.ends.values()))

    def _add_inputs(self) -> None:
        for name, types in self.composite.inputs.items():
            self._add(Element(name, "input", outputs={"": types[0]}))

    def _add_outputs(self) -> None:
        for name, net in self.ends.items():
            self._add(Element(OUTPUT + name, "output", [Wire(net, "")]))

    def _add_node(self, node: Node, opening: Opening) -> None:
        self._pieces[node.name] = []
        before: Element | None = None
        for shown in opening.shown(node):
            element = self._piece(node, shown, before)
            self._pieces[node.name].append(element)
            self._add(element)
            before = element

    def _piece(self, node: Node, shown: Shown, before: Element | None) -> Element:
        copies, name = shown.copies, node.name
        if copies and len(copies) == 1 and node.count is not None:
            name = f"{name}.{copies[0]}"
        elif copies and len(copies) < (node.count or 0):
            name = f"{name}.{copies[0]}-{copies[-1]}"
        part = node.part_of(main_copy(node, copies))
        wires = list(self._wires(node, part, before))
        element = Element(name, "node", wires, node.outputs, node, part, shown)
        if not wires and not element.open and part.inputs:
            element.below = _positions(part)
        return element

    def _wires(self, node: Node, part: Part, before: Element | None) -> Iterator[Wire]:
        for port in node.inputs if node.count is None else part.inputs:
            if only_lengths(part, port):
                continue
            follows = node.count is not None and port not in node.inputs
            carried = node.count is not None and (follows or port == node.carried)
            for index, ref in enumerate(node.inputs[node.carried if carried else port]):
                if before and carried:
                    yield Wire(Net(before.name, next(iter(node.outputs))), port, index)
                else:
                    yield Wire(self.net(ref), port, index)

    def _add(self, element: Element) -> None:
        self.elements[element.name] = element

    def _note_readers(self) -> None:
        """Tell every element which of its outputs are read."""
        nets = [wire.net for e in self.elements.values() for wire in e.wires]
        for net in dict.fromkeys([*nets, *([] if self.root else self.ends.values())]):
            if net.element:
                self.elements[net.element].nets.append(net)


def only_lengths(part: Part, port: str) -> bool:
    """Whether an input is read for its lengths alone, here and in all boxes inside."""
    if isinstance(part, Primitive):
        return any(p.name == port and p.type.kind == "shape" for p in part.block.inputs())
    readers = [
        (node, name)
        for node in part.nodes.values()
        for name, refs in node.inputs.items()
        if any(not ref.node and ref.port == port for ref in refs)
    ]
    return bool(readers) and all(only_lengths(node.part, name) for node, name in readers)


def set_beside(scope: Scope) -> None:
    """Move sources with a sign (positional encodings) next to the circle that reads them."""
    readers: dict[str, list[Element]] = {}
    for element in scope.elements.values():
        for wire in element.wires:
            readers.setdefault(wire.net.element, []).append(element)
    ends = {net.element for net in scope.ends.values()}
    for element in list(scope.elements.values()):
        reader = readers.get(element.name, [])
        if element.role != "node" or element.wires or not element.sign or len(reader) != 1:
            continue
        if element.open or reader[0].open:
            continue
        if reader[0].sign and not reader[0].beside and element.name not in ends:
            reader[0].beside = element
            reader[0].wires = [w for w in reader[0].wires if w.net.element != element.name]
            del scope.elements[element.name]


def _positions(part: Part) -> tuple[str, str]:
    """The words under a box that reads only lengths: ``positions 0 … seq − 1``, ``seq``."""
    length = next((types[0].dims[0] for types in part.inputs.values() if types[0].dims), None)
    if length is None:
        return "", ""
    last = f"{length} − 1" if length.free else str(int(length) - 1)
    return f"positions 0 … {last}", str(length)
