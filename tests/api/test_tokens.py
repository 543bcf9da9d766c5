"""Tokenizers from Python: of a spec, of a file, made from a text."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import boxwork as bw

# The article's numbers: a = 1.
HUMPTY = [8, 21, 13, 16, 20, 25, 0, 4, 21, 13, 16, 20]


def test_the_letters_of_the_article() -> None:
    tokens = bw.load("gpt").tokenizer("tokens")
    assert tokens.encode("humpty dumpt") == HUMPTY
    assert tokens.decode(HUMPTY) == tokens.decode(np.array(HUMPTY)) == "humpty dumpt"
    assert tokens.pieces("hum") == ["h", "u", "m"]
    assert (tokens.kind, tokens.size, len(tokens)) == ("characters", 28, 28)
    assert tokens.vocabulary[1:4] == ("a", "b", "c")
    assert repr(tokens) == "<Tokens: characters, 28 ids>"


def test_cats_in_letters_words_and_subwords() -> None:
    text = "a cat and a dog\ncat\ncats\ndog\ndogs"
    letters, words, subwords = (
        bw.train_tokenizer(text, "characters"),
        bw.train_tokenizer(text, "words"),
        bw.train_tokenizer(text, "subwords", 30),
    )
    assert letters.pieces("cats") == ["c", "a", "t", "s"]
    assert words.pieces("cats") == ["cats"]
    assert subwords.pieces("cats") == ["cat", "s"]
    assert subwords.pieces("dogs") == ["dog", "s"]
    assert [t.size for t in (letters, words, subwords)] == [10, 6, 15]
    assert subwords.encode("cats") == subwords.encode("cats")  # arbitrary, but fixed
    assert all(t.decode(t.encode("cats and dogs")) == "cats and dogs" for t in (letters, words))
    assert subwords.decode(subwords.encode(text)) == text


def test_what_is_made_can_be_pasted_and_saved(tmp_path: Path) -> None:
    words = bw.train_tokenizer("wo, none", "words", unknown="none", lower=True)
    line = 'source: {tokenizer: words, vocabulary: ["none", wo, ","], unknown: "none", lower: true}'
    assert words.entry("source") == line
    with pytest.raises(ValueError, match="written into the spec"):
        words.save(tmp_path / "w.json")
    subwords = bw.train_tokenizer("wo wohnst du", size=20, end="</s>")
    subwords.save(tmp_path / "s.json")
    assert subwords.entry() == (
        f"tokens: {{tokenizer: subwords, file: {str(tmp_path / 's.json')!r}, end: </s>}}"
    ).replace("'", '"')
    assert bw.load_tokenizer(tmp_path / "s.json").vocabulary == subwords.vocabulary
    with pytest.raises(bw.DataError, match=r"ends in \.json"):
        subwords.save(tmp_path / "s.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["s.json"]


def test_odd_letters_survive_the_spec(tmp_path: Path) -> None:
    text = "a: \"b\" 'c' #\n\t\u2028\x85\x7f\u00a0{é} \U0001f600, no"
    letters = bw.train_tokenizer(text, "characters")
    edit = f"interpret.{letters.entry()}".replace(": ", "=", 1)
    spec = bw.load("gpt").expand()
    line = next(line for line in spec.splitlines() if "alphabet" in line)
    (tmp_path / "odd.yaml").write_text(spec.replace(line, f"  {letters.entry()}"), "utf-8")
    for graph in (bw.load(tmp_path / "odd.yaml"), bw.load("gpt", edit)):
        assert graph.tokenizer().vocabulary == letters.vocabulary
    (tmp_path / "again.yaml").write_text(bw.load(tmp_path / "odd.yaml").expand(), "utf-8")
    assert bw.load(tmp_path / "again.yaml").tokenizer().encode(text) == letters.encode(text)


def test_start_and_end() -> None:
    tokens = bw.load("transformer").tokenizer("source")
    assert tokens.encode("Wo du")[-1] == 2
    assert tokens.encode("Wo du", unfinished=True) == tokens.encode("Wo du")[:-1]


def test_inputs_without_a_tokenizer() -> None:
    with pytest.raises(bw.DataError, match=r"BW418.*names no tokenizer for tokens"):
        bw.load("gpt2").tokenizer()
    with pytest.raises(bw.DataError, match=r"BW418.*features carries numbers \(real\["):
        bw.load("leaf-flower").tokenizer()
    with pytest.raises(bw.DataError, match="did you mean `tokens`"):
        bw.load("gpt").tokenizer("tokns")


def test_errors_show_the_file() -> None:
    with pytest.raises(bw.DataError) as caught:
        bw.load("gpt").tokenizer().encode("humpty\nsat, on", name="rhyme.txt")
    text = str(caught.value)
    assert "letter '\\n' (number 7 of the text) is not in the alphabet, nor is ','" in text
    assert " --> rhyme.txt:1:7" in text
    assert "boxwork vocabulary rhyme.txt" in text


@pytest.mark.parametrize(
    ("call", "args", "error"),
    [
        ("encode", (7,), TypeError),
        ("pieces", (None,), TypeError),
        ("decode", ("8",), TypeError),
        ("decode", (8,), TypeError),
        ("decode", ([1.5],), TypeError),
        ("name", (-1,), ValueError),
    ],
)
def test_wrong_calls(call: str, args: tuple[Any, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        getattr(bw.load("gpt").tokenizer(), call)(*args)


def test_wrong_kinds() -> None:
    kind: Any = "letters"
    with pytest.raises(ValueError, match="one of characters, words, subwords"):
        bw.train_tokenizer("abc", kind)
    with pytest.raises(TypeError, match="a special token is a text, not an int"):
        bw.train_tokenizer("abc", "words", special=[3])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="unknown is a text, not an int"):
        bw.train_tokenizer("abc", "words", unknown=3)  # type: ignore[arg-type]
