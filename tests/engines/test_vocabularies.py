"""Vocabularies made from texts: what is in them, in which order, and always the same."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwork.engines.tokens.tokenizers import Tokenizer
from boxwork.engines.tokens.vocabularies import Wishes, learn
from boxwork.specs.diagnostics import DataError

SRC = Path(__file__).parents[2] / "src"
RHYME = "humpty dumpty sat on a wall, humpty dumpty had a great fall"


def said(text: str, wishes: Wishes) -> tuple[str, str]:
    with pytest.raises(DataError) as caught:
        learn(text, wishes)
    (found,) = caught.value.diagnostics
    return found.code, found.message


def test_letters_in_order() -> None:
    made = learn(RHYME, Wishes("characters"))
    assert "".join(made.symbols) == " ,adefghlmnoprstuwy"
    special = learn(RHYME, Wishes("characters", start="^", special=("_",), lower=True))
    assert "".join(special.symbols) == "_^ ,adefghlmnoprstuwy"
    assert (special.start, special.lower) == ("^", True)


def test_the_most_frequent_letters_are_kept() -> None:
    made = learn("aaa b z b c", Wishes("characters", 4, unknown="?"))
    assert made.symbols == ("?", " ", "a", "b")
    assert Tokenizer(made).encode("cab") == [0, 2, 3]


def test_words_by_frequency_then_place() -> None:
    made = learn(RHYME, Wishes("words", unknown="<unk>", end="</s>", special=("<pad>",)))
    assert made.symbols[:7] == ("<pad>", "<unk>", "</s>", "humpty", "dumpty", "a", "sat")
    assert (made.unknown, made.start, made.end) == ("<unk>", None, "</s>")
    cut = learn(RHYME, Wishes("words", 4, unknown="<unk>"))
    assert cut.symbols == ("<unk>", "humpty", "dumpty", "a")
    assert Tokenizer(cut).encode("a wall") == [3, 0]


def test_special_tokens_in_the_text_are_not_counted_again() -> None:
    made = learn("wo <SEP> where", Wishes("words", special=("<SEP>",), lower=True))
    assert made.symbols == ("<SEP>", "wo", "where")


def test_subwords_begin_with_special_tokens_and_letters() -> None:
    made = learn(RHYME, Wishes("subwords", 60, start="<s>", special=("<pad>",)))
    assert made.symbols[:5] == ("<pad>", "<s>", " ", ",", "a")
    assert len(made.symbols) < 60  # no further pair stands there twice
    assert len(learn(RHYME, Wishes("subwords", 23)).symbols) == 23
    assert len(learn(RHYME, Wishes("subwords", 260, bytes=True)).symbols) == 260


@given(st.text(min_size=1).filter(str.strip), st.sampled_from(["characters", "words"]))
def test_every_text_can_be_encoded_with_its_own_vocabulary(text: str, kind: Any) -> None:
    tokens = Tokenizer(learn(text, Wishes(kind)))
    ids = tokens.encode(text)
    assert set(ids) == set(range(len(tokens.declared.symbols)))


@given(st.text(min_size=1, max_size=40).filter(str.strip))
def test_subwords_of_every_text(text: str) -> None:
    tokens = Tokenizer(learn(text, Wishes("subwords", 200)))
    assert tokens.split(tokens.decode(tokens.encode(text))) == tokens.split(text)


@given(st.lists(st.sampled_from(["Wo", "wohnst", "du", "(da)"]), min_size=1).map(" ".join))
def test_words_come_back_up_to_spacing(text: str) -> None:
    tokens = Tokenizer(learn(text, Wishes("words")))
    assert tokens.decode(tokens.encode(f"  {text}\n")) == text


CODE = """
from boxwork.engines.tokens.vocabularies import Wishes, learn
import hashlib, sys
text = open(sys.argv[1], encoding="utf-8").read()
made = [learn(text, Wishes("subwords", 400, bytes=b)).file.text for b in (False, True)]
print(hashlib.sha256("".join(made).encode()).hexdigest())
"""


def test_the_same_text_makes_the_same_bytes_in_every_process() -> None:
    text = Path(__file__).parents[2] / "README.md"
    found = {
        subprocess.run(
            [sys.executable, "-c", CODE, str(text)],
            env=os.environ
            | {"PYTHONPATH": str(SRC), "PYTHONHASHSEED": seed, "RAYON_NUM_THREADS": threads},
            capture_output=True,
            check=True,
        ).stdout
        for seed, threads in [("0", "1"), ("1", "2"), ("2", "3")]
    }
    assert len(found) == 1


@pytest.mark.parametrize(
    ("wishes", "code", "message"),
    [
        (Wishes("subwords"), "BW524", "subwords need a size"),
        (Wishes("subwords", 18), "BW524", "its 19 different letters: at least 19 ids, not 18"),
        (Wishes("subwords", 19, end="$"), "BW524", "and 1 special tokens: at least 20 ids, not 19"),
        (Wishes("subwords", 255, bytes=True), "BW524", "the 256 bytes: at least 256 ids, not 255"),
        (Wishes("words", 5), "BW524", "the text has 10 words, the special ones included, not 5"),
        (Wishes("words", 1, unknown="?"), "BW524", "the text has 11 words"),
        (Wishes("words", 0), "BW524", "at least one id"),
        (Wishes("words", bytes=True), "BW524", "only subwords begin with bytes, not words"),
        (Wishes("words", special=("",)), "BW524", "a special token has at least one letter"),
        (Wishes("characters", end="</s>"), "BW524", "one letter, not `</s>`"),
    ],
)
def test_what_cannot_be_made(wishes: Wishes, code: str, message: str) -> None:
    found = said(RHYME, wishes)
    assert found[0] == code
    assert message in found[1]


def test_texts_that_are_none() -> None:
    assert said(" \n", Wishes("words")) == ("BW521", "the text is empty")
    assert said("a\udcff", Wishes("subwords", 9)) == (
        "BW414",
        "letter 2 of the text is half a letter: '\\udcff'",
    )
