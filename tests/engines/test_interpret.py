"""The section `interpret`: readings, and what is wrong with them."""

from typing import Any

import pytest
import yaml

from boxwork.specs.diagnostics import Reporter, Source, Span
from boxwork.specs.interpret import Interpretation, Names, Next, Tokenizer
from boxwork.specs.marked import Mapping, Marked, Scalar, Sequence
from boxwork.specs.meanings import read_interpretation

INPUTS, OUTPUTS = ("source", "target", "features"), ("logits", "scores")


def marked(text: str) -> Marked:
    """YAML with marks, the short way."""
    source = Source("test.yaml", text)

    def convert(node: Any) -> Marked:
        span = Span(source, node.start_mark.index, node.end_mark.index)
        if isinstance(node, yaml.ScalarNode):
            return Scalar(node.value, span, plain=node.style is None)
        if isinstance(node, yaml.SequenceNode):
            return Sequence(tuple(convert(item) for item in node.value), span)
        return Mapping(tuple((convert(k), convert(v)) for k, v in node.value), span)

    return convert(yaml.compose(text, Loader=yaml.SafeLoader))


def read(text: str) -> tuple[Interpretation, list[tuple[str, str, str]]]:
    reporter = Reporter()
    result = read_interpretation(marked(text), INPUTS, OUTPUTS, reporter)
    assert {d.code for d in reporter.found} <= {"BW118"}
    return result, [(str(d.span), d.message, d.help) for d in reporter.found]


def test_nothing_written() -> None:
    assert read_interpretation(None, INPUTS, OUTPUTS, Reporter()) == Interpretation()


def test_every_kind_of_reading() -> None:
    result, wrong = read("""
source: {tokenizer: words, vocabulary: [<s>, </s>, <unk>, du], unknown: <unk>, lower: true}
target: {tokenizer: source, start: <s>, end: </s>}
features: {names: [R, G, B, Vol]}
logits: {next: target}
scores: [{classes: [leaf, flower]}, {classes: [sunny, rainy]}]
""")
    assert not wrong
    words = ("<s>", "</s>", "<unk>", "du")
    assert result.inputs["source"] == (Tokenizer("words", words, unknown="<unk>", lower=True),)
    assert result.inputs["features"] == (Names(("R", "G", "B", "Vol")),)
    assert result.outputs["logits"] == (Next("target"),)
    assert result.outputs["scores"] == (Names(("leaf", "flower")), Names(("sunny", "rainy")))
    assert result.next_of("logits") == "target"
    target = result.tokenizer("target")
    assert target is not None
    assert (target.symbols, target.start, target.end) == (words, "<s>", "</s>")
    assert target.lower
    assert result.tokenizer("features") is None


def test_characters() -> None:
    result, wrong = read('source: {tokenizer: characters, alphabet: " abc", lower: false}')
    assert not wrong
    assert result.tokenizer("source") == Tokenizer("characters", (" ", "a", "b", "c"))


def test_accents_are_composed() -> None:
    result, wrong = read('source: {tokenizer: characters, alphabet: "ae\u0301"}')
    assert not wrong
    assert result.tokenizer("source") == Tokenizer("characters", ("a", "é"))


def test_a_tokenizer_that_comes_with_the_weights() -> None:
    result, wrong = read("{target: {tokenizer: source, start: <pad>}, logits: {next: target}}")
    assert not wrong
    assert result.tokenizer("target") is None


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("words", "1:1", "`interpret` must be a mapping", ""),
        (
            "logit: {next: source}",
            "1:1",
            "there is no input or output `logit` to interpret",
            "did you mean `logits`?",
        ),
        ("logits: words", "1:9", "a reading must be a mapping", ""),
        ("logits: {}", "1:9", "an output is read with `classes` or `next`", ""),
        (
            "source: {next: target}",
            "1:9",
            "an input is read with `tokenizer` or `names`",
            "",
        ),
        (
            "logits: {next: sorce}",
            "1:16",
            "there is no input `sorce`",
            "did you mean `source`?",
        ),
        (
            "logits: {next: source, clases: 1}",
            "1:24",
            "unknown key `clases`",
            "known: `next`",
        ),
        (
            "source: {tokenizer: charakters}",
            "1:21",
            "unknown tokenizer `charakters`",
            "did you mean `characters`?",
        ),
        (
            "source: {tokenizer: source}",
            "1:21",
            "unknown tokenizer `source`",
            "known: `characters`, `words`, `subwords`, `target`, `features`",
        ),
        (
            "source: {tokenizer: characters}",
            "1:21",
            "the tokenizer needs its alphabet",
            'alphabet: " abc"',
        ),
        (
            "source: {tokenizer: characters, alphabet: [a, b]}",
            "1:43",
            "alphabet must be a text",
            "",
        ),
        (
            "source: {tokenizer: words, vocabulary: [[a]]}",
            "1:41",
            "an entry of vocabulary must be a text",
            "",
        ),
        (
            'source: {tokenizer: characters, alphabet: "aba"}',
            "1:43",
            "`a` stands twice in alphabet",
            "",
        ),
        (
            "source: {tokenizer: words, vocabulary: []}",
            "1:40",
            "vocabulary must not be empty",
            "",
        ),
        (
            "source: {tokenizer: words, vocabulary: abc}",
            "1:40",
            "vocabulary must be a list",
            "",
        ),
        (
            "source: {tokenizer: words, vocabulary: [a, [b]]}",
            "1:44",
            "an entry of vocabulary must be a text",
            "",
        ),
        (
            "source: {tokenizer: words, vocabulary: [a], unknown: b}",
            "1:54",
            "unknown is `b`, which the vocabulary lacks",
            "",
        ),
        (
            "source: {tokenizer: words, vocabulary: [a], lower: yes}",
            "1:52",
            "lower must be true or false",
            "",
        ),
        (
            "{source: {tokenizer: words, vocabulary: [a]}, target: {tokenizer: source, end: b}}",
            "1:80",
            "end is `b`, which the tokenizer of `source` does not know",
            "",
        ),
        (
            "{source: {tokenizer: target}, target: {tokenizer: source}}",
            "1:1",
            "the tokenizers refer to each other: source → target → source",
            "",
        ),
        ("scores: {classes: []}", "1:19", "the names must not be empty", ""),
    ],
)
def test_what_is_wrong(text: str, place: str, message: str, hint: str) -> None:
    assert read(text)[1] == [(f"test.yaml:{place}", message, hint)]


def test_a_large_vocabulary_is_read_quickly() -> None:
    words = tuple(f"w{i}" for i in range(100_000))
    span = Span(Source("test.yaml", ""), 0, 0)
    listed = Sequence(tuple(Scalar(word, span) for word in words), span)
    reading = Mapping(
        ((Scalar("tokenizer", span), Scalar("words", span)), (Scalar("vocabulary", span), listed)),
        span,
    )
    section = Mapping(((Scalar("source", span), reading),), span)
    result = read_interpretation(section, INPUTS, OUTPUTS, Reporter())
    assert result.tokenizer("source") == Tokenizer("words", words)
