"""``boxwork explain`` and ``boxwork list``: what there is, and what it means."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from boxwork.describe import describe
from boxwork.specs.codes import codes, explain
from boxwork.specs.library import block_names, data, shipped
from boxwork.units import parameters

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


def test_parameters_of_a_block_that_is_given() -> None:
    """Copies side by side have a dim for all in front."""
    facts = describe("MixtureOfExperts")
    assert facts is not None
    assert list(facts.parameters.items()) == [
        ("scores.weight", "[d, experts]"),
        ("routed.*", "[experts, …], each array of expert"),
    ]


SIZES = {
    "Convolution": "y: real[(seq + 2 * padding - kernel_size) // stride + 1, width]",
    "Concat": "y: real[*, sum of the widths]",
    "Split": "part...: real[*, size of the part]",
    "RelativeBuckets": "y: index<buckets>[seq, past(seq)]",
}


@pytest.mark.parametrize(("name", "output"), SIZES.items())
def test_sizes_that_the_ports_leave_open_are_told(name: str, output: str) -> None:
    facts = describe(name)
    assert facts is not None
    assert facts.outputs == [output]


@pytest.mark.parametrize("name", block_names())
def test_no_block_leaves_a_size_untold(name: str) -> None:
    facts = describe(name, briefly=True)
    assert facts is not None
    assert not any(re.search(r"[\[ ]_[\],]", port) for port in (*facts.inputs, *facts.outputs))


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


def test_specs_are_a_table_that_fits(boxwork: Run, facts: Facts) -> None:
    rows = {row["name"]: row for row in facts("list", "specs")}
    text = boxwork("list", "specs").stdout
    article, gallery = text.rstrip("\n").split("\n\n")
    heads = [table.splitlines()[0].split() for table in (article, gallery)]
    assert [head[0] for head in heads] == ["article", "gallery"]
    lines = [line for table in (article, gallery) for line in table.splitlines()[1:]]
    assert [line.split()[0] for line in lines] == list(rows)
    assert max(map(len, lines)) <= 100
    (line,) = (line for line in lines if line.startswith("llama-3.1-405b "))
    assert line.split(maxsplit=4)[1:] == ["2024", "decoder", "406B", "as llama-3.1-8b"]


def test_the_facts_of_a_spec(facts: Facts) -> None:
    rows = {row["name"]: row for row in facts("list")}
    assert rows["gpt2"]["parameters"]["total"] == 124_439_808
    kinds = {name: row["kind"] for name, row in rows.items()}
    assert [kinds[n] for n in ("gpt2", "translator", "self-attention", "gpt", "letters")] == [
        "decoder", "encoder-decoder", "network", "decoder", "network",
    ]  # fmt: skip
    assert rows["gpt2-medium"]["special"] == "", "a base's words are its own"
    assert all(row["special"] for row in rows.values() if row["group"] == "gallery"
               and not row["extends"])  # fmt: skip


def test_a_list_may_be_narrowed(boxwork: Run, facts: Facts) -> None:
    names = [row["name"] for row in facts("list", "specs", "GPT2")]
    assert names == ["gpt2", "gpt2-large", "gpt2-medium", "gpt2-xl"]
    assert [row["name"] for row in facts("list", "data", "rhyme")] == ["rhyme.txt"]
    assert boxwork("list", "specs", "gpt2", "xl").stdout.splitlines()[1].startswith("gpt2-xl ")
    nothing = boxwork("list", "blocks", "zzz", "zz")
    assert (nothing.stdout, nothing.stderr) == ("", "none of the blocks has zzz and zz\n")


@pytest.mark.parametrize(
    ("word", "help"), [("spec", "did you mean specs?"), ("qwen", "try: boxwork list specs qwen")]
)
def test_what_cannot_be_listed(boxwork: Run, word: str, help: str) -> None:
    said = boxwork("list", "--json", word, status=2).stderr
    message = f"error: what to list is one of specs, blocks, data, not {word}"
    assert said == f"{message}\nhelp: {help}\n"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.00k"),
        (99_960, "100k"),
        (124_439_808, "124M"),
        (999_499_999, "999M"),
        (999_500_000, "1.00B"),
        (1_026_408_232_448, "1.03T"),
        (12_345_678_901_234_567, "12,346T"),
    ],
)
def test_numbers_of_parameters_as_people_say_them(number: int, said: str) -> None:
    assert parameters(number) == said


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


def test_codes_are_found_by_number(boxwork: Run) -> None:
    assert boxwork("explain", "203").stdout == boxwork("explain", "BW203").stdout
    assert "did you mean `BW909`?" in boxwork("explain", "BW999", status=2).stderr
    assert "help: known: `BW301`" in boxwork("explain", "BW366", status=2).stderr
    assert "help: " in boxwork("explain", "777", status=2).stderr
