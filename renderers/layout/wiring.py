"""One open composite: its elements laid out in series, side by side, and beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from boxwork.graphs.graph import WEIGH, Composite, Primitive
from boxwork.renderers.layout.column import Column
from boxwork.renderers.layout.rows import Ends, Row
from boxwork.renderers.layout.sidewise import beside, side_by_side
from boxwork.renderers.look import sizes as s
from boxwork.renderers.networks.matrix import matrix
from boxwork.renderers.networks.networks import network
from boxwork.renderers.opened.kinds import figure
from boxwork.renderers.regions.closed import closed
from boxwork.renderers.regions.extra import Extra
from boxwork.renderers.regions.framed import framed
from boxwork.renderers.regions.picked import picked
from boxwork.renderers.regions.ports import Way, rank
from boxwork.renderers.regions.region import Region, Side
from boxwork.renderers.regions.strips import set_strips
from boxwork.renderers.regions.subject import Subject
from boxwork.renderers.regions.use import Known, Use, ties_inside
from boxwork.renderers.regions.words import kept
from boxwork.renderers.structure.chains import join_layers
from boxwork.renderers.structure.decompose import Parallel, Series, members, reduced, series
from boxwork.renderers.structure.dense import is_linear, is_matrix, small
from boxwork.renderers.structure.scope import Element, Net, Scope, set_beside
from boxwork.renderers.structure.tied import Ties, hushed, partner, tied
from boxwork.renderers.structure.widths import set_widths


class Wiring:
    """The layout of one open composite."""

    def __init__(self, use: Use, layouts: Known) -> None:
        self.use, self.layouts = use, layouts
        self.scope = Scope(use.composite, use.opening, dict(use.same), root=use.root)
        join_layers(self.scope, use.opening.neurons)
        set_beside(self.scope)
        set_widths(self.scope)
        set_strips(self.scope, use.path, layouts.data)
        self.elements = list(self.scope.elements.values())
        self.sides = {Net("", port): side for port, side in use.sides}
        self.readers: dict[Net, list[int]] = {}
        self.place = {element.name: i for i, element in enumerate(self.elements)}
        for i, element in enumerate(self.elements):
            for wire in element.wires:
                self.readers.setdefault(wire.net, []).append(i)
        edges = [
            (self.place[wire.net.element], i)
            for i, element in enumerate(self.elements)
            for wire in element.wires
            if wire.net.element
        ]
        self.after = reduced(len(self.elements), edges)
        self.opened = [self._open(element) for element in self.elements]

    def region(self) -> tuple[Region, Mapping[str, Net]]:
        """Lay it out."""
        root = self.use.root
        spine = None if root else Net("", self.use.spine)
        ends = Ends(
            sides=self.sides,
            exits=frozenset() if root else frozenset(self.scope.ends.values()),
            spine=spine,
            outer=self.use.outer,
            floor=0.0 if root else s.GAP,
            roof=0.0 if root else s.FRAME_TOP,
        )
        late = self._late_outputs()
        tree = series([i for i in range(len(self.elements)) if i not in late], self.after, 0)
        last: Series = []
        while tree and self._is(tree[-1], "output"):
            last.insert(0, tree.pop())
        if late and not last and isinstance(tree[-1], int):
            last = [tree.pop()]
        if len(last) + len(late) == 1:
            tree += last or late
        elif last or late:
            tree.append(Parallel([i] for i in [*last, *late]))
        return self._stack(tree, ends), self.scope.ends

    def _late_outputs(self) -> list[int]:
        """Further outputs of wires that other boxes read too; they are drawn at the top."""
        outputs = [i for i, element in enumerate(self.elements) if element.role == "output"]
        return [i for i in outputs[1:] if len(self.readers[self.elements[i].wires[0].net]) > 1]

    # Elements.

    def _open(self, element: Element) -> Region | None:
        """The region of an element that is shown open; None if it is (or must be) closed."""
        part, shown = element.part, element.shown
        if not shown or not shown.open:
            return None
        if isinstance(part, Primitive):
            return self._numbers(element, part)
        assert isinstance(part, Composite)
        ties = ties_inside(self.use, element)
        count = self.layouts.parameters(part, ties)
        once = not count and partner(ties)  # else they are told inside
        use = self._use(element, part, hushed(ties) if once else ties)
        if not Scope(use.composite, use.opening, dict(use.same), root=False).drawable():
            element.close()
            return None
        inner, ends = self.layouts.scope(use)
        here = [*self._picked(element), *(tied(ties, whole=True) if once else ())]
        extra = Extra(self._outer(use), here, count)
        below = use.spine == WEIGH or WEIGH in dict(use.same)
        weigh = "below" if below else dict(use.sides).get(WEIGH)
        return framed(element, inner, ends, extra, weigh)

    def _numbers(self, element: Element, part: Primitive) -> Region | None:
        """A primitive opened into neurons, into a matrix, or into a figure of its own."""
        neurons, data = self.use.opening.neurons, self.layouts.data
        notes = [*tied(ties_inside(self.use, element), whole=True), *kept(element)]
        if element.layers or (is_linear(part) and small(part, neurons)):
            return network(self.scope, element, self.use.path, data, notes)
        if is_matrix(part):
            return matrix(self.scope, element, self.use.path, data, notes)
        return figure(Subject(element, part, self.use.path, data, notes))

    def _outer(self, use: Use) -> Side:
        return use.outer if use.sides else self.use.outer

    def _use(self, element: Element, part: Composite, ties: Ties) -> Use:
        first: dict[Net, str] = {}
        for wire in element.wires:
            first.setdefault(wire.net, wire.port)
        same = tuple(
            (wire.port, first[wire.net]) for wire in element.wires if first[wire.net] != wire.port
        )
        spine = next((p for net, p in first.items() if self._near(element, net)), None)
        spine = spine or next(iter(first.values()), "")
        sides = tuple(
            (port, self._side(element, net)) for net, port in first.items() if port != spine
        )
        assert element.shown is not None
        path = self.use.path + element.inside if self.layouts.data.known else ""
        if path and element.side is not None:
            path += "*."  # no numbers of one copy are those of all
        return Use(part, element.shown.inside, same, spine, sides, ties, path=path)

    def _near(self, element: Element, net: Net) -> bool:
        """Whether a wire comes straight to an element, not past others or from a side."""
        if not net.element:
            inner = any(wire.net.element for wire in element.wires)
            return net == Net("", self.use.spine) and not inner
        return self.place[element.name] in self.after[self.place[net.element]]

    def _side(self, element: Element, net: Net) -> Side:
        if net in self.sides:
            return self.sides[net]
        return "left" if element.repeated or self._near(element, net) else self.use.outer

    def _close(self, element: Element, ways: Sequence[Way], outer: Side) -> Region:
        count, notes = self._told(element)
        spare = self._lines_beside.get(element.name, 0) - len(notes)
        return closed(element, ways, Extra(outer, notes, count, max(spare, 0)))

    def _told(self, element: Element) -> tuple[int, list[str]]:
        """The parameters of a closed element, and to what they are tied."""
        ties = ties_inside(self.use, element)
        count = self.layouts.parameters(element.part, ties) if element.part else 0
        return count, [*self._picked(element), *tied(ties, whole=not count)]

    def _picked(self, element: Element) -> list[str]:
        """Which copies side by side a run takes, where it is known in which copy of all this."""
        known = self.use.root or bool(self.use.path)
        return picked(element, self.use.path, self.layouts.data) if known else []

    @cached_property
    def _lines_beside(self) -> dict[str, int]:
        """Of closed boxes that read only inputs, the most lines of notes among their like.

        All of one block have room for so many, so that rows side by side are level.
        """
        inputs = {element.name for element in self.elements if element.role == "input"}
        alike: dict[str, list[Element]] = {}
        for element in self.elements:
            sources = {wire.net.element for wire in element.wires}
            if element.node and sources and sources <= inputs and not element.open:
                alike.setdefault(element.node.used, []).append(element)
        return {
            element.name: most
            for group in alike.values()
            for most in [max(len(self._told(one)[1]) for one in group)]
            for element in group
        }

    # Series, and what stands side by side in them.

    def _stack(self, tree: Series, ends: Ends) -> Region:
        """The region of a series."""
        for i, piece in enumerate(tree[:-1]):
            if isinstance(piece, Parallel) and (aside := self._aside(piece, tree[i + 1])):
                return self._with_aside(tree, i, aside, ends)
        tree = self._inputs_abreast(tree)
        rows = [self._row(tree, i) for i in range(len(tree))]
        return Column(rows, ends, self._close).region()

    def _is(self, piece: int | Parallel, role: str) -> bool:
        return isinstance(piece, int) and self.elements[piece].role == role

    def _inputs_abreast(self, tree: Series) -> Series:
        """A series that starts with several inputs, with these side by side."""
        count = next((i for i, p in enumerate(tree) if not self._is(p, "input")), len(tree))
        return tree if count < 2 else [Parallel([p] for p in tree[:count]), *tree[count:]]

    def _row(self, tree: Series, i: int) -> Row:
        piece = tree[i]
        if isinstance(piece, int):
            return Row(self.elements[piece], self.opened[piece])
        after = tree[i + 1] if i + 1 < len(tree) else None
        return Row(
            None,
            self._parallel(piece, after if isinstance(after, int) else None, tree[max(i - 1, 0)]),
        )

    def _parallel(self, piece: Parallel, after: int | None, before: int | Parallel) -> Region:
        branches = sorted(piece, key=lambda branch: self._rank(branch, after))
        roomy = frozenset(k for branch in branches for k in self._written(branch))
        spine = None
        if after is None:
            branches, spine = self._open_ended(branches, before)
        regions = []
        for branch in branches:
            exits = self._exits(branch)
            near = self.elements[after].wires if after is not None else ()
            far = exits - {wire.net for wire in near}
            regions.append(self._stack(branch, Ends(exits=exits, far=far, roomy=roomy)))
        return side_by_side(regions, spine)

    def _open_ended(
        self, branches: list[Series], before: int | Parallel
    ) -> tuple[list[Series], int | None]:
        """Branches that do not meet again: the main one goes on straight if it is the largest."""
        first = next((i for i, e in enumerate(self.elements) if e.role == "output"), None)
        sizes = [[vertex for piece in branch for vertex in members(piece)] for branch in branches]
        main = next((i for i, inside in enumerate(sizes) if first in inside), None)
        near = [i for i, inside in enumerate(sizes) if self._reads(inside[0], before)]
        if max(map(len, sizes)) == 1 and near and main not in near:
            main = near[0]  # names of outputs: the one that goes on from the box below
        if main is None:
            return branches, None
        others = branches[:main] + branches[main + 1 :]
        largest = max(len(inside) for i, inside in enumerate(sizes) if i != main)
        if largest == 1:
            return [*others, branches[main]], len(others)
        return [branches[main], *others], 0 if len(sizes[main]) >= 2 * largest else None

    def _reads(self, vertex: int, before: int | Parallel) -> bool:
        wires = self.elements[vertex].wires
        return isinstance(before, int) and any(
            wire.net.element == self.elements[before].name for wire in wires
        )

    def _written(self, branch: Series) -> Iterator[int]:
        """The channels of a branch in which a width is written; its neighbours leave room too."""
        for k, piece in enumerate(branch[:-1]):
            if isinstance(piece, int) and self.elements[piece].widths:
                yield k + 1

    def _exits(self, tree: Series) -> frozenset[Net]:
        """The wires that leave a part of the wiring."""
        inside = {vertex for piece in tree for vertex in members(piece)}
        ends = set() if self.use.root else set(self.scope.ends.values())
        return frozenset(
            net
            for vertex in inside
            for net in self.elements[vertex].nets
            if net in ends or any(reader not in inside for reader in self.readers.get(net, ()))
        )

    def _rank(self, branch: Series, after: int | None) -> tuple[int, int]:
        """The place of a branch, by the input that it feeds."""
        if after is None:
            return 0, 0
        nets = self._exits(branch)
        element = self.elements[after]
        ranks = [rank(element, wire) for wire in element.wires if wire.net in nets]
        return min(ranks, default=(9, 9))

    def _aside(self, piece: Parallel, after: int | Parallel) -> list[Series]:
        """Branches that feed only side inputs of what follows: columns of their own."""
        if not isinstance(after, int):
            return []
        element = self.elements[after]
        part = element.part
        if not isinstance(part, Composite) or part.family == "norm":
            return []
        if not element.open and "query" in part.inputs:
            return []
        spine = next(iter(part.inputs))
        main = {wire.net for wire in element.wires if wire.port == spine}
        aside = [branch for branch in piece if not self._exits(branch) & main]
        return aside if len(aside) < len(piece) else []

    def _with_aside(self, tree: Series, i: int, aside: list[Series], ends: Ends) -> Region:
        """A series with columns beside it, from branch ``i`` on."""
        piece = tree[i]
        assert isinstance(piece, Parallel)
        rest = [branch for branch in piece if branch not in aside]
        main: Series = list(rest[0]) if len(rest) == 1 else [Parallel(rest)]
        main += tree[i + 1 :]
        nets = [net for branch in aside for net in sorted(self._exits(branch))]
        columns = [self._stack(branch, Ends(exits=self._exits(branch))) for branch in aside]
        sides: dict[Net, Side] = dict.fromkeys(nets, "left")
        whole = not i
        right = Ends(
            sides=sides | (dict(ends.sides) if whole else {}),
            exits=self._exits(main) if not whole else ends.exits,
            spine=ends.spine if whole else None,
            outer="right",
            floor=ends.floor if whole else 0.0,
            roof=ends.roof,
        )
        region = beside(columns, self._stack(main, right), nets, ends.exits & set(nets))
        if whole:
            return region
        rows = [self._row(tree, k) for k in range(i)]
        return Column([*rows, Row(None, region)], ends, self._close).region()
