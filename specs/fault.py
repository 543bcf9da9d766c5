"""Where the YAML parser stopped, with what it was doing and what stands around."""

from __future__ import annotations

from dataclasses import dataclass

from boxwork.specs.diagnostics import Diagnostic, Source, Span


@dataclass(frozen=True)
class Fault:
    """Where libyaml stopped (``at``), what it was reading, and where that began."""

    source: Source
    at: int
    problem: str
    doing: str
    begun: int | None

    @property
    def letter(self) -> str:
        return self.source.text[self.at : self.at + 1]

    @property
    def before(self) -> str:
        """What stands before the place in its line."""
        return self.source.text[self.source.text.rfind("\n", 0, self.at) + 1 : self.at]

    def span(self, start: int, length: int = 1) -> Span:
        end = len(self.source.text)
        return Span(self.source, min(start, end), min(start + length, end))

    def line_span(self, start: int) -> Span:
        """From a place to the end of its line."""
        text = self.source.text
        return self.span(start, max(1, len(text[start:].split("\n", 1)[0].rstrip())))

    def say(
        self,
        message: str,
        span: Span | None = None,
        *,
        label: str = "",
        labels: tuple[tuple[Span, str], ...] = (),
        help: str = "",
    ) -> Diagnostic:
        return Diagnostic("BW008", message, span or self.span(self.at), label, labels, (), help)
