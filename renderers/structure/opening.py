"""What of a graph is drawn open: closed boxes, frames shown once, or copies one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from boxwork.graphs.graph import Composite, Graph, Node, Part, Primitive
from boxwork.renderers.structure.copies import alike
from boxwork.renderers.structure.dense import DRAWN, MIXES, NEURONS, openable, small
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.hints import did_you_mean

Path = tuple[str, ...]
Figures = Literal["none", "run", "all"]  # which other primitives open by themselves


@dataclass(frozen=True, slots=True)
class Opening:
    """What to open from here on inwards.

    ``paths`` are the rests of the paths that were asked for (``*`` stands for all copies of
    a repeated node, shown once), ``depth`` the levels that are opened anyway, and
    ``everything`` opens all composites and unrolls all copies. Where nothing is asked for,
    a repeated composite is a frame and any other composite a closed box. A Linear and an
    Embedding open too: by their paths, or by themselves if all of it can be seen, which for
    a Linear is up to ``neurons`` circles side by side. With ``numbers`` just those open
    that can be seen whole. ``figures`` says which other primitives open by themselves where
    all is open: those that show a run, or all that have more to show than a formula.
    """

    paths: tuple[Path, ...] = ()
    depth: int | None = None
    everything: bool = False
    neurons: int = NEURONS
    numbers: bool = False
    figures: Figures = "none"

    @staticmethod
    def of(open: Iterable[str] = (), depth: int | None = None, neurons: int = NEURONS) -> Opening:
        """The opening for paths as a user writes them, ``all`` among them."""
        asked = list(dict.fromkeys(open))
        paths = tuple(tuple(path.split(".")) for path in asked if path != "all")
        return Opening(paths, depth, "all" in asked, neurons)

    def shown(self, node: Node) -> Iterator[Shown]:
        """How one node is drawn: one piece, or one for each copy or run of copies."""
        composite = any(isinstance(part, Composite) for part in node.parts)
        inside = self._into(node.name)
        if node.count is None:
            opened = self._opens(node.part, inside) and (composite or node.parallel is None)
            yield Shown(None, opened, inside._below())
        elif self.everything or () in inside.paths:
            for copy in range(node.count):
                both = ("*", str(copy))
                paths = tuple(p[1:] for p in inside.paths if p and p[0] in both)
                below = replace(inside, paths=paths)
                opened = composite or () in paths or self.whole(node.part_of(copy))
                yield Shown(range(copy, copy + 1), opened, below._below())
        else:
            yield from self._runs(node, composite, inside)

    def _runs(self, node: Node, composite: bool, inside: Opening) -> Iterator[Shown]:
        """Copies that were asked for by number, and the runs of copies between them."""
        count = node.count or 0
        named = sorted({int(p[0]) for p in inside.paths if p and p[0].isdigit()})
        start = 0
        for copy in named:
            yield from (Shown(run, False, inside) for run in alike(node, start, copy))
            opened = composite or openable(node.part_of(copy))
            yield Shown(range(copy, copy + 1), opened, inside._into(str(copy))._below())
            start = copy + 1
        if named:
            yield from (Shown(run, False, inside) for run in alike(node, start, count))
        elif count:
            asked = bool(inside.paths) or self.depth is None or self.depth > 0
            framed = (composite and asked) or ("*",) in inside.paths
            yield Shown(range(count), framed, inside._into("*")._below())

    def _opens(self, part: Part, inside: Opening) -> bool:
        if bool(inside.paths) and openable(part):
            return True
        opens = self.everything or bool(inside.paths) or (self.depth or 0) > 0
        if isinstance(part, Composite):
            return opens
        return (opens or self.numbers) and self.whole(part)

    def whole(self, part: Part) -> bool:
        """Whether a primitive opens by itself: all of it can be seen, and buries nothing."""
        if small(part, self.neurons):
            return True
        kinds = {"none": (), "run": MIXES, "all": DRAWN}[self.figures]
        return isinstance(part, Primitive) and type(part.block) in kinds

    def _into(self, name: str) -> Opening:
        if not self.paths:
            return self
        return replace(self, paths=tuple(p[1:] for p in self.paths if p[0] in (name, "*")))

    def _below(self) -> Opening:
        """The opening one level further in."""
        paths = tuple(p for p in self.paths if p)
        depth = None if self.depth is None else max(self.depth - 1, 0)
        return (
            self
            if (paths, depth) == (self.paths, self.depth)
            else replace(self, paths=paths, depth=depth)
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """One piece of a node in the drawing: which copies, whether open, and what is open inside."""

    copies: range | None
    open: bool
    inside: Opening


def check_paths(graph: Graph, paths: Iterable[str]) -> None:
    """Raise a DataError with every path that leads to nothing that can be opened."""
    wrong = [found for path in paths if path != "all" if (found := _lost(graph.root, path))]
    if wrong:
        raise DataError(wrong)


def _lost(root: Composite, path: str) -> Diagnostic | None:
    nodes: Mapping[str, Node] = root.nodes
    done: list[str] = []
    rest = path.split(".")
    while rest:
        node = nodes.get(rest[0])
        if node is None:
            return _unknown(path, done, rest[0], nodes)
        done.append(rest.pop(0))
        parts = node.parts
        if node.count is not None and rest:
            copy = rest.pop(0)
            if copy.isdigit() and str(int(copy)) == copy and int(copy) < node.count:
                parts = (node.part_of(int(copy)),)
            elif copy != "*":
                return _no_copy(path, node, done, copy)
            done.append(copy)
        if not rest and node.parallel is None and any(openable(part) for part in parts):
            return None
        if not any(isinstance(part, Composite) for part in parts):
            return _nothing_inside(path, done)
        nodes = {}
        for part in parts:
            nodes |= part.nodes if isinstance(part, Composite) else {}
    return None


def _unknown(path: str, done: list[str], name: str, nodes: Mapping[str, Node]) -> Diagnostic:
    where = f"`{'.'.join(done)}`" if done else "the graph"
    prefix = ".".join([*done, ""])
    near = did_you_mean(prefix + name, [prefix + known for known in nodes])
    return Diagnostic("BW450", f"no box at {path}: {where} has no node `{name}`", help=near)


def _nothing_inside(path: str, done: list[str]) -> Diagnostic:
    where = ".".join(done)
    message = f"{path} cannot be opened: `{where}` is made of no further boxes"
    return Diagnostic("BW450", message, help=f"open {where}")


def _no_copy(path: str, node: Node, done: list[str], name: str) -> Diagnostic:
    stem, count = ".".join(done), node.count or 0
    known = f"its copies are {stem}.0 to {stem}.{count - 1}; {stem}.* stands for all of them"
    return Diagnostic(
        "BW450",
        f"no box at {path}: `{stem}` is repeated and has no copy `{name}`",
        help=known if count else "",
    )
