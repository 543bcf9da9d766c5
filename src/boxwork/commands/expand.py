"""``boxwork expand``: a spec with nothing implied."""

from __future__ import annotations

from typing import Annotated

import typer

from boxwork.commands.loading import loaded
from boxwork.commands.options import SetOption, SpecArgument, ToyOption


def expand(
    spec: SpecArgument,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where it is written; - is stdout, as without it.",
            show_default=False,
        ),
    ] = None,
    toy: ToyOption = False,
    sets: SetOption = None,
) -> None:
    """Print the YAML of a spec with nothing implied.

    Variants are applied, wires and defaults written out.

    Examples:
        boxwork expand gpt-modern
        boxwork expand gpt2 --set swap.LayerNorm=RMSNorm -o mine.yaml
    """
    from boxwork.files import hold_writable, known_suffix
    from boxwork.specs.output import write

    to_file = out if out not in (None, "-") else None
    if to_file is not None:
        known_suffix(to_file, (".yaml", ".yml"), "a spec")
        hold_writable(to_file)
    text = loaded(spec, sets, toy=toy).expand()
    if to_file is None:
        typer.echo(text, nl=False)
        return
    write(to_file, text)
    typer.echo(f"wrote {to_file}", err=True)
