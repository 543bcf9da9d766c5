"""The smaller verbs, help, and what happens when something goes wrong that nobody foresaw."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner, Result

from boxwork import __version__, api
from boxwork.commands import VERBS, app
from boxwork.graphs.load import load
from boxwork.graphs.totals import total

Run = Callable[..., Result]
LARGE = "format: 1\nname: Large\nextends: gpt\ndims: {d_model: 3000}\n"


@pytest.mark.parametrize("name", ["gpt", "gpt2-medium", "gpt-modern", "transformer"])
def test_what_is_expanded_is_the_same(boxwork: Run, here: Path, name: str) -> None:
    (here / "all.yaml").write_text(boxwork("expand", name).stdout, encoding="utf-8")
    assert total(load("all.yaml")[1]) == total(load(name)[1])


def test_expand_applies_edits(boxwork: Run) -> None:
    text = boxwork("expand", "gpt2", "--set", "swap.LayerNorm=RMSNorm").stdout
    assert "RMSNorm" in text
    assert "LayerNorm" not in text


def test_the_schema_is_one(boxwork: Run) -> None:
    Draft202012Validator.check_schema(json.loads(boxwork("schema").stdout))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_examples(boxwork: Run, verb: str) -> None:
    text = boxwork(verb, "--help").stdout
    assert "Examples:\n      boxwork " in text
    examples = [line for line in text.splitlines() if line.startswith("      boxwork ")]
    assert all(line.split()[1] == verb for line in examples)
    assert boxwork(verb, "-h").stdout == text


@pytest.mark.parametrize("verb", VERBS)
def test_help_names_what_is_taken_in_plain_words(boxwork: Run, verb: str) -> None:
    text = boxwork(verb, "--help").stdout
    usage = text.splitlines()[0]
    assert usage.startswith(f"Usage: boxwork {verb} [OPTIONS]")
    assert "{" not in usage
    assert "[[" not in usage
    assert not re.search(r"<(str|int|float|list)\b", text)


def test_what_is_expanded_is_written_into_the_spec_that_it_comes_from(
    boxwork: Run, here: Path
) -> None:
    """With > the shell would have emptied the file before it is read."""
    (here / "mine.yaml").write_text("format: 1\nextends: gpt\nname: Mine\n", encoding="utf-8")
    assert boxwork("expand", "mine.yaml", "-o", "mine.yaml").stderr == "wrote mine.yaml\n"
    text = (here / "mine.yaml").read_text("utf-8")
    assert text == boxwork("expand", "mine.yaml", "-o", "-").stdout
    assert "extends" not in text
    assert "BW508" in boxwork("expand", "mine.yaml", "-o", "mine.txt", status=2).stderr


def test_every_verb_that_takes_edits_takes_a_toy(boxwork: Run) -> None:
    helps = {verb: boxwork(verb, "--help").stdout for verb in VERBS}
    assert [verb for verb, text in helps.items() if "--set" in text] == [
        verb for verb, text in helps.items() if "--toy" in text and verb != "demo"
    ]


@pytest.mark.parametrize(
    "call",
    [
        ("check", "gpt2"),
        ("count", "gpt2"),
        ("draw", "gpt2", "-o", "gpt2.svg"),
        ("compare", "gpt2", "llama-2-7b", "--run"),
        ("run", "gpt2"),
        ("train", "gpt2", "--text", "no.txt"),
        ("sweep", "gpt2", "--vary", "dims.layers=1,2"),
        ("generate", "gpt2", "--prompt", "[1,2]", "--max-new", "2"),
        ("tokenize", "transformer", "--input", "source", "--vocabulary"),
        ("expand", "gpt2"),
    ],
    ids=lambda call: call[0],
)
def test_toys_on_the_command_line(boxwork: Run, here: Path, call: tuple[str, ...]) -> None:
    status = 1 if call[0] == "train" else 0  # the text is not there; the spec is read before
    said = boxwork(*call, "--toy", status=status)
    assert "toy profile" not in said.stderr
    gpt = {"gpt2": "gpt", "gpt2.svg": "gpt.svg", "transformer": "gpt", "source": "tokens"}
    small = [gpt.get(word, word) for word in call]
    without = boxwork(*small, "--toy", status=status)
    assert "warning[BW913]: GPT of the article has no toy profile" in without.stderr
    large = ["large.yaml" if word == "gpt" else word for word in small]
    (here / "large.yaml").write_text(LARGE, encoding="utf-8")
    assert "error[BW311]: Large has no toy" in boxwork(*large, "--toy", status=1).stderr


def test_the_summary_names_every_verb_in_one_line(boxwork: Run) -> None:
    lines = boxwork("--help").stdout.splitlines()
    for verb in VERBS:
        (line,) = (line for line in lines if line.startswith(f"  {verb} "))
        assert line.endswith(".")
        assert not line.endswith("...")


def test_without_a_verb_there_is_help(boxwork: Run) -> None:
    result = boxwork(status=2)
    assert "Usage: boxwork [OPTIONS] COMMAND" in result.stdout + result.stderr


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version(boxwork: Run, flag: str) -> None:
    assert boxwork(flag).stdout == f"boxwork {__version__}\n"


def test_the_demo_shows_and_draws(boxwork: Run, here: Path) -> None:
    text = boxwork("demo", "--out-dir", "some/where").stdout
    assert '"humpty dumpty sat on a wall"' in text
    assert '"Wo wohnst du?"' in text
    assert text.count("random") == 2
    assert text.count(": next ") == 2
    assert "63,082,496" in text
    drawn = sorted(path.relative_to(here).as_posix() for path in here.rglob("*.svg"))
    names = ["gpt-loss.svg", "gpt.svg", "transformer.svg"]
    assert drawn == [f"some/where/{name}" for name in names]
    assert 'What follows on "humpty" now? humpty dumpty sat on a wall' in text
    assert all(path in text for path in drawn)


def test_the_demo_says_where_it_cannot_write(boxwork: Run, here: Path) -> None:
    (here / "file").write_text("", encoding="utf-8")
    assert "error[BW507]" in boxwork("demo", "--out-dir", "file", status=1).stderr
    assert "a file has its name" in boxwork("demo", "--out-dir", "file", status=1).stderr


def raising(error: BaseException) -> Callable[..., Any]:
    def load(*args: object, **options: object) -> None:
        raise error

    return load


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (ZeroDivisionError("by nothing"), 70, "internal error: ZeroDivisionError: by nothing"),
        (MemoryError(), 1, "error[BW420]"),
        (PermissionError(13, "Permission denied", "/x"), 1, "error[BW509]: /x: permission denied"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
    ],
)
def test_what_nobody_foresaw(
    boxwork: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int, text: str
) -> None:
    monkeypatch.setattr(api, "load", raising(error))
    assert boxwork("check", "gpt", status=status).stderr.startswith(text)


def test_a_fault_is_shown_to_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "load", raising(ZeroDivisionError("by nothing")))
    monkeypatch.setenv("BOXWORK_TRACEBACK", "1")
    result = CliRunner().invoke(app, ["check", "gpt"])
    assert isinstance(result.exception, ZeroDivisionError)


def test_the_examples_of_every_help_run(boxwork: Callable[..., Result], here: Path) -> None:
    import shlex

    from boxwork.commands import VERBS

    (here / "mine.yaml").write_text(boxwork("expand", "gpt").stdout, encoding="utf-8")
    (here / "rhyme.txt").write_text("humpty dumpty sat on a wall. humpty dumpty had a great fall.")
    (here / "german-english.tsv").write_text("Wo wohnst du?\tWhere do you live?", encoding="utf-8")
    (here / "things.csv").write_text("32,107,56,11.2,leaf\n241,200,4,59.5,flower", encoding="utf-8")
    (here / "config.json").write_text('{"model_type": "llama", "mlp_bias": true}', encoding="utf-8")
    for name in VERBS:
        said = boxwork(name, "--help").stdout.partition("Examples:")[2]
        lines = [line.strip() for line in said.splitlines() if line.strip().startswith("boxwork ")]
        assert lines, name
        for line in lines:
            boxwork(*shlex.split(line.partition(" > ")[0])[1:])


def test_no_completion_is_offered(boxwork: Callable[..., Result]) -> None:
    assert "completion" not in boxwork("--help").stdout
