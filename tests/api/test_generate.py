"""Generation from Python: prompts, ends, text as it comes, several continuations."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest

import boxwork as bw
from boxwork.specs.diagnostics import DataError

LETTERS = """
format: 1
name: Letters
dims: {seq: any, vocab: 5, d: 8}
inputs: {tokens: "index<vocab>[seq]"}
outputs: {scores: "real[seq, vocab]"}
interpret:
  tokens: {tokenizer: characters, alphabet: "abc d", end: d}
  scores: {next: tokens}
nodes:
  tok: {use: Embedding, with: {count: vocab, width: vocab}}
  scores: {use: Scale, with: {by: 1}}
"""
WORDS = """
format: 1
name: Words
dims: {n: 3, vocab: 5}
inputs: {words: "index<vocab>[n]"}
outputs: {y: "real[n, vocab]"}
interpret:
  words: {tokenizer: words, vocabulary: [humpty, dumpty, sat, ",", PAD]}
  y: {next: words}
nodes:
  y: {use: Embedding, with: {count: vocab, width: vocab}}
"""


@pytest.fixture
def make(tmp_path: Any) -> Any:
    def made(text: str) -> bw.Graph:
        path = tmp_path / "spec.yaml"
        path.write_text(text, encoding="utf-8")
        return bw.load(path)

    return made


def follows(graph: bw.Graph, *after: int, by: float = 5.0) -> bw.Model:
    """A model in which one token follows on each: ``after[i]`` on i."""
    model = graph.init()
    table = next(iter(model.parameters.values()))
    table[...] = by * np.eye(len(after))[list(after)]
    return model


def codes(caught: Any) -> list[str]:
    return [d.code for d in caught.value.diagnostics]


def test_tokens_come_one_by_one_until_the_end(make: Any) -> None:
    model = follows(make(LETTERS), 1, 2, 3, 4, 0)
    assert list(model.generate("a")) == [1, 2, 3]
    assert list(model.generate(tokens=[0], max_new=2)) == [1, 2]
    assert list(model.generate(tokens=np.asarray([1]), max_new=0)) == []
    endless = follows(make(LETTERS.replace(", end: d", "")), 1, 2, 3, 4, 0)
    assert list(islice(endless.generate(tokens=[3], max_new=10**9), 4)) == [4, 0, 1, 2]


def test_text_is_what_is_new_and_ends_before_the_stop(make: Any) -> None:
    model = follows(make(LETTERS), 1, 2, 3, 4, 0)
    assert list(model.generate_text("a")) == ["b", "c", " "]
    assert list(model.generate_text("a", stop="c ")) == ["b"]
    assert list(model.generate_text("a", stop="cx")) == ["b", "c "]  # c might have been its begin
    assert list(model.generate_text("a", stop="b")) == []


def test_words_are_joined_as_a_text(make: Any) -> None:
    model = follows(make(WORDS), 1, 3, 0, 2, 0)
    prompt = "humpty sat humpty"
    assert "".join(model.generate_text(prompt, max_new=3)) == " dumpty, sat"


def test_chance_hangs_on_the_seed_alone() -> None:
    model = bw.load("gpt", layers=1).init(3)
    draw = lambda **how: list(model.generate("ab", max_new=12, **how))  # noqa: E731
    assert draw(temperature=1.0, seed=1) == draw(temperature=1.0, seed=1)
    assert draw(temperature=1.0, seed=1) != draw(temperature=1.0, seed=2)
    assert draw() == draw(temperature=0) == draw(top_k=1) == draw(top_p=1e-6, seed=5)


def test_scores_and_chances_give_the_same(make: Any) -> None:
    text = LETTERS.replace("  scores: {use: Scale, with: {by: 1}}", "  scores: {use: Softmax}")
    one, two = (follows(make(t), 1, 2, 3, 0, 0, by=1.0) for t in (LETTERS, text))
    for how in ({"temperature": 0.7, "seed": 4}, {"top_p": 0.9}, {}):
        assert list(one.generate("ab", **how)) == list(two.generate("ab", **how))
    assert one.continuations("ab", max_new=3) == two.continuations("ab", max_new=3)


def test_several_continuations_with_their_scores(make: Any) -> None:
    """The article's second best: what else might have followed."""
    model = follows(make(LETTERS), 1, 2, 0, 4, 0)
    best = model.continuations("a", beams=5, max_new=1)
    logs = np.log(np.exp(5.0 * np.eye(5)[1]) / np.exp(5.0 * np.eye(5)[1]).sum())
    assert [one.text for one in best] == ["b", "", "a", "c", " "]  # equal ones as ended first
    np.testing.assert_allclose([one.score for one in best], np.sort(logs)[::-1], rtol=1e-6)
    assert best[0].tokens == (1,)
    stopped = model.continuations("a", beams=2, max_new=6, stop="c")
    assert stopped[0].text == "b"
    assert stopped[0].tokens == (1, 2)


def test_a_translation_starts_at_its_start() -> None:
    graph = bw.load("transformer", d_model=16, heads=2, layers=1, vocab=18)
    model = graph.init(5)
    begun = list(model.generate(source="Wo wohnst du?", max_new=6, temperature=1.0))
    same = model.generate(source="Wo wohnst du?", target=[1], max_new=6, temperature=1.0)
    assert begun == list(same)
    pieces = list(model.generate_text(source="Wo wohnst du?", target="Where do", max_new=2))
    assert "".join(pieces).startswith(" ") or not pieces


def test_a_fixed_width_takes_no_fewer(make: Any) -> None:
    model = follows(make(WORDS), 1, 2, 0, 0, 0)
    with pytest.raises(DataError) as caught:
        model.generate("humpty dumpty")
    assert codes(caught) == ["BW441"]
    assert "words takes 3 tokens, and the prompt has 2: 1 more" in str(caught.value)
    assert list(model.generate("humpty sat humpty dumpty", max_new=2)) == [2, 0]


def test_a_pad_token_fills_the_prompt_up(make: Any) -> None:
    model = follows(make(WORDS.replace("PAD", "<pad>")), 1, 2, 0, 0, 0)
    with pytest.warns(UserWarning, match="BW911: words takes 3 tokens.* 2 <pad> were put"):
        assert list(model.generate("humpty", max_new=2)) == [1, 2]


def test_warnings_name_the_line_that_asked() -> None:
    model = bw.load("gpt", layers=1, context=4).init()
    with pytest.warns(UserWarning, match="BW910") as caught:
        list(model.generate("abc", max_new=8))
    assert [warning.filename for warning in caught] == [__file__]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"tokens": "aXb"}, "BW414"),
        ({"tokens": ""}, "BW441"),
        ({"tokens": []}, "BW441"),
        ({}, "BW441"),
        ({"tokens": [0, 28]}, "BW407"),
        ({"tokens": [[0, 1], [1, 2]]}, "BW403"),
        ({"tokens": ["ab", "c"]}, "BW403"),
        ({"tokens": [0.5]}, "BW404"),
        ({"tokens": "a" * 33}, "BW410"),
        ({"tokens": "a", "more": 1}, "BW401"),
    ],
)
def test_a_wrong_prompt_is_told_when_asked(given: dict[str, Any], code: str) -> None:
    model = bw.load("gpt", layers=1).init()
    with pytest.raises(DataError) as caught:
        model.generate(**given)
    assert codes(caught) == [code]


def test_the_whole_prompt_is_held_even_if_its_last_part_counts(make: Any) -> None:
    model = follows(make(WORDS), 1, 2, 0, 0, 0)
    with pytest.raises(DataError) as caught:
        model.generate([9, 1, 1, 1])
    assert codes(caught) == ["BW407"]
    assert "words[0] = 9" in str(caught.value)


def test_a_source_that_is_missing_or_a_batch_is_told() -> None:
    model = bw.load("transformer", d_model=16, heads=2, layers=1).init()
    for given, code in (
        ({}, "BW402"),
        ({"source": [["a"]]}, "BW404"),
        ({"source": [[1]]}, "BW406"),
    ):
        with pytest.raises(DataError) as caught:
            model.generate(**given)
        assert codes(caught) == [code]


def test_text_needs_a_tokenizer() -> None:
    model = bw.load("gpt2", layers=1, d_model=12, vocab=9).init()
    assert len(list(model.generate([1, 2], max_new=3))) == 3
    assert {one.text for one in model.continuations([1], max_new=2)} == {None}
    for call in (model.generate_text, lambda x: model.continuations(x, stop="a")):
        with pytest.raises(DataError) as caught:
            call([1, 2])
        assert codes(caught) == ["BW443"]


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        (["  scores: {next: tokens}->"], "says of no output"),
        (["vocab>[seq]->vocab>[seq, seq]", "real[seq, vocab]->real[seq, seq, vocab]"],
         "only one sequence of indices"),
        (["vocab>[seq]->vocab>[2 * seq]", "real[seq, vocab]->real[2 * seq, vocab]"],
         "2 * seq does not grow by one position"),
        (['[seq]"}->[seq]", more: "real[seq, d]"}', "{use: Embedding->{use: Embedding, in: tokens"],
         "would have to grow"),
        (["real[seq, vocab]->real[vocab, seq, vocab]", ("Scale, with: {by: 1}->Expand, with: "
          "{dim: vocab}")], "what scores the next of tokens is real[seq, vocab] or real[vocab]"),
    ],
)  # fmt: skip
def test_what_cannot_be_gone_on_with_is_said(make: Any, edits: list[str], message: str) -> None:
    text = LETTERS
    for old, new in (edit.split("->") for edit in edits):
        assert old in text
        text = text.replace(old, new)
    model = make(text).init()
    with pytest.raises(DataError) as caught:
        model.generate([1])
    assert codes(caught) == ["BW440"]
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"temperature": -1}, "temperature is a number from 0"),
        ({"max_new": -1}, "max_new is a whole number from 0"),
        ({"top_p": 2}, "top_p is a number above 0"),
    ],
)
def test_nonsense_is_refused(given: dict[str, Any], error: str) -> None:
    model = bw.load("gpt", layers=1).init()
    with pytest.raises(ValueError, match=error):
        model.generate("a", **given)
    with pytest.raises(TypeError, match=r"continuations\(…, beams=5\)"):
        model.generate("a", beams=5)
    with pytest.raises(ValueError, match="beams is a whole number from 1"):
        model.continuations("a", beams=0)
    with pytest.raises(ValueError, match="length_penalty is a number from 0"):
        model.continuations("a", length_penalty=-1)


def test_weights_that_have_diverged_are_told(make: Any) -> None:
    model = follows(make(LETTERS), 1, 2, 3, 4, 0)
    model.parameters["tok.table"][...] = np.nan
    with pytest.raises(DataError) as caught:
        list(model.generate("a"))
    assert codes(caught) == ["BW442"]
