"""What boxes come to at one length of the free dims, template by template, for one sample."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from boxwork.blocks.cost import Flops, Lengths
from boxwork.blocks.dims import Dim
from boxwork.blocks.keep import Hold
from boxwork.blocks.state import State
from boxwork.graphs import reach
from boxwork.graphs.boxes import Kind
from boxwork.graphs.graph import Composite, Node, Part, Primitive
from boxwork.graphs.together import primitives
from boxwork.graphs.weighing import reading, running, weighed_sum
from boxwork.specs.diagnostics import DataError, Diagnostic


@dataclass(frozen=True, slots=True)
class Tally:
    """Operations, and numbers that are held; see ``boxwork.blocks.cost.Flops`` for the first.

    ``reals`` and ``indices`` are the numbers on wires, ``kept`` those that blocks keep for the
    way back; ``state`` is what is remembered of all that was seen, ``unlimited`` the same as if
    no window forgot, ``growth`` by how much that grows with one position; ``read`` are the
    parameters that are computed with.
    """

    matmul: int = 0
    masked: int = 0
    elementwise: int = 0
    reals: int = 0
    indices: int = 0
    kept: int = 0
    state: int = 0
    unlimited: int = 0
    growth: int = 0
    read: int = 0
    uncounted: frozenset[str] = frozenset()

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.matmul + other.matmul,
            self.masked + other.masked,
            self.elementwise + other.elementwise,
            self.reals + other.reals,
            self.indices + other.indices,
            self.kept + other.kept,
            self.state + other.state,
            self.unlimited + other.unlimited,
            self.growth + other.growth,
            self.read + other.read,
            self.uncounted | other.uncounted,
        )

    def times(self, copies: int) -> Tally:
        """So many of the same."""
        if copies == 1:
            return self
        return Tally(
            copies * self.matmul,
            copies * self.masked,
            copies * self.elementwise,
            copies * self.reals,
            copies * self.indices,
            copies * self.kept,
            copies * self.state,
            copies * self.unlimited,
            copies * self.growth,
            copies * self.read,
            self.uncounted if copies else frozenset(),
        )


class Tallier:
    """Counts templates at some lengths; each is looked at once, however many copies there are."""

    def __init__(
        self,
        lengths: Lengths,
        stepped: str | None,
        *,
        step: bool = False,
        states: bool = False,
        samples: int = 1,
    ) -> None:
        """``stepped`` is the dim that grows; in a ``step``, only what is along it runs.

        With ``states``, nothing but what is remembered is counted. Of copies side by side, as
        many are read as the positions of all ``samples`` choose.
        """
        self.lengths, self.stepped, self.step, self.states = lengths, stepped, step, states
        self.samples = samples
        self._known: dict[int, Tally] = {}
        self._whole: Tallier | None = None

    def kinds(self, kinds: Iterable[Kind]) -> Tally:
        """What all copies come to."""
        return sum(map(self.kind, kinds), Tally())

    def kind(self, kind: Kind) -> Tally:
        """What the copies of one kind come to."""
        if not kind.beside:
            return self.part(kind.part).times(kind.copies)
        inside = self._beside(kind.beside[0])
        if inside is None:
            return Tally()
        one = inside.part(kind.part)
        found = one.times(kind.copies)
        chained = kind.copies // math.prod(int(running(node)) for node in kind.beside)
        read = self._read(one.read * chained, kind.beside)
        return replace(found, read=read)

    def _read(self, read: int, beside: Iterable[Node]) -> int:
        """What is read of the arrays of all copies: of those that are chosen."""
        for node in beside:
            assert node.parallel is not None
            some = reading(node, self.lengths, self.samples)
            read = read * some if node.shared else read * some // int(node.parallel.count)
        return read

    def _beside(self, node: Node) -> Tallier | None:
        """What counts copies side by side, which run whole or not at all; None if not at all."""
        if not self.step:
            return self
        if not any(reach.runs(one, self.stepped) for one in primitives(node.part)):
            return None
        if self._whole is None:
            self._whole = Tallier(
                self.lengths, self.stepped, states=self.states, samples=self.samples
            )
        return self._whole

    def part(self, part: Part) -> Tally:
        """What one copy comes to."""
        if id(part) not in self._known:
            self._known[id(part)] = self._part(part)
        return self._known[id(part)]

    def _part(self, part: Part) -> Tally:
        if isinstance(part, Primitive):
            return self._primitive(part)
        found = Tally()
        for node in part.nodes.values():
            if node.parallel is not None:
                found += self._side(node)
                continue
            copies = 1 if node.count is None else node.count
            cycle = len(node.parts)
            for place, each in enumerate(node.parts[:copies]):
                found += self.part(each).times(len(range(place, copies, cycle)))
        return found

    def _side(self, node: Node) -> Tally:
        """Copies side by side, and their sum."""
        inside, total = self._beside(node), weighed_sum(node)
        if inside is None:
            return Tally()
        one = inside.part(node.part)
        found = one.times(int(running(node)))
        found = replace(found, read=self._read(one.read, (node,)))
        return found if total is None else found + inside.part(total)

    def _primitive(self, primitive: Primitive) -> Tally:
        states = remembered(primitive, self.stepped).values()
        runs = states or not self.step or reach.runs(primitive, self.stepped)
        if not runs or (self.states and not states):
            return Tally()
        flops, at = flops_of(primitive), self.lengths
        if primitive.limit is not None and self.stepped is not None:
            at = at.within(self.stepped, primitive.limit)
        matmul, masked, elementwise = (
            (flops.matmul.at(at), flops.needed.at(at), flops.elementwise.at(at))
            if flops is not None
            else (0, 0, 0)
        )
        made = [primitive.outputs[name] for name in sorted(reach.always_made(primitive))]
        sizes = dict.fromkeys(("real", "index", "shape"), 0)
        for wire in made:
            sizes[wire.kind] += self._size(wire.dims)
        kept = primitive.block.saves(primitive.dims, primitive.inputs).values()
        arrays = primitive.parameters.values()
        computes = flops is None or matmul or elementwise
        return Tally(
            matmul,
            masked,
            elementwise,
            sizes["real"],
            sizes["index"],
            sum(self._size(dims) for dims in kept),
            sum(state_size(state, at) for state in states),
            sum(state_size(state, at, limited=False) for state in states),
            sum(growth(state, at) for state in states),
            sum(math.prod(map(int, a.dims)) for a in arrays) if computes else 0,
            frozenset([primitive.name]) if flops is None else frozenset(),
        )

    def _size(self, dims: Iterable[Dim]) -> int:
        return math.prod(map(self.lengths.of, dims))


def remembered(primitive: Primitive, stepped: str | None) -> Mapping[str, State]:
    """What a box that runs in every step remembers, or what is held for such boxes."""
    held = isinstance(primitive.block, Hold)
    return primitive.states if held or reach.runs(primitive, stepped) else {}


def flops_of(primitive: Primitive) -> Flops | None:
    """What a block says that it computes.

    Raises:
        DataError: if it cannot say so.
    """
    try:
        found = primitive.block.flops(primitive.dims, primitive.inputs)
    except Exception as error:
        if type(primitive.block).__module__.startswith("boxwork.blocks."):
            raise
        raise _wrong(primitive, f"raises {type(error).__name__}: {error}") from error
    if found is not None and not isinstance(found, Flops):
        raise _wrong(primitive, f"gives {found!r}")
    return found


def _wrong(primitive: Primitive, what: str) -> DataError:
    hint = "return boxwork.Flops(matmul, elementwise), each made with boxwork.product"
    return DataError([Diagnostic("BW542", f"flops of {primitive.name} {what}", help=hint)])


def state_size(state: State, lengths: Lengths, *, limited: bool = True) -> int:
    """How many numbers are remembered, with or without the window that forgets."""
    shape = [lengths.of(dim) for dim in state.type.dims]
    if limited and state.axis is not None and state.limit is not None:
        shape[state.axis] = min(shape[state.axis], lengths.of(state.limit))
    return math.prod(shape)


def growth(state: State, lengths: Lengths) -> int:
    """By how many numbers a state grows with one position, before it is full."""
    if state.axis is None:
        return 0
    others = [
        dim for i, dim in enumerate(state.type.dims) if i != len(state.type.dims) + state.axis
    ]
    return int(math.prod(map(lengths.of, others)))


def obstacle(part: Composite, dim: str, path: str = "", known: set[int] | None = None) -> str:
    """The first box that cannot go on one position at a time, and why; nothing if all can."""
    known = set() if known is None else known
    for node in part.nodes.values():
        inner = f"{path}.{node.name}" if path else node.name
        inner += "" if node.count is None else ".*"
        for each in node.parts if node.count != 0 else ():
            if id(each) in known:
                continue
            known.add(id(each))
            if isinstance(each, Composite):
                found = obstacle(each, dim, inner, known)
            else:
                why = next(reach.obstacles(each, dim, reach.always_made(each)), "")
                found = f"{inner} ({each.name}) {why}" if why else ""
            if found:
                return found
    return ""
