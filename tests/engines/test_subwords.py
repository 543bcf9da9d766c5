"""Subwords by files of the `tokenizers` library: ids, the way back, and what is left out."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwork.engines.tokens.subwords import Subwords
from boxwork.engines.tokens.tokenizers import Tokenizer
from boxwork.engines.tokens.vocabularies import Wishes, learn
from boxwork.specs.diagnostics import DataError
from boxwork.specs.interpret import Tokenizer as Declared
from boxwork.specs.pieces import parsed

TEXT = "a cat, two cats. a dog, two dogs.\nhumpty dumpty sat on a wall\ncat\ncats\ndog\n"
LETTERS = Tokenizer(learn(TEXT, Wishes("subwords", 60)))
BYTES = Tokenizer(learn(TEXT, Wishes("subwords", 300, bytes=True)))
BERT = {
    "model": {
        "type": "WordPiece",
        "unk_token": "[UNK]",
        "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100,
        "vocab": {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "cat": 3, "##s": 4},
    },
    "added_tokens": [
        {
            "id": i,
            "content": word,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for i, word in enumerate(("[UNK]", "[CLS]", "[SEP]"))
    ],
    "normalizer": {"type": "Lowercase"},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
    "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
    "truncation": {
        "direction": "Right",
        "max_length": 2,
        "strategy": "LongestFirst",
        "stride": 0,
    },
}
UNIGRAM = {
    "model": {"type": "Unigram", "unk_id": None, "vocab": [["cat", -1.0], ["s", -2.0], ["?", -9]]}
}


def tokenizer(facts: dict[str, Any], **more: Any) -> Tokenizer:
    file = parsed(json.dumps(facts), "tokenizer.json")
    return Tokenizer(Declared("subwords", file.symbols, file=file, **more))


def bpe(**more: Any) -> dict[str, Any]:
    model = {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "?": 3}, "merges": [["a", "b"]]}
    return {"model": model | more}


def said(call: Any, *args: Any) -> tuple[str, str, str]:
    with pytest.raises(DataError) as caught:
        call(*args)
    (found,) = caught.value.diagnostics
    return found.code, found.message, found.help


def test_cats_are_a_cat_and_an_s() -> None:
    assert LETTERS.split("cats") == ["cat", "s"]
    assert LETTERS.encode("cats") == [LETTERS.ids["cat"], LETTERS.ids["s"]]
    assert LETTERS.decode(LETTERS.encode("cats")) == "cats"


@given(st.text(alphabet=sorted(set(TEXT))))
def test_texts_of_known_letters_come_back(text: str) -> None:
    assert LETTERS.decode(LETTERS.encode(text)) == text


@given(st.text())
def test_any_text_comes_back_by_bytes(text: str) -> None:
    assert BYTES.decode(BYTES.encode(text)) == text


@given(st.text(alphabet=sorted(set(TEXT)), max_size=20))
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(LETTERS.split(text)) == text
    assert [LETTERS.ids[piece] for piece in LETTERS.split(text)] == LETTERS.encode(text)


def test_pieces_of_bytes_are_shown_as_their_text() -> None:
    assert BYTES.split("cats é") == ["cat", "s", " ", "<C3>", "<A9>"]
    assert [BYTES.name(i) for i in (0, BYTES.ids["Ġdog"])] == ["!", " dog"]
    halves = Tokenizer(
        learn(" é è" * 3, Wishes("subwords", 257, bytes=True))
    )  # a space, and the first byte of a letter
    assert halves.name(halves.ids["ĠÃ"]) == "<20-C3>"
    assert BYTES.decode(BYTES.encode("é")[:1]) == "\ufffd"


def test_unknown_letters_are_told_not_dropped() -> None:
    code, message, hint = said(LETTERS.encode, "a cat! X!")
    assert code == "BW414"
    assert message == "the letter '!' (number 6 of the text) is not in the tokenizer, nor is 'X'"
    assert "--bytes" in hint
    assert said(LETTERS.split, "é")[0] == "BW414"
    assert said(BYTES.encode, "a\udcff")[1].startswith("the letter '\\udcff' (number 2 of")


def test_letters_of_special_tokens_need_no_ids() -> None:
    tokens = Tokenizer(learn("a cat", Wishes("subwords", 20, special=("<é>",))))
    assert tokens.encode("a<é>cat")[1] == 0
    assert said(tokens.encode, "é<é>")[1].startswith("the letter 'é' (number 1")


def test_an_unknown_stands_for_them() -> None:
    own = Tokenizer(learn(TEXT, Wishes("subwords", 60, unknown="<unk>")))
    assert own.encode("cat!") == [own.ids["cat"], 0]
    assert tokenizer(bpe(), unknown="?").encode("abx") == [2, 3]
    assert tokenizer(UNIGRAM, unknown="?").encode("catsx") == [0, 1, 2]
    assert said(tokenizer(UNIGRAM).encode, "catsx")[::2] == (
        "BW522",
        "name an `unknown` in the spec, or mend the file",
    )
    assert said(tokenizer(bpe()).encode, "abx")[0] == "BW414"
    assert said(tokenizer(bpe()).encode, "a b")[0] == "BW414"


def test_accents_are_composed_as_in_the_file() -> None:
    tokens = Tokenizer(learn("süß süß", Wishes("subwords", 20)))
    assert tokens.encode("su\u0308ß") == tokens.encode("süß")


def test_start_and_end_are_those_of_the_spec() -> None:
    tokens = tokenizer(BERT, start="[CLS]", end="[SEP]")
    assert tokens.encode("Cats") == [1, 3, 4, 2]
    assert tokens.encode("Cats", unfinished=True) == [1, 3, 4]
    assert tokens.decode([1, 3, 4, 2]) == "cats"
    assert tokenizer(BERT).encode("cats cats cats") == [3, 4, 3, 4, 3, 4]  # uncut, bare


def test_small_letters() -> None:
    assert tokenizer(bpe(), lower=True).encode("AbaB") == [2, 2]
    cased = Tokenizer(learn("a <SEP> Cat", Wishes("subwords", 30, special=("<SEP>",), lower=True)))
    assert cased.encode("CAT<SEP>") == [*cased.encode("cat"), 0]


def test_merges_are_never_dropped_at_random() -> None:
    tokens = tokenizer(bpe(dropout=0.9))
    assert all(tokens.encode("ab" * 20) == [2] * 20 for _ in range(5))


def test_ids_that_the_file_lacks_are_shown_as_numbers() -> None:
    facts = bpe()
    facts["model"]["vocab"]["far"] = 6
    tokens = tokenizer(facts)
    assert tokens.decode([2, 5, 99, -1, 0]) == "ab#5#99#-1a"
    assert tokens.name(5) == "#5"


@pytest.mark.parametrize(
    "facts",
    [
        {"model": {"type": "Foo", "vocab": {"a": 0}}},
        {"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["a", "b"]]}},
        {"model": {"type": "BPE", "vocab": {"a": 0}, "merges": 7}},
        bpe() | {"normalizer": {"type": "Nothing"}},
        bpe() | {"added_tokens": [{"id": 9}]},
    ],
)
def test_what_the_library_cannot_use(facts: dict[str, Any]) -> None:
    with pytest.raises(DataError) as caught:
        tokenizer(facts).encode("a")
    assert caught.value.diagnostics[0].code == "BW522"


def damaged(facts: Any, data: st.DataObject) -> Any:
    """The facts with one thing in them that is another."""
    if isinstance(facts, dict) and facts:
        key = data.draw(st.sampled_from(sorted(facts)))
        return facts | {key: damaged(facts[key], data)}
    if isinstance(facts, list) and facts:
        place = data.draw(st.integers(0, len(facts) - 1))
        return [*facts[:place], damaged(facts[place], data), *facts[place + 1 :]]
    return data.draw(
        st.sampled_from([None, 0, -1, 2.5, "", "a", "é", "[UNK]", True, [], {}, 10**9])
    )


@given(st.data(), st.sampled_from(["letters", "bytes", "bert", "unigram"]))
def test_damaged_files_are_used_or_refused(data: st.DataObject, which: str) -> None:
    sane = {"letters": LETTERS, "bytes": BYTES, "bert": tokenizer(BERT)}
    facts = UNIGRAM
    if which in sane:
        file = sane[which].declared.file
        assert file is not None
        facts = json.loads(file.text)
    with suppress(DataError):
        tokens = tokenizer(damaged(facts, data))
        ids = tokens.encode("two cats é")
        tokens.decode(ids)
        tokens.split("cats")


def test_a_size_that_is_too_small_is_told_in_pieces() -> None:
    file = parsed(json.dumps(bpe()), "x.json")
    declared = Declared("subwords", file.symbols, file=file)
    assert said(Tokenizer, declared, 3)[1].startswith("the tokenizer lists 4 pieces, but the input")


def test_the_library_is_asked_for_no_marks() -> None:
    assert Subwords(tokenizer(BERT).declared).encode("cats") == [3, 4]
