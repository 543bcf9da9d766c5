"""What a spec requires of lengths that only the run knows: ``seq <= context``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from boxwork.blocks.expressions import compare
from boxwork.blocks.forms import SizeError
from boxwork.engines.feeding.arrays import Given
from boxwork.graphs.graph import Condition, Graph
from boxwork.specs.diagnostics import Diagnostic, Note


def conditions(
    graph: Graph, givens: Sequence[Given], samples: Sequence[Mapping[str, int]]
) -> list[Diagnostic]:
    """What the spec requires of free dims: ``seq <= context``."""
    found = []
    for condition in graph.conditions:
        for sample, sizes in enumerate(samples):
            if why := limit(condition, sizes):
                found.append(_broken(condition, givens, sample, sizes, why))
                break
    return found


def met(graph: Graph, sizes: Mapping[str, int]) -> bool:
    """Whether everything that the spec requires holds at these lengths."""
    return not any(limit(condition, sizes) for condition in graph.conditions)


def most(graph: Graph, name: str) -> int | None:
    """The longest that a free dim may be, if the spec says so plainly: ``seq <= context``.

    It is at least 1: where the context is 0, a run of that length is told why it cannot be.
    """
    found = [
        math.floor(condition.right.constant)
        for condition in graph.conditions
        if condition.operator == "<=" and str(condition.left) == name
        if condition.right.constant is not None
    ]
    return max(min(found), 1) if found else None


def limit(condition: Condition, sizes: Mapping[str, int]) -> str:
    """Why a requirement does not hold; nothing if it does."""
    try:
        left, right = condition.left.evaluate(sizes), condition.right.evaluate(sizes)
    except SizeError as error:
        return str(error)
    if compare(condition.operator, left, right):
        return ""
    if condition.right.constant is not None and condition.operator in ("<=", "<"):
        return f"{'at most' if condition.operator == '<=' else 'less than'} {right}"
    return f"{left} {condition.operator} {right} does not hold"


def _broken(
    condition: Condition,
    givens: Sequence[Given],
    sample: int,
    sizes: Mapping[str, int],
    why: str,
) -> Diagnostic:
    names = condition.left.names | condition.right.names
    said = [
        f"{given.place(sample)} gives {name} = {sizes[name]}"
        for name in sorted(names)
        for given in givens
        if any(name in dim.value.names for dim in given.type.dims)
    ]
    owner = condition.owner or "the spec"
    message = f"{' and '.join(said)}, but {owner} requires {condition.text}: {why}"
    notes = (Note("required here", condition.span),) if condition.span else ()
    return Diagnostic("BW410", message, notes=notes, help=_mending(condition, names))


def _mending(condition: Condition, names: frozenset[str]) -> str:
    """How to mend it: other lengths, or another bound, if that is a dim of its own."""
    given = f"give another length of {' or '.join(sorted(names))}"
    bound = condition.text.partition(condition.operator)[2].strip()
    right = condition.right.constant
    if right is None or condition.operator not in ("<=", "<"):
        return f"{given}, for which {condition.text} holds"
    most = right if condition.operator == "<=" else right - 1
    if condition.text.partition(condition.operator)[0].strip() in names:
        given = f"give at most {math.floor(most)} for {min(names)}"
    return f"{given}, or load the spec with a larger {bound}" if bound.isidentifier() else given
