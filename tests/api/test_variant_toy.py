"""A variant that is written carries what makes its toy that of the second spec, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

import boxwork as bw
from boxwork.comparisons.edits import Edits
from boxwork.graphs.comparing.compare import compare

SMALL = """\
format: 1
name: {name}
dims: {{seq: any, {width}: 768, hidden: 3072}}
toy: {{{toy}}}
inputs: {{x: "real[seq, {width}]"}}
outputs: {{y: "real[seq, {width}]"}}
nodes:
  up: {{use: Linear, in: x, with: {{width: hidden}}}}
  act: {{use: {act}}}
  y: {{use: Linear, with: {{width: {width}}}}}
"""


def variant(base: str | Path, other: str | Path, folder: Path) -> str:
    """The text of a variant, whose toy is held to be that of the second."""
    second = bw.load(other)
    text = Edits(bw.load(base), second, (str(base), str(other))).variant(base, folder)
    path = folder / "variant.yaml"
    path.write_text(text, encoding="utf-8")
    assert compare(bw.load(path).checked, second.checked).same
    toys = bw.load(path, toy=True).checked, bw.load(other, toy=True).checked
    assert compare(*toys).same
    return text


@pytest.mark.parametrize(
    ("base", "other", "toy"),
    [
        ("gpt2", "gpt2-medium", ""),
        ("llama-2-7b", "gpt2", "toy: {d_ff: 64}"),
        ("qwen3-8b", "qwen3-30b-a3b", "toy: {d_expert: 6, experts: 8, active: 3}"),
        ("llama-2-7b", "gemma-3-270m", "toy: {head_dim: 8, layers: 7, window: 3}"),
    ],
)
def test_sizes_of_the_toy_that_are_not_inherited(
    base: str, other: str, toy: str, tmp_path: Path
) -> None:
    text = variant(base, other, tmp_path)
    found = [line for line in text.splitlines() if line.startswith("toy:")]
    assert found == ([toy] if toy else [])


def test_numbers_get_names_where_the_toy_needs_them(tmp_path: Path) -> None:
    """One stack becomes two, whose layers are counted; the toy has other counts."""
    text = variant("llama-2-7b", "glm-4.5-air", tmp_path)
    assert "repeat: layers - dense" in text


def test_a_dim_of_another_name_has_its_size(tmp_path: Path) -> None:
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    one.write_text(SMALL.format(name="One", width="d", toy="hidden: 8, d: 4", act="ReLU"))
    other.write_text(SMALL.format(name="Other", width="wide", toy="wide: 6, hidden: 8", act="GELU"))
    assert "toy: {d: 6}\n" in variant(one, other, tmp_path)


def test_a_dim_that_only_settings_name_has_its_size(tmp_path: Path) -> None:
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    text = SMALL.format(name="One", width="d", toy="d: 4, hidden: 8", act="ReLU")
    one.write_text(text)
    text = SMALL.format(name="Other", width="d", toy="d: 4, hidden: 6", act="GELU")
    other.write_text(text.replace("hidden", "inner"))
    assert "toy: {hidden: 6}\n" in variant(one, other, tmp_path)


def test_a_toy_that_cannot_be_said_is_left_out(tmp_path: Path) -> None:
    """Inside a block of the catalogue no dim has a name: 8 key heads stay 8."""
    second = bw.load("llama-3.1-8b")
    text = Edits(bw.load("gpt2"), second, ("gpt2", "llama-3.1-8b")).variant("gpt2", tmp_path)
    assert "kv_heads: 8" in text
    assert "toy:" not in text


def test_the_variant_of_a_toy_says_so(tmp_path: Path) -> None:
    second = bw.load("llama-2-7b", toy=True)
    text = Edits(bw.load("gpt2"), second, ("gpt2", "llama-2-7b")).variant("gpt2", tmp_path)
    assert "The toy of llama-2-7b as a variant of gpt2" in text
