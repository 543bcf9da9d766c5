"""`boxwork vocabulary` and `boxwork tokenize`: made from a text, shown, and what is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

import boxwork as bw

Run = Callable[..., Result]
Facts = Callable[..., Any]
RHYME = "humpty dumpty sat on a wall.\nhumpty dumpty had a great fall.\n"
SUBWORDS = ("--kind", "subwords", "--size", "60", "-o", "rhyme.json")


@pytest.fixture(autouse=True)
def _rhyme(here: Path) -> None:
    (here / "rhyme.txt").write_text(RHYME, encoding="utf-8")


def test_letters_and_their_ids(boxwork: Run, facts: Facts) -> None:
    text = boxwork("tokenize", "gpt", "hat").stdout
    assert text == (
        "tokens: characters, 28 ids\n3 letters, 3 tokens\n  h  a   t\n  8  1  20\n"
        'ids: [8, 1, 20]\nback: "hat"\nthe way back gives the same text\n'
    )
    assert facts("tokenize", "gpt", "a b") == {
        "input": "tokens",
        "tokenizer": "characters",
        "size": 28,
        "unknown": None,
        "start": None,
        "end": None,
        "file": None,
        "ids": [1, 0, 2],
        "pieces": ["a", " ", "b"],
        "back": "a b",
        "same": True,
    }


def test_the_way_back(boxwork: Run, facts: Facts) -> None:
    assert 'text: "hum"' in boxwork("tokenize", "gpt", "--ids", "8,21,13").stdout
    assert facts("tokenize", "gpt", "--ids", "[8, 21, 99]")["text"] == "hu#99"
    assert (
        "another text" in boxwork("tokenize", "transformer", "Wo  du", "--input", "source").stdout
    )


def test_what_there_is(boxwork: Run, facts: Facts) -> None:
    lines = boxwork("tokenize", "transformer").stdout.splitlines()
    assert lines[0].startswith("source: words, 18 ids, unknown <unk>, end </s>")
    assert lines[1].startswith("target: words, 18 ids, unknown <unk>, start <s>")
    assert [one["input"] for one in facts("tokenize", "transformer")] == ["source", "target"]


def test_the_vocabulary(boxwork: Run, facts: Facts) -> None:
    lines = boxwork("tokenize", "gpt", "--vocabulary").stdout.splitlines()
    assert (lines[0], lines[1], lines[27], len(lines)) == (" 0  ␣", " 1  a", "27  .", 28)
    assert facts("tokenize", "gpt", "--vocabulary")[1] == {"id": 1, "piece": "a"}


def test_subwords_are_made_and_used(boxwork: Run, facts: Facts, here: Path) -> None:
    made = boxwork("vocabulary", "rhyme.txt", *SUBWORDS)
    assert "  tokens: {tokenizer: subwords, file: rhyme.json}\n" in made.stdout
    assert "wrote rhyme.json" in made.stderr
    assert "not 60: no further pair stands in the text twice" in made.stderr
    first = (here / "rhyme.json").read_bytes()
    boxwork("vocabulary", "rhyme.txt", *SUBWORDS)
    assert (here / "rhyme.json").read_bytes() == first
    assert boxwork("vocabulary", "rhyme.txt", *SUBWORDS[:-1], "-").stdout.encode() == first
    alone = facts("tokenize", "rhyme.json", "@rhyme.txt")
    assert alone["back"] == RHYME.removesuffix("\n")
    assert alone["same"]
    edit = "interpret.tokens={tokenizer: subwords, file: rhyme.json}"
    used = facts("tokenize", "gpt2", "@rhyme.txt", "--set", edit)
    assert used["ids"] == alone["ids"]
    run = facts("run", "gpt", "--in", "tokens=humpty", "--set", edit, "--set", "dims.vocab=60")
    assert len(run["outputs"]["probabilities"]) == len(
        bw.load_tokenizer("rhyme.json").encode("humpty")
    )


def test_what_is_printed_is_a_piece_of_a_spec(boxwork: Run, facts: Facts, here: Path) -> None:
    args = ["--kind", "words", "--unknown", "<unk>", "--special", "<pad>"]
    printed = boxwork("vocabulary", "rhyme.txt", *args).stdout
    (here / "mine.yaml").write_text(f"format: 1\nextends: gpt\n{printed}", encoding="utf-8")
    told = facts("vocabulary", "rhyme.txt", *args)
    assert facts("tokenize", "mine.yaml")[0]["size"] == told["size"] == 12
    assert facts("tokenize", "mine.yaml", "humpty fell")["ids"] == [2, 1]
    assert told["entry"] in printed
    assert told["vocabulary"][:3] == ["<pad>", "<unk>", "humpty"]


def test_a_long_text_is_cut_when_shown(boxwork: Run, here: Path) -> None:
    (here / "long.txt").write_text("ab " * 200, encoding="utf-8")
    text = boxwork("tokenize", "gpt", "@long.txt").stdout
    assert "… and 400 more; --json prints all" in text
    assert max(map(len, text.splitlines())) <= 90


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["tokenize", "gpt", "Hat"], "BW414", "`lower: true`"),
        (["tokenize", "gpt", "@rhyme.txt"], "BW414", "--> rhyme.txt:1:29"),
        (["tokenize", "gpt", "@gone.txt"], "BW501", "there is no file gone.txt"),
        (["tokenize", "gpt", "@bad.txt"], "BW520", "bad.txt is not UTF-8: byte 4 (in line 2)"),
        (["tokenize", "gpt", "@empty.txt"], "BW521", "empty.txt is empty"),
        (["tokenize", "gpt2", "a"], "BW418", "--set 'interpret.tokens="),
        (["tokenize", "gpt", "a", "--input", "tokns"], "BW401", "did you mean `tokens`?"),
        (["tokenize", "gpt", "--ids", "8,x"], "BW416", "`x` is no id"),
        (["tokenize", "gone.json", "a"], "BW501", "gone.json"),
        (["tokenize", "empty.json", "a"], "BW522", "empty.json is no tokenizer"),
        (["vocabulary", "bad.txt"], "BW520", "is 0xff"),
        (["vocabulary", "."], "BW501", "it is a folder"),
        (["vocabulary", "rhyme.txt", "--kind", "words", "--size", "3"], "BW524", "--unknown"),
        (["vocabulary", "rhyme.txt", *SUBWORDS[:3], "5", *SUBWORDS[4:]], "BW524", "--size"),
        (["vocabulary", "rhyme.txt", *SUBWORDS[:-1], "no/r.json"], "BW507", "there is no folder"),
        (["vocabulary", "rhyme.txt", *SUBWORDS[:-1], "r.txt"], "BW508", ".json"),
    ],
)
def test_what_is_refused(
    boxwork: Run, facts: Facts, here: Path, args: list[str], code: str, said: str
) -> None:
    (here / "bad.txt").write_bytes(b"one\n\xff")
    (here / "empty.txt").write_text("", encoding="utf-8")
    (here / "empty.json").write_text("{}", encoding="utf-8")
    before = sorted(here.iterdir())
    status = 2 if code == "BW508" else 1
    error = boxwork(*args, status=status).stderr
    assert error.startswith(f"error[{code}]")
    assert said in error
    assert facts(*args, status=status)["diagnostics"][0]["code"] == code
    assert sorted(here.iterdir()) == before  # nothing half-written


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["vocabulary", "rhyme.txt", "--input", "to: kens"], "no input is called 'to: kens'"),
        (["vocabulary", "rhyme.txt", "--input", "To"], "small letters, digits and _"),
        (["tokenize", "transformer", "a"], "say which: --input source"),
        (["tokenize", "gpt", "a", "--ids", "1"], "ask one at a time"),
        (["tokenize", "rhyme.json", "a", "--input", "b"], "leave --input, --toy and --set out"),
        (["vocabulary", "rhyme.txt", "--kind", "subwords", "--size", "60"], "-o rhyme.json"),
        (["vocabulary", "rhyme.txt", "-o", "a.json"], "they are written into the spec"),
    ],
)
def test_calls_that_are_wrong(boxwork: Run, args: list[str], said: str) -> None:
    assert said in boxwork(*args, status=2).stderr
