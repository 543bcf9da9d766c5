"""What boxes come to at one length of the free dims, template by template, for one sample."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from boxwork.blocks.cost import Flops, Lengths
from boxwork.blocks.dims import Dim
from boxwork.blocks.keep import Hold
from boxwork.blocks.state import State
from boxwork.graphs import reach
from boxwork.graphs.counting.boxes import Kind
from boxwork.graphs.graph import Composite, Node, Part, Primitive
from boxwork.graphs.noted import noted
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
        return total(((self, 1), (other, 1)))

    def times(self, copies: int) -> Tally:
        """So many of the same."""
        return self if copies == 1 else total(((self, copies),))


NOTHING = Tally()


def total(tallies: Iterable[tuple[Tally, int]]) -> Tally:
    """The sum of some, each taken so many times."""
    matmul = masked = elementwise = reals = indices = kept = 0
    state = unlimited = growth = read = 0
    uncounted, empty = NOTHING.uncounted, True
    for one, copies in tallies:
        if one is NOTHING or not copies:
            continue
        empty = False
        matmul += copies * one.matmul
        masked += copies * one.masked
        elementwise += copies * one.elementwise
        reals += copies * one.reals
        indices += copies * one.indices
        kept += copies * one.kept
        state += copies * one.state
        unlimited += copies * one.unlimited
        growth += copies * one.growth
        read += copies * one.read
        if one.uncounted:
            uncounted |= one.uncounted
    if empty:
        return NOTHING
    operations = (matmul, masked, elementwise)
    held = (reals, indices, kept, state, unlimited, growth)
    return Tally(*operations, *held, read, uncounted)


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
        self._known: dict[Part, Tally] = {}
        self._whole: Tallier | None = None

    def kinds(self, kinds: Iterable[Kind]) -> Tally:
        """What all copies come to."""
        return total((self.kind(kind), 1) for kind in kinds)

    def kind(self, kind: Kind) -> Tally:
        """What the copies of one kind come to."""
        if not kind.beside:
            return self.part(kind.part).times(kind.copies)
        inside = self._beside(kind.beside[0])
        if inside is None:
            return NOTHING
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
        found = self._known.get(part)
        if found is None:
            found = self._known[part] = self._part(part)
        return found

    def _part(self, part: Part) -> Tally:
        if isinstance(part, Primitive):
            return self._primitive(part)
        return total(pair for node in part.nodes.values() for pair in self._node(node))

    def _node(self, node: Node) -> Iterator[tuple[Tally, int]]:
        """What a node comes to: each of its templates, and how often that is there."""
        if node.parallel is not None:
            yield from self._side(node)
            return
        copies, cycle = 1 if node.count is None else node.count, len(node.parts)
        for place, each in enumerate(node.parts[:copies]):
            yield self.part(each), len(range(place, copies, cycle))

    def _side(self, node: Node) -> Iterator[tuple[Tally, int]]:
        """Copies side by side, and their sum."""
        inside, summed = self._beside(node), weighed_sum(node)
        if inside is None:
            return
        one = inside.part(node.part)
        found = one.times(int(running(node)))
        yield replace(found, read=self._read(one.read, (node,))), 1
        if summed is not None:
            yield inside.part(summed), 1

    def _primitive(self, primitive: Primitive) -> Tally:
        states = remembered(primitive, self.stepped).values()
        if self.states and not states:
            return NOTHING
        if not states and self.step and not reach.runs(primitive, self.stepped):
            return NOTHING
        flops, at = flops_of(primitive), self.lengths
        if primitive.limit is not None and self.stepped is not None:
            at = at.within(self.stepped, primitive.limit)
        matmul, masked, elementwise = (
            (flops.matmul.at(at), flops.needed.at(at), flops.elementwise.at(at))
            if flops is not None
            else (0, 0, 0)
        )
        sizes = dict.fromkeys(("real", "index", "shape"), 0)
        for name in reach.always_made(primitive):
            wire = primitive.outputs[name]
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
            sum(math.prod(map(int, a.dims)) for a in arrays) if computes and arrays else 0,
            frozenset([primitive.name]) if flops is None else NOTHING.uncounted,
        )

    def _size(self, dims: Iterable[Dim]) -> int:
        return math.prod(map(self.lengths.of, dims))


def remembered(primitive: Primitive, stepped: str | None) -> Mapping[str, State]:
    """What a box that runs in every step remembers, or what is held for such boxes."""
    held = isinstance(primitive.block, Hold)
    return primitive.states if held or reach.runs(primitive, stepped) else {}


@noted
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
