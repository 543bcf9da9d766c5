"""YAML with marks: scalars as text, mappings and lists, each with its place."""

from __future__ import annotations

from dataclasses import dataclass

from boxwork.specs.diagnostics import Span


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar as it was written; ``plain`` if without quotes."""

    text: str
    span: Span
    plain: bool = True

    def part(self, start: int, end: int) -> Span:
        """The place of a piece of the text."""
        shift = 0 if self.plain else 1
        return self.span.part(start + shift, end + shift)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Marked, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping in the order of the file; keys are unique."""

    items: tuple[tuple[Scalar, Marked], ...]
    span: Span

    def get(self, key: str) -> Marked | None:
        """The value under a key, or None."""
        for known, value in self.items:
            if known.text == key:
                return value
        return None


Marked = Scalar | Sequence | Mapping
