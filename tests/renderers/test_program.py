"""Graphviz: which program is taken, pictures made by it, and what is said without it."""

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import boxwork as bw
from boxwork.renderers.formats import program
from boxwork.renderers.formats.dot import dot
from boxwork.specs.diagnostics import DataError

from .pixels import decoded

needs_graphviz = pytest.mark.skipif(
    program.program_path() is None, reason="Graphviz is not installed"
)
WHEEL = f"graphviz-pure{'.exe' if sys.platform == 'win32' else ''}"


def tool(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / name
    made.write_text("#!/bin/sh\necho broken >&2\nexit 3\n", encoding="utf-8")
    made.chmod(0o755)
    return made


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without Graphviz, this Python in a folder of its own."""
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv/bin/python"))
    return tmp_path


def test_the_system_comes_before_the_wheel_beside_python_before_the_path(bare: Path) -> None:
    assert program.program_path() is None
    far = tool(bare / "path", WHEEL)
    assert program.program_path() == far
    beside = tool(bare / "venv/bin", WHEEL)
    assert program.program_path() == beside
    system = tool(bare / "path", "dot")
    assert program.program_path() == system


def test_the_graphviz_package_is_told(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from graphviz.backend import dot_command

    monkeypatch.setattr(dot_command, "DOT_BINARY", Path("dot"))
    bw.load("gpt").to_graphviz()
    assert Path("dot") == dot_command.DOT_BINARY
    beside = tool(bare / "venv/bin", WHEEL)
    bw.load("gpt").to_graphviz()
    assert beside == dot_command.DOT_BINARY


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_without_graphviz_it_says_what_to_install(bare: Path, kind: str) -> None:
    with pytest.raises(DataError) as error:
        bw.load("gpt").draw(bare / f"gpt.{kind}", engine="graphviz")
    (found,) = error.value.diagnostics
    assert found.code == "BW455"
    assert "apt install graphviz" in found.help
    assert "pip install graphviz-pure" in found.help
    assert list(bare.glob("gpt*")) == []


def test_a_graphviz_that_fails_is_told(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(bare / "venv/bin", WHEEL)
    with pytest.raises(DataError, match="graphviz-pure made no PDF of this: broken") as error:
        bw.load("gpt").draw(engine="graphviz").render("pdf")
    (found,) = error.value.diagnostics
    assert found.code == "BW456"
    assert "SVG and PNG only" in found.help


@needs_graphviz
def test_pictures_by_graphviz_are_as_large_as_ours() -> None:
    made = bw.load("gpt2").draw(engine="graphviz", width="85mm", scale=3)
    svg, png = made.render("svg"), made.render("png")
    assert isinstance(svg, bytes)
    assert isinstance(png, bytes)
    root = ElementTree.fromstring(svg)
    assert float((root.get("width") or "").removesuffix("pt")) == pytest.approx(
        85 / 25.4 * 72, 0.03
    )
    assert decoded(png).shape[1] == pytest.approx(85 / 25.4 * 96 * 3, 0.03)
    assert {"tok", "stack.-.attn"} <= {one.get("id") for one in root.iter()}


def test_the_digraph_is_the_dot_file() -> None:
    graph = bw.load("gpt2")
    made = graph.to_graphviz(open="stack.*.attn")
    layout = graph.draw(open="stack.*.attn").layout
    assert made.engine == "neato"
    assert made.source == dot(layout)


@pytest.mark.parametrize("format", ["dot", "mermaid", "markdown"])
def test_graphviz_makes_pictures_only(format: str) -> None:
    with pytest.raises(DataError, match=f"Graphviz makes no {format}") as error:
        bw.load("gpt").draw(engine="graphviz").render(format)
    assert error.value.diagnostics[0].code == "BW458"
