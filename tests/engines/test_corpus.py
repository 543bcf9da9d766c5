"""Texts to train on: windows, what is wanted after them, and what is wrong with a text."""

from typing import Any

import numpy as np
import pytest

from boxwork.engines.learning.corpus import longest, windows
from boxwork.engines.learning.pairs import pairs
from boxwork.specs.diagnostics import DataError

from .support import wrong
from .training import ANY_LENGTH, CLASSES, FIXED, ONE_ROW, TRANSLATE, file, goal_of


def batch(text: str, spec: str = ANY_LENGTH, length: int | None = None, size: int = 50) -> Any:
    return windows(goal_of(spec), file(text), length).batch(0, size, 0)


def test_what_is_wanted_is_the_token_after_each() -> None:
    found = batch("abc abcab")
    assert found["tokens"].shape[1] == 6  # the longest that the spec takes
    np.testing.assert_array_equal(found["tokens"][:, 1:], found["wanted"][:, :-1])
    rows = {tuple(row) for row in found["tokens"].tolist()}
    assert rows == {(1, 2, 3, 0, 1, 2), (2, 3, 0, 1, 2, 3), (3, 0, 1, 2, 3, 1)}


def test_start_and_end_of_a_tokenizer_are_not_in_a_text() -> None:
    marked = ANY_LENGTH.replace('alphabet: " abc"', 'alphabet: " abc", start: " ", end: c')
    assert marked != ANY_LENGTH
    found = batch("aba", marked)
    assert found["tokens"].tolist() == [[1, 2]]
    assert found["wanted"].tolist() == [[2, 1]]


def test_a_short_text_is_taken_whole_by_a_spec_of_any_length() -> None:
    found = batch("abc")
    assert found["tokens"].tolist() == [[1, 2]]
    assert found["wanted"].tolist() == [[2, 3]]


def test_windows_of_a_fixed_width_have_one_target() -> None:
    found = batch("abcab", FIXED)
    order = np.argsort(found["tokens"][:, 0])
    assert found["tokens"][order].tolist() == [[1, 2, 3], [2, 3, 1]]
    assert found["wanted"][order].tolist() == [1, 2]


def test_windows_may_be_shorter_but_no_longer_than_the_spec() -> None:
    assert batch("abcabcabc", length=2)["tokens"].shape[1] == 2
    message = "windows of 7 tokens are longer than Test takes: 6"
    assert wrong(batch, "abcabcabcabc", ANY_LENGTH, 7) == [("BW460", message)]
    message = "windows of 2 tokens: tokens takes 3, no more and no less"
    assert wrong(batch, "abcabc", FIXED, 2) == [("BW460", message)]


def test_the_longest_is_found() -> None:
    assert longest(goal_of(ANY_LENGTH), "tokens") == 6
    assert longest(goal_of(ONE_ROW), "tokens") is None


@pytest.mark.parametrize(
    ("spec", "text", "message"),
    [
        (FIXED, "abc", "given.txt has 3 letters, and Test needs 4: 3 to read and the next one"),
        (ANY_LENGTH, "a\n", "given.txt has 1 letter, and Test needs 2: 1 to read and the next"),
    ],
)
def test_a_text_that_is_too_short(spec: str, text: str, message: str) -> None:
    ((code, said),) = wrong(batch, text, spec)
    assert code == "BW460"
    assert said.startswith(message)


def test_line_breaks_are_spaces_if_there_is_no_sign_for_them() -> None:
    assert batch("ab\nc\n")["wanted"].tolist() == [[2, 0, 3]]
    with_breaks = ANY_LENGTH.replace('" abc"', '" ab\\n"')
    assert batch("ab\nb\n", with_breaks)["wanted"].tolist() == [[2, 3, 2]]


def test_every_letter_that_is_not_known_is_told_where_it_stands() -> None:
    with pytest.raises(DataError) as caught:
        batch("abc\nabx xA")
    first, second = caught.value.diagnostics
    assert first.code == second.code == "BW414"
    assert first.message == "the letter 'x' is not in the alphabet (2 times in the text)"
    assert second.message == "the letter 'A' is not in the alphabet"
    assert second.help == "write small letters, or give the tokenizer `lower: true`"
    assert [str(d.span) for d in (first, second) if d.span] == ["given.txt:2:3", "given.txt:2:6"]


def test_a_letter_is_told_on_its_own_line_where_line_breaks_are_spaces() -> None:
    with pytest.raises(DataError) as caught:
        batch("abc\nabc\nax")
    (found,) = caught.value.diagnostics
    assert str(found.span) == "given.txt:3:2"
    assert found.help.endswith("it is ' abc'")  # the space is seen


def test_not_more_letters_are_told_than_can_be_read() -> None:
    found = wrong(batch, "abcdefghijklmnopqrstuvwxyz")
    assert len(found) == 11
    assert found[-1] == ("BW414", "13 more letters are not known")


def test_words_that_are_not_known_are_told_with_one_that_is_near() -> None:
    with pytest.raises(DataError) as caught:
        batch("ja nain\nja", ONE_ROW)
    (found,) = caught.value.diagnostics
    assert found.message == "the word `nain` is not in the vocabulary"
    assert str(found.span) == "given.txt:1:4"
    assert found.help == "did you mean `nein`?"


def test_a_tokenizer_with_rules_of_its_own_says_itself_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("boxwork.engines.learning.corpus.KNOWN_BY_PIECE", ())
    message = "given.txt: the letter 'x' (number 3 of the text) is not in the alphabet"
    assert wrong(batch, "abx") == [("BW414", message)]
    with pytest.raises(DataError) as caught:
        pairs(goal_of(ONE_ROW), file("ja\tyes\nja\tnay"))
    (found,) = caught.value.diagnostics
    assert str(found.span) == "given.txt:2:4"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (CLASSES, "Test does not say what comes next, so it cannot learn a text"),
        (TRANSLATE, "Test also takes source, which a text does not give"),
        (
            ANY_LENGTH.replace('tokens: {tokenizer: characters, alphabet: " abc"}, ', ""),
            "tokens has no tokenizer, so it cannot read text",
        ),
    ],
)
def test_specs_that_cannot_learn_a_text(spec: str, message: str) -> None:
    assert wrong(batch, "abc abc", spec) == [("BW464", message)]


def test_the_help_names_a_reading_only_where_it_would_fit() -> None:
    unread = ANY_LENGTH.replace(", logits: {next: tokens}", "").replace(
        "logits: {next: tokens}", ""
    )
    assert unread != ANY_LENGTH
    for spec, said in ((unread, "interpret: {logits: {next: tokens}}"), (CLASSES, "that takes an")):
        with pytest.raises(DataError) as caught:
            batch("abc abc", spec)
        assert said in caught.value.diagnostics[0].help


def test_a_loss_of_numbers_is_none_of_tokens() -> None:
    for make, spec, text, what in (
        (windows, ANY_LENGTH, "abc abc", "a text"),
        (pairs, TRANSLATE, "ja\tyes", "a pair"),
    ):
        message = f"SumOfDifferences compares numbers, and {what} gives tokens"
        goal = goal_of(spec, "SumOfDifferences")
        assert wrong(make, goal, file(text)) == [("BW464", message)]


def test_a_batch_hangs_on_seed_and_step_alone() -> None:
    text, goal = file("abc ab ca b abc cab ba"), goal_of(ANY_LENGTH)
    one, other = windows(goal, text), windows(goal, text)
    other.batch(3, 4, 0)
    assert one.batch(7, 4, 0)["tokens"].tolist() == other.batch(7, 4, 0)["tokens"].tolist()
    assert one.batch(7, 4, 0)["tokens"].tolist() != one.batch(8, 4, 0)["tokens"].tolist()
    assert one.batch(7, 4, 0)["tokens"].tolist() != one.batch(7, 4, 1)["tokens"].tolist()
    assert one.fingerprint == other.fingerprint
    assert one.fingerprint != windows(goal, file("abc ab ca b abc cab bb")).fingerprint
    assert one.fingerprint != windows(goal, text, 3).fingerprint


def test_an_epoch_of_a_text_is_as_long_as_the_text() -> None:
    data = windows(goal_of(ANY_LENGTH), file("abc" * 20 + "a"))
    assert data.per_epoch(2) == 5  # 60 tokens, 2 × 6 in a step
    assert windows(goal_of(FIXED), file("abcabc")).per_epoch(2) == 2  # 3 windows
