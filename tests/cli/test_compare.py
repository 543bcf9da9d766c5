"""``boxwork compare``: every way out, several specs, wrong ones, runs and races."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from typer.testing import Result

Run = Callable[..., Result]


def test_words_and_table(boxwork: Run) -> None:
    said = boxwork("compare", "gpt2", "llama-3.1-8b").stdout
    assert said.startswith("gpt2 → llama-3.1-8b\n  LayerNorm → RMSNorm everywhere\n")
    assert "12 heads → 32 queries sharing 8 keys" in said
    assert "124,439,808  8,030,261,248    64.5" in said
    assert "costs: 1,024 positions" in said


def test_the_same(boxwork: Run, facts: Callable[..., Any], here: Path) -> None:
    (here / "mine.yaml").write_text(boxwork("expand", "gpt").stdout, encoding="utf-8")
    assert "the same graph" in boxwork("compare", "gpt", "mine.yaml").stdout
    assert facts("compare", "gpt", "mine.yaml")["same"] is True


def test_several_are_a_chain(facts: Callable[..., Any]) -> None:
    found = facts("compare", "gpt", "gpt-modern", "gpt")
    assert [(pair["from"], pair["to"]) for pair in found["pairs"]] == [
        ("gpt", "gpt-modern"),
        ("gpt-modern", "gpt (2)"),
    ]
    assert list(found["table"]["parameters"]) == ["gpt", "gpt-modern", "gpt (2)"]


@pytest.mark.parametrize("suffix", [".svg", ".html", ".md", ".json", ".png"])
def test_files_by_the_end_of_their_names(boxwork: Run, here: Path, suffix: str) -> None:
    out = f"changes{suffix}"
    result = boxwork("compare", "gpt2", "llama-3.1-8b", "-o", out, "--theme", "dark")
    assert f"wrote {out}" in result.stderr
    made = (here / out).read_bytes()
    if suffix == ".png":
        assert made.startswith(b"\x89PNG")
        return
    text = made.decode()
    assert "RMSNorm" in text
    if suffix == ".svg":
        ElementTree.fromstring(text)
    if suffix == ".html":
        assert text.count("<svg") == 1
        assert "<table>" in text
        assert "http://" not in text.replace("http://www.w3.org", "")
    if suffix == ".md":
        assert "| parameters | 124,439,808 | 8,030,261,248 | 64.5 |" in text
        assert r"d\_model 768 → 4096" in text
    if suffix == ".json":
        assert json.loads(text)["pairs"][0]["lines"][0] == "LayerNorm → RMSNorm everywhere"


def test_context_of_the_costs(boxwork: Run, facts: Callable[..., Any]) -> None:
    few = facts("compare", "gpt2", "gpt2-medium", "--context", "16")
    many = facts("compare", "gpt2", "gpt2-medium", "--context", "32")
    for name in few["table"]["remembered"]:
        assert many["table"]["remembered"][name] == 2 * few["table"]["remembered"][name]
    assert "BW543" in boxwork("compare", "gpt2", "gpt", "--context", "2048", status=1).stderr


def test_run_tells_where_they_differ_first(facts: Callable[..., Any]) -> None:
    (run,) = facts("compare", "gpt", "gpt-modern", "--run")["runs"]
    assert run["a"] == run["b"] == "stack.0.norm_1"
    assert run["by"] > 0
    (run,) = facts("compare", "gpt", "gpt", "--run")["runs"]
    assert (run["a"], run["by"]) == ("", 0.0)


def test_a_race(boxwork: Run, facts: Callable[..., Any], here: Path) -> None:
    (here / "rhyme.txt").write_text("humpty dumpty sat on a wall. humpty dumpty had a fall. ")
    call = ("compare", "gpt", "gpt-modern", "--train", "rhyme.txt", "--steps", "3", "--seeds", "2",
            "--batch", "2", "--set", "dims.layers=1")  # fmt: skip
    race = facts(*call)["race"]
    assert race["seeds"] == [0, 1]
    assert [len(race["last"][name]) for name in ("gpt", "gpt-modern")] == [2, 2]
    assert facts(*call)["race"] == race
    assert boxwork(*call, "-o", "race.html").stdout == ""
    assert "race, 2 seeds" in boxwork(*call, "-o", "race.svg").stdout
    assert (here / "race.html").read_text().count("<svg") == 2


def test_a_race_on_equal_footing(boxwork: Run, facts: Callable[..., Any], here: Path) -> None:
    (here / "rhyme.txt").write_text("humpty dumpty sat on a wall. humpty dumpty had a fall. ")
    (here / "other.txt").write_text("jack and jill went up the hill to fetch a pail of water. ")
    call = ("compare", "gpt", "gpt-modern", "--train", "rhyme.txt", "--steps", "2", "--batch", "2",
            "--length", "8", "--rate", "0.001", "--optimiser", "sgd")  # fmt: skip
    race = facts(*call, "--equal", "parameters")["race"]
    assert race["equal"] == "parameters"
    assert race["specs"]["gpt-modern"]["scaled"] == {"dim": "d_model", "from": 48, "to": 42}
    assert race["specs"]["gpt-modern"]["parameters"] == 88_480
    race = facts(*call, "--equal", "parameters", "--scale-dim", "layers")["race"]
    assert race["specs"]["gpt-modern"]["scaled"]["dim"] == "layers"
    race = facts(*call, "--equal", "flops", "--held-out", "other.txt")["race"]
    assert race["over"] == "FLOPs"
    assert "none learned" in race["measured"]
    said = boxwork(*call, "--equal", "flops").stdout
    assert "equal FLOPs: as many as gpt spends (3 × the products of a pass" in said
    assert "without dropout" in said
    for name in ("race.html", "race.md"):
        boxwork(*call, "--equal", "parameters", "-o", name)
        text = (here / name).read_text(encoding="utf-8")
        assert "d_model 48 → 42" in text
        assert "(-0.77%)" in text
    assert "tokens</text>" in (here / "race.html").read_text(encoding="utf-8")


def test_a_race_goes_on_without_those_that_cannot(boxwork: Run, here: Path) -> None:
    (here / "rhyme.txt").write_text("humpty dumpty sat on a wall. humpty dumpty had a fall. ")
    call = ("compare", "gpt", "leaf-flower", "gptt", "gpt-modern", "--train", "rhyme.txt", "--run",
            "--steps", "2", "--batch", "2", "--length", "8")  # fmt: skip
    result = boxwork(*call, status=1)
    assert "little in common" in result.stdout
    assert "race, seed 0" in result.stdout
    said = [line for line in result.stderr.splitlines() if line.startswith("error")]
    assert [line[6:11] for line in said] == ["BW001", "BW550", "BW550", "BW464"]
    result = boxwork(*call[:5], "--equal", "parameters", "--scale-dim", "d_ff", status=2)
    assert "give a text" in result.stderr
    result = boxwork(*call, "--scale-dim", "d_ff", status=2)
    assert "--equal parameters" in result.stderr
    result = boxwork(*call, "--equal", "parameters", "--scale-dim", "d_ff", status=1)
    assert "BW580" in result.stderr
    assert "parameters" in result.stdout
    assert "race, seed 0" not in result.stdout


def test_wrong_specs_are_told_and_the_rest_compared(boxwork: Run) -> None:
    result = boxwork("compare", "gpt", "gptt", "gpt-modern", status=1)
    assert "did you mean `gpt`?" in result.stderr
    assert result.stdout.startswith("gpt → gpt-modern\n")
    result = boxwork("compare", "gptt", "gpt", status=1)
    assert not result.stdout


def test_what_cannot_be_done_is_a_sentence(boxwork: Run, here: Path) -> None:
    assert "two specs or more" in boxwork("compare", "gpt", status=2).stderr
    assert "give a text" in boxwork("compare", "gpt", "gpt2", "--steps", "3", status=2).stderr
    assert "BW550" in boxwork("compare", "gpt", "leaf-flower", "--run", status=1).stderr
    assert "BW508" in boxwork("compare", "gpt", "gpt2", "-o", "x.gif", status=2).stderr
    assert "BW501" in boxwork("compare", "gpt", "gpt2", "--train", "no.txt", status=1).stderr
    assert boxwork("compare", "gpt", "leaf-flower").stdout


def test_edits_in_words_and_as_data(boxwork: Run, facts: Callable[..., Any]) -> None:
    said = boxwork("compare", "gpt2", "gpt2-medium", "--edits").stdout
    assert "# 3 edits of gpt2 make gpt2-medium" in said
    assert "dims: {d_model: 1024, heads: 16, layers: 24}" in said
    found = facts("compare", "gpt2", "gpt2-medium", "gpt2", "--edits")["edits"]
    assert [(one["count"], one["same"]) for one in found] == [(3, True), (3, True)]
    assert "edits" not in facts("compare", "gpt2", "gpt2-medium")


def test_a_variant_is_written_and_is_the_same(boxwork: Run, here: Path) -> None:
    result = boxwork("compare", "gpt2", "llama-2-7b", "-o", "made.yaml")
    assert "wrote made.yaml" in result.stderr
    assert "extends: gpt2\n" in (here / "made.yaml").read_text(encoding="utf-8")
    assert "the same graph" in boxwork("compare", "made.yaml", "llama-2-7b").stdout


def test_a_variant_extends_a_file_where_it_is(boxwork: Run, here: Path) -> None:
    (here / "in").mkdir()
    (here / "in" / "mine.yaml").write_text(boxwork("expand", "gpt").stdout, encoding="utf-8")
    boxwork("compare", "in/mine.yaml", "gpt-modern", "--set", "dims.layers=2", "-o", "made.yaml")
    text = (here / "made.yaml").read_text(encoding="utf-8")
    assert "extends: in/mine.yaml" in text
    assert "layers: 2" in text
    same = boxwork("compare", "made.yaml", "gpt-modern", "--set", "dims.layers=2").stdout
    assert "the same graph" in same


def test_no_variant_is_said_to_be_none(boxwork: Run, here: Path) -> None:
    result = boxwork("compare", "gpt2", "leaf-flower", "-o", "made.yaml", status=1)
    assert "BW551" in result.stderr
    assert "no variant of gpt2 was found that is leaf-flower" in result.stderr
    assert "still different: " in result.stderr
    assert not (here / "made.yaml").exists()
    result = boxwork("compare", "gpt", "gpt2", "gpt", "-o", "made.yaml", status=1)
    assert "BW552" in result.stderr
