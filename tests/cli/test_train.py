"""``boxwork train``: what it writes and says; wrong data and wrong calls, each by its code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from typer.testing import Result

import boxwork as bw

Run = Callable[..., Result]
TEXT = "humpty dumpty sat on a wall.\n"
SMALL = ("--set", "dims.d_model=12", "--set", "dims.heads=2", "--set", "dims.layers=1")
GPT = ("train", "gpt", "--text", "rhyme.txt", *SMALL)


@pytest.fixture
def rhyme(here: Path) -> Path:
    (here / "rhyme.txt").write_text(TEXT, encoding="utf-8")
    return here


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_weights_are_written_and_can_be_run(rhyme: Path, boxwork: Run) -> None:
    result = boxwork(*GPT, "--steps", "20", "--every", "7", "-o", "w.safetensors")
    first, second = result.stdout.splitlines()
    assert first.startswith("GPT of the article: 20 steps, loss 3.")
    assert second.startswith("try: boxwork generate gpt --set dims.d_model=12")
    assert second.endswith("--weights w.safetensors --prompt 'humpty dumpt'")
    assert result.stderr.splitlines()[0].startswith("step 2 of 20: loss 3.")
    assert result.stderr.splitlines()[-1] == "wrote w.safetensors"
    assert files(rhyme) == ["rhyme.txt", "w.safetensors"]  # the checkpoint has gone
    boxwork("run", "gpt", *SMALL, "--weights", "w.safetensors", "--in", "tokens=humpty")
    with safe_open("w.safetensors", framework="np") as file:
        assert file.metadata()["trained"].startswith("20 steps, loss ")


def test_it_does_what_python_does(rhyme: Path, boxwork: Run) -> None:
    boxwork(*GPT, "--steps", "3", "--seed", "4", "--rate", "0.01", "-q", "-o", "w.safetensors")
    model = bw.load("gpt", d_model=12, heads=2, layers=1).init(seed=4)
    model.train(text=Path("rhyme.txt"), steps=3, seed=4, rate=0.01)
    model.save("other.safetensors")
    one, other = (
        bw.load("gpt", d_model=12, heads=2, layers=1).load(f"{name}.safetensors")
        for name in ("w", "other")
    )
    assert all(
        np.array_equal(one.parameters[path], other.parameters[path]) for path in one.parameters
    )


def test_facts_for_machines(rhyme: Path, facts: Callable[..., Any]) -> None:
    found = facts(
        *GPT, "--epochs", "2", "-o", "w.safetensors", "--curve", "c.csv", "--norms", "n.svg"
    )
    assert found["steps"] == 2
    assert found["loss"]["kind"] == "CrossEntropy"
    assert found["options"]["rate"] == 0.0045
    assert found["files"] == {"weights": "w.safetensors", "curve": "c.csv", "norms": "n.svg"}
    assert (rhyme / "c.csv").read_text().startswith("step,loss,rate,gradient\n1,3.")
    assert (rhyme / "n.svg").read_text().startswith("<svg")


def test_the_same_call_gives_the_same_bytes(rhyme: Path, boxwork: Run) -> None:
    contents = set()
    for _ in range(3):
        boxwork(*GPT, "--steps", "3", "-q", "-o", "w.safetensors", "--curve", "c.svg")
        contents.add((rhyme / "w.safetensors").read_bytes() + (rhyme / "c.svg").read_bytes())
    assert len(contents) == 1


def test_weights_are_named_after_the_spec_unless_said(rhyme: Path, boxwork: Run) -> None:
    result = boxwork(*GPT, "--steps", "1", "--quiet")
    assert result.stderr == "wrote gpt.safetensors\n"
    assert result.stdout.startswith("GPT of the article: 1 step, loss")


def test_a_table(here: Path, boxwork: Run) -> None:
    (here / "t.csv").write_text("32,107,56,11.2,leaf\n241,200,4,59.5,flower\n")
    result = boxwork("train", "leaf-flower", "--table", "t.csv", "--loss", "SumOfDifferences", "-q")
    assert (
        "try: boxwork run leaf-flower --weights leaf-flower.safetensors --in features=…"
        in result.stdout
    )
    said = boxwork(
        "run",
        "leaf-flower",
        "--weights",
        "leaf-flower.safetensors",
        "--in",
        "features=32,107,56,11.2",
    )
    assert "scores: leaf 0.99" in said.stdout


@pytest.mark.parametrize(
    ("spec", "kind", "content", "said"),
    [
        ("letters", "text", "humpty dumpty sat", "--prompt 'humpty dumpt'"),
        (
            "gpt-words",
            "text",
            "humpty dumpty sat on a wall.",
            "--prompt 'humpty dumpty sat on a wall.'",
        ),
        (
            "translator-sep",
            "pairs",
            "Wo wohnst du?\tWhere do you live?",
            "--prompt 'Wo wohnst du? <SEP>'",
        ),
        ("translator", "pairs", "Wo wohnst du?\tWhere do you live?", "--in source='Wo wohnst du?'"),
    ],
)
def test_what_is_tried_next_works(
    here: Path, boxwork: Run, spec: str, kind: str, content: str, said: str
) -> None:
    import shlex

    (here / "data").write_text(content, encoding="utf-8")
    result = boxwork("train", spec, f"--{kind}", "data", "--steps", "2", "-q")
    again = result.stdout.splitlines()[-1].removeprefix("try: boxwork ")
    assert again.endswith(said)
    boxwork(*shlex.split(again))


def test_training_goes_on_from_weights(rhyme: Path, boxwork: Run) -> None:
    boxwork(*GPT, "--steps", "40", "-q", "-o", "w.safetensors")
    result = boxwork(
        *GPT, "--steps", "1", "-q", "-o", "x.safetensors", "--weights", "w.safetensors"
    )
    assert "loss 3" not in result.stdout


def test_a_checkpoint_that_is_named_stays_and_can_be_gone_on_with(
    rhyme: Path, boxwork: Run
) -> None:
    steady = ("--schedule", "constant", "--warmup", "0", "-q")
    boxwork(*GPT, *steady, "--steps", "7", "-o", "whole.safetensors")
    boxwork(*GPT, *steady, "--steps", "3", "-o", "part.safetensors", "--checkpoint", "p.checkpoint")
    assert "p.checkpoint" in files(rhyme)
    result = boxwork(
        *GPT, "-q", "--steps", "7", "-o", "rest.safetensors", "--resume", "p.checkpoint"
    )
    assert "7 steps, loss 3." in result.stdout
    assert (rhyme / "rest.safetensors").read_bytes() == (rhyme / "whole.safetensors").read_bytes()


def test_a_checkpoint_of_an_earlier_run_is_told(rhyme: Path, boxwork: Run) -> None:
    (rhyme / "gpt.checkpoint").write_text("earlier")
    result = boxwork(*GPT, "--steps", "1", "-q")
    assert "gpt.checkpoint is of an earlier run" in result.stderr


BAD = {
    "capitals": (b"Humpty\n", "BW414"),
    "empty": (b"", "BW521"),
    "blank": (b" \n\n", "BW521"),
    "latin-1": ("Wei\xdf".encode("latin-1"), "BW520"),
    "one letter": (b"a\n", "BW460"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_wrong_text_is_told_and_nothing_is_written(here: Path, boxwork: Run, case: str) -> None:
    content, code = BAD[case]
    (here / "rhyme.txt").write_bytes(content)
    result = boxwork(*GPT, "-o", "w.safetensors", status=1)
    assert result.stderr.startswith(f"error[{code}]")
    assert "rhyme.txt" in result.stderr
    assert files(here) == ["rhyme.txt"]


def test_a_text_shorter_than_the_window_tells_both_numbers(here: Path, boxwork: Run) -> None:
    (here / "t.txt").write_text("humpty dumpt")
    result = boxwork("train", "letters", "--text", "t.txt", status=1)
    assert "t.txt has 12 letters" in result.stderr
    assert "needs 13: 12 to read and the next one to learn" in result.stderr


@pytest.mark.parametrize(
    ("spec", "kind", "content", "code", "said"),
    [
        ("transformer", "pairs", "Wo du?\tWhere you?\nWo Where\n", "BW461", "data.txt:2:1"),
        ("leaf-flower", "table", "R,G,B,Vol,kind\n1,2,,4,leaf\n", "BW463", "data.txt:2:5"),
        ("leaf-flower", "table", "1,2,x,4,leaf\n", "BW463", "the cell of B is no number: `x`"),
        ("leaf-flower", "table", "1,2,3,4,tree\n", "BW463", "there is no class `tree`"),
        ("leaf-flower", "table", "1,2,3\n", "BW462", "this row has 3 cells"),
        ("leaf-flower", "text", "leaf\n", "BW464", "does not say what comes next"),
        ("gpt", "pairs", "a\tb\n", "BW464", "add <SEP> to the vocabulary"),
    ],
)
def test_wrong_data_is_told_by_line(
    here: Path, boxwork: Run, spec: str, kind: str, content: str, code: str, said: str
) -> None:
    (here / "data.txt").write_text(content)
    result = boxwork("train", spec, f"--{kind}", "data.txt", status=1)
    assert f"error[{code}]" in result.stderr
    assert said in result.stderr
    assert files(here) == ["data.txt"]


def test_what_cannot_be_written_is_told_before_anything_is_learned(
    rhyme: Path, boxwork: Run
) -> None:
    for option in (("-o", "no/w.safetensors"), ("--curve", "no/c.svg"), ("--checkpoint", "no/c")):
        result = boxwork(*GPT, *option, status=1)
        assert result.stderr.startswith("error[BW507]: cannot write no/")
    for option in (("-o", "w.npz"), ("--curve", "c.png"), ("--norms", "n.txt")):
        assert boxwork(*GPT, *option, status=2).stderr.startswith("error[BW508]")
    assert files(rhyme) == ["rhyme.txt"]


def test_a_training_that_runs_away_says_when_and_leaves_what_was_there(
    rhyme: Path, boxwork: Run
) -> None:
    (rhyme / "gpt.safetensors").write_text("before")
    away = ("--rate", "1e30", "--clip", "0", "--optimiser", "sgd", "--warmup", "0", "-q")
    result = boxwork(*GPT, *away, status=1)
    assert result.stderr.startswith(
        "error[BW465]: at step 2 the loss is nan; the step before it had 3."
    )
    assert "help: try a smaller rate" in result.stderr
    assert (rhyme / "gpt.safetensors").read_text() == "before"
    assert files(rhyme) == ["gpt.safetensors", "rhyme.txt"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ((), "error: nothing to learn from\nhelp: give one of --text"),
        (("--resume", "x.checkpoint"), "--table FILE: a checkpoint keeps its options, but not"),
        (("--text", "rhyme.txt", "--pairs", "p"), "error: more than one thing to learn from"),
        (("--text", "rhyme.txt", "--steps", "3", "--epochs", "1"), "error: --steps and --epochs"),
        (
            ("--text", "rhyme.txt", "--curve", "a.svg", "--norms", "./a.svg"),
            "error: ./a.svg is named twice",
        ),
        (
            ("--text", "rhyme.txt", "--checkpoint", "rhyme.txt"),
            "error: rhyme.txt is named twice",
        ),
        (("--pairs", "p.tsv", "--length", "5"), "error: --length is for --text"),
        (("--text", "rhyme.txt", "--rate", "inf"), "error: --rate is a number, not inf"),
        (("--text", "rhyme.txt", "--rate", "nan"), "--rate is a number from 0, not nan"),
        (
            ("--text", "rhyme.txt", "--optimiser", "sgd", "--momentum", "0.5"),
            "help: take --optimiser momentum, or leave it out",
        ),
        (("--text", "rhyme.txt", "--rate", "fast"), "--rate is a number from 0, not fast"),
        (("--text", "rhyme.txt", "--steps", "0"), "--steps is a whole number from 1, not 0"),
        (("--text", "rhyme.txt", "--optimiser", "adam"), "adam"),
    ],
)
def test_wrong_calls(rhyme: Path, boxwork: Run, args: tuple[str, ...], said: str) -> None:
    assert said in boxwork("train", "gpt", *args, status=2).stderr


def test_what_sees_the_next_token_is_told_before_it_learns(rhyme: Path, boxwork: Run) -> None:
    few = ("--steps", "1", "-q")
    sees = ("--set", "set.stack.*.attn.with.causal=false")
    assert "warning" not in boxwork(*GPT, *few).stderr
    said = boxwork(*GPT, *few, *sees).stderr
    assert said.startswith("warning[BW915]: probabilities scores what follows on each of tokens")
    assert "stack.*.attn.mix (DotProductAttention) looks at all of seq" in said


def test_checkpoints_of_other_trainings(rhyme: Path, boxwork: Run) -> None:
    boxwork(*GPT, "--steps", "2", "-q", "--checkpoint", "gpt.checkpoint")
    on = ("--resume", "gpt.checkpoint", "-q")
    other = boxwork("train", "gpt", "--text", "rhyme.txt", *on, status=1).stderr
    assert "gpt.checkpoint is a checkpoint of another version of GPT of the article" in other
    other = boxwork("train", "letters", "--text", "rhyme.txt", *on, status=1).stderr
    assert "gpt.checkpoint is a checkpoint of GPT of the article, not of Letters" in other
    said = boxwork(*GPT, *on, "--rate", "0.5", "--dtype", "float64", status=1).stderr
    assert "gpt.checkpoint was trained with the dtype float32, not float64" in said
    assert "gpt.checkpoint was trained with rate = 0.0045, not 0.5" in said
    (rhyme / "rhyme.txt").write_text("another text")
    assert "was trained on other data" in boxwork(*GPT, *on, status=1).stderr
    content = (rhyme / "gpt.checkpoint").read_bytes()
    (rhyme / "gpt.checkpoint").write_bytes(content[:-9])
    assert "error[BW503]: gpt.checkpoint is cut off" in boxwork(*GPT, *on, status=1).stderr
    said = boxwork(*GPT, "--resume", "gpt.safetensors", status=1).stderr
    assert "error[BW530]: gpt.safetensors is no checkpoint of a training" in said
    message = boxwork(*GPT, "--resume", "x", "--weights", "y", status=1).stderr
    assert message.startswith("error[BW501]: there is no file x")


def test_weights_that_do_not_fit_are_told(rhyme: Path, boxwork: Run) -> None:
    boxwork(*GPT, "--steps", "1", "-q", "-o", "w.safetensors")
    wrong = boxwork("train", "gpt", "--text", "rhyme.txt", "--weights", "w.safetensors", status=1)
    assert "error[BW505]" in wrong.stderr


def test_json_has_the_diagnostics(here: Path, facts: Callable[..., Any]) -> None:
    (here / "rhyme.txt").write_text("Humpty")
    found = facts(*GPT, status=1)
    assert [d["code"] for d in found["diagnostics"]] == ["BW414"]
    json.dumps(found)
