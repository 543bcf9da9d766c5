"""The structure of a wiring: what stands in series, what side by side, what merely skips.

Vertices are numbers in an order in which they can run; edges lead from lower to higher. An
edge that a longer way implies is a skip: it becomes a lane beside what it skips and does not
count here. What remains is cut where every way goes through one vertex; between two cuts,
parts without an edge between them stand side by side. A part that cannot be cut so stays a
plain run in the given order, and all its further wires become lanes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MOST = 20_000  # vertices of one composite; beyond, skips are not told apart
DEEPEST = 40  # parallel parts inside each other

Piece = "int | Parallel"


class Parallel(list["list[int | Parallel]"]):
    """Branches side by side, each a series."""


Series = list[int | Parallel]


def reduced(size: int, edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The successors of each vertex, without the edges that a longer way implies."""
    after: list[set[int]] = [set() for _ in range(size)]
    for tail, head in edges:
        after[tail].add(head)
    if size > MOST:
        return [sorted(heads) for heads in after]
    kept: list[list[int]] = [[] for _ in range(size)]
    reach = [0] * size  # bit sets
    for tail in range(size - 1, -1, -1):
        for head in sorted(after[tail]):
            if not reach[tail] >> head & 1:
                kept[tail].append(head)
                reach[tail] |= reach[head] | 1 << head
    return kept


def decompose(size: int, edges: Iterable[tuple[int, int]]) -> Series:
    """The series of vertices and parallel parts that a wiring is."""
    return series(range(size), reduced(size, edges), 0)


def series(vertices: Sequence[int], after: Sequence[Sequence[int]], depth: int) -> Series:
    """Cut a part of a wiring (in ascending order) where every way goes through one vertex."""
    cuts = _cuts(vertices, after)
    made: Series = []
    run: list[int] = []
    for vertex, cut in zip(vertices, cuts, strict=True):
        if cut:
            made += _between(run, after, depth)
            made.append(vertex)
            run = []
        else:
            run.append(vertex)
    return made + _between(run, after, depth)


def _cuts(vertices: Sequence[int], after: Sequence[Sequence[int]]) -> list[bool]:
    """Which vertices no edge passes over, from the common start to the common end."""
    place = {vertex: i for i, vertex in enumerate(vertices)}
    size = len(vertices)
    starts = [0] * (size + 1)  # how many edges begin to pass over here, less those that end
    fed = [False] * size
    for i, vertex in enumerate(vertices):
        heads = [place[head] for head in after[vertex] if head in place]
        for head in heads or [size]:
            starts[i + 1] += 1
            starts[head] -= 1
            if head < size:
                fed[head] = True
    for i in range(size):
        if not fed[i]:
            starts[0] += 1
            starts[i] -= 1
    cuts, passing = [], 0
    for i in range(size):
        passing += starts[i]
        cuts.append(passing == 0)
    return cuts


def _between(run: list[int], after: Sequence[Sequence[int]], depth: int) -> Series:
    """What stands between two cuts: branches side by side, or a run that cannot be cut."""
    branches = _components(run, after)
    if len(branches) < 2 or depth > DEEPEST:
        return list(run)
    return [Parallel(series(branch, after, depth + 1) for branch in branches)]


def _components(run: list[int], after: Sequence[Sequence[int]]) -> list[list[int]]:
    """The parts of a run with no edge between them, in the order of their first vertices."""
    parent = {vertex: vertex for vertex in run}

    def root(vertex: int) -> int:
        while parent[vertex] != vertex:
            parent[vertex] = parent[parent[vertex]]
            vertex = parent[vertex]
        return vertex

    for vertex in run:
        for head in after[vertex]:
            if head in parent:
                parent[root(head)] = root(vertex)
    parts: dict[int, list[int]] = {}
    for vertex in run:
        parts.setdefault(root(vertex), []).append(vertex)
    return list(parts.values())


def members(piece: int | Parallel) -> list[int]:
    """All vertices of a piece."""
    if isinstance(piece, int):
        return [piece]
    return [vertex for branch in piece for part in branch for vertex in members(part)]
