"""Specs without a toy profile where a toy was asked for: small ones are toys as they are."""

from __future__ import annotations

from dataclasses import replace

from boxwork.graphs.graph import Graph
from boxwork.graphs.totals import total
from boxwork.specs.diagnostics import Diagnostic, SpecError
from boxwork.specs.spec import Spec

SMALL = 1_000_000  # parameters of what runs anywhere
CODE = "BW913"
PROPOSED = 4  # dims that are named where a spec has no toy


def as_it_is(spec: Spec, graph: Graph) -> Graph:
    """The graph of a spec without a toy, which says so.

    Raises:
        SpecError: if it is large.
    """
    count = total(graph)
    if count > SMALL:
        message = f"{spec.name} has no toy profile, and {count:,} parameters"
        raise SpecError([Diagnostic("BW311", message, help=_mend(spec))])
    told = Diagnostic(CODE, f"{spec.name} has no toy profile; it is taken as it is")
    return replace(graph, warnings=(*graph.warnings, told))


def _mend(spec: Spec) -> str:
    """How to give a spec a toy."""
    numbers = [name for name, dim in spec.root.dims.items() if dim.value.text.isdigit()]
    sizes = ", ".join(f"{name}: …" for name in numbers[:PROPOSED]) or "layers: 2"
    return f"leave out --toy, or give the spec small sizes for its dims: toy: {{{sizes}}}"
