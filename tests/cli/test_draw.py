"""``boxwork draw``: where the picture goes, and what keeps it from going there."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from safetensors.numpy import save_file
from typer.testing import Result

from boxwork.commands.looks import Format
from boxwork.renderers.formats import convert, program
from boxwork.renderers.formats.convert import converter
from boxwork.renderers.formats.formats import FORMATS, SUFFIXES

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


def test_a_page_is_written_by_its_suffix(boxwork: Run, here: Path) -> None:
    boxwork("draw", "gpt", "-o", "gpt.html", "--open", "stack.*.attn", "--theme", "dark")
    made = (here / "gpt.html").read_text("utf-8")
    assert made.startswith("<!DOCTYPE html>")
    assert 'data-theme="dark"' in made


def test_a_dash_is_stdout(boxwork: Run, here: Path) -> None:
    boxwork("draw", "gpt", "-o", "gpt.svg")
    result = boxwork("draw", "gpt", "-o", "-")
    assert result.stdout == (here / "gpt.svg").read_text("utf-8")
    assert result.stderr == ""


def test_boxes_open_and_themes_change(boxwork: Run) -> None:
    closed = boxwork("draw", "gpt", "-o", "-").stdout
    opened = boxwork("draw", "gpt", "-o", "-", "--open", "stack", "--open", "stack.*.attn").stdout
    assert opened == boxwork("draw", "gpt", "-o", "-", "--open", "stack, stack.*.attn").stdout
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
        ("gpt.bmp", "BW508", ".md or .html"),
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
    result = boxwork("draw", "gpt", "-o", out, status=2 if code == "BW508" else 1)
    assert result.stderr.startswith(f"error[{code}]")
    assert text in result.stderr
    assert sorted(path.name for path in here.iterdir()) == ["file", "folder.svg"]


def test_a_box_that_is_not_there(boxwork: Run, here: Path) -> None:
    assert "error[BW450]" in boxwork("draw", "gpt", "--open", "stak", status=1).stderr
    assert list(here.iterdir()) == []


def test_a_theme_that_is_not_there(boxwork: Run) -> None:
    known = "auto, light, dark, grey, contrast, contrast-light, contrast-dark"
    assert (
        f"--theme is one of {known}, not blue"
        in boxwork("draw", "gpt", "--theme", "blue", status=2).stderr
    )


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


STARTS = {
    "svg": b"<svg ",
    "png": b"\x89PNG",
    "pdf": b"%PDF-",
    "dot": b'digraph "Leaf',
    "gv": b'digraph "Leaf',
    "mmd": b"---\ntitle",
    "mermaid": b"---\ntitle",
    "html": b"<!DOCTYPE html>",
    "md": b"```mermaid\n",
}
PICTURES = pytest.mark.skipif(converter() is None, reason="neither typst nor rsvg-convert is there")


@pytest.mark.parametrize(
    "suffix", [pytest.param(s, marks=PICTURES if s in ("png", "pdf") else ()) for s in STARTS]
)
def test_the_suffix_says_what_is_written(boxwork: Run, here: Path, suffix: str) -> None:
    result = boxwork("draw", "leaf-flower", "-o", f"out.{suffix}")
    assert result.stderr == f"wrote out.{suffix}\n"
    assert (here / f"out.{suffix}").read_bytes().startswith(STARTS[suffix])
    boxwork("draw", "leaf-flower", "-o", f"LOUD.{suffix.upper()}")
    assert (here / f"LOUD.{suffix.upper()}").read_bytes() == (here / f"out.{suffix}").read_bytes()


def test_the_table_of_suffixes_is_what_is_tested() -> None:
    assert {f".{suffix}" for suffix in STARTS} == set(SUFFIXES)
    assert set(FORMATS) == {one.value for one in Format}


@pytest.mark.parametrize(("format", "suffix"), [("dot", "dot"), ("mermaid", "mmd"), ("svg", "svg")])
def test_a_format_says_it_instead(boxwork: Run, here: Path, format: str, suffix: str) -> None:
    shown = boxwork("draw", "leaf-flower", "--format", format, "-o", "-").stdout
    boxwork("draw", "leaf-flower", "--format", format, "-o", "plain")
    boxwork("draw", "leaf-flower", "--format", format)
    assert (here / "plain").read_text("utf-8") == shown
    assert (here / f"leaf-flower.{suffix}").read_text("utf-8") == shown
    assert shown.encode().startswith(STARTS[suffix])


@PICTURES
def test_bytes_go_to_stdout(boxwork: Run, here: Path) -> None:
    shown = boxwork("draw", "leaf-flower", "--format", "png", "-o", "-").stdout_bytes
    boxwork("draw", "leaf-flower", "-o", "out.png")
    assert shown == (here / "out.png").read_bytes()


@PICTURES
def test_pixels_are_as_many_as_asked_for(boxwork: Run, here: Path) -> None:
    def pixels(*options: str) -> int:
        boxwork("draw", "leaf-flower", "-o", "out.png", *options)
        return int.from_bytes((here / "out.png").read_bytes()[16:20])

    assert pixels("--width", "1in", "--dpi", "300") == pytest.approx(300, abs=1)
    assert pixels("--width", "100px", "--scale", "3") == pytest.approx(300, abs=1)
    assert pixels("--width", "100px") == pytest.approx(200, abs=1)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--scale", "2", "--dpi", "300"], "say the same"),
        (["-o", "x.svg", "--dpi", "300"], "how many pixels a PNG has"),
        (["--width", "85km"], "as in 85mm; not '85km'"),
        (["--font-size", "big"], "as in 85mm"),
        (["--width", "85mm", "--font-size", "8pt"], "each decides the other"),
        (["-o", "out.png", "--scale", "0"], "0.01 to 100"),
        (["--dpi", "1e9"], "--dpi is a number from 1 to 9600, not 1e+09"),
        (["--width", "-3mm"], "a length is a number above 0 and one of px, pt"),
        (["--engine", "tikz"], "--engine is one of boxwork, graphviz"),
        (["--format", "bmp"], "mermaid"),
    ],
)
def test_looks_that_cannot_be(boxwork: Run, here: Path, options: list[str], said: str) -> None:
    result = boxwork("draw", "gpt", "-o", "out.svg", *options, status=2)
    assert said in " ".join(result.stderr.split())
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_a_converter_that_fails_midway_leaves_the_file_that_was_there(
    boxwork: Run, here: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """The only converter writes half of its picture, then ends."""
    tool = here / "bin" / "rsvg-convert"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\nprintf half\necho no space left >&2\nexit 1\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    monkeypatch.setattr(convert, "find_spec", lambda name: None)
    (here / f"out.{suffix}").write_text("the one before", encoding="utf-8")
    result = boxwork("draw", "gpt", "-o", f"out.{suffix}", status=1)
    assert result.stderr.startswith("error[BW456]")
    assert "no space left" in result.stderr
    assert (here / f"out.{suffix}").read_text("utf-8") == "the one before"
    assert sorted(path.name for path in here.iterdir()) == ["bin", f"out.{suffix}"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["-o", "out.png"], "BW455"),
        (["-o", "out.pdf"], "BW455"),
        (["-o", "out.svg", "--engine", "graphviz"], "BW455"),
        (["-o", "out.mmd", "--engine", "graphviz"], "BW458"),
        (["-o", "out.png", "--scale", "100"], "BW457"),
    ],
)
def test_what_cannot_be_made(
    boxwork: Run, here: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], code: str
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(convert, "find_spec", lambda name: None)
    monkeypatch.setattr(program, "program_path", lambda: None)
    result = boxwork("draw", "gpt", *options, status=1)
    assert result.stderr.startswith(f"error[{code}]")
    assert "help:" in result.stderr
    assert list(here.iterdir()) == []


def test_another_process_writes_the_same_bytes(process: Callable[..., Any], here: Path) -> None:
    for kind in ("svg", "dot", "mermaid"):
        drawn = [
            process(
                "draw", "transformer", "--open", "all", "--format", kind, "-o", "-", env=env
            ).stdout
            for env in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2"})
        ]
        assert drawn[0] == drawn[1]
        assert len(drawn[0]) > 1000
