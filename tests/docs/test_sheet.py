"""The sheet of every shipped spec: nothing touches in any drawing, and it stays small."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from boxwork.renderers.look.look import Look
from boxwork.renderers.svg.svg import svg
from boxwork.specs.library import shipped
from tests.renderers.faults import faults

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "docs"))

from sheet import DRAWN, IMAGES, PAGE, files, resized, toy  # noqa: E402

STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("name", shipped())
def test_nothing_touches(name: str, kind: str) -> None:
    picture = DRAWN[kind](name).layout
    assert faults(picture) == []
    paths = [box.path for box in picture.boxes]
    assert len(paths) == len(set(paths)), "a box is drawn twice"


@pytest.mark.parametrize("name", shipped())
def test_light_and_dark_differ_in_colours_only(name: str) -> None:
    picture = DRAWN["closed"](name).layout
    light, dark, auto = (
        STYLE.sub("", svg(picture, Look(theme))) for theme in ("light", "dark", "auto")
    )
    assert light == dark == auto


def test_open_shows_more_and_values_show_numbers() -> None:
    for name in ("gpt2", "transformer", "leaf-flower", "self-attention"):
        closed, opened, values = (drawn(name).layout for drawn in DRAWN.values())
        assert len(opened.boxes) > len(closed.boxes)
        assert not closed.strips
        assert values.strips or any(text.role == "value" for text in values.texts)


def test_every_spec_is_on_the_page_and_nothing_else() -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert re.findall(r"^### (.*)$", page, re.MULTILINE) == list(shipped())
    images = {path.relative_to(ROOT).as_posix() for path in (ROOT / IMAGES).iterdir()}
    assert images == {path for path in files() if path != PAGE}
    assert images == {f"docs/{path}" for path in re.findall(r"\]\((drawings/.*?)\)", page)}


def test_what_is_another_at_other_sizes_is_drawn_once() -> None:
    assert resized("gpt2-xl") == "gpt2"
    assert [resized(name) for name in ("gpt2", "phi-4", "letters-embedded-1")] == ["", "", ""]
    assert not any(path.endswith(("gpt2-xl-open.svg", "gpt2-xl-values.svg")) for path in files())
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert "Open, and with a run in it, it is [gpt2](#gpt2) at other sizes." in page


def test_it_stays_small() -> None:
    sizes = [path.stat().st_size for path in (ROOT / IMAGES).iterdir()]
    assert max(sizes) < 250_000
    assert sum(sizes) < 6_000_000


def test_large_models_run_at_toy_sizes() -> None:
    assert toy("leaf-flower") == {}
    sizes = {"context": 64, "vocab": 32, "d_model": 16, "heads": 4, "layers": 2}
    assert toy("gpt2") == {dim: str(size) for dim, size in sizes.items()}
    assert toy("translator") == {}, "small enough as it is"
