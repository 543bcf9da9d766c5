"""What the tests of reading share: what is wrong with a text or a file, and where."""

from pathlib import Path

import pytest

from boxwork.specs.diagnostics import Diagnostic, Source, Span, SpecError
from boxwork.specs.marked import Mapping, Marked, Scalar, Sequence
from boxwork.specs.report import report
from boxwork.specs.source import parse, read


def errors(text: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a text."""
    with pytest.raises(SpecError) as caught:
        parse(Source("a.yaml", text))
    return caught.value.diagnostics


def only(text: str) -> Diagnostic:
    (found,) = errors(text)
    return found


def file_error(path: Path) -> Diagnostic:
    with pytest.raises(SpecError) as caught:
        read(path)
    (found,) = caught.value.diagnostics
    assert str(path) in report(found)
    return found


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def pointed(span: Span | None) -> str:
    """The text that a span points at."""
    assert span is not None
    return span.source.text[span.start : span.end]


def scalars(node: Marked) -> list[Scalar]:
    match node:
        case Scalar():
            return [node]
        case Sequence():
            return [s for item in node.items for s in scalars(item)]
        case Mapping():
            return [s for key, value in node.items for s in (key, *scalars(value))]
