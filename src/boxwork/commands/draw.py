"""``boxwork draw``: a spec as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from boxwork.commands.options import SetOption, SpecArgument, file_name
from boxwork.commands.run import InOption, WeightsOption

if TYPE_CHECKING:
    from boxwork.api import Drawing, Graph


class Theme(StrEnum):
    """The colours of a drawing."""

    auto = "auto"
    light = "light"
    dark = "dark"


class _How(NamedTuple):
    """What is open, and how it looks."""

    open: Sequence[str]
    depth: int | None
    theme: Literal["auto", "light", "dark"]
    neurons: int


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
    given: InOption = None,
    weights: WeightsOption = None,
    neurons: Annotated[
        int,
        typer.Option(min=0, metavar="N", help="Draw up to N numbers side by side as circles."),
    ] = 24,
    theme: Annotated[
        Theme, typer.Option("--theme", help="Colours; auto follows the page around it.")
    ] = Theme.auto,
    sets: SetOption = None,
) -> None:
    """Draw a spec as SVG; with --in, the values of a run in it.

    Examples:
        boxwork draw gpt2 -o gpt2.svg
        boxwork draw gpt2 --open stack.*.attn -o attention.svg
        boxwork draw leaf-flower --in features=32,107,56,11.2
        boxwork draw mine.yaml --theme dark -o - > mine.svg
    """
    from boxwork.api import Drawing, load

    target = None if out == "-" else out or f"{file_name(spec)}.svg"
    graph = load(spec, *(sets or ()))
    if target is not None:
        Drawing.check(target)
    how = _How(opened or (), depth, theme.value, neurons)
    picture = _picture(graph, how, given, weights)
    if target is not None:
        picture.save(target)
        typer.echo(f"wrote {target}", err=True)
    else:
        typer.echo(picture.svg, nl=False)


def _picture(graph: Graph, how: _How, given: list[str] | None, weights: str | None) -> Drawing:
    """The drawing of a graph, of its parameters, or of a run."""
    if given is None and weights is None:
        return graph.draw(**how._asdict())
    from boxwork.commands.values import inputs

    values = None if given is None else inputs(graph, given)
    model = graph.init() if weights is None else graph.load(weights)
    picture = model.draw(inputs=values, **how._asdict())
    if weights is None and graph.random:
        typer.echo("The parameters are random (seed 0): the numbers mean nothing yet.", err=True)
    return picture
