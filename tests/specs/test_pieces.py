"""Files of tokenizers that specs name: where they are looked up, what is wrong with them."""

import json
import os
from pathlib import Path

import pytest

import boxwork as bw
from boxwork.specs import pieces
from boxwork.specs import write as write_yaml
from boxwork.specs.diagnostics import DataError, Diagnostic, SpecError
from boxwork.specs.pieces import read_pieces

RHYME = "humpty dumpty sat on a wall"
GOOD = {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}}
SPEC = """format: 1
name: pieces
dims: {{seq: any, vocab: {vocab}, d: 4}}
inputs: {{tokens: "index<vocab>[seq]"}}
outputs: {{y: "real[seq, vocab]"}}
interpret:
  tokens: {{tokenizer: subwords, file: {file}{more}}}
  y: {{next: tokens}}
nodes:
  e: {{use: Embedding, in: tokens, with: {{count: vocab, width: d}}}}
  y: {{use: Linear, with: {{width: vocab}}}}
"""


def write(path: Path, file: str = "p.json", vocab: int = 40, more: str = "") -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(SPEC.format(file=file, vocab=vocab, more=more), encoding="utf-8")
    return path


def refused(path: Path, text: str | bytes) -> Diagnostic:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(DataError) as caught:
        read_pieces(path)
    (found,) = caught.value.diagnostics
    return found


@pytest.mark.parametrize(
    ("text", "code", "said", "hint"),
    [
        ("", "BW521", "is empty", ""),
        (b"\x80\x04", "BW520", "is not UTF-8", ""),
        ('{"model": {"vocab": {"a": 0', "BW523", "is cut off", "again"),
        ('{"model": {"vo', "BW523", "is cut off", "again"),
        ("nothing", "BW522", "not JSON (Expecting value at line 1, column 1)", "vocabulary"),
        ("version https://git-lfs.github.com/spec/v1", "BW522", "Git LFS", "git lfs pull"),
        ("[" * 100_000, "BW522", "nested too deep", ""),
        ("[1, 2]", "BW522", "no model with a vocabulary", "boxwork vocabulary"),
        ('{"model_type": "gpt2"}', "BW522", "no model", "config.json of a model"),
        ('{"tokenizer_class": "x"}', "BW522", "no model", "tokenizer_config.json"),
        ('{"a": 0, "b": 1}', "BW522", "no model", "vocab.json"),
        ('{"model": {"vocab": {}}}', "BW522", "no model", ""),
        ('{"model": {"vocab": {"a": "x"}}}', "BW522", "holds 'a': 'x'", ""),
        ('{"model": {"vocab": {"a": -1}}}', "BW522", "the id -1 of 'a'", ""),
        ('{"model": {"vocab": {"a": 100000000000}}}', "BW522", "is not from 0 to", ""),
        ('{"model": {"vocab": {"a": 0, "b": 0}}}', "BW522", "both have the id 0", ""),
        (f'{{"model": {{"vocab": {{"a": {"1" * 5000}}}}}}}', "BW522", "Exceeds the limit", ""),
        ('{"model": {"vocab": [[1, 2]]}}', "BW522", "its vocabulary holds", ""),
    ],
)
def test_files_that_hold_no_tokenizer(
    tmp_path: Path, text: str | bytes, code: str, said: str, hint: str
) -> None:
    found = refused(tmp_path / "t.json", text)
    assert found.code == code
    assert said in found.message
    assert str(tmp_path / "t.json") in found.message
    assert hint in found.help


def test_added_tokens_and_gaps(tmp_path: Path) -> None:
    facts = GOOD | {"added_tokens": [{"id": 3, "content": "<s>"}]}
    (tmp_path / "t.json").write_text(json.dumps(facts))
    assert read_pieces(tmp_path / "t.json").symbols == ("a", "b", "", "<s>")


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(json.dumps(GOOD))
    assert read_pieces(path).symbols == ("a", "b")
    bw.train_tokenizer("xyz", size=9).save(path)
    assert read_pieces(path).symbols == ("x", "y", "z")


def test_it_is_looked_up_beside_the_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = write(tmp_path / "base" / "spec.yaml")
    made = bw.train_tokenizer(RHYME, size=40)
    made.save(tmp_path / "base" / "p.json")
    variant = tmp_path / "variant.yaml"
    variant.write_text("format: 1\nextends: base/spec.yaml\ndims: {d: 8}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in (spec, Path("base/spec.yaml"), variant):
        graph = bw.load(name)
        assert graph.tokenizer("tokens").encode("humpty") == made.encode("humpty")
        assert graph.init()(tokens="humpty").shape == (len(made.encode("humpty")), 40)
    (tmp_path / "all.yaml").write_text(bw.load(variant).expand(), encoding="utf-8")
    monkeypatch.chdir(os.sep)
    again = bw.load(tmp_path / "all.yaml").tokenizer()
    assert again.vocabulary == made.vocabulary


def test_what_is_shipped_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = tmp_path / "article"
    for module in (pieces, write_yaml):
        monkeypatch.setattr(module, "SHIPPED", (shipped,))
    spec = write(shipped / "spec.yaml")
    bw.train_tokenizer(RHYME, size=40).save(shipped / "p.json")
    (tmp_path / "all.yaml").write_text(bw.load(spec).expand(), encoding="utf-8")
    assert "file: p.json" in (tmp_path / "all.yaml").read_text("utf-8")
    assert bw.load(tmp_path / "all.yaml").tokenizer().encode("wall")


def test_it_may_be_named_for_the_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = bw.train_tokenizer(RHYME, size=40)
    made.save("p.json")
    graph = bw.load("gpt2", "interpret.tokens={tokenizer: subwords, file: p.json}", layers=1)
    assert graph.tokenizer().encode("a wall") == made.encode("a wall")


@pytest.mark.parametrize(
    ("file", "more", "code", "said"),
    [
        ("q.json", "", "BW501", "there is no file"),
        ("spec.yaml", "", "BW522", "is no tokenizer: it is not JSON"),
        ('""', "", "BW118", "file must not be empty"),
        ("[p.json]", "", "BW118", "file must be a text"),
        ("p.json", ", start: <s>", "BW118", "start is `<s>`, which the file lacks"),
        ("p.json", ", alphabet: abc", "BW118", "the tokenizer `subwords` takes no alphabet"),
    ],
)
def test_what_is_wrong_is_told_where_it_is_named(
    tmp_path: Path, file: str, more: str, code: str, said: str
) -> None:
    bw.train_tokenizer(RHYME, size=40).save(tmp_path / "p.json")
    with pytest.raises(SpecError) as caught:
        bw.load(write(tmp_path / "spec.yaml", file, more=more))
    (found,) = caught.value.diagnostics
    assert (found.code, said in found.message) == (code, True)
    assert found.span is not None
    assert found.span.line == 7
    if file == "q.json":
        assert found.help == "did you mean `p.json`?"


def test_a_file_is_asked_for(tmp_path: Path) -> None:
    spec = write(tmp_path / "spec.yaml")
    spec.write_text(spec.read_text("utf-8").replace(", file: p.json", ""), encoding="utf-8")
    with pytest.raises(SpecError, match="needs its file"):
        bw.load(spec)


def test_more_pieces_than_the_input_takes(tmp_path: Path) -> None:
    bw.train_tokenizer(RHYME, size=40).save(tmp_path / "p.json")
    graph = bw.load(write(tmp_path / "spec.yaml", vocab=5))
    (warning,) = graph.warnings
    assert (warning.code, "pieces, but only" in warning.message) == ("BW908", True)
    with pytest.raises(DataError, match="the tokenizer lists"):
        graph.init()(tokens="humpty")


def test_another_input_may_share_it(tmp_path: Path) -> None:
    bw.train_tokenizer(RHYME, size=40, start="<s>").save(tmp_path / "p.json")
    spec = write(tmp_path / "spec.yaml")
    text = spec.read_text("utf-8")
    text = text.replace('inputs: {tokens: "', 'inputs: {next: "index<vocab>[seq]", tokens: "')
    text = text.replace("  y: {next", "  next: {tokenizer: tokens, start: <s>}\n  y: {next", 1)
    other = "  f: {use: Embedding, in: next, with: {count: vocab, width: d}}\n"
    text = text.replace("  y: {use", f"{other}  s: {{use: Add, in: [e, f]}}\n  y: {{use")
    spec.write_text(text, encoding="utf-8")
    graph = bw.load(spec)
    tokens, after = graph.tokenizer("tokens"), graph.tokenizer("next")
    assert after.encode("a") == [0, *tokens.encode("a")]
    assert after.decode([0, *tokens.encode("a wall")]) == "a wall"
