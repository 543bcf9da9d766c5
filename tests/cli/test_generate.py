"""``boxwork generate``: text as it comes, ids, beams, JSON, and what is wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import boxwork as bw
from boxwork.invented import invented

SRC = Path(__file__).parents[2] / "src"
RANDOM = "The weights are random (seed 0): what follows means nothing yet.\n"
SPEC = """
format: 1
name: Rhyme
dims: {seq: any, vocab: 6}
inputs: {tokens: "index<vocab>[seq]"}
outputs: {scores: "real[seq, vocab]"}
interpret:
  tokens: {tokenizer: words, vocabulary: [humpty, dumpty, sat, "on", ".", </s>], end: </s>}
  scores: {next: tokens}
nodes:
  scores: {use: Embedding, with: {count: vocab, width: vocab}}
"""


@pytest.fixture
def rhyme(here: Path) -> tuple[str, ...]:
    """A spec that says "humpty dumpty sat on." and its weights."""
    (here / "rhyme.yaml").write_text(SPEC, encoding="utf-8")
    model = bw.load("rhyme.yaml").init()
    model.parameters["scores.table"][...] = 4 * np.eye(6)[[1, 2, 3, 4, 5, 0]]
    model.save("rhyme.safetensors")
    return "generate", "rhyme.yaml", "--weights", "rhyme.safetensors"


def test_text_begins_with_the_prompt_and_ends_with_a_line(boxwork, rhyme) -> None:
    result = boxwork(*rhyme, "--prompt", "humpty")
    assert (result.stdout, result.stderr) == ("humpty dumpty sat on.\n", "")
    assert boxwork(*rhyme, "--prompt", "humpty", "--max-new", "1").stdout == "humpty dumpty\n"
    assert boxwork(*rhyme, "--prompt", "humpty", "--stop", " on").stdout == "humpty dumpty sat\n"
    assert boxwork(*rhyme, "--in", "tokens=[0, 1]").stdout == "humpty dumpty sat on.\n"


def test_random_weights_are_said_to_be_random(boxwork, here) -> None:
    result = boxwork("generate", "gpt", "--prompt", "ab", "--max-new", "3")
    assert result.stderr == RANDOM
    assert len(result.stdout) == len("ab...\n")
    again = boxwork("generate", "gpt", "--prompt", "ab", "--max-new", "3")
    assert result.stdout == again.stdout


def test_ids_where_there_is_no_tokenizer(boxwork, here) -> None:
    small = ("--set", "dims.layers=1", "--set", "dims.d_model=12", "--set", "dims.vocab=9")
    result = boxwork("generate", "gpt2", *small, "--prompt", "[1, 2]", "--max-new", "3")
    assert [int(i) < 9 for i in result.stdout.split()] == [True] * 5
    assert result.stdout.startswith("1 2 ")
    beams = boxwork("generate", "gpt2", *small, "--prompt", "[1, 2]", "--max-new", "3",
                    "--beams", "2")  # fmt: skip
    assert [line.split()[1:3] for line in beams.stdout.splitlines()] == [["1", "2"]] * 2


def test_an_encoder_decoder_takes_its_source(boxwork, here) -> None:
    small = ("--set", "dims.layers=1", "--set", "dims.d_model=16", "--set", "dims.heads=2")
    given = ("generate", "transformer", *small, "--in", "source=Wo wohnst du?", "--max-new", "3")
    whole = boxwork(*given, "--prompt", "Where do", "--temperature", "1").stdout
    assert whole.startswith("Where do")
    assert boxwork(*given).stderr == RANDOM


def test_beams_are_told_with_their_scores(boxwork, facts, rhyme) -> None:
    lines = boxwork(*rhyme, "--prompt", "humpty", "--beams", "2", "--max-new", "2").stdout
    assert lines == "  -0.175  humpty dumpty sat\n  -4.175  humpty dumpty humpty\n"
    found = facts(*rhyme, "--prompt", "humpty", "--beams", "1", "--length-penalty", "1")
    (one,) = found["continuations"]
    assert (one["tokens"], one["text"]) == ([1, 2, 3, 4], " dumpty sat on.")
    assert -0.1 < one["score"] < 0


def test_facts(facts, rhyme) -> None:
    found = facts(*rhyme, "--prompt", "humpty", "--max-new", "2")
    assert found == {
        "name": "Rhyme",
        "weights": "rhyme.safetensors",
        "seed": 0,
        "prompt": {"tokens": [0], "text": "humpty"},
        "tokens": [1, 2],
        "text": " dumpty sat",
    }


def test_past_the_context_is_said_once_after_the_text(boxwork, here) -> None:
    small = ("--set", "dims.context=4", "--set", "dims.layers=1")
    result = boxwork("generate", "gpt", *small, "--prompt", "abc", "--max-new", "9")
    assert len(result.stdout) == 13
    assert result.stderr.count("warning[BW910]") == 1


def test_full_runs_are_said_before_the_text(boxwork, here) -> None:
    both_ways = ("--set", "set.stack.*.attn.with.causal=false", "--set", "dims.layers=1")
    result = boxwork("generate", "gpt", *both_ways, "--prompt", "abc", "--max-new", "2")
    assert "warning[BW909]" in result.stderr
    assert "stack.0.attn.mix (DotProductAttention) looks at the whole of seq" in result.stderr


@pytest.mark.parametrize(
    ("args", "status", "said"),
    [
        (("leaf-flower", "--prompt", "x"), 1, "error[BW440]: Leaf or flower says of no output"),
        (("gpt", "--prompt", "Ä"), 1, "error[BW414]: tokens: the letter 'Ä'"),
        (("gpt", "--prompt", "a" * 40), 1, "error[BW410]: tokens gives seq = 40"),
        (("gpt",), 1, "error[BW441]: there is nothing to go on from"),
        (("gpt", "--prompt", ""), 1, 'help: give a prompt: --prompt "some text"'),
        (("gpt", "--prompt", "a", "--in", "tokens=b"), 2, "the input tokens is given twice"),
        (("gpt", "--prompt", "a", "--in", "token=b"), 1, "error[BW401]"),
        (("transformer",), 1, "error[BW402]: the input source is missing"),
        (("gpt2", "--prompt", "some"), 1, "error[BW416]"),
        (("gpt2", "--prompt", "[1]", "--stop", "a"), 1, "error[BW443]"),
        (("gpt", "--prompt", "a", "--weights", "none.safetensors"), 1, "error[BW5"),
        (("gpt", "--prompt", "a", "--temperature", "-1"), 2, "--temperature is a number from 0"),
        (("gpt", "--prompt", "a", "--top-p", "0"), 2, "--top-p is a number above 0 and up to 1"),
        (("gpt", "--prompt", "a", "--top-k", "0"), 2, "--top-k is a whole number from 1"),
        (("gpt", "--prompt", "a", "--beams", "0"), 2, "--beams is a whole number from 1"),
        (("gpt", "--prompt", "a", "--beams", "2", "--top-k", "3"), 2, "draws nothing by chance"),
        (("gpt", "--prompt", "a", "--length-penalty", "1"), 2, "--length-penalty is for --beams"),
        (("gpt", "--prompt", "a", "--max-new", "-1"), 2, "max-new"),
    ],
)
def test_what_is_wrong_is_a_sentence(boxwork, here, args, status, said) -> None:
    small = () if args[0] == "leaf-flower" else ("--set", "dims.layers=1")
    result = boxwork("generate", *args, *small, status=status)
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("name", ["gpt2", "transformer"])
def test_a_toy_goes_on_from_what_is_random(boxwork, facts, name) -> None:
    found = facts("generate", name, "--toy", "--max-new", "3")
    assert len(found["prompt"]["tokens"]) == 8
    model = bw.load(name, toy=True).init()
    given = invented(model.graph.checked, 0)
    assert found["tokens"] == list(model.generate(**given, max_new=3))
    result = boxwork("generate", name, "--toy", "--max-new", "3")
    assert "The weights and the inputs are random (seed 0)" in result.stderr
    assert "The weights are random" in boxwork("generate", "gpt2", "--toy", "--prompt", "1",
                                               "--max-new", "1").stderr  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_leaves_what_there_is(rhyme) -> None:
    endless: list[Any] = ["gpt", "--prompt", "abc", "--max-new", "1000000000"]
    with subprocess.Popen(
        [sys.executable, "-m", "boxwork", "generate", *endless],
        env=os.environ | {"PYTHONPATH": str(SRC)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        first = running.stdout.read(8)  # as it comes, not when it ends
        running.send_signal(signal.SIGINT)
        rest, errors = running.communicate(timeout=60)
    assert first.startswith(b"abc")
    assert rest.endswith(b"\n")
    assert errors.decode() == RANDOM + "interrupted\n"
    assert running.returncode == 130
