"""``boxwork explain`` and ``boxwork list``: what there is, and what it means."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from boxwork.describe import describe
from boxwork.specs.codes import codes, explain
from boxwork.specs.library import block_names, data, shipped

Run = Callable[..., Result]
Facts = Callable[..., Any]
Golden = Callable[[str, str], None]


@pytest.mark.parametrize("name", ["Linear", "MultiHeadAttention", "Split"])
def test_a_block_explained(boxwork: Run, golden: Golden, name: str) -> None:
    golden(f"cli/explain-{name}.txt", boxwork("explain", name).stdout)


@pytest.mark.parametrize("name", block_names())
def test_every_block_is_explained(boxwork: Run, facts: Facts, name: str) -> None:
    found = facts("explain", name)
    text = boxwork("explain", name).stdout
    assert text.startswith(f"{name} (")
    assert found["about"]
    assert found["outputs"]
    assert found["texts"]["formula"]
    assert found["texts"]["source"]
    assert all(f"  {line}" in text for line in found["settings"])
    assert max(len(line) for line in text.splitlines()) <= 120


SHAPES = {
    "Linear": {"weight": "[width_in, width]", "bias": "[width]"},
    "Embedding": {"table": "[count, width]"},
    "RMSNorm": {"scale": "[width]"},
    "PerHeadLinear": {"weight": "[heads, width_in, width]", "bias": "[heads, width]"},
    "GatedFeedForward": {
        "gate.weight": "[d, hidden]",
        "up.weight": "[d, hidden]",
        "y.weight": "[hidden, d]",
    },
    "PositionalEmbedding": {"embed.table": "[count, width]"},
    "ReLU": {},
}


@pytest.mark.parametrize(("name", "shapes"), SHAPES.items())
def test_parameters_have_named_shapes(name: str, shapes: dict[str, str]) -> None:
    facts = describe(name)
    assert facts is not None
    assert facts.parameters == shapes


def test_a_composite_is_told_with_its_nodes_and_defaults() -> None:
    facts = describe("MultiHeadAttention")
    assert facts is not None
    assert facts.nodes["mix"] == "DotProductAttention"
    assert "memory: real[k_len, d_memory] = query" in facts.inputs
    assert "head_dim: size = d_query / heads" in facts.settings
    assert facts.require == ["heads % kv_heads == 0"]


@pytest.mark.parametrize("code", ["BW203", "bw203", " BW203 "])
def test_a_code_explained(boxwork: Run, code: str) -> None:
    assert boxwork("explain", code).stdout == explain("BW203")


def test_codes_as_json(facts: Facts) -> None:
    assert facts("explain", "BW203")["title"] == codes()["BW203"].title


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("Liner", "did you mean `Linear`?"),
        ("attention", "did you mean `MultiHeadAttention`?"),
        ("BW999", "there is no code BW999"),
        ("zzz", "boxwork list blocks"),
    ],
)
def test_what_is_not_there(boxwork: Run, word: str, text: str) -> None:
    assert text in boxwork("explain", word, status=2).stderr


def test_specs_are_listed(boxwork: Run, facts: Facts) -> None:
    rows = facts("list")
    names = [row["name"] for row in rows]
    assert sorted(names) == sorted(shipped())
    ours = [row["name"] for row in rows if "specs/article/" in row["file"]]
    assert names[: len(ours)] == ours, "the article's first"
    order = [ours.index(name) for name in ("leaf-flower", "letters", "softmax", "gpt")]
    assert order == sorted(order), "in its order"
    rest = names[len(ours) :]
    assert rest == sorted(rest)
    assert {row["name"]: row["extends"] for row in rows}["gpt2-medium"] == "gpt2"
    assert all(row["about"] for row in rows)
    lines = boxwork("list", "specs").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [row["name"] for row in rows]


def test_blocks_are_listed(boxwork: Run, facts: Facts) -> None:
    rows = facts("list", "blocks")
    assert [row["name"] for row in rows] == block_names()
    assert {row["kind"] for row in rows} == {"primitive", "composite"}
    assert "Linear" in boxwork("list", "blocks").stdout


def test_data_is_listed_and_found_by_name(boxwork: Run, facts: Facts, here: Path) -> None:
    rows = {row["name"]: row for row in facts("list", "data")}
    assert {"rhyme.txt", "german-english.tsv", "leaf-flower.csv"} <= rows.keys()
    assert "humpty dumpty sat on a wall" in boxwork("list", "data").stdout
    assert str(data("rhyme.txt")) == rows["rhyme.txt"]["file"]
    (here / "rhyme.txt").write_text("mine", encoding="utf-8")
    assert data("rhyme.txt") == Path("rhyme.txt")
    assert data("none.txt") == Path("none.txt")


def test_nothing_else_is_listed(boxwork: Run) -> None:
    assert "'specs', 'blocks', 'data'" in boxwork("list", "weights", status=2).stderr


def test_codes_are_found_by_number(boxwork: Run) -> None:
    assert boxwork("explain", "203").stdout == boxwork("explain", "BW203").stdout
    assert "did you mean `BW909`?" in boxwork("explain", "BW999", status=2).stderr
    assert "help: known: `BW301`" in boxwork("explain", "BW366", status=2).stderr
    assert "help: " in boxwork("explain", "777", status=2).stderr
