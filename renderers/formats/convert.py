"""PNG and PDF made of our own SVG, by Typst or by librsvg.

Typst is a wheel that needs no program of the system and makes both; it draws SVG as Chromium and
librsvg do, and what it puts into a PDF stays text, in fonts that the file brings along. (CairoSVG
asks the system for cairo and keeps only the first name of a list of fonts; svglib writes fonts
that a PDF only names, without their arrows; resvg makes no PDF.)
"""

from __future__ import annotations

import shutil
import subprocess
from importlib.util import find_spec
from typing import Literal

from boxwork.renderers.figure import Layout
from boxwork.renderers.look.look import Look
from boxwork.renderers.svg.svg import svg
from boxwork.specs.diagnostics import DataError, Diagnostic

Kind = Literal["png", "pdf"]
MOST_PIXELS = 150_000_000  # of a PNG; four bytes each while it is made
LONGEST = 14_400.0  # of a page of PDF, in points
INSTALL = (
    "pip install typst (the extra `pictures` of boxwork), or install rsvg-convert "
    "(on Debian: apt install librsvg2-bin; on macOS: brew install librsvg)"
)
PAGE = """\
#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", alt: sys.inputs.title)
"""


def png(layout: Layout, look: Look) -> bytes:
    """A drawing in pixels, ``look.scale`` for each of CSS."""
    scale = look.factor(layout.width) * look.scale
    wide, high = layout.width * scale, layout.height * scale
    if wide * high > MOST_PIXELS:
        raise _too_large(f"a PNG of {wide:,.0f} × {high:,.0f} pixels", "a smaller --scale")
    return _made("png", svg(layout, look), layout.name, look.scale)


def pdf(layout: Layout, look: Look) -> bytes:
    """A drawing as a page of its own size, its texts as text."""
    points = look.factor(layout.width) * 0.75
    wide, high = layout.width * points, layout.height * points
    if max(wide, high) > LONGEST:
        raise _too_large(f"a PDF of {wide:,.0f} × {high:,.0f} points", "a smaller --width")
    return _made("pdf", svg(layout, look), layout.name, 1.0)


def converter() -> str | None:
    """What makes pictures of SVG here: ``typst``, ``rsvg-convert``, or nothing."""
    if find_spec("typst"):
        return "typst"
    return "rsvg-convert" if shutil.which("rsvg-convert") else None


def _made(kind: Kind, text: str, title: str, scale: float) -> bytes:
    known = converter()
    if known is None:
        message = f"nothing is there that makes a {kind.upper()} of a drawing"
        raise DataError([Diagnostic("BW455", message, help=INSTALL)])
    try:
        return (_typst if known == "typst" else _librsvg)(kind, text, title, scale)
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        words = said.decode(errors="replace") if isinstance(said, bytes) else said
        message = f"{known} made no {kind.upper()} of this: {' '.join(words.split())}"
        raise DataError([Diagnostic("BW456", message)]) from error


def _typst(kind: Kind, text: str, title: str, scale: float) -> bytes:
    import typst

    given = {"svg": text, "title": title}
    made: bytes = typst.compile(PAGE.encode(), sys_inputs=given, format=kind, ppi=96 * scale)
    return made


def _librsvg(kind: Kind, text: str, title: str, scale: float) -> bytes:
    """The same by the program of librsvg; a PDF goes by no title."""
    command = ["rsvg-convert", f"--format={kind}", f"--zoom={scale:g}", "--unlimited"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)  # noqa: S603
    return done.stdout


def _too_large(what: str, less: str) -> DataError:
    hint = f"give {less}, open fewer boxes, or write it as .svg, which has no bound"
    return DataError([Diagnostic("BW457", f"{what} is too large to be made", help=hint)])
