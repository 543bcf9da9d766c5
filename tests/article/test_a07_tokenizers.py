"""A7: letters, words and subwords as tokens."""

from __future__ import annotations

import pytest

import boxwork as bw

from .support import RHYME, model


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


@pytest.mark.parametrize(("name", "prompt", "count"), [
    ("words", "humpty dumpty", 4),
    ("subwords", "humpty", 7),
    ("gpt-subwords", "humpty", 7),
])  # fmt: skip
def test_words_and_pieces_say_the_rhyme(name: str, prompt: str, count: int) -> None:
    made = model(name)
    history = made.train(text=RHYME, steps=100)
    assert history.last < 0.3
    said = prompt + "".join(made.generate_text(prompt, max_new=count))
    assert said == "humpty dumpty sat on a wall"


def test_cats_are_cat_and_s() -> None:
    tokens = bw.load("subwords").tokenizer("tokens")
    assert tokens.pieces("cats") == ["cat", "s"]
    assert tokens.pieces("cat") == ["cat"]
