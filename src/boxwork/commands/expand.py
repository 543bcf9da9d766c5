"""``boxwork expand``: a spec with nothing implied."""

from __future__ import annotations

import typer

from boxwork.commands.loading import loaded
from boxwork.commands.options import SetOption, SpecArgument, ToyOption


def expand(spec: SpecArgument, toy: ToyOption = False, sets: SetOption = None) -> None:
    """Print the YAML of a spec with nothing implied.

    Variants are applied, wires and defaults written out.

    Examples:
        boxwork expand gpt-modern
        boxwork expand gpt2 --set swap.LayerNorm=RMSNorm > mine.yaml
    """
    typer.echo(loaded(spec, sets, toy=toy).expand(), nl=False)
