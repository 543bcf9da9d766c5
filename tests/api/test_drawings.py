"""Drawings from Python: every way out, what notebooks show, what is refused."""

from pathlib import Path

import pytest

import boxwork as bw
from boxwork.renderers.formats import convert


def test_notebooks_show_graphs_and_drawings() -> None:
    graph = bw.load("leaf-flower")
    drawing = graph.draw()
    assert graph._repr_mimebundle_() == {"image/svg+xml": drawing.svg, "text/plain": str(graph)}
    shown = drawing._repr_mimebundle_(include=None, exclude=None)
    assert shown == {"image/svg+xml": drawing.svg, "text/plain": repr(drawing)}
    assert drawing._repr_svg_() == drawing.svg == drawing.render()


def test_a_drawing_is_saved_as_its_name_says(tmp_path: Path) -> None:
    drawing = bw.load("leaf-flower").draw()
    for name, kind in (
        ("a.dot", "dot"),
        ("a.mmd", "mermaid"),
        ("a.md", "markdown"),
        ("a.html", "html"),
    ):
        drawing.save(tmp_path / name)
        assert (tmp_path / name).read_text("utf-8") == drawing.render(kind)
    drawing.save(tmp_path / "plain", format="dot")
    assert (tmp_path / "plain").read_text("utf-8") == drawing.render("dot")
    with pytest.raises(ValueError, match="svg, png, pdf, dot, mermaid, markdown, html, not 'bmp'"):
        drawing.render("bmp")
    with pytest.raises(bw.DataError, match="BW508"):
        drawing.save(tmp_path / "a.bmp")


def test_models_are_drawn_with_the_same_looks() -> None:
    model = bw.load("leaf-flower").init()
    drawing = model.draw(theme="contrast", width="3in", signs=False)
    assert 'width="3in"' in drawing.svg
    assert (drawing.look.theme, drawing.look.signs) == ("contrast", False)


def test_a_file_that_was_there_stays_until_all_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gpt.png"
    path.write_text("the one before", encoding="utf-8")
    monkeypatch.setattr(convert, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(bw.DataError, match="BW455"):
        bw.load("gpt").draw(path)
    assert path.read_text("utf-8") == "the one before"
    assert list(tmp_path.iterdir()) == [path]


def test_looks_that_are_not_there() -> None:
    graph = bw.load("gpt")
    with pytest.raises(TypeError, match="a drawing takes no colour, size"):
        graph.draw(size=3, colour="red")  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="boxwork, graphviz, not 'tikz'"):
        graph.draw(engine="tikz")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="as in 85mm"):
        graph.draw(width="wide")


def test_a_format_that_the_engine_does_not_make_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(bw.DataError, match="BW458"):
        bw.load("gpt").draw(tmp_path / "gpt.mmd", engine="graphviz")
    assert list(tmp_path.iterdir()) == []


def test_graphviz_goes_on_from_our_places() -> None:
    graph = bw.load("gpt").to_graphviz(open="stack.*.attn")
    graph.node("note", "mine")
    assert '"stack.*.attn.q" -> "stack.*.attn.q_heads"' in graph.source
    assert "\tnote [label=mine]" in graph.source
    assert bw.load("gpt").draw(open="stack.*.attn").to_graphviz().source in (
        bw.load("gpt").to_graphviz(open="stack.*.attn").source
    )
