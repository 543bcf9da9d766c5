"""Specs that extend others, and edits from the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from boxwork.specs.diagnostics import Reporter
from boxwork.specs.library import find
from boxwork.specs.schema import read_spec
from boxwork.specs.source import read
from boxwork.specs.spec import Spec


def read_any(
    target: str | Path, sets: Sequence[str], keywords: Mapping[str, object], reporter: Reporter
) -> Spec:
    """Read a spec or a variant, with the edits of ``--set`` and of keyword arguments."""
    spec = read_spec(read(find(target)), reporter)
    reporter.raise_errors()
    assert spec is not None
    return spec
