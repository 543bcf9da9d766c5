"""PNG and PDF of our own SVG: what makes them, how large they are, what is said when they fail."""

import re
import shutil
import subprocess
import sys
import types
import zlib

import pytest

import boxwork as bw
from boxwork.drawings import Drawing
from boxwork.renderers.formats import convert
from boxwork.specs.diagnostics import DataError

from .pixels import decoded

needs_typst = pytest.mark.skipif(convert.converter() != "typst", reason="typst is not installed")
needs_librsvg = pytest.mark.skipif(
    not shutil.which("rsvg-convert"), reason="rsvg-convert is not installed"
)


@pytest.fixture(
    params=[
        pytest.param("typst", marks=needs_typst),
        pytest.param("rsvg-convert", marks=needs_librsvg),
    ]
)
def converter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each converter that is there, as if it was the only one."""
    if request.param != "typst":
        monkeypatch.setattr(convert, "find_spec", lambda name: None)
    assert convert.converter() == request.param
    return str(request.param)


def drawing(**looks: object) -> Drawing:
    return bw.load("leaf-flower").draw(**looks)  # type: ignore[arg-type]


@pytest.mark.usefixtures("converter")
def test_a_png_has_as_many_pixels_as_asked_for() -> None:
    for looks, scale in (({}, 2), ({"scale": 0.5}, 0.5), ({"width": "1in", "scale": 3.125}, None)):
        made = drawing(**looks)
        png = made.render("png")
        assert isinstance(png, bytes)
        wide = made.layout.width * scale if scale else 300
        assert decoded(png).shape[1] == pytest.approx(wide, abs=1)


@pytest.mark.usefixtures("converter")
def test_an_auto_theme_is_light_where_nothing_is_around() -> None:
    auto, light, dark = (drawing(theme=theme).render("png") for theme in ("auto", "light", "dark"))
    assert auto == light != dark
    assert isinstance(dark, bytes)
    assert decoded(dark)[0, 0].max() < 0.2


@pytest.mark.usefixtures("converter")
def test_a_pdf_is_one_page_of_its_size_with_fonts() -> None:
    made = drawing(width="85mm")
    pdf = made.render("pdf")
    assert isinstance(pdf, bytes)
    assert pdf.startswith(b"%PDF-")
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    text = pdf + b"".join(map(_inflated, streams))
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", text)
    assert box
    assert float(box[1]) == pytest.approx(85 / 25.4 * 72, abs=0.6)
    assert b"/FontFile" in text  # real text, in fonts of its own


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


@needs_typst
def test_the_same_bytes_every_time() -> None:
    for kind in ("png", "pdf"):
        assert drawing().render(kind) == drawing().render(kind)


def test_without_a_converter_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "")
    for kind in ("png", "pdf"):
        with pytest.raises(DataError) as error:
            drawing().render(kind)
        (found,) = error.value.diagnostics
        assert found.code == "BW455"
        assert kind.upper() in found.message
        assert "pip install typst" in found.help
        assert "librsvg2-bin" in found.help


def test_a_converter_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> bytes:
        raise RuntimeError("no\n  font")

    monkeypatch.setitem(sys.modules, "typst", types.SimpleNamespace(compile=fail))
    monkeypatch.setattr(convert, "find_spec", lambda name: True)
    with pytest.raises(DataError, match="typst made no PDF of this: no font") as error:
        drawing().render("pdf")
    assert error.value.diagnostics[0].code == "BW456"


def test_a_program_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(1, command, stderr=b"out of memory\n")

    monkeypatch.setattr(convert, "find_spec", lambda name: None)
    monkeypatch.setattr(convert.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(convert.subprocess, "run", fail)
    with pytest.raises(DataError, match="rsvg-convert made no PNG of this: out of memory"):
        drawing().render("png")


@pytest.mark.parametrize(
    ("kind", "looks", "less"),
    [("png", {"scale": 100}, "smaller --scale"), ("pdf", {"width": "20000px"}, "smaller --width")],
)
def test_what_is_too_large(kind: str, looks: dict[str, object], less: str) -> None:
    with pytest.raises(DataError, match="too large to be made") as error:
        drawing(**looks).render(kind)
    (found,) = error.value.diagnostics
    assert found.code == "BW457"
    assert less in found.help
