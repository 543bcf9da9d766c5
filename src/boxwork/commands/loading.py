"""The spec that a verb works on, loaded; a toy that it does not have is told of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from boxwork.commands.guard import warn

if TYPE_CHECKING:
    from boxwork.api import Graph


def loaded(spec: str, sets: Sequence[str] | None, *, toy: bool) -> Graph:
    """A spec with its edits, at the sizes of its toy if that is asked for."""
    from boxwork.api import load
    from boxwork.graphs.toys import CODE

    graph = load(spec, *(sets or ()), toy=toy)
    warn(found for found in graph.warnings if found.code == CODE)
    return graph
