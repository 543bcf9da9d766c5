"""Pairs to train on: an encoder and a decoder, or one row with a separator; wrong lines."""

from typing import Any

import pytest

from boxwork.engines.learning.pairs import pairs
from boxwork.specs.diagnostics import DataError

from .support import wrong
from .training import ANY_LENGTH, CLASSES, FIXED, ONE_ROW, TRANSLATE, file, goal_of


def batch(text: str, spec: str = TRANSLATE) -> Any:
    found = pairs(goal_of(spec), file(text)).batch(0, 50, 0)
    rows = zip(*([row.tolist() for row in column] for column in found.values()), strict=True)
    return [dict(zip(found, row, strict=True)) for row in sorted(rows)]


def test_the_target_is_shifted_by_its_start() -> None:
    assert batch("ja nein\tyes no\nja\tyes\n") == [
        {"source": [3], "target": [0, 5], "wanted": [5, 1]},
        {"source": [3, 4], "target": [0, 5, 6], "wanted": [5, 6, 1]},
    ]


def test_one_row_has_a_separator_between_and_ends() -> None:
    assert batch("ja\tyes\n\n nein \t no\n", ONE_ROW) == [
        {"tokens": [2, 1, 4], "wanted": [1, 4, 0]},
        {"tokens": [3, 1, 5], "wanted": [1, 5, 0]},
    ]


def test_letters_may_be_separated_by_a_tab() -> None:
    spec = ANY_LENGTH.replace('" abc"', '"ab \\t"')
    assert batch("ab\tba", spec) == [{"tokens": [0, 1, 3, 1], "wanted": [1, 3, 1, 0]}]


def test_every_line_that_is_no_pair_is_told() -> None:
    with pytest.raises(DataError) as caught:
        batch("ja yes\nja\tyes\n\tyes\nja\t \nja\tyes\tno\n")
    found = caught.value.diagnostics
    assert {d.code for d in found} == {"BW461"}
    assert [(d.span.line if d.span else 0, d.message) for d in found] == [
        (1, "there is no tab in this line"),
        (3, "the source of this line is empty"),
        (4, "the target of this line is empty"),
        (5, "there are 2 tabs in this line, and a pair has one"),
    ]
    assert found[0].help == "write each pair as a line: the source, a tab, the target"


def test_not_more_lines_are_told_than_can_be_read() -> None:
    found = wrong(batch, "ja yes\n" * 30)
    assert len(found) == 21
    assert found[-1] == ("BW461", "10 more lines of given.txt are no pairs")


def test_no_pair_at_all() -> None:
    assert wrong(batch, "\n \n") == [("BW461", "there is no pair in given.txt")]


def test_words_that_are_not_known_are_told_by_line_and_column() -> None:
    with pytest.raises(DataError) as caught:
        batch("ja\tyes\nja ne\tyes\nja\tnay\n")
    found = caught.value.diagnostics
    assert [d.code for d in found] == ["BW414", "BW414"]
    assert [str(d.span) for d in found] == ["given.txt:2:4", "given.txt:3:4"]


def test_lengths_that_the_spec_does_not_take_are_told_by_line() -> None:
    with pytest.raises(DataError) as caught:
        batch("ja\tyes\nja\tno yes no yes\n")
    (found,) = caught.value.diagnostics
    assert found.code == "BW410"
    assert "requires target_len <= 4" in found.message
    assert found.span is not None
    assert found.span.line == 2


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (CLASSES, "Test does not say what comes next, so it cannot learn pairs"),
        (FIXED, "nothing in the vocabulary of tokens can stand between source and target"),
        (
            TRANSLATE.replace("start: <s>, ", ""),
            "the tokenizer of target names no start, so nothing leads to its first token",
        ),
        (
            FIXED.replace('" abc"', '"ab \\t"'),
            "logits says one next token, and a pair has one after each",
        ),
    ],
)
def test_specs_that_cannot_learn_pairs(spec: str, message: str) -> None:
    assert wrong(batch, "ab\tba", spec) == [("BW464", message)]
