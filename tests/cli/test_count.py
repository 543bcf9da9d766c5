"""``boxwork count``: the page, the facts, the sums, and what is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

Run = Callable[..., Result]
Facts = Callable[..., Any]


def test_a_page_fits_a_screen(boxwork: Run) -> None:
    for name in ("gpt2", "llama-3.1-8b", "leaf-flower"):
        lines = boxwork("count", name).stdout.splitlines()
        assert len(lines) < 40
        assert max(map(len, lines)) <= 120


def test_the_page_tells_all_figures(boxwork: Run) -> None:
    page = boxwork("count", "gpt2").stdout
    assert page.startswith("GPT-2 small: seq = 1,024, bfloat16\n")
    for said in (
        "total                           124,439,808            291.6 G  1.346 G      36 MiB\n",
        "parameters  124,439,808, each array once; 124,439,808 active\n",
        "weights     float32 474.7 MiB, bfloat16 237.4 MiB, int8 118.7 MiB, int4 59.34 MiB\n",
        "291.6 GFLOP in products (272.3 G without what masks hide), 1.346 G number by number\n",
        "284.8 MFLOP for each of 1,024 positions",
        "36 KiB for each position, 36 MiB in all\n",
        "128: 4.5 MiB, 256: 9 MiB, 512: 18 MiB, 1,024: 36 MiB\n",
        "h100-sxm     275 µs  compute  85.1 µs  memory",
    ):
        assert said in page
    assert "a step      none: it does not go on" in boxwork("count", "leaf-flower").stdout


@pytest.mark.parametrize(
    ("name", "total"),
    [("gpt2", 124_439_808), ("llama-3.1-8b", 8_030_261_248), ("leaf-flower", 18)],
)
def test_facts_hold_the_total(facts: Facts, name: str, total: int) -> None:
    found = facts("count", name)
    parameters = found["parameters"]
    assert parameters["total"] == parameters["active"] == total
    assert sum(parameters["by_node"].values()) == total
    assert sum(box["matmul"] for box in found["boxes"]) == found["flops"]["pass"]["matmul"]
    assert found["weights"]["float32"] == 4 * total
    assert found["diagnostics"] == []


def test_facts_of_state_and_roofline(facts: Facts) -> None:
    found = facts("count", "llama-3.1-8b", "--context", "4096", "--batch", "2", "--on", "tpu-v5e")
    state = found["state"]
    assert state["per_position"] == 2 * 128 * 1024
    assert state["bytes"] == state["ignoring_windows"] == 4096 * state["per_position"]
    assert state["by_layer"] == [
        {"path": "stack.*.attn.mix", "copies": 32, "bytes_of_each": state["bytes"] // 32}
    ]
    assert state["curve"][-1] == {"context": 4096, "bytes": state["bytes"]}
    (roof,) = found["roofline"]
    assert (roof["accelerator"], roof["fits"], roof["step"]["bound_by"]) == (
        "tpu-v5e",
        False,
        "memory",
    )


@pytest.mark.parametrize("what", ["params", "flops", "kv", "memory"])
@pytest.mark.parametrize("path", [[], ["stack.*.attn"], ["logits"]])
def test_sums_are_told(boxwork: Run, facts: Facts, what: str, path: list[str]) -> None:
    page = boxwork("count", "gpt2", "--why", what, *path).stdout
    lines = facts("count", "gpt2", "--why", what, *path)
    for line in lines:
        assert line["remark"] or not line["result"] or f"= {line['result']:,}\n" in page
    for group in {line["group"] for line in lines if line["result"]}:
        assert f"{group}" in page


def test_a_sum_has_symbols_then_numbers_then_the_result(boxwork: Run) -> None:
    words = boxwork("count", "gpt2", "stack.3.attn", "--why", "params").stdout.split()
    said = "stack.3.attn.q.weight d_model × d_model = 768 × 768 = 589,824"
    assert said in " ".join(words)
    page = boxwork("count", "gpt2", "--why", "params").stdout
    assert "logits.weight" in page
    assert "tied to tok.table" in page
    assert page.splitlines()[-1] == "  total   124,439,808"
    page = boxwork("count", "gpt2", "--why", "kv", "--batch", "3").stdout
    assert page.splitlines()[-1] == f"  total   {3 * 37_748_736:,} (108 MiB)"
    assert boxwork("count", "leaf-flower", "--why", "kv").stdout == (
        "nothing is remembered between steps\n"
    )


def test_a_sum_says_what_the_number_of_a_copy_stands_for(boxwork: Run) -> None:
    said = "a path with a number in it stands for all copies like that one"
    lines = boxwork("count", "gemma-3-27b", "--why", "kv").stdout.splitlines()
    assert lines[1].split()[:4] == ["stack.0.attn.mix:", "k", "52", "×"]
    assert lines[-1] == said
    assert said not in boxwork("count", "llama-3.1-8b", "--why", "kv").stdout
    assert said not in boxwork("count", "mixtral-8x7b", "stack.3", "--why", "flops").stdout


def test_boxes_open_by_depth_and_by_path(boxwork: Run) -> None:
    page = boxwork("count", "gpt2", "--depth", "3").stdout
    assert "\n  attn " in page
    assert "\n    mix " in page
    page = boxwork("count", "gpt2", "stack.*.attn.q").stdout
    assert page.splitlines()[-1].split()[:2] == ["total", "7,087,104"]
    assert len(page.splitlines()) == 5


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("gpt2", "stack.*.atn"), "error[BW540]: there is no box stack.*.atn"),
        (("gpt2", "--context", "2000"), "error[BW543]: seq = 2,000, but GPT-2 small requires"),
        (("gpt2", "--on", "h100"), "did you mean `h100-sxm`?"),
        (("gpt2", "--accelerators", "none.yaml"), "none.yaml"),
        (("gpt2", "--why", "kv", "nowhere"), "error[BW540]"),
        (("gpt3",), "error[BW001]"),
    ],
)
def test_what_is_wrong_is_told(boxwork: Run, here: Path, args: tuple[str, ...], said: str) -> None:
    status = 2 if "--on" in args else 1  # what the call chose is not there
    assert said in boxwork("count", *args, status=status).stderr


@pytest.mark.parametrize(
    "args",
    [
        ("--context", "0"),
        ("--context", "-5"),
        ("--batch", "-1"),
        ("--dtype", "fp4"),
        ("--why", "x"),
    ],
)
def test_wrong_calls(boxwork: Run, args: tuple[str, ...]) -> None:
    boxwork("count", "gpt2", *args, status=2)


def test_accelerators_of_ones_own(boxwork: Run, here: Path) -> None:
    (here / "mine.yaml").write_text("abacus: {bandwidth: 2, source: beads}\n", encoding="utf-8")
    page = boxwork("count", "leaf-flower", "--accelerators", "mine.yaml", "--on", "abacus").stdout
    assert "abacus        18 s  memory?  ?" in page
