"""``boxwork draw``: a spec as a picture."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from boxwork.commands.options import SetOption, SpecArgument


class Theme(StrEnum):
    """The colours of a drawing."""

    auto = "auto"
    light = "light"
    dark = "dark"


def draw(
    spec: SpecArgument,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to write it; - is stdout. Without it: NAME.svg in this folder.",
            show_default=False,
        ),
    ] = None,
    opened: Annotated[
        list[str] | None,
        typer.Option(
            "--open",
            metavar="PATH",
            help="A box to open: stack, stack.*.attn; all opens every box. May be repeated.",
            show_default=False,
        ),
    ] = None,
    depth: Annotated[
        int | None,
        typer.Option(
            "--depth", min=0, metavar="N", help="Open N levels of boxes.", show_default=False
        ),
    ] = None,
    theme: Annotated[
        Theme, typer.Option("--theme", help="Colours; auto follows the page around it.")
    ] = Theme.auto,
    sets: SetOption = None,
) -> None:
    """Draw a spec as SVG.

    Examples:
        boxwork draw gpt2 -o gpt2.svg
        boxwork draw gpt2 --open stack.*.attn -o attention.svg
        boxwork draw mine.yaml --theme dark -o - > mine.svg
    """
    from boxwork.api import load

    target = None if out == "-" else out or f"{_name(spec)}.svg"
    graph = load(spec, *(sets or ()))
    picture = graph.draw(target, open=opened or (), depth=depth, theme=theme.value)
    if target is None:
        typer.echo(picture.svg, nl=False)
    else:
        typer.echo(f"wrote {target}", err=True)


def _name(spec: str) -> str:
    """The name of a spec, or of its file; a shipped name may hold dots."""
    path = Path(spec)
    return path.stem if path.suffix in (".yaml", ".yml") else path.name
