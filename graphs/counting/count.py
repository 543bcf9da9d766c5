"""What a graph costs at some lengths: parameters, operations and memory, whole and by box."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from boxwork.blocks.cost import Lengths
from boxwork.blocks.keep import Hold, Keep
from boxwork.graphs.counting.boxes import Box, Kind, find, leaves, whole
from boxwork.graphs.counting.tally import Tallier, Tally, obstacle
from boxwork.graphs.graph import Graph, Part, Primitive
from boxwork.graphs.keeping.keeping import AFTER, remembering
from boxwork.graphs.keeping.once import holding
from boxwork.graphs.noted import noted
from boxwork.graphs.totals import Count, Counter, active_of, summed

FIRST_CONTEXT = 128  # where the curve of the state begins


@dataclass(frozen=True)
class Counting:
    """A graph, the lengths of its free dims, and which of them grows in generation (or None).

    Everything is for one sample; sums over templates, so copies cost nothing to count.
    """

    graph: Graph
    sizes: Mapping[str, int]
    stepped: str | None = None
    samples: int = 1  # that run together: copies side by side are read once for all

    @cached_property
    def obstacle(self) -> str:
        """The box that hinders going on one position at a time, and why; nothing if none does."""
        return obstacle(self.graph.root, self.stepped) if self.stepped is not None else ""

    @property
    def grows(self) -> str | None:
        """The dim along which one position at a time can be run."""
        return None if self.obstacle else self.stepped

    @property
    def positions(self) -> int | None:
        """How many positions a pass has; None if there is no one dim that says so."""
        if self.stepped is not None:
            return self.sizes[self.stepped]
        return next(iter(self.sizes.values())) if len(self.sizes) == 1 else None

    @cached_property
    def stepping(self) -> Graph:
        """The graph as it generates: with what is kept in its place, and what is made once."""
        return holding(remembering(self.graph, self.grows), self.grows)

    @cached_property
    def _full(self) -> Tallier:
        return Tallier(Lengths.full(self.sizes), self.grows, samples=self.samples)

    @cached_property
    def _step(self) -> Tallier | None:
        if self.grows is None:
            return None
        new = {**self.sizes, self.grows: 1}
        lengths = Lengths(new, self.sizes)
        return Tallier(lengths, self.grows, step=True, samples=self.samples)

    def full(self, box: Box | None = None) -> Tally:
        """A pass over all positions, and what is remembered after it."""
        found = self._full.kinds((box or whole(self.graph)).kinds)
        if self.stepping is self.graph:
            return found
        kept = self._full.kinds(self._stepped(box))
        return replace(found, state=kept.state, unlimited=kept.unlimited, growth=kept.growth)

    def step(self, box: Box | None = None) -> Tally | None:
        """The last position alone, the others being remembered; None if that cannot be."""
        return self._step.kinds(self._stepped(box)) if self._step else None

    def _stepped(self, box: Box | None) -> tuple[Kind, ...]:
        """A box as it generates, with what keeps its outputs."""
        if box is None or not box.path or self.stepping is self.graph:
            return whole(self.stepping).kinds if box is None or not box.path else box.kinds
        return _behind(self.stepping, box.path)

    @cached_property
    def _counter(self) -> Counter:
        return Counter()

    def parameters(self, box: Box | None = None) -> Count:
        """The arrays that stand in a box; tied ones count at their target."""
        kinds = (box or whole(self.graph)).kinds
        return summed(map(self._owned, kinds))

    def _owned(self, kind: Kind) -> Count:
        """The arrays of the copies of one kind."""
        found = self._counter.part(kind.part, kind.tied).times(kind.owned)
        for node in kind.beside:
            found = active_of(found, node)
        return found

    @cached_property
    def looked_up(self) -> int:
        """The numbers in tables that rows are looked up in, and that nothing computes with."""
        found = leaves(whole(self.graph).kinds, lambda kind: bool(kind.ties) or _tables(kind.part))
        kinds = [kind for kind in found if kind.owned]
        tied = {target for kind in kinds for _, target in kind.ties}
        return sum(
            kind.owned * Count.of(parameter).total
            for kind in kinds
            if isinstance(kind.part, Primitive) and kind.part.family == "embedding"
            for name, parameter in kind.part.parameters.items()
            if f"{kind.path}.{name}" not in tied and (name,) not in kind.tied
        )

    def box(self, path: str) -> Box:
        """The box at a path, all if it is empty; a DataError if there is none."""
        return find(self.graph, path) if path else whole(self.graph)

    def states(self, box: Box) -> list[tuple[Kind, Tally]]:
        """The boxes that remember something, and what one copy of each remembers."""

        def remembered(kind: Kind) -> Tally:
            return self._full.part(kind.part)

        found = leaves(self._stepped(box), lambda kind: bool(remembered(kind).unlimited))
        return [(_at_home(kind), remembered(kind)) for kind in found]

    def curve(self, contexts: Sequence[int] = ()) -> dict[int, Tally]:
        """What is remembered after so many positions: after powers of two, unless it is said."""
        if self.grows is None:
            return {}
        most = self.sizes[self.grows]
        powers = (2**n for n in range(FIRST_CONTEXT.bit_length() - 1, most.bit_length()))
        found = {}
        for context in sorted(contexts or {*(n for n in powers if n < most), most}):
            lengths = Lengths.full({**self.sizes, self.grows: context})
            tallier = Tallier(lengths, self.grows, states=True)
            found[context] = tallier.part(self.stepping.root)
        return found

    def primitives(self, box: Box) -> list[tuple[Kind, Primitive]]:
        """The primitives in a box, as they stand in the spec."""
        return [(k, k.part) for k in leaves(box.kinds) if isinstance(k.part, Primitive)]

    def remembering(self, box: Box) -> list[tuple[Kind, Primitive]]:
        """The primitives of a box as it generates; what keeps an output goes by its path."""
        found = ((_at_home(kind), kind.part) for kind in leaves(self._stepped(box)))
        return [(kind, part) for kind, part in found if isinstance(part, Primitive)]


@noted
def _tables(part: Part) -> bool:
    """Whether there may be a table in a part in which rows are looked up, or a tie to one."""
    if isinstance(part, Primitive):
        return part.family == "embedding"
    return bool(part.ties) or any(_tables(one) for n in part.nodes.values() for one in n.parts)


def _behind(graph: Graph, path: str) -> tuple[Kind, ...]:
    """The box at a path of a graph that generates, and what keeps its outputs behind it."""
    outer, _, name = path.rpartition(".")
    around = find(graph, outer) if outer else whole(graph)
    after = (box for box in around.inside() if box.path.rpartition(".")[2].startswith(f"{name} "))
    return find(graph, path).kinds + tuple(kind for box in after for kind in box.kinds)


def _at_home(kind: Kind) -> Kind:
    """What keeps or holds an output, by the path of that output."""
    if not isinstance(kind.part, Primitive) or not isinstance(kind.part.block, Keep | Hold):
        return kind
    return replace(kind, path=kind.path.removesuffix(AFTER).replace(" ", "."))
