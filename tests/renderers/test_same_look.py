"""One drawing, several programs: they must show the same."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import boxwork as bw
from boxwork.renderers.formats import convert

from .looks import FEATURES
from .pixels import Pixels, decoded, difference

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LIBRSVG = shutil.which("rsvg-convert")
LOST = (
    ".boxwork text{font-size:0}",
    ".boxwork text{font-family:serif}",
    ".head,.wire,.edge{display:none}",
    ".frame>rect,.box>rect,.circle>rect{fill:#000}",
)
LEAST = 0.001  # of all blocks; smoothing alone leaves them all alike


def librsvg(path: Path) -> Pixels:
    done = subprocess.run(["rsvg-convert", str(path)], capture_output=True, check=True)
    return decoded(done.stdout)


def chromium(path: Path, width: float, height: float) -> Pixels:
    made = path.with_suffix(".chromium.png")
    page = path.with_suffix(".html")  # with a colour of its own, an SVG would not fill the window
    page.write_text(f"<body style='margin:0;background:#fff'>{path.read_text('utf-8')}", "utf-8")
    subprocess.run(
        [
            *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *(f"--user-data-dir={path.parent / 'profile'}", f"--screenshot={made}"),
            *("--force-device-scale-factor=1", "--force-color-profile=srgb"),
            *(f"--window-size={int(width) + 1},{int(height) + 100}", page.as_uri()),
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    return decoded(made.read_bytes())


@pytest.fixture(params=["gpt2", "run", "grey"])
def drawing(request: pytest.FixtureRequest) -> bw.Drawing:
    if request.param == "run":
        return bw.load("leaf-flower").init().draw(inputs=FEATURES, theme="light")
    if request.param == "grey":
        return bw.load("gpt", layers=1).draw(theme="grey", open="stack.*.attn")
    return bw.load("gpt2").draw(theme="light")


@pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed")
@pytest.mark.skipif(not LIBRSVG, reason="rsvg-convert is not installed")
def test_chromium_and_librsvg_show_the_same(drawing: bw.Drawing, tmp_path: Path) -> None:
    path = tmp_path / "drawing.svg"
    drawing.save(path)
    shown = chromium(path, drawing.layout.width, drawing.layout.height)
    assert difference(shown, librsvg(path)) < LEAST


@pytest.mark.skipif(not LIBRSVG, reason="rsvg-convert is not installed")
def test_what_is_lost_is_seen(drawing: bw.Drawing, tmp_path: Path) -> None:
    """The comparison notices a font, a fill, a border or arrows that one program leaves out."""
    path = tmp_path / "drawing.svg"
    drawing.save(path)
    whole = librsvg(path)
    for rule in LOST:
        path.write_text(drawing.svg.replace("</style>", f"{rule}\n</style>"), "utf-8")
        assert difference(whole, librsvg(path)) > LEAST, rule


@pytest.mark.skipif(not LIBRSVG, reason="rsvg-convert is not installed")
def test_both_converters_make_the_same_png(
    drawing: bw.Drawing, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("typst")
    typst = decoded(convert.png(drawing.layout, drawing.look))
    monkeypatch.setattr(convert, "find_spec", lambda name: None)
    other = decoded(convert.png(drawing.layout, drawing.look))
    assert np.abs(np.subtract(typst.shape, other.shape)).max() <= 1
    assert difference(typst, other) < LEAST
