"""Wrong specs: what is said about each, and where; nothing but SpecError comes out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from boxwork.graphs.load import load
from boxwork.specs.codes import codes
from boxwork.specs.diagnostics import SpecError

from .test_extremes import FILES as ODD_FILES
from .test_extremes import TEXTS
from .wrong_cases import FOLDER, Case, cases, said, written

FILES = sorted(FOLDER.glob("*.txt"))
CASES = {f"{path.stem}: {case.title}": case for path in FILES for case in cases(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_accept(path: Path, accept: bool, tmp_path: Path) -> None:
    """Under `--accept`, write what is said anew; else the titles are told apart."""
    found = {}
    for number, case in enumerate(cases(path)):
        folder = tmp_path / str(number)
        folder.mkdir()
        found[case.title] = said(case, folder)
    assert len(found) == len(cases(path))
    if accept:
        path.write_text(written(path, found), encoding="utf-8")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_said(case: Case, accept: bool, tmp_path: Path) -> None:
    found = said(case, tmp_path)
    assert found
    assert accept or found == case.said


# Told by tests of their own below, in test_extremes.py and in tests/specs.
ELSEWHERE = {"BW001", "BW002", "BW003", "BW004"}
ELSEWHERE |= {"BW907", "BW909", "BW910", "BW911", "BW912", "BW914"}
NARROW = """\
format: 1
name: GPT-2, narrow by mistake

dims:
  seq: any
  context: 1024
  d_model: 768
  heads: 12
  layers: 12
require: [seq <= context]
inputs:
  x: real[seq, d_model]
outputs:
  stack: real[seq, d_model]

blocks:
  Layer:
    inputs:  {x: "real[seq, d_model]"}
    outputs: {y: "real[seq, d_model]"}
    nodes:
      norm_1: {use: LayerNorm, in: x}
      short:  {use: Linear, with: {width: d_model / 2}}
      add_1:  {use: Add, in: [x, short]}
      ff:     {use: FeedForward, with: {hidden: 4 * d_model}}
      y:      {use: Add, in: [add_1, ff]}

nodes:
  stack: {use: Layer, repeat: layers}
"""


def test_every_code_of_a_spec_is_among_the_cases() -> None:
    wanted = {code for code in codes() if code[:3] in ("BW0", "BW1", "BW2", "BW3", "BW9")}
    lines = [line for case in CASES.values() for line in case.said.split("\n")]
    told = {line[:5] for line in lines if line.startswith("BW")}
    told |= {code for _, code, *_ in [*TEXTS.values(), *ODD_FILES.values()]}
    assert wanted - told == ELSEWHERE


def test_both_sides_of_a_width_mismatch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Callable[[str, str], None]
) -> None:
    (tmp_path / "gpt2-narrow.yaml").write_text(NARROW, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError) as caught:
        load("gpt2-narrow.yaml")
    golden("width-mismatch.txt", f"{caught.value}\n")
