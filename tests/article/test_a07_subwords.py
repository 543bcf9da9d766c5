"""A7: subwords as tokens, learnt from the lines that are shipped."""

from __future__ import annotations

import json
from pathlib import Path

import boxwork as bw
from boxwork.specs.library import shipped
from boxwork.specs.textfile import read_text

FOLDER = shipped()["gpt-subwords"].parent
RHYME = "humpty dumpty sat on a wall."


def test_cats_are_a_cat_and_an_s() -> None:
    tokens = bw.load("gpt-subwords").tokenizer("tokens")
    assert tokens.pieces("cats") == ["cat", "s"]
    assert tokens.encode("cats") == [19, 13]
    assert tokens.encode("dogs")[1:] == [13]


def test_what_two_words_have_in_common_is_one_piece() -> None:
    tokens = bw.load("gpt-subwords").tokenizer("tokens")
    pieces = ["h", "umpty", " ", "d", "umpty", " sat", " on", " a", " wall", "."]
    assert tokens.pieces(RHYME) == pieces
    assert tokens.decode(tokens.encode(RHYME)) == RHYME


def test_vocabularies_and_lengths() -> None:
    sizes = {name: bw.load(name).tokenizer().size for name in ("gpt", "gpt-words", "gpt-subwords")}
    assert sizes == {"gpt": 28, "gpt-words": 8, "gpt-subwords": 36}
    lengths = {name: len(bw.load(name).tokenizer().encode(RHYME)) for name in sizes}
    assert lengths == {"gpt": 28, "gpt-words": 7, "gpt-subwords": 10}


def test_the_shipped_pieces_are_learnt_from_the_shipped_lines(tmp_path: Path) -> None:
    made = bw.train_tokenizer(read_text(FOLDER / "data" / "subwords.txt"), size=40)
    made.save(tmp_path / "subwords.json")
    found, kept = (
        json.loads(path.read_text("utf-8"))["model"]
        for path in (tmp_path / "subwords.json", FOLDER / "subwords.json")
    )
    assert found == kept


def test_the_network_reads_and_names_them() -> None:
    model = bw.load("gpt-subwords").init()
    chances = model(tokens="humpty dumpt")
    ids = model.graph.tokenizer().encode("humpty dumpt")
    assert chances.shape == (len(ids), 36)
    (reading,) = model.read(chances, top=36)[0]
    assert {" sat", "umpty", "\n"} <= {choice.name for choice in reading.choices}
