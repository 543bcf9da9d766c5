"""``boxwork check``: the tree, the facts, the wires, the errors and their status."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Run = Callable[..., Result]
TOTALS = {"gpt2": 124_439_808, "llama-3.1-8b": 8_030_261_248, "leaf-flower": 18}
WRONG = """\
format: 1
name: wrong
dims: {seq: any, d: 4}
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
nodes:
  short: {use: Linear, with: {width: d / 2}}
  y: {use: Add, in: [x, short]}
"""


@pytest.fixture
def wrong(here: Path) -> str:
    (here / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    return "wrong.yaml"


@pytest.mark.parametrize(("name", "total"), TOTALS.items())
def test_the_total_is_the_published_one(boxwork: Run, name: str, total: int) -> None:
    assert boxwork("check", name).stdout.endswith(f"\n{total:,} parameters\n")


@pytest.mark.parametrize(("name", "total"), TOTALS.items())
def test_facts_hold_the_total(facts: Callable[..., Any], name: str, total: int) -> None:
    counted = facts("check", name)["parameters"]
    assert counted["total"] == total == sum(counted["by_node"].values())
    assert counted["stored"] - counted["buffers"] == total


def test_of_a_mixture_the_active_ones_are_told(boxwork: Run) -> None:
    told = boxwork("check", "deepseek-v3").stdout.splitlines()[-1]
    assert told == (
        "671,026,404,352 parameters, 37,552,282,624 of them active,"
        " and 14,848 numbers that are not trained"
    )


@pytest.mark.parametrize("name", ["gpt", "transformer", "llama-3.1-8b", "gemma-3-270m"])
def test_layers_can_be_set(facts: Callable[..., Any], name: str) -> None:
    nodes = facts("check", name, "--set", "dims.layers=2")["nodes"]
    assert 2 in {node["copies"] for node in nodes.values()}


def test_facts_tell_types_and_warnings(facts: Callable[..., Any], here: Path) -> None:
    spare = WRONG.replace("d: 4}", "d: 4, spare: 8}").replace("d / 2", "d")
    (here / "spare.yaml").write_text(spare, encoding="utf-8")
    found = facts("check", "spare.yaml")
    assert found["inputs"] == {"x": "real[seq, 4]"}
    assert found["free"] == ["seq"]
    assert found["nodes"]["short"]["outputs"] == {"y": "real[seq, 4]"}
    assert [one["code"] for one in found["diagnostics"]] == ["BW901"]


def test_warnings_change_no_status(boxwork: Run, here: Path) -> None:
    spare = WRONG.replace("d: 4}", "d: 4, spare: 8}").replace("d / 2", "d")
    (here / "spare.yaml").write_text(spare, encoding="utf-8")
    result = boxwork("check", "spare.yaml")
    assert "warning[BW901]" in result.stderr
    assert "warning" not in result.stdout


def test_depth_closes_the_tree(boxwork: Run) -> None:
    assert "attn" in boxwork("check", "gpt").stdout
    assert "attn" not in boxwork("check", "gpt", "--depth", "1").stdout


def test_wires_say_what_every_box_reads(boxwork: Run) -> None:
    lines = [line.split() for line in boxwork("check", "gpt2", "--wires").stdout.splitlines()]
    assert ["stack.x", "←", "drop", "real[seq,", "768]"] in lines
    assert ["stack.*.attn.memory", "←", "stack.*.norm_1", "real[seq,", "768]"] in lines
    assert ["stack.*.y.x", "←", "stack.*.add_1", "real[seq,", "768]"] in lines


@pytest.mark.parametrize("name", ["gpt2", "transformer", "llama-3.1-8b", "gpt-modern"])
def test_every_wire_comes_from_somewhere(facts: Callable[..., Any], name: str) -> None:
    found = facts("check", name, "--wires")
    ends = [(wire["to"], wire["port"]) for wire in found["wires"]]
    known = {*found["inputs"], *(to for to, _ in ends)}
    known |= {f"{to}{copies}.{port}" for to, port in ends for copies in ("", ".*")}
    assert {wire["from"] for wire in found["wires"]} <= known


def test_a_memory_reaches_every_layer(facts: Callable[..., Any]) -> None:
    wires = facts("check", "transformer", "--wires")["wires"]
    reads = {(wire["from"], wire["to"], wire["port"]) for wire in wires}
    assert ("encoder", "decoder", "memory") in reads
    assert ("decoder.*.memory", "decoder.*.cross", "memory") in reads


def test_a_wrong_spec_is_shown_where_it_is_wrong(boxwork: Run, wrong: str) -> None:
    result = boxwork("check", wrong, status=1)
    assert result.stdout == ""
    assert result.stderr.startswith("error[BW203]: width mismatch")
    assert "wrong.yaml:8:" in result.stderr


def test_a_wrong_spec_as_json(facts: Callable[..., Any], wrong: str) -> None:
    (found,) = facts("check", wrong, status=1)["diagnostics"]
    assert (found["code"], found["file"], found["line"]) == ("BW203", "wrong.yaml", 8)


@pytest.mark.parametrize(
    ("args", "code", "text"),
    [
        (["gtp2"], "BW001", "did you mean `gpt2`?"),
        (["nowhere.yaml"], "BW001", "nowhere.yaml"),
        (["."], "BW002", ""),
        (["gpt2", "--set", "dims.layer=2"], "BW108", "did you mean `layers`?"),
        (["gpt2", "--set", "layers=2"], "BW101", ""),
        (["gpt2", "--set", "dims.layers"], "BW101", "dims.layers=2"),
        (["gpt2", "--set", "dims.layers=two"], "BW108", ""),
        (["gpt2", "--set", "dims.heads=7"], "BW116", "d_model % heads"),
        (["gpt2", "--set", "dims.layers=10**9"], "BW208", ""),
    ],
)
def test_errors_have_codes(here: Path, boxwork: Run, args: list[str], code: str, text: str) -> None:
    result = boxwork("check", *args, status=1)
    assert f"error[{code}]" in result.stderr
    assert text in result.stderr


@pytest.mark.parametrize(
    "args", [["check"], ["check", "gpt2", "--nix"], ["chekc", "gpt2"], ["check", "a", "b"]]
)
def test_a_wrong_call_has_status_2(boxwork: Run, args: list[str]) -> None:
    assert "Usage: boxwork" in boxwork(*args, status=2).stderr


def test_a_verb_that_is_misspelt_is_suggested(boxwork: Run) -> None:
    assert "Did you mean 'check'?" in boxwork("chekc", "gpt2", status=2).stderr


def test_names_that_are_no_spec(boxwork: Run, here: Path) -> None:
    assert "the shipped spec is called `gpt2`" in boxwork("check", "gpt2.yaml", status=1).stderr
    assert "no spec is named ''" in boxwork("check", "", status=1).stderr


TOY = """\
format: 1
name: toy
dims: {seq: any, d: 4, experts: 8, active: 4, wide: d}
require: [active <= experts]
toy:
  experts: 2
  wide: 5
inputs: {x: "real[seq, d]"}
outputs: {y: "real[seq, d]"}
nodes:
  one: {use: Linear, in: x, with: {width: active * experts}}
  two: {use: Linear, with: {width: wide}}
  y: {use: Add, in: [x, two]}
"""


def test_a_toy_is_checked_as_well(boxwork: Run, here: Path) -> None:
    (here / "toy.yaml").write_text(TOY, encoding="utf-8")
    said = boxwork("check", "toy.yaml", status=1).stderr
    first, second = said.split("\n\n")
    assert first.startswith(
        "error[BW116]: in the toy: `active <= experts` does not hold: active = 4; experts = 2\n"
        " --> toy.yaml:6:12\n"
    )
    assert "= it does not fit at toy.yaml:4:11\n" in first
    assert second.startswith("error[BW203]: in the toy: width mismatch at y\n --> toy.yaml:7:9\n")
    assert "= it does not fit at toy.yaml:13:25\n" in second
    assert boxwork("check", "toy.yaml", "--set", "dims.experts=9").stderr == ""


def test_facts_tell_that_a_toy_does_not_fit(facts: Callable[..., Any], here: Path) -> None:
    (here / "toy.yaml").write_text(TOY, encoding="utf-8")
    found = facts("check", "toy.yaml", status=1)["diagnostics"]
    assert [(one["code"], one["line"], one["column"]) for one in found] == [
        ("BW116", 6, 12),
        ("BW203", 7, 9),
    ]


def test_a_toy_that_a_variant_inherits_and_does_not_fit_is_a_warning(
    boxwork: Run, facts: Callable[..., Any], here: Path
) -> None:
    text = "format: 1\nextends: gpt2\nset: {stack.*.attn: {with: {kv_heads: 6}}}\n"
    (here / "six.yaml").write_text(text, encoding="utf-8")
    said = boxwork("check", "six.yaml").stderr
    assert said.startswith("warning[BW914]: in the toy: `heads % kv_heads == 0` does not hold")
    assert "specs/gallery/gpt2.yaml:17:51 (through extends: gpt2)" in said
    assert [one["code"] for one in facts("check", "six.yaml")["diagnostics"]] == ["BW914"]
    (here / "six.yaml").write_text(f"{text}toy: {{heads: 6, d_model: 24}}\n", encoding="utf-8")
    assert boxwork("check", "six.yaml").stderr == ""
