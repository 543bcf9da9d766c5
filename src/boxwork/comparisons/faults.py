"""What is wrong with several specs: each thing once, and of an edit, with which of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from boxwork.specs.diagnostics import Diagnostic, Note

EDIT = "--set"  # the source of what is not written in any of the specs


def faults(spec: str, found: Iterable[Diagnostic], known: Sequence[Diagnostic]) -> list[Diagnostic]:
    """What is wrong with one spec that is not known yet."""
    before = set(map(_key, known))
    return [one for one in _named(spec, found) if _key(one) not in before]


def _named(spec: str, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    for one in found:
        edit = one.span is not None and one.span.source.name == EDIT
        yield replace(one, notes=(*one.notes, Note(f"the spec is {spec}"))) if edit else one


def _key(found: Diagnostic) -> object:
    """What is the same of two that were read of one file."""
    place = found.span and (found.span.source.name, found.span.start)
    return found.code, found.message, place, tuple(note.text for note in found.notes)
