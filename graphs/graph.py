"""A checked graph: nodes with typed wires, each block a template that its copies share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from boxwork.blocks.block import Block, Dims, Parameter
from boxwork.blocks.dims import Dim
from boxwork.blocks.forms import Form
from boxwork.blocks.state import State
from boxwork.blocks.types import WireType
from boxwork.specs.diagnostics import Diagnostic, Span
from boxwork.specs.values import Values


class Ref(NamedTuple):
    """Where a wire starts: a node's output port, or (``node`` empty) an input of the composite.

    ``copy`` names one copy of a repeated node; None means the last.
    """

    node: str
    port: str
    copy: int | None = None

    def __str__(self) -> str:
        return ".".join(str(p) for p in (self.node, self.copy, self.port) if p not in ("", None))


@dataclass(frozen=True, eq=False)
class Primitive:
    """A primitive with its settings, the dims it is used with, and the types on its wires.

    A graph made for generation (``graphs.keeping``) has some that are ``given`` all that they
    look back on, so that they remember nothing, and some that run on all that was seen, or on
    no more of the past than ``limit``.
    """

    name: str  # the block's: Linear
    block: Block
    dims: Dims
    inputs: Mapping[str, tuple[WireType, ...]]  # unwired optional inputs are absent
    outputs: Mapping[str, WireType]
    parameters: Mapping[str, Parameter]
    given: bool = False
    limit: Dim | None = None

    @cached_property
    def states(self) -> Mapping[str, State]:
        """What it remembers between the steps of generation, by name."""
        return {} if self.given else self.block.state(self.dims)

    @property
    def title(self) -> str:
        return self.block.title or self.name

    @property
    def family(self) -> str:
        return self.block.family

    @property
    def detail(self) -> str:
        return self.block.detail(self.dims)

    @cached_property
    def settings(self) -> Mapping[str, object]:
        """The settings by name, as checked values."""
        return {s.name: getattr(self.block, s.name) for s in self.block.settings()}


@dataclass(frozen=True, eq=False)
class Composite:
    """A block made of nodes, checked once for the settings and input types it is used with."""

    name: str
    title: str
    family: str
    detail: str
    settings: Mapping[str, object]
    inputs: Mapping[str, tuple[WireType, ...]]
    outputs: Mapping[str, WireType]
    sources: Mapping[str, Ref]  # output port -> the wire it is an alias of
    nodes: Mapping[str, Node]  # in an order in which they can run
    ties: tuple[Tie, ...] = ()

    @cached_property
    def levels(self) -> dict[frozenset[str], object]:
        """How comparisons see it, by the boxes that are opened (`graphs.comparing.levels`)."""
        return {}

    @cached_property
    def ties_of(self) -> Mapping[str, tuple[Tie, ...]]:
        """The ties by the node that gives its own array up."""
        found: dict[str, tuple[Tie, ...]] = {}
        for tie in self.ties:
            found[tie.own[0]] = (*found.get(tie.own[0], ()), tie)
        return found


Part = Primitive | Composite
WEIGH = "weigh"  # among the inputs of a node: the wire that says how much each copy counts


@dataclass(frozen=True, slots=True)
class Parallel:
    """Copies side by side, on the same inputs: ``count`` of them.

    With ``weights``, the type of the wire of ``weigh``, their outputs are summed by it, and a
    copy runs only where its weight is not 0: ``active`` of them, if the weights tell.
    """

    count: Dim
    weights: WireType | None = None
    active: Dim | None = None

    @property
    def running(self) -> Dim:
        """How many copies run for each position: all of them, unless it is known better."""
        return self.count if self.active is None else self.active


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """One use of a block.

    ``parts`` holds the block's checked template, or, with ``vary``, one per step of the
    cycle; copy ``i`` of a repeated node is ``parts[i % len(parts)]``. ``count`` is None
    for a node that is not repeated; with 0 the first input passes through. Ports of a
    repeated node that are not in ``inputs`` read what is carried, like the first one.

    With ``parallel`` the template has the wires of one copy and the parameters of all, in
    arrays with one dim more in front (unless they are ``shared``); ``outputs`` are those of
    the node: stacked along the new dim, or summed by the wire ``inputs[WEIGH]``.
    """

    name: str
    parts: tuple[Part, ...]
    count: int | None
    shared: bool
    inputs: Mapping[str, tuple[Ref, ...]]
    outputs: Mapping[str, WireType]
    used: str  # the name written after `use`
    label: str = ""
    span: Span | None = None
    values: Mapping[str, Values] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()  # where `use` varies, the names written for its parts
    kept: Span | None = None  # where it is said that generation keeps what it gives
    parallel: Parallel | None = None

    @property
    def part(self) -> Part:
        """The template of a node that does not vary."""
        return self.parts[0]

    def part_of(self, copy: int) -> Part:
        """The template of one copy."""
        return self.parts[copy % len(self.parts)]

    @property
    def carried(self) -> str:
        """The input port that a repeated node hands from copy to copy."""
        return next(iter(self.part.inputs))

    def reads(self, copy: int | None) -> dict[str, tuple[Ref, ...]]:
        """What each input port of one copy reads, in the composite that the node stands in.

        The first port is carried from copy to copy, and so is a port that was left to default
        to it. Copies with other port names (``vary: {use: …}``) take the wires in order.
        """
        inputs = self.part_of(copy or 0).inputs
        if not copy and self.parallel is None and self.inputs.keys() == inputs.keys():
            return {port: self.inputs[port] for port in inputs}
        ports = list(inputs)
        wires = {
            port: refs for port, refs in self.inputs.items() if port != WEIGH or not self.parallel
        }
        if not wires.keys() <= set(ports):
            wires = dict(zip(ports, self.inputs.values(), strict=False))
        if copy:
            wires[ports[0]] = (Ref(self.name, "", copy - 1),)
        return {port: wires[port] if port in wires else wires[ports[0]] for port in ports}


@dataclass(frozen=True, slots=True)
class Tie:
    """Two names for one array: paths from the composite that holds it, ``*`` for any copy."""

    own: tuple[str, ...]
    target: tuple[str, ...]
    transpose: bool
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A requirement on free dims, to be held by every run: ``seq <= context``."""

    left: Form
    operator: str
    right: Form
    text: str
    span: Span | None = None
    owner: str = ""  # the node whose block requires it, if it is not the spec itself


@dataclass(frozen=True, eq=False)
class Graph:
    """A spec, wired and checked: a type on every wire."""

    name: str
    about: str
    root: Composite
    free: tuple[str, ...]  # the dims known only at run time
    conditions: tuple[Condition, ...]
    warnings: tuple[Diagnostic, ...] = ()
    dims: Mapping[str, Dim] = field(default_factory=dict)  # those that the spec declares
    used: frozenset[str] = frozenset()  # the names of them that say something of the graph

    @property
    def inputs(self) -> Mapping[str, WireType]:
        """The inputs by name."""
        return {name: types[0] for name, types in self.root.inputs.items()}

    @property
    def outputs(self) -> Mapping[str, WireType]:
        """The outputs by name."""
        return self.root.outputs
