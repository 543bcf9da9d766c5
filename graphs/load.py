"""The way of a spec from its name or file to a checked graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from boxwork.graphs.building.build import build
from boxwork.graphs.graph import Composite, Graph, Node, Part
from boxwork.graphs.toys import as_it_is, faults
from boxwork.specs import variants
from boxwork.specs.diagnostics import Diagnostic, Reporter, Source, SpecError
from boxwork.specs.edits import SameType
from boxwork.specs.spec import Spec


def load(
    target: str | Path | Source,
    sets: Sequence[str] = (),
    keywords: Mapping[str, object] | None = None,
    *,
    toy: bool = False,
) -> tuple[Spec, Graph]:
    """Read, vary, wire and check a spec.

    ``sets`` are edits as ``--set`` takes them (``dims.layers=2``); ``keywords`` are new
    values of the spec's dims and settings by name; ``toy`` takes the sizes of its toy first, or
    a small spec that has none as it is. Raises SpecError with all that is wrong.
    """
    reporter = Reporter()
    spec = variants.read_any(
        target, sets, keywords or {}, reporter, gives_what_it_takes, toy=toy, go_on=True
    )
    graph = build(spec, reporter)
    return spec, as_it_is(spec, graph) if toy and not spec.toy else graph


def read(
    target: str | Path | Source,
    sets: Sequence[str] = (),
    keywords: Mapping[str, object] | None = None,
    *,
    toy: bool = False,
) -> Spec:
    """A spec with edits, not yet wired: its sizes need not fit."""
    given = keywords or {}
    return variants.read_any(target, sets, given, Reporter(), gives_what_it_takes, toy=toy)


def toy_faults(target: str | Path, spec: Spec) -> list[Diagnostic]:
    """What is wrong with a spec at the sizes of its toy; nothing if it has none."""
    if not spec.toy:
        return []
    try:
        load(target, toy=True)
    except SpecError as error:
        return faults(error, spec)
    return []


def vary(base: Spec, text: str, same_type: SameType | None = None) -> tuple[Spec, Graph]:
    """A spec with the text of a variant laid over it, and the graph of that; raises SpecError."""
    reporter = Reporter()
    source = Source("the variant", text)
    spec = variants.vary(base, source, reporter, same_type or gives_what_it_takes)
    return spec, build(spec, reporter)


def gives_what_it_takes(spec: Spec, path: str) -> bool:
    """Whether the node at a path has an output of the type of its first input."""
    try:
        graph = build(spec)
    except SpecError:
        return False
    return hands_on(graph, path)


def hands_on(graph: Graph, path: str) -> bool:
    """Whether the node at a path of a graph has an output of the type of its first input."""
    return all(_hands_on(node) for node in _nodes_at(graph.root, path.split(".")))


def _nodes_at(part: Part, steps: list[str]) -> Iterator[Node | None]:
    """The nodes at a path, in every copy that it leads to; None where there is no box.

    With ``use: none`` readers read the input of the node already.
    """
    if not isinstance(part, Composite) or (node := part.nodes.get(steps[0])) is None:
        yield None
        return
    rest = steps[1:]
    copy = rest.pop(0) if rest and node.count is not None else "*"
    if not rest:
        yield node
        return
    for inside in node.parts if copy == "*" else [node.part_of(int(copy))]:
        yield from _nodes_at(inside, rest)


def _hands_on(node: Node | None) -> bool:
    if node is None:
        return True
    taken = next(iter(node.part.inputs.values()), None)
    given = next(iter(node.outputs.values()))
    return taken is not None and taken[0].agrees(given)
