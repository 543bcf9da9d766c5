"""Graphviz: which program it is, the ``graphviz`` package told so, and pictures made by it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from boxwork.renderers.figure import Layout
from boxwork.renderers.formats.dot import body
from boxwork.renderers.look.look import Look
from boxwork.renderers.look.theme import Theme
from boxwork.specs.diagnostics import DataError, Diagnostic

if TYPE_CHECKING:
    from graphviz import Digraph

WHEEL = "graphviz-pure"  # a program that pip installs; it writes SVG and PNG, but no PDF
INSTALL = (
    "install Graphviz (on Debian: apt install graphviz; on macOS: brew install graphviz), "
    "or pip install graphviz-pure (the extra `graphviz` of boxwork); without --engine graphviz "
    "no program is needed"
)


def digraph(layout: Layout, theme: Theme = "light") -> Digraph:
    """The drawing as an object of the ``graphviz`` package, every box pinned to its place."""
    import graphviz

    use_program()
    return graphviz.Digraph(
        layout.name, engine="neato", body=[f"{s}\n" for s in body(layout, theme)]
    )


def pictured(layout: Layout, kind: str, look: Look) -> bytes:
    """A picture that Graphviz makes of our places: ``svg``, ``png`` or ``pdf``."""
    import graphviz

    if use_program() is None:
        raise DataError([Diagnostic("BW455", "Graphviz is not there to draw this", help=INSTALL)])
    graph = digraph(layout, look.theme)
    graph.body.append(_paper(layout, kind, look))
    try:
        # Not graph.pipe: it leaves a program that ends early behind, unread.
        source = graph.source.encode()
        made: bytes = graphviz.pipe("neato", kind, source, neato_no_op=2, quiet=True)
    except (graphviz.CalledProcessError, graphviz.ExecutableNotFound, OSError) as error:
        raise _failed(kind, error) from error
    return made


def use_program() -> Path | None:
    """Find ``dot``, or the wheel, and tell the ``graphviz`` package: the only place that does."""
    from graphviz.backend import dot_command

    program = program_path()
    if program is not None:
        dot_command.DOT_BINARY = program
    return program


def program_path() -> Path | None:
    """The system's ``dot``, else the wheel's program beside this Python, or on the path."""
    beside = Path(sys.executable).parent
    for found in (
        shutil.which("dot"),
        shutil.which(WHEEL, path=str(beside)),
        shutil.which(WHEEL),
    ):
        if found:
            return Path(found)
    return None


def _paper(layout: Layout, kind: str, look: Look) -> str:
    """The size on paper: Graphviz scales a drawing to ``size``, in inches, if it ends in ``!``."""
    factor = look.factor(layout.width) / 96
    wide, high = factor * layout.width, factor * layout.height
    dots = f', dpi="{96 * look.scale:g}"' if kind == "png" else ""
    return f'  graph [size="{wide:.4f},{high:.4f}!"{dots}]\n'


def _failed(kind: str, error: Exception) -> DataError:
    said = getattr(error, "stderr", None) or str(error)
    lines = (said.decode(errors="replace") if isinstance(said, bytes) else said).splitlines()
    program = program_path()
    words = f"{program.name if program else 'Graphviz'} made no {kind.upper()} of this"
    hint = ""
    if program and program.stem == WHEEL and kind == "pdf":
        hint = "the wheel writes SVG and PNG only; install Graphviz itself, or leave --engine out"
    return DataError([Diagnostic("BW456", f"{words}: {lines[-1] if lines else error}", help=hint)])
