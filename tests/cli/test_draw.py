"""``boxwork draw``: where the picture goes, and what keeps it from going there."""

import stat
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from safetensors.numpy import save_file
from typer.testing import Result

Run = Callable[..., Result]


def test_the_picture_is_named_after_the_spec(boxwork: Run, here: Path) -> None:
    result = boxwork("draw", "llama-3.1-8b", "--set", "dims.layers=2")
    assert result.stdout == ""
    assert result.stderr == "wrote llama-3.1-8b.svg\n"
    assert ElementTree.parse(here / "llama-3.1-8b.svg").getroot().tag.endswith("svg")
    assert [path.name for path in here.iterdir()] == ["llama-3.1-8b.svg"]


def test_a_file_gives_its_name_without_its_suffix(boxwork: Run, here: Path) -> None:
    (here / "deep").mkdir()
    (here / "deep/my.gpt.yaml").write_text(boxwork("expand", "gpt").stdout, encoding="utf-8")
    boxwork("draw", "deep/my.gpt.yaml")
    assert (here / "my.gpt.svg").is_file()


def test_a_dash_is_stdout(boxwork: Run, here: Path) -> None:
    boxwork("draw", "gpt", "-o", "gpt.svg")
    result = boxwork("draw", "gpt", "-o", "-")
    assert result.stdout == (here / "gpt.svg").read_text("utf-8")
    assert result.stderr == ""


def test_boxes_open_and_themes_change(boxwork: Run) -> None:
    closed = boxwork("draw", "gpt", "-o", "-").stdout
    opened = boxwork("draw", "gpt", "-o", "-", "--open", "stack", "--open", "stack.*.attn").stdout
    deep = boxwork("draw", "gpt", "-o", "-", "--depth", "3").stdout
    assert min(len(deep), len(opened)) > len(closed)
    dark = boxwork("draw", "gpt", "-o", "-", "--theme", "dark").stdout
    light = boxwork("draw", "gpt", "-o", "-", "--theme", "light").stdout
    assert len({closed, dark, light}) == 3


def test_a_file_that_was_there_is_replaced_as_it_was(boxwork: Run, here: Path) -> None:
    target, link = here / "target.svg", here / "link.svg"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o600)
    link.symlink_to(target)
    boxwork("draw", "gpt", "-o", "link.svg")
    assert link.is_symlink()
    assert target.read_text("utf-8").startswith("<svg")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_new_file_is_as_open_as_others(boxwork: Run, here: Path) -> None:
    boxwork("draw", "gpt")
    (here / "other").write_text("", encoding="utf-8")
    assert (here / "gpt.svg").stat().st_mode == (here / "other").stat().st_mode


@pytest.mark.parametrize(
    ("out", "code", "text"),
    [
        ("gpt.bmp", "BW508", "ends in .svg"),
        ("gpt", "BW508", "without a suffix"),
        ("nowhere/gpt.svg", "BW507", "there is no folder nowhere"),
        ("folder.svg", "BW507", "it is a folder"),
        ("file/gpt.svg", "BW507", "cannot write file/gpt.svg"),
        ("x" * 300 + ".svg", "BW507", "too long"),
    ],
)
def test_what_cannot_be_written(boxwork: Run, here: Path, out: str, code: str, text: str) -> None:
    (here / "folder.svg").mkdir()
    (here / "file").write_text("", encoding="utf-8")
    result = boxwork("draw", "gpt", "-o", out, status=1)
    assert result.stderr.startswith(f"error[{code}]")
    assert text in result.stderr
    assert sorted(path.name for path in here.iterdir()) == ["file", "folder.svg"]


def test_a_box_that_is_not_there(boxwork: Run, here: Path) -> None:
    assert "error[BW450]" in boxwork("draw", "gpt", "--open", "stak", status=1).stderr
    assert list(here.iterdir()) == []


def test_a_theme_that_is_not_there(boxwork: Run) -> None:
    assert "'auto', 'light', 'dark'" in boxwork("draw", "gpt", "--theme", "blue", status=2).stderr


def test_a_run_is_drawn(boxwork: Run, here: Path) -> None:
    result = boxwork("draw", "leaf-flower", "--in", "features=32,107,56,11.2", "-o", "-")
    assert "−26.6" in result.stdout
    assert result.stderr == "", "all parameters are written in the spec"
    result = boxwork("draw", "gpt", "--in", "tokens=humpty", "-o", "gpt.svg")
    assert "The parameters are random (seed 0)" in result.stderr
    assert "bold: the columns that were looked up" in (here / "gpt.svg").read_text("utf-8")


def test_weights_are_drawn(boxwork: Run, here: Path) -> None:
    import boxwork as bw

    model = bw.load("leaf-flower").init()
    array = np.array(model.parameters["scores.weight"])
    array[0, 0] = 0.777
    save_file({**model.parameters, "scores.weight": array}, here / "w.safetensors")
    drawn = ["draw", "leaf-flower", "--open", "all", "-o", "-"]
    assert "0.777" in boxwork(*drawn, "--weights", "w.safetensors").stdout
    assert "0.777" not in boxwork(*drawn).stdout


def test_neurons_up_to_a_number(boxwork: Run) -> None:
    few = boxwork("draw", "leaf-flower", "--open", "all", "--neurons", "3", "-o", "-").stdout
    assert few.count('class="neuron neuron"') == 3 + 2
    assert few.count("<title>scores[") == 2


@pytest.mark.parametrize(
    ("given", "code"),
    [("features=1,2", "BW405"), ("feature=1", "BW401"), ("features=a", "BW416")],
)
def test_a_run_that_cannot_be(boxwork: Run, here: Path, given: str, code: str) -> None:
    result = boxwork("draw", "leaf-flower", "--in", given, "-o", "x.svg", status=1)
    assert result.stderr.startswith(f"error[{code}")
    assert list(here.iterdir()) == []
