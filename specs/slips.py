"""Edits that were written without their first word, and what they should be."""

from __future__ import annotations

from dataclasses import replace

from boxwork.specs.diagnostics import Diagnostic, Reporter
from boxwork.specs.nodes import NODE_KEYS
from boxwork.specs.spec import Spec

UNKNOWN = "there is no edit"


def mend(reporter: Reporter, spec: Spec) -> None:
    """Tell how edits of nothing known are written, now that the spec is known."""
    reporter.found[:] = [
        replace(found, help=f"write --set {better}") if (better := _meant(found, spec)) else found
        for found in reporter.found
    ]


def _meant(found: Diagnostic, spec: Spec) -> str:
    """The edit that was meant; empty if that cannot be told."""
    if found.span is None or not found.message.startswith(UNKNOWN):
        return ""
    path, _, value = found.span.source.text.partition("=")
    first, *rest = path.strip().split(".")
    if not rest and first in spec.root.dims:
        return f"dims.{first}={value}"
    if not rest and first in spec.root.settings:
        return f"settings.{first}={value}"
    parts = rest if first == "nodes" else [first, *rest]
    if len(parts) < 2 or parts[0] not in spec.root.nodes:
        return ""
    if not set(parts[1:]) & set(NODE_KEYS):  # stack.0.attn.heads
        parts.insert(-1, "with")
    return f"set.{'.'.join(parts)}={value}"
