"""``boxwork draw``: a spec as a picture."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boxwork.commands.guard import CallError
from boxwork.commands.loading import loaded
from boxwork.commands.looks import (
    DpiOption,
    Engine,
    EngineOption,
    FontSizeOption,
    Format,
    FormatOption,
    ScaleOption,
    SignsOption,
    Theme,
    ThemeOption,
    WidthOption,
)
from boxwork.commands.options import SetOption, SpecArgument, ToyOption, file_name
from boxwork.commands.run import InOption, WeightsOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwork.api import Graph
    from boxwork.drawings import Drawing, Looks
    from boxwork.renderers.look.look import Look


def draw(
    spec: SpecArgument,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where to write it: .svg, .png, .pdf, .dot, .mmd (Mermaid), .md or .html; - is "
            "stdout. "
            "Without it: NAME.svg in this folder.",
            show_default=False,
        ),
    ] = None,
    opened: Annotated[
        list[str] | None,
        typer.Option(
            "--open",
            metavar="PATH",
            help="A box to open: stack, stack.*.attn; all opens every box. Several with "
            "commas, or the option again.",
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
    format: FormatOption = None,
    theme: ThemeOption = Theme.auto,
    width: WidthOption = None,
    font_size: FontSizeOption = None,
    scale: ScaleOption = None,
    dpi: DpiOption = None,
    signs: SignsOption = None,
    engine: EngineOption = Engine.boxwork,
    toy: ToyOption = False,
    sets: SetOption = None,
) -> None:
    """Draw a spec; with --in, the values of a run in it.

    It is written as SVG, PNG, PDF, DOT, Mermaid or one HTML page.

    Examples:
        boxwork draw gpt2 -o gpt2.svg
        boxwork draw gpt2 --open stack.*.attn --width 85mm -o attention.pdf
        boxwork draw gpt2 -o gpt2.html
        boxwork draw leaf-flower --in features=32,107,56,11.2
        boxwork draw mine.yaml --theme grey --dpi 300 -o mine.png
        boxwork draw mine.yaml --format mermaid -o - > mine.mmd
    """
    from boxwork.drawings import format_of
    from boxwork.renderers.formats import formats

    looks: Looks = {"theme": theme.value, "width": width, "font_size": font_size, "signs": signs}
    looks |= {"engine": engine.value, "scale": _scale(scale, dpi)}
    target = None if out == "-" else out or f"{file_name(spec)}{_suffix(format)}"
    kind = format.value if format else format_of(target) if target else "svg"
    if kind != "png" and (scale is not None or dpi is not None):
        raise CallError("--scale and --dpi say how many pixels a PNG has", "give -o NAME.png")
    formats.check(kind, _chosen(looks))
    graph = loaded(spec, sets, toy=toy)
    how = {"open": _paths(opened or ()), "depth": depth, "neurons": neurons, **looks}
    picture = _picture(graph, how, given, weights)
    if target:
        picture.save(target, kind)
        typer.echo(f"wrote {target}", err=True)
    else:
        _print(picture.render(kind))


def _scale(scale: float | None, dpi: float | None) -> float:
    if scale is not None and dpi is not None:
        raise CallError("--scale and --dpi say the same", "give one of them")
    if dpi is not None and not 0.01 <= dpi / 96 <= 100:
        raise CallError(f"--dpi is a number from 1 to 9600, not {dpi:g}", "")
    return scale if scale is not None else 2.0 if dpi is None else dpi / 96


def _chosen(looks: Looks) -> Look:
    from boxwork.drawings import look

    try:
        return look(looks)
    except ValueError as error:
        raise CallError(str(error)) from None


def _print(made: str | bytes) -> None:
    """Write to stdout; a terminal is spared what is no text."""
    if isinstance(made, bytes) and sys.stdout.isatty():
        raise CallError("a terminal shows no pictures", "write it into a file: -o NAME.png")
    typer.echo(made, nl=False)


def _picture(
    graph: Graph, how: dict[str, Any], given: list[str] | None, weights: str | None
) -> Drawing:
    """The drawing of a graph, of its parameters, or of a run."""
    if given is None and weights is None:
        return graph.draw(**how)
    from boxwork.commands.values import inputs

    values = None if given is None else inputs(graph, given)
    model = graph.init() if weights is None else graph.load(weights)
    picture = model.draw(inputs=values, **how)
    if weights is None and graph.random:
        typer.echo("The parameters are random (seed 0): the numbers mean nothing yet.", err=True)
    return picture


def _paths(opened: Sequence[str]) -> list[str]:
    """The boxes to open, each by its path."""
    return [path.strip() for given in opened for path in given.split(",") if path.strip()]


def _suffix(format: Format | None) -> str:
    from boxwork.renderers.formats.formats import FORMATS

    return FORMATS[format.value if format else "svg"].suffixes[0]
