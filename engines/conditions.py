"""What a spec requires of lengths that only the run knows: ``seq <= context``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from boxwork.blocks.expressions import compare
from boxwork.engines.arrays import Given
from boxwork.graphs.graph import Condition, Graph
from boxwork.specs.diagnostics import Diagnostic, Note


def conditions(
    graph: Graph, givens: Sequence[Given], samples: Sequence[Mapping[str, int]]
) -> list[Diagnostic]:
    """What the spec requires of free dims: ``seq <= context``."""
    found = []
    for condition in graph.conditions:
        for sample, sizes in enumerate(samples):
            left, right = condition.left.evaluate(sizes), condition.right.evaluate(sizes)
            if not compare(condition.operator, float(left), float(right)):
                found.append(_broken(condition, givens, sample, sizes, left, right))
                break
    return found


def _broken(
    condition: Condition,
    givens: Sequence[Given],
    sample: int,
    sizes: Mapping[str, int],
    left: Fraction,
    right: Fraction,
) -> Diagnostic:
    names = condition.left.names | condition.right.names
    said = [
        f"{given.place(sample)} gives {name} = {sizes[name]}"
        for name in sorted(names)
        for given in givens
        if any(name in dim.value.names for dim in given.type.dims)
    ]
    limit = f"{left} {condition.operator} {right} does not hold"
    if condition.right.constant is not None and condition.operator in ("<=", "<"):
        limit = f"{'at most' if condition.operator == '<=' else 'less than'} {right}"
    owner = condition.owner or "the spec"
    message = f"{' and '.join(said)}, but {owner} requires {condition.text}: {limit}"
    notes = (Note("required here", condition.span),) if condition.span else ()
    return Diagnostic("BW410", message, notes=notes, help=_mending(condition, names, right))


def _mending(condition: Condition, names: frozenset[str], right: Fraction) -> str:
    """How to mend it: other lengths, or another bound, if that is a dim of its own."""
    given = f"give another length of {' or '.join(sorted(names))}"
    bound = condition.text.partition(condition.operator)[2].strip()
    if condition.right.constant is None or condition.operator not in ("<=", "<"):
        return f"{given}, for which {condition.text} holds"
    most = right if condition.operator == "<=" else right - 1
    if condition.text.partition(condition.operator)[0].strip() in names:
        given = f"give at most {math.floor(most)} for {min(names)}"
    return f"{given}, or load the spec with a larger {bound}" if bound.isidentifier() else given
