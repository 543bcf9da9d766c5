"""A7: letters, words and subwords as tokens."""

from __future__ import annotations

import boxwork as bw

from .support import model


def test_letters_as_tokens() -> None:
    tokens = model("letters-embedded").trace("humpty dumpt")["tokens"].tolist()
    assert (tokens[0], tokens[1], tokens[-1]) == (8, 21, 20)


def test_two_words_and_one_number_for_each_word_that_may_follow() -> None:
    made = model("words")
    trace = made.trace("humpty dumpty")
    assert trace["tokens"].tolist() == [0, 1]
    assert trace["inputs"].shape == (20,)
    assert trace["logits"].shape == (7,)


def test_vocabularies_have_a_size_that_is_told() -> None:
    for name, size in (("letters", 28), ("words", 7), ("gpt-words", 8), ("translator", 41)):
        wire = next(iter(bw.load(name).inputs.values()))
        assert wire.bound is not None
        assert int(wire.bound) == size
