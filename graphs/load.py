"""The way of a spec from its name or file to a checked graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from boxwork.graphs.build import build
from boxwork.graphs.graph import Composite, Graph
from boxwork.specs.diagnostics import Reporter, SpecError
from boxwork.specs.spec import Spec
from boxwork.specs.variants import read_any


def load(
    target: str | Path, sets: Sequence[str] = (), keywords: Mapping[str, object] | None = None
) -> tuple[Spec, Graph]:
    """Read, vary, wire and check a spec.

    ``sets`` are edits as ``--set`` takes them (``dims.layers=2``); ``keywords`` are new
    values of the spec's dims and settings by name. Raises SpecError with all that is wrong.
    """
    reporter = Reporter()
    spec = read_any(target, sets, keywords or {}, reporter, gives_what_it_takes)
    return spec, build(spec, reporter)


def gives_what_it_takes(spec: Spec, path: str) -> bool:
    """Whether the node at a path has an output of the type of its first input."""
    try:
        composite = build(spec).root
    except SpecError:
        return False
    *way, last = path.split(".")
    for step in way:
        if step != "*" and not step.isdigit():
            part = composite.nodes[step].part
            if not isinstance(part, Composite):
                return False
            composite = part
    node = composite.nodes.get(last)
    if node is None:
        return True  # `use: none`: no box, its readers read its input already
    taken = next(iter(node.part.inputs.values()), None)
    given = next(iter(node.outputs.values()))
    if taken is None or taken[0].kind != given.kind or len(taken[0].dims) != len(given.dims):
        return False
    return all(a.agrees(b) for a, b in zip(taken[0].dims, given.dims, strict=True))
