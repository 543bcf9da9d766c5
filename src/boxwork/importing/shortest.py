"""The shortest variant of a shipped spec that is all that a set of pieces says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load
from boxwork.importing.family import Pieces
from boxwork.importing.likeness import likeness
from boxwork.importing.yamltext import variant
from boxwork.specs.diagnostics import Source, SpecError

TRIED = 2  # how many of the bases: those whose sizes are the nearest

# What must divide another size, at a size that divides that of every toy.
TOY = {"kv_heads": 2, "groups": 1, "active_groups": 1}


def shortest(bases: Sequence[str], pieces: Pieces) -> tuple[str, Pieces]:
    """The base to extend, and the pieces that it does not have.

    A piece is left out if the graph is the same without it: what the base says, and what
    follows from it (``d_ff: 4 * d_model``), is not said again.
    """
    near = sorted(bases, key=lambda base: -_alike(base, pieces))[:TRIED]
    found: list[tuple[str, Pieces]] = []
    for base in near:
        found.append((base, _needed(base, pieces)))
        if not found[-1][1]:
            break
    base, needed = min(found, key=lambda one: _length(one[1]))
    return base, with_toy(base, needed)


def with_toy(base: str, pieces: Pieces) -> Pieces:
    """With a toy of its own where that of the base does not fit what the pieces say."""
    own: Pieces = {("toy", dim): size for dim, size in TOY.items() if ("dims", dim) in pieces}
    if not own:
        return pieces
    try:
        built(base, pieces, toy=True)
    except SpecError:
        return pieces | own
    return pieces


def _alike(base: str, pieces: Pieces) -> int:
    """How many of the sizes are those of the base."""
    dims, _ = _dims(base)
    return sum(path[0] == "dims" and dims.get(path[1]) == size for path, size in pieces.items())


@cache
def _dims(base: str) -> tuple[Mapping[str, int], frozenset[str]]:
    """The sizes of a base, and the names of those that follow from others."""
    spec, graph = load(base)
    sizes = {name: int(dim) for name, dim in graph.dims.items() if not dim.free}
    follow = (name for name, decl in spec.root.dims.items() if not decl.value.text.isdigit())
    return sizes, frozenset(follow)


def _length(pieces: Pieces) -> int:
    """Sizes stand side by side; what is edited takes a line."""
    return sum(1 if path[0] == "dims" else 2 for path in pieces)


def _needed(base: str, pieces: Pieces) -> Pieces:
    wanted, (sizes, follow) = likeness(built(base, pieces)), _dims(base)
    edits = tuple(path for path in pieces if path[0] != "dims")
    same = tuple(p for p in pieces if p[0] == "dims" and sizes.get(p[1]) == pieces[p])
    others = tuple(p for p in pieces if p[0] == "dims" and p[1] in follow and p not in same)
    for candidates in (edits, same, others):
        pieces = _thinned(base, pieces, candidates, wanted)
    return pieces


def _thinned(
    base: str, pieces: Pieces, candidates: tuple[tuple[str, ...], ...], wanted: object
) -> Pieces:
    """Without those candidates that change nothing; halves are tried before single ones."""
    rest = {path: value for path, value in pieces.items() if path not in candidates}
    if not candidates:
        return pieces
    if _same(base, rest, wanted):
        return rest
    if len(candidates) == 1:
        return pieces
    half = len(candidates) // 2
    for part in (candidates[:half], candidates[half:]):
        pieces = _thinned(base, pieces, part, wanted)
    return pieces


def _same(base: str, pieces: Pieces, wanted: object) -> bool:
    """Whether they make the graph that is wanted; sizes left out may not fit each other."""
    try:
        return likeness(built(base, pieces)) == wanted
    except SpecError:
        return False


def built(base: str, pieces: Pieces, *, toy: bool = False) -> Graph:
    """The checked graph of a variant."""
    _, graph = load(Source("the import", variant(base, {"name": "Imported"}, pieces)), toy=toy)
    return graph
