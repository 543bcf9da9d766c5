"""Toys held against their specs: what does not fit, and what is taken where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from boxwork.graphs.graph import Graph
from boxwork.graphs.totals import total
from boxwork.specs.diagnostics import Diagnostic, Note, Span, SpecError
from boxwork.specs.spec import Spec
from boxwork.specs.toy import from_toy

SMALL = 1_000_000  # parameters of what runs anywhere
CODE = "BW913"
INHERITED = "BW914"
OWN = "give the toy sizes that fit"
VARIANT = "give the variant sizes of its own that fit: toy: {…}"
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


def faults(toy: SpecError, spec: Spec) -> list[Diagnostic]:
    """What is wrong with a spec at the sizes of its toy, told where the toy is written.

    A toy that all came from a base is no fault of the spec: that is a warning.
    """
    own = any(not dim.span.via for dim in spec.toy.values())
    sizes = [dim.value.span for dim in spec.toy.values()]
    found = [_at_toy(one, sizes) for one in toy.diagnostics if one.severity == "error"]
    found.sort(key=lambda one: sizes.index(one.span) if one.span in sizes else 0)
    return [replace(one, help=OWN) if own else replace(one, code=INHERITED) for one in found]


def _at_toy(found: Diagnostic, sizes: Sequence[Span]) -> Diagnostic:
    """An error at the first size of the toy that it speaks of; else at the toy's first."""
    written = {(span.source.name, span.start): span for span in sizes}
    notes = [*found.notes, *(Note(text, span) for span, text in found.labels)]
    spoken = [span for span in (found.span, *(note.span for note in notes)) if span]
    size = next((one for one in spoken if from_toy(one)), None)
    place = written.get((size.source.name, size.start), sizes[0]) if size else sizes[0]
    notes = [note for note in notes if note.span != size or size is None]
    if found.span is not None and found.span != size:
        notes.insert(0, Note("it does not fit", found.span))
    message = f"in the toy: {found.message}"
    return Diagnostic(found.code, message, place, notes=tuple(notes), help=VARIANT)


def _mend(spec: Spec) -> str:
    """How to give a spec a toy."""
    numbers = [name for name, dim in spec.root.dims.items() if dim.value.text.isdigit()]
    sizes = ", ".join(f"{name}: …" for name in numbers[:PROPOSED]) or "layers: 2"
    return f"leave out --toy, or give the spec small sizes for its dims: toy: {{{sizes}}}"
