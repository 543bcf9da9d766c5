"""``boxwork run``: what goes in, what comes out, and what is said about it."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import Result

import boxwork as bw
from boxwork.commands.arrayfiles import read
from boxwork.commands.guard import CallError
from boxwork.commands.values import inputs

Run = Callable[..., Result]
Facts = Callable[..., Any]
LEAF = "32,107,56,11.2"
TEXT = "humpty dumpty sat on a wall"


def test_text_in_words_out(boxwork: Run) -> None:
    result = boxwork("run", "gpt", "--in", f"tokens={TEXT}")
    model = bw.load("gpt").init()
    assert str(model.read(model(TEXT))) in result.stdout
    assert "(seed 0)" in result.stdout
    assert "probabilities (27 × 28)" in result.stdout


def test_classes_in_words(boxwork: Run) -> None:
    result = boxwork("run", "leaf-flower", "--in", f"features={LEAF}")
    assert "scores: leaf 0.796, before flower 0.199\n" in result.stdout
    assert "random" not in result.stdout  # all numbers are the spec's own


def test_two_texts(facts: Facts) -> None:
    found = facts("run", "transformer", "--set", "dims.layers=1", "--in", "source=Wo wohnst du?",
                  "--in", "target=")  # fmt: skip
    assert np.asarray(found["outputs"]["logits"]).shape == (1, 37000)
    (reading,) = found["readings"][0]
    assert (reading["kind"], len(reading["choices"])) == ("next", 5)


def test_facts_are_what_the_model_gives(facts: Facts) -> None:
    found = facts("run", "gpt", "--in", "tokens=ab", "--seed", "3", "--dtype", "float64",
                  "--trace", "stack.*.ff")  # fmt: skip
    model = bw.load("gpt").init(seed=3, dtype="float64")
    assert found["outputs"]["probabilities"] == model("ab").tolist()
    assert list(found["trace"]) == ["stack.0.ff", "stack.1.ff", "stack.2.ff"]
    assert found["trace"]["stack.1.ff"] == model.trace("ab")["stack.1.ff"].tolist()
    assert (found["seed"], found["weights"]) == (3, None)


@pytest.mark.parametrize(
    "given",
    ["features=32,107,56,11.2", "features=32 107 56 11.2", "features=[32,107,56,11.2]",
     "features=@x.npy", "features=x.npy", "features=@x.npz", "features=@one.npz", "x.npz",
     "named.json", "@named.json", "features=@named.json", "features=@list.json",
     "features = [32, 107, 56, 11.2]"],
)  # fmt: skip
def test_one_input_in_every_spelling(facts: Facts, here: Path, given: str) -> None:
    values = [32, 107, 56, 11.2]
    np.save(here / "x.npy", np.array(values))
    np.savez(here / "x.npz", features=np.array(values))
    (here / "list.json").write_text(json.dumps(values), encoding="utf-8")
    np.savez(here / "one.npz", np.array(values))
    (here / "named.json").write_text(json.dumps({"features": values}), encoding="utf-8-sig")
    scores = facts("run", "leaf-flower", "--in", given)["outputs"]["scores"]
    assert scores == pytest.approx([0.7958, 0.1993], abs=1e-4)


def test_ids_for_an_input_that_takes_text(facts: Facts, here: Path) -> None:
    (here / "text.txt").write_text("hut\n", encoding="utf-8")
    ways = ["tokens=[8,21,20]", "tokens=hut", 'tokens="hut"', "tokens=@text.txt"]
    found = [facts("run", "gpt", "--in", way)["outputs"] for way in ways]
    assert all(one == found[0] for one in found)


def test_a_batch_of_texts(boxwork: Run, facts: Facts) -> None:
    found = facts("run", "gpt", "--in", 'tokens=["ab","cde"]')
    assert [len(one) for one in found["outputs"]["probabilities"]] == [2, 3]
    lines = boxwork("run", "gpt", "--in", 'tokens=["ab","cde"]').stdout.splitlines()
    assert [line.partition(":")[0] for line in lines[2:4]] == [
        "probabilities[0]",
        "probabilities[1]",
    ]


def test_small_arrays_are_tables(boxwork: Run) -> None:
    given = "features=[[1,2,3,4],[4,3,2,1]]"
    lines = boxwork("run", "leaf-flower", "--in", given, "--trace", "middle").stdout.splitlines()
    assert lines[3:6] == ["middle (2 × 3):", "   1.15   0.61  -2.06", "  -0.15   0.54  -2.64"]


@pytest.mark.parametrize("suffix", ["npy", "npz", "json"])
def test_outputs_in_files(boxwork: Run, here: Path, suffix: str) -> None:
    result = boxwork("run", "gpt", "--in", "tokens=ab", "--out", f"out.{suffix}")
    assert result.stderr == f"wrote out.{suffix}\n"
    found = read(here / f"out.{suffix}")
    values = found if suffix == "npy" else found["probabilities"]
    assert np.array_equal(np.asarray(values, np.float32), bw.load("gpt").init()("ab"))


def test_traces_in_files(boxwork: Run, here: Path) -> None:
    boxwork("run", "gpt", "--in", "tokens=ab", "--trace", "stack.*", "-o", "out.npz")
    with np.load(here / "out.npz", allow_pickle=False) as found:
        assert set(found) == {"probabilities", "stack.0", "stack.1", "stack.2"}
        assert found["stack.2"].shape == (2, 48)


def test_an_output_may_be_traced_too(facts: Facts) -> None:
    found = facts("run", "gpt", "--in", "tokens=ab", "--trace", "probabilities")
    assert found["trace"] == {}


def test_weights_from_a_file(boxwork: Run, facts: Facts, here: Path) -> None:
    bw.load("gpt").init(seed=7).save(here / "w.safetensors")
    args = ["run", "gpt", "--in", "tokens=ab"]
    found = facts(*args, "--weights", "w.safetensors")
    assert found["outputs"] == facts(*args, "--seed", "7")["outputs"]
    assert found["weights"] == "w.safetensors"
    assert "random" not in boxwork(*args, "--weights", "w.safetensors").stdout


@pytest.mark.parametrize(
    ("spec", "args", "code", "text"),
    [
        ("gpt", ["--in", "tokns=a"], "BW401", "did you mean `tokens`?"),
        ("gpt", ["--in", "tokens="], "BW409", "tokens is empty"),
        ("gpt", ["--in", "tokens=[]"], "BW409", "tokens is empty"),
        ("gpt", ["--in", "tokens=Humpty"], "BW414", "tokens: the letter 'H'"),
        ("gpt", ["--in", 'tokens=["ab","B"]'], "BW414", "tokens[1]: the letter 'B'"),
        ("gpt", ["--in", f"tokens={TEXT} and more"], "BW410", "at most 32"),
        ("gpt", ["--in", "tokens=[1,28]"], "BW407", "tokens[1] = 28 is outside vocab = 28"),
        ("gpt", ["--in", "tokens=[1,2.5]"], "BW404", "whole numbers"),
        ("gpt", ["--in", "tokens=a", "--trace", "stak"], "BW413", "stak"),
        ("gpt", ["--in", "tokens=a", "--weights", "w.bin"], "BW501", "w.bin"),
        ("gpt", ["--in", "tokens=a", "--out", "x.csv"], "BW508", ".npy, .npz or .json"),
        ("gpt", ["--in", "tokens=a", "--out", "no/x.npy"], "BW507", "there is no folder no"),
        ("gpt", ["--in", "tokens=@gone.txt"], "BW501", "gone.txt"),
        ("gpt", ["--in", "tokens=@gone.npy"], "BW501", "gone.npy"),
        ("gpt", ["--in", "tokens=@gone"], "BW501", "there is no file gone"),
        ("gpt", ["--in", "tokens=@."], "BW501", "cannot read .: it is a folder"),
        ("leaf-flower", ["--in", "features=gone.npy"], "BW416", "there is no file gone.npy\n"),
        ("gpt", ["--in", "tokens=gone.npy"], "BW416", "--in 'tokens=\"gone.npy\"'"),
        ("gpt", ["--in", "tokens=gone.txt"], "BW416", "there is no file gone.txt"),
        ("gpt", ["--in", "tokens=1,2,3"], "BW414", "in JSON too: [1, 2, 3]"),
        ("gpt", ["--in", "tokens=[1,2,"], "BW414", "in JSON too: [1, 2, 3]"),
        ("leaf-flower", ["--in", "features=[true,1,2,3]"], "BW404", "write 1 and 0"),
        ("transformer", ["--in", "source=Wo"], "BW402", "for example target=[0, 1]"),
        ("leaf-flower", ["--in", "features=1"], "BW405", "features=[0.5, 1.5, 2.5, 3.5]"),
        ("gpt", ["--in", f"tokens={TEXT} and more"], "BW410", "with a larger context"),
        ("gpt", ["--in", "gone.npz"], "BW501", "gone.npz"),
        ("transformer", ["--in", "source=Wo"], "BW402", "the input target is missing"),
        ("leaf-flower", ["--in", "features=1,2,3"], "BW405", "features is 3 wide"),
        ("leaf-flower", ["--in", "features=1,2,3,nan"], "BW408", "features[3] is nan"),
        ("leaf-flower", ["--in", "features=1,2,3,1e999"], "BW408", "features[3] is inf"),
        ("leaf-flower", ["--in", "features=1,2,3,x"], "BW416", "`x` is no number"),
        ("leaf-flower", ["--in", "features=[1,2"], "BW416", "no JSON"),
        ("leaf-flower", ["--in", "features=" + "[" * 100_000], "BW416", "nested too deep"),
        ("leaf-flower", ["--in", "features=" + "9" * 5000], "BW40", "features"),
        ("llama-3.1-8b", ["--set", "dims.layers=10000", "--in", "tokens=[1]"], "BW420", "memory"),
    ],
)
def test_errors_have_codes(
    boxwork: Run, here: Path, spec: str, args: list[str], code: str, text: str
) -> None:
    result = boxwork("run", spec, *args, status=2 if code == "BW508" else 1)
    assert result.stderr.startswith(f"error[{code}")
    assert text in result.stderr
    assert list(here.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
@pytest.mark.parametrize(
    "args",
    [
        ["--in", "tokens=@p.npy"],
        ["--in", "tokens=@p.txt"],
        ["--in", "p.json"],
        ["--in", "tokens=a", "--weights", "p.safetensors"],
    ],
)
def test_pipes_are_not_waited_for(boxwork: Run, here: Path, args: list[str]) -> None:
    os.mkfifo(here / args[-1].rpartition("@")[2])
    result = boxwork("run", "gpt", *args, status=1)
    assert result.stderr.startswith("error[BW501]")
    assert "it is no regular file" in result.stderr


def test_a_file_name_that_is_none(boxwork: Run, here: Path) -> None:
    assert "BW416" in boxwork("run", "gpt2", "--in", f"tokens={'9' * 400}x.npy", status=1).stderr


def test_errors_as_json(facts: Facts) -> None:
    (found,) = facts("run", "gpt", "--in", "tokens=[28]", status=1)["diagnostics"]
    assert found["code"] == "BW407"


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ([], "takes an input, tokens: index<vocab>[seq]"),
        (["--in", "tokens"], "is not written NAME=VALUE"),
        (["--in", "tokens=a", "--in", "tokens=b"], "tokens is given twice"),
        (["--in", "tokens=a", "--seed", "-1"], "--seed"),
        (
            ["--in", "tokens=a", "--dtype", "float16"],
            "--dtype is one of float32, float64, not float16",
        ),
    ],
)
def test_a_wrong_call_has_status_2(boxwork: Run, args: list[str], text: str) -> None:
    assert text in boxwork("run", "gpt", *args, status=2).stderr


def test_a_toy_is_proposed_where_there_is_one(boxwork: Run) -> None:
    assert "at small sizes with --toy" in boxwork("run", "gpt2", status=2).stderr
    assert "--toy" not in boxwork("run", "gpt", status=2).stderr


MODELS = [
    bw.load("gpt", layers=1).init(),
    bw.load("transformer", layers=1, d_model=16, heads=2).init(),
    bw.load("leaf-flower").init(),
]
PIECES = st.sampled_from(
    ["tokens", "source", "features", "=", "@", "[", "]", "1", "-", ",", ".", '"', "ab", "nan", "e9",
     "{", "}", ":", " ", "\n", "/", "~", "x.npy", ".json", ".txt", "\x00", "\ud800", "9" * 400]
)  # fmt: skip


@given(st.sampled_from(MODELS), st.data())
def test_whatever_is_given_is_run_or_refused(model: bw.Model, data: st.DataObject) -> None:
    texts = [
        f"{data.draw(st.sampled_from([*model.graph.inputs, 'x']))}={''.join(value)}"
        for value in data.draw(st.lists(st.lists(PIECES, max_size=6), max_size=3))
    ]
    with suppress(bw.DataError, CallError):
        model(**inputs(model.graph, texts))


def test_an_output_of_no_size(boxwork: Run, here: Path) -> None:
    text = "format: 1\nname: None\ndims: {n: 0}\ninputs: {x: 'real[20]'}\noutputs: {y: 'real[n]'}\n"
    (here / "none.yaml").write_text(text + "nodes:\n  y: {use: Linear, with: {width: n}}\n")
    zeros = ",".join(["0"] * 20)
    result = boxwork("run", "none.yaml", "--in", f"x={zeros}")
    assert "y (0): nothing" in result.stdout


def test_files_that_are_other_than_they_seem(boxwork: Run, here: Path) -> None:
    np.savez(here / "other.npz", other=np.array([1, 2]))
    (here / "file").write_text("x", encoding="utf-8")
    np.save(here / "cut.npy", np.array([1, 2]))
    (here / "cut.npy").write_bytes((here / "cut.npy").read_bytes()[:20])
    (here / "text.txt").write_text("hut", encoding="utf-8")
    for value, code, said in [
        ("tokens=@other.npz", "BW416", "holds no `tokens`\nhelp: it holds other"),
        ("tokens=@file", "BW508", "file: an array is not read from a file without a suffix"),
        ("tokens=@file", "BW508", ".npy, .npz, .json or .txt"),
        ("tokens=cut.npy", "BW510", "it is cut off"),
    ]:
        result = boxwork("run", "gpt", "--in", value, status=2 if code == "BW508" else 1)
        assert result.stderr.startswith(f"error[{code}")
        assert said in result.stderr
    assert "(3 × 28)" in boxwork("run", "gpt", "--in", "tokens=text.txt").stdout
    assert "(8 × 28)" in boxwork("run", "gpt", "--in", 'tokens="gone.txt"').stdout
    weights = boxwork("run", "gpt", "--in", "tokens=a", "--weights", "other.npz", status=1)
    assert "it is an .npz file" in weights.stderr


@pytest.mark.parametrize("name", ["gpt2", "gemma-3-27b"])
def test_a_toy_runs_without_any_input(boxwork: Run, facts: Facts, name: str) -> None:
    text = boxwork("run", name, "--toy").stdout
    assert "logits (8 × 32)" in text
    assert "The parameters and tokens are random (seed 0)" in text
    found = facts("run", name, "--toy", "--seed", "2")
    (tokens,) = found["random_inputs"].values()
    assert len(tokens) == 8
    model = bw.load(name, toy=True).init(seed=2)
    assert found["outputs"]["logits"] == model(tokens).tolist()
    assert boxwork("run", name, "--toy").stdout == text


def test_what_is_given_to_a_toy_is_not_random(boxwork: Run, facts: Facts) -> None:
    assert "The parameters are random" in boxwork("run", "gpt2", "--toy", "--in", "tokens=3").stdout
    assert facts("run", "gpt2", "--toy", "--in", "tokens=3")["random_inputs"] == {}
    boxwork("run", "gpt2", "--set", "dims.layers=1", status=2)


def test_a_random_input_is_as_long_as_the_spec_allows(boxwork: Run) -> None:
    assert "logits (3 × 32)" in boxwork("run", "gpt2", "--toy", "--set", "dims.context=3").stdout
