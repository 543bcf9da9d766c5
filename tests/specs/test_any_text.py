"""Anything at all is read or refused, with every place inside the text."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwork.specs.diagnostics import Diagnostic, Source, SpecError
from boxwork.specs.marked import Mapping, Marked, Scalar, Sequence
from boxwork.specs.report import report
from boxwork.specs.source import parse, read

from .reading import scalars


def diagnostics_of(text: str | Path) -> tuple[Diagnostic, ...]:
    """What is wrong with a text or a file; nothing but a SpecError may be raised."""
    try:
        _ = read(text) if isinstance(text, Path) else parse(Source("a.yaml", text))
    except SpecError as error:
        return error.diagnostics
    return ()


def check_spans(text: str) -> None:
    """Reading either gives nodes or a SpecError, and every place lies within the text."""
    found = diagnostics_of(text)
    spans = [d.span for d in found if d.span]
    assert len(spans) == len(found)
    assert all(report(d) for d in found)
    spans += [span for d in found for span, _ in d.labels]
    if not found:
        tree = parse(Source("a.yaml", text))
        spans += [tree.span, *(s.span for s in scalars(tree))]
    for span in spans:
        assert span.source.text == text
        assert 0 <= span.start <= span.end <= len(text)


PIECES = st.sampled_from(
    [
        *(
            "a",
            "b",
            "x1",
            ": ",
            ":",
            "\n",
            "\n  ",
            "\n    ",
            "\r\n",
            "- ",
            "? ",
            "[",
            "]",
            "{",
            "}",
        ),
        *(", ", "'", '"', "\\", "&a ", "*a", "!t ", "<<", "# c", "---\n", "...\n", "|", ">", "%"),
        *("|\n  x\n", "\t", "\ufeff", "é", "😀", "\u2028", "\x85", "\xa0", "@", "`", "~", "0x"),
        *("\x00", "\ud800"),
    ]
)


@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    check_spans(text)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_anything_like_yaml_is_read_or_refused(text: str) -> None:
    check_spans(text)


@given(data=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(
    data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(data)
    assert all(report(found) for found in diagnostics_of(path))


TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
TREES = st.recursive(
    TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXTS.filter(bool), inner, max_size=4)
    ),
    max_leaves=12,
)


def plain(node: Marked) -> object:
    """A marked tree without its marks."""
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {key.text: plain(value) for key, value in node.items}


@given(TREES)
def test_what_json_says_is_what_is_read(tree: object) -> None:
    assert plain(parse(Source("a.yaml", json.dumps(tree)))) == tree
