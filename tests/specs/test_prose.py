"""Texts for people, written as YAML: they are read as they were, and are readable."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from boxwork.specs.diagnostics import Source
from boxwork.specs.marked import Mapping, Scalar
from boxwork.specs.prose import WIDTH, prose
from boxwork.specs.source import parse

LONG = "Every position asks, every position of the memory answers; heads do so side by side. " * 2
WORDS = st.lists(st.text("ab:#-|>&*!%@'\"{}[], ä€", min_size=1, max_size=30), max_size=20)


def read(lines: list[str], indent: int) -> str:
    """What YAML makes of a key and its text, within mappings as deep as the indent says."""
    above = [f"{' ' * at}at:" for at in range(0, indent, 2)]
    found = parse(Source("it", "\n".join([*above, *lines, f"{' ' * indent}after: it"]) + "\n"))
    for _ in above:
        assert isinstance(found, Mapping)
        found = found.items[0][1]
    assert isinstance(found, Mapping)
    (_, text), (after, _) = found.items
    assert isinstance(text, Scalar)
    assert after.text == "after"
    return text.text


@given(text=st.one_of(st.text(), WORDS.map(" ".join), WORDS.map("\n".join)),
       indent=st.sampled_from([0, 2, 4]))  # fmt: skip
@example(text=LONG.strip(), indent=4)
@example(text=f"{LONG} two spaces", indent=0)
@example(text=f" {LONG.strip()}", indent=0)
@example(text="one\n\ntwo\nthree", indent=2)
@example(text="one\n two", indent=0)
@example(text="one\n", indent=0)
@example(text="word" * 60, indent=0)
def test_what_is_written_is_read(text: str, indent: int) -> None:
    assert read(list(prose("about", text, indent)), indent) == text


def test_a_long_text_is_folded() -> None:
    first, *lines = prose("about", LONG.strip(), 4)
    assert first == "    about: >-"
    assert len(lines) == 2
    assert all(line.startswith("      ") and len(line) <= WIDTH for line in lines)
    assert len(lines[0]) > WIDTH - 12


def test_lines_are_kept() -> None:
    assert list(prose("about", "one\n\ntwo")) == ["about: |-", "  one", "", "  two"]


@pytest.mark.parametrize("text", ["short", "none", "with: colon"])
def test_a_short_text_stands_on_one_line(text: str) -> None:
    (line,) = prose("about", text)
    assert line.removeprefix("about: ").strip('"') == text
