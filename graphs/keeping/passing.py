"""How what is kept passes through a box, and how much of it the boxes that look back need."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NoReturn

from boxwork.blocks.block import Dims, Reach
from boxwork.blocks.dims import Dim
from boxwork.blocks.types import WireType
from boxwork.graphs import reach
from boxwork.graphs.graph import Primitive
from boxwork.specs.diagnostics import Span

Label = str | None  # all of the past is on a wire: the path at which it is kept; None: it is not
Labels = Mapping[str, tuple[Label, ...]]  # by port
BETWEEN = "what is kept may only go through boxes that take each position by itself"


@dataclass(frozen=True)
class Place:
    """Where a box stands, and what its ports read, in words."""

    path: str
    span: Span | None
    reads: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Fault:
    """What hinders keeping ``label``: at which box, and why.

    Boxes after it are taken to be fed as if it were right, if it ``goes_on`` to them.
    """

    code: str
    label: str
    message: str
    help: str
    path: str = ""
    span: Span | None = None
    goes_on: bool = False


class FaultError(Exception):
    """What is kept cannot go on from here."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


@dataclass
class Kept:
    """What is found of the kept nodes of one graph, along the dim that grows.

    Those whose values meet in a box are kept equally far back: as far as any of their readers
    looks.
    """

    dim: str
    spans: dict[str, Span] = field(default_factory=dict)  # label -> where it is said
    faults: list[Fault] = field(default_factory=list)
    _parents: dict[str, str] = field(default_factory=dict)
    _windows: dict[str, list[Dim | None]] = field(default_factory=dict)

    def join(self, labels: set[str]) -> str:
        """Note that values meet; one label of theirs."""
        first, *others = sorted({self._root(label) for label in labels})
        for other in others:
            self._parents[other] = first
            if windows := self._windows.pop(other, None):
                self._windows.setdefault(first, []).extend(windows)
        return min(labels)

    def read(self, labels: set[str], primitive: Primitive) -> None:
        """Note a box that looks back on what is kept, and how far."""
        limits = (state.limit for state in primitive.block.state(primitive.dims).values())
        self._windows.setdefault(self._root(self.join(labels)), []).extend(limits)

    def is_read(self, label: str) -> bool:
        """Whether a box looks back on what is kept."""
        return self._root(label) in self._windows

    def limit(self, label: str) -> Dim | None:
        """How far back a value is kept; None: all of it."""
        windows = self._windows.get(self._root(label), [None])
        known = [one for one in windows if one is not None and not one.free]
        return max(known, key=int) if len(known) == len(windows) else None

    def unread(self) -> Iterator[Fault]:
        """What no box looks back on."""
        stopped = {self._root(fault.label) for fault in self.faults}
        for label in self.spans:
            if self._root(label) not in stopped and not self.is_read(label):
                message = f"no box that looks back reads what {label} keeps"
                hint = "mark what attention with causal: true takes its keys and values from"
                yield Fault("BW252", label, message, hint)

    def _root(self, label: str) -> str:
        while label in self._parents:
            label = self._parents[label]
        return label


def past(wire: WireType, dim: str) -> WireType:
    """The type of a wire on which the dim that grows is all that was seen."""
    return replace(wire, dims=tuple(_past(one, dim) for one in wire.dims))


def _past(one: Dim, dim: str) -> Dim:
    return one.past() if str(one.value) == dim else one


def through(
    primitive: Primitive, labels: Labels, place: Place, kept: Kept
) -> tuple[Primitive, Label]:
    """A box as it runs on what is kept, and what its outputs along the dim carry of it.

    Raises:
        FaultError: if what is kept cannot go there.
    """
    if all(label is None for several in labels.values() for label in several):
        return primitive, None
    sides = _Sides(primitive, labels, place, kept.dim)
    if sides.back:
        sides.hold_reader()
        kept.read(sides.back, primitive)
        limit = kept.limit(min(sides.back))
        found = _stretched(primitive, sides.back_dims, sides.back_ports, kept.dim)
        return replace(found, given=True, limit=limit), None
    sides.hold_between()
    label = kept.join(sides.along)
    found = _stretched(primitive, primitive.dims.keys(), primitive.inputs.keys(), kept.dim)
    outputs = {port: past(wire, kept.dim) for port, wire in primitive.outputs.items()}
    return replace(found, outputs=outputs, limit=kept.limit(label)), label


def _stretched(
    primitive: Primitive, dims: Collection[str], ports: Collection[str], dim: str
) -> Primitive:
    """A box some of whose dims and inputs are along all that was seen."""
    wires = primitive.inputs.items()
    return replace(
        primitive,
        dims=Dims({n: _past(one, dim) if n in dims else one for n, one in primitive.dims.items()}),
        inputs={p: tuple(past(w, dim) for w in ws) if p in ports else ws for p, ws in wires},
    )


class _Sides:
    """What arrives at a box that reads something kept: which wires carry what, at which ports."""

    def __init__(self, primitive: Primitive, labels: Labels, place: Place, dim: str) -> None:
        self.primitive, self.place, self.dim = primitive, place, dim
        self.back: set[str] = set()  # kept, where the box looks back
        self.along: set[str] = set()  # kept, elsewhere
        self.back_ports: list[str] = []
        self.back_dims: set[str] = set()  # by their names in the ports
        self.new_back_at = self.along_at = self.new_at = ""
        for port, wire, label, words in self._wires(labels):
            reaches = self._reaches(port, wire)
            found = set(reaches.values())
            if label and "whole" in found:
                self._whole(label)
            if "past" in found:
                if label:
                    self.back.add(label)
                    self.back_ports.append(port)
                    self.back_dims |= {name for name, one in reaches.items() if one == "past"}
                elif found:
                    self.new_back_at = self.new_back_at or f"{port} from {words}"
            elif label:
                self.along.add(label)
                self.along_at = self.along_at or port
            elif found:
                self.new_at = self.new_at or words

    def _wires(self, labels: Labels) -> Iterator[tuple[str, WireType, Label, str]]:
        for port, several in labels.items():
            wires, words = self.primitive.inputs[port], self.place.reads.get(port, ())
            for k, (wire, label) in enumerate(zip(wires, several, strict=True)):
                yield port, wire, label, words[k] if k < len(words) else port

    def _reaches(self, port: str, wire: WireType) -> dict[str, Reach]:
        """How the box looks along the dim on one of its wires, by the names of its dims.

        A dim that is all of the past by its type is so whatever is kept.
        """
        only = replace(self.primitive, inputs={port: (wire,)})
        return {
            label: self.primitive.block.reach(name, label)
            for name, label, one in reach.labelled(only)
            if self.dim in one.value.names and not one.is_past
        }

    def hold_reader(self) -> None:
        """All that a box looks back on is kept, and the positions it works at are the new ones."""
        label = min(self.back)
        if self.new_back_at:
            self._fail(
                "BW251",
                label,
                f"{self.where} takes {self.back_ports[0]} from what {label} keeps, "
                f"but {self.new_back_at}, which is not kept",
                "mark every way into it, or none",
            )
        if self.along:
            other = min(self.along)
            self._fail("BW250", other, f"{self.where} takes {self.along_at} from what {other} "
                       "keeps, and works there on the new positions alone",
                       "read that from something that is not kept")  # fmt: skip
        if not self.new_at:
            why = f"{self.where} goes through the past by itself, and reads what {label} keeps"
            self._fail("BW250", label, why, BETWEEN, goes_on=True)

    def hold_between(self) -> None:
        """All that a box between works on is kept."""
        label = min(self.along)
        fresh = self.new_back_at or self.new_at
        if fresh:
            why = f"{self.where} reads what {label} keeps, beside {fresh}, which is new positions"
            hint = "keep both, or keep what is made of them"
            self._fail("BW250", label, f"{why} only", hint, goes_on=True)

    def _whole(self, label: str) -> NoReturn:
        why = f"{self.where} looks at the whole of {self.dim}, and reads what {label} keeps"
        self._fail("BW250", label, why, BETWEEN)

    @property
    def where(self) -> str:
        """The box in words."""
        return f"{self.place.path} ({self.primitive.name})"

    def _fail(
        self, code: str, label: str, message: str, help: str, *, goes_on: bool = False
    ) -> NoReturn:
        at = self.place
        raise FaultError(Fault(code, label, message, help, at.path, at.span, goes_on))
