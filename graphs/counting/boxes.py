"""Boxes by path for counting: how many copies of each are alike, and which arrays they own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from boxwork.graphs.graph import Composite, Graph, Node, Part, Primitive
from boxwork.graphs.weighing import NAME as WEIGHED
from boxwork.graphs.weighing import running, weighed_sum
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.hints import did_you_mean, shorten

Ties = tuple[tuple[tuple[str, ...], str], ...]  # what is left of a tie's path, and its target


@dataclass(frozen=True, slots=True)
class Kind:
    """Copies of a box that are alike: one template, and which of its arrays stand elsewhere.

    Of ``copies`` that run, ``owned`` have arrays of their own; arrays of copies side by side
    are one for all of them. ``path`` has a ``*`` where it
    stands for all copies, else the number of the first of them.
    """

    path: str
    part: Part
    copies: int = 1
    owned: int = 1
    ties: Ties = ()
    beside: tuple[Node, ...] = ()  # the nodes around whose copies stand side by side

    @property
    def tied(self) -> tuple[tuple[str, ...], ...]:
        """The paths inside that are tied; an empty one ties all."""
        return tuple(own for own, _ in self.ties)


@dataclass(frozen=True, slots=True)
class Box:
    """One node, in all its copies: ``stack``, or ``stack.*.attn``."""

    path: str
    kinds: tuple[Kind, ...]
    repeated: bool = False
    node: Node | None = None  # whose copies stand side by side

    @property
    def copies(self) -> int:
        """How many copies run."""
        return sum(kind.copies for kind in self.boxes)

    @property
    def boxes(self) -> tuple[Kind, ...]:
        """The kinds that are boxes: not the sum of copies side by side, which is only counted."""
        return tuple(kind for kind in self.kinds if kind.part.name != WEIGHED)

    @property
    def block(self) -> str:
        """The name of its block; of its blocks, if they take turns."""
        return ", ".join(dict.fromkeys(kind.part.name for kind in self.boxes))

    @property
    def side(self) -> tuple[int, int] | None:
        """How many copies stand side by side, and how many of them run; None if none do."""
        if self.node is None or self.node.parallel is None:
            return None
        return int(self.node.parallel.count), int(running(self.node))

    def inside(self) -> list[Box]:
        """The boxes in this one, those of one name together."""
        prefix = f"{self.path}.*" if self.repeated else self.path
        nodes: dict[str, Node] = {}
        for part in (kind.part for kind in self.kinds):
            if isinstance(part, Composite):
                nodes = {**part.nodes, **nodes} if nodes else dict(part.nodes)
        return [
            Box(
                _joined(prefix, name),
                _kinds(self.kinds, name),
                node.count is not None,
                node if node.parallel is not None else None,
            )
            for name, node in nodes.items()
        ]


def whole(graph: Graph) -> Box:
    """All of a graph as one box."""
    return Box("", (Kind("", graph.root),))


def find(graph: Graph, path: str) -> Box:
    """The box at a path; ``stack.3`` is one copy, ``stack.*`` stands for all.

    Raises:
        DataError: if there is none.
    """
    box, steps, at = whole(graph), path.split("."), 0
    while at < len(steps):
        known = {each.path.rpartition(".")[2]: each for each in box.inside()}
        if steps[at] not in known:
            raise _unknown(path, _joined(box.path, steps[at]), list(known.values()))
        outer, box = box, known[steps[at]]
        at += 1
        if box.repeated and at < len(steps):
            kinds = box.kinds
            if steps[at] != "*":
                kinds = _kinds(outer.kinds, steps[at - 1], steps[at])
            if not kinds:
                raise _no_copy(path, steps[at], box)
            box = Box(f"{box.path}.{steps[at]}", kinds)
            at += 1
    return box


def leaves(
    kinds: Iterable[Kind], wanted: Callable[[Kind], bool] = lambda kind: True
) -> Iterator[Kind]:
    """The primitives inside, as they stand in the spec; none of a box that is not ``wanted``."""
    for kind in kinds:
        if not wanted(kind):
            continue
        if isinstance(kind.part, Primitive):
            yield kind
        else:
            for node in kind.part.nodes.values():
                yield from leaves(_groups(kind, kind.part, node, "*"), wanted)


def _kinds(outer: Iterable[Kind], name: str, copy: str = "*") -> tuple[Kind, ...]:
    """The node of a name in some boxes: all its copies, or one."""
    found: list[Kind] = []
    for kind in outer:
        if isinstance(kind.part, Composite) and name in kind.part.nodes:
            found += _groups(kind, kind.part, kind.part.nodes[name], copy)
    return tuple(found)


def _groups(outer: Kind, composite: Composite, node: Node, copy: str) -> Iterator[Kind]:
    """The copies of a node, those together that are alike."""
    path, ties = _joined(outer.path, node.name), _ties(outer, composite, node)
    if node.parallel is not None:
        copies, beside = outer.copies * int(running(node)), (*outer.beside, node)
        yield Kind(path, node.part, copies, outer.owned, ties, beside)
        if (total := weighed_sum(node)) is not None:
            yield Kind(path, total, outer.copies, outer.owned, (), outer.beside)
        return
    if node.count is None:
        yield Kind(path, node.part, outer.copies, outer.owned, ties, outer.beside)
        return
    if copy != "*":
        if (number := _number(copy, node.count)) is not None:
            owned = 0 if node.shared and number else outer.owned
            left = _left(ties, copy)
            part = node.part_of(number)
            yield Kind(f"{path}.{copy}", part, outer.copies, owned, left, outer.beside)
        return
    groups = _alike(node, ties, node.count)
    for (_, left), (first, copies, owned) in groups.items():
        shown = "*" if len(groups) == 1 else str(first)
        part = node.part_of(first)
        copies, owned = copies * outer.copies, owned * outer.owned
        yield Kind(f"{path}.{shown}", part, copies, owned, left, outer.beside)


def _alike(node: Node, ties: Ties, count: int) -> dict[tuple[int, Ties], tuple[int, int, int]]:
    """For each kind of copy: the first of them, how many there are, how many own arrays."""
    found: dict[tuple[int, Ties], tuple[int, int, int]] = {}
    cycle = len(node.parts)
    named = {n for own, _ in ties if own and (n := _number(own[0], count)) is not None}
    groups = [(copy, 1, _left(ties, str(copy))) for copy in sorted(named)]
    for step in range(min(cycle, count)):
        others = len(range(step, count, cycle)) - sum(n % cycle == step for n in named)
        first = next((n for n in range(step, count, cycle) if n not in named), step)
        groups.append((first, others, _left(ties, "*")))
    for first, copies, left in groups:
        if copies:
            key = id(node.part_of(first)), left
            before, so_far, owned = found.get(key, (first, 0, 0))
            owned += (first == 0) if node.shared else copies
            found[key] = min(before, first), so_far + copies, owned
    return found


def _ties(outer: Kind, composite: Composite, node: Node) -> Ties:
    """The ties that reach into a node, from the outside and from where it stands."""
    if not composite.ties and not outer.ties:
        return ()
    here = tuple((tie.own, _joined(outer.path, ".".join(tie.target))) for tie in composite.ties)
    all_of_it = tuple(((), f"{to}.{node.name}") for own, to in outer.ties if not own)
    return all_of_it + tuple(
        (own[1:], to) for own, to in outer.ties + here if own and own[0] == node.name
    )


def _left(ties: Ties, copy: str) -> Ties:
    """The ties that hold in one copy; those that only ``*`` has, for ``*``."""
    return tuple((own[1:], to) for own, to in ties if not own or own[0] in ("*", copy))


def _number(text: str, count: int) -> int | None:
    if not (text.isascii() and text.isdigit()) or str(int(text)) != text:
        return None
    return int(text) if int(text) < count else None


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _unknown(path: str, at: str, known: list[Box]) -> DataError:
    names = [box.path for box in known]
    hint = did_you_mean(at, names) if names else f"{at.rpartition('.')[0]} cannot be opened"
    return DataError([Diagnostic("BW540", f"there is no box {shorten(path)}", help=hint)])


def _no_copy(path: str, given: str, box: Box) -> DataError:
    if given.isdigit():
        message = f"there is no box {shorten(path)}: {box.path} has {box.copies:,} copies"
        return DataError([Diagnostic("BW540", message, help="they are counted from 0")])
    hint = f"all copies are `{box.path}.*`, the first is `{box.path}.0`"
    message = f"there is no box {shorten(path)}: {box.path} is repeated"
    return DataError([Diagnostic("BW540", message, help=hint)])
