"""The toy of a variant: the sizes that make it the toy of the other, beyond what it inherits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from boxwork.blocks.dims import Dim
from boxwork.graphs.comparing.compare import Comparison, compare
from boxwork.graphs.comparing.matches import Alignment
from boxwork.graphs.graph import Graph
from boxwork.specs.keys import SNAKE

Toy = Mapping[str, str]
Trial = Callable[[Toy], Graph | None]  # the variant at these sizes; None if it makes no graph


def toy_sizes(found: Comparison, want: Graph, trial: Trial) -> tuple[dict[str, str], float]:
    """What a variant gives as its toy to be ``want``, the toy of the second spec, or nearly so.

    Also tells how many differences are left. ``found`` compares both at their own sizes.
    """
    same = {name: name for name in found.a.dims if name in found.b.dims}
    names = dict(_renamed(found)) | same
    known = {name: dim for name, dim in found.a.dims.items() if name in names and not dim.free}
    sizes = {name: want.dims[names[name]] for name in known}
    toy = {name: str(size) for name, size in sizes.items() if not size.free}
    best = _apart(trial(toy), want)
    if best == math.inf:  # no graph at these sizes
        return {}, best
    for name in list(toy):
        less = {other: size for other, size in toy.items() if other != name}
        without = _apart(trial(less), want)
        if without <= best:
            toy, best = less, without
    return toy, best


def _apart(made: Graph | None, want: Graph) -> float:
    """How many differences there are, those of how layers are written left out."""
    if made is None:
        return math.inf
    return sum(change.kind != "written" for change in compare(made, want).changes)


def _renamed(found: Comparison) -> Iterator[tuple[str, str]]:
    """Dims of the first that go by another name in the second, by what is of that size."""
    pairs = _pairs(found.alignment)
    ends = zip(found.a.inputs.values(), found.b.inputs.values(), strict=False)
    pairs = chain(pairs, *(zip(a.dims, b.dims, strict=False) for a, b in ends))
    votes: dict[str, Counter[str]] = {}
    for one, other in pairs:
        name, to = str(one.name), str(other.name)
        if SNAKE.match(name) and SNAKE.match(to) and one.agrees(other):
            votes.setdefault(name, Counter())[to] += 1
    for name, told in votes.items():
        to = told.most_common(1)[0][0]
        if name in found.a.dims and to in found.b.dims:
            yield name, to


def _pairs(found: Alignment) -> Iterator[tuple[Dim, Dim]]:
    """The sizes that boxes which correspond are given for the same setting."""
    for match in found.matches:
        if match.a is None or match.b is None:
            continue
        one, other = match.a.part.settings, match.b.part.settings
        for name, before in one.items():
            after = other.get(name)
            if isinstance(before, Dim) and isinstance(after, Dim):
                yield before, after
        for inside in match.inside:
            yield from _pairs(inside)
