"""Letters and words to ids and back."""

from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwork.engines.tokens.tokenizers import Tokenizer, input_tokenizer, tokenizer
from boxwork.graphs.load import load
from boxwork.specs.diagnostics import DataError
from boxwork.specs.interpret import Interpretation
from boxwork.specs.interpret import Tokenizer as Declared

from .support import wrong

LETTERS = Tokenizer(Declared("characters", tuple(" " + ascii_lowercase + ".")))
VOCABULARY = ("<pad>", "<s>", "</s>", "Wo", "wohnst", "du", "?", ",", "(", ")", "don't", "...")
WORDS = Tokenizer(Declared("words", VOCABULARY, start="<s>", end="</s>"))


def test_the_letters_of_the_article() -> None:
    assert LETTERS.encode("humpty dumpt") == [8, 21, 13, 16, 20, 25, 0, 4, 21, 13, 16, 20]
    assert LETTERS.decode([25]) == "y"
    assert LETTERS.decode([8, 21, 13, 16, 20, 25, 27]) == "humpty."


@given(st.text(alphabet=" abcxyz."))
def test_letters_there_and_back(text: str) -> None:
    assert LETTERS.decode(LETTERS.encode(text)) == text


def test_the_words_of_the_article() -> None:
    assert WORDS.encode("Wo wohnst du?") == [1, 3, 4, 5, 6, 2]
    assert WORDS.encode("Wo wohnst", unfinished=True) == [1, 3, 4]
    assert WORDS.decode([1, 3, 4, 5, 6, 2]) == "Wo wohnst du?"
    assert WORDS.encode("") == [1, 2]
    assert WORDS.encode(" Wo\n\twohnst ") == [1, 3, 4, 2]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Wo, wohnst (du)?", ["Wo", ",", "wohnst", "(", "du", ")", "?"]),
        ("don't ...", ["don't", "..."]),
        ("Wo<pad>du", ["Wo", "<pad>", "du"]),
        ("<pad", ["<", "pad"]),
        ("3.14 €", ["3", ".", "14", "€"]),
        ("süß süß", ["süß", "süß"]),
        ("", []),
    ],
)
def test_splitting(text: str, pieces: list[str]) -> None:
    assert WORDS.split(text) == pieces


@pytest.mark.parametrize("text", ["Wo, wohnst (du)?", "don't Wo ...", "Wo wohnst du?", ""])
def test_sentences_are_joined_as_they_were(text: str) -> None:
    assert WORDS.decode(WORDS.encode(text)) == text


def test_ids_beyond_the_list_are_shown_as_numbers() -> None:
    assert WORDS.decode([3, 1234, -1]) == "Wo #1234 #-1"
    assert WORDS.name(1234) == "#1234"
    assert LETTERS.decode([1, 99]) == "a#99"


def test_letters_not_in_the_alphabet() -> None:
    with pytest.raises(DataError) as caught:
        LETTERS.encode("wo du?")
    (found,) = caught.value.diagnostics
    assert found.code == "BW414"
    assert found.message == "the letter '?' (number 6 of the text) is not in the alphabet"
    assert found.help == "the alphabet: ' abcdefghijklmnopqrstuvwxyz.'"
    assert wrong(LETTERS.encode, "Humpty")[0][1].startswith("the letter 'H' (number 1 of")


def test_words_not_in_the_vocabulary() -> None:
    with pytest.raises(DataError) as caught:
        WORDS.encode("Wo wonst du?")
    (found,) = caught.value.diagnostics
    assert found.code == "BW414"
    assert found.message == "the word `wonst` (number 2 of the text) is not in the vocabulary"
    assert found.help == "did you mean `wohnst`?"


def test_unknown_words_and_small_letters() -> None:
    words = Tokenizer(Declared("words", ("<unk>", "wo", "Du"), unknown="<unk>", lower=True))
    assert words.encode("Wo wohnst Du") == [1, 0, 2]
    letters = Tokenizer(Declared("characters", tuple("abH_"), unknown="_", lower=True))
    assert letters.encode("ABH!") == [0, 1, 2, 3]


def test_letters_with_accents_are_one_letter() -> None:
    letters = Tokenizer(Declared("characters", ("e", "é")))
    assert letters.encode("e\u0301") == letters.encode("é") == [1]


def test_a_list_longer_than_the_input_takes() -> None:
    assert wrong(Tokenizer, Declared("characters", tuple("abc")), 2) == [
        ("BW415", "the tokenizer lists 3 letters, but the input takes 2 ids")
    ]
    Tokenizer(Declared("characters", tuple("abc")), 3)


def test_from_a_spec() -> None:
    spec, graph = load("transformer")
    source, target = (input_tokenizer(graph, spec.interpretation, n) for n in graph.inputs)
    assert source is not None
    assert target is not None
    assert source.encode("Wo wohnst du?") == [4, 5, 6, 7, 2]
    assert target.encode("Where do", unfinished=True) == [1, 8, 9]
    assert source.size == 37000
    assert tokenizer(Interpretation(), "source", 3) is None
