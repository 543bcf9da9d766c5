"""The way of a spec from its name or file to a checked graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from boxwork.graphs.build import build
from boxwork.graphs.graph import Graph
from boxwork.specs.diagnostics import Reporter
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
    spec = read_any(target, sets, keywords or {}, reporter)
    return spec, build(spec, reporter)
