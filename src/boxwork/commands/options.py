"""The arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def _names(incomplete: str) -> list[str]:
    """The shipped specs, for the shell's completion."""
    from boxwork.specs.library import shipped

    return [name for name in shipped() if name.startswith(incomplete)]


SpecArgument = Annotated[
    str,
    typer.Argument(
        metavar="SPEC",
        help="A shipped name such as gpt2 (see `boxwork list`), or the path of a YAML file.",
        show_default=False,
        autocompletion=_names,
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change the spec before it is checked: dims.layers=2, swap.LayerNorm=RMSNorm. "
        "May be repeated.",
        show_default=False,
    ),
]
ToyOption = Annotated[
    bool,
    typer.Option(
        "--toy",
        help="Take the small sizes of the spec's toy profile; --set comes after it.",
        show_default=False,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print facts for machines.", show_default=False)
]


def file_name(spec: str) -> str:
    """The name of a spec, or of its file, for files that are made of it; it may hold dots."""
    path = Path(spec)
    return path.stem if path.suffix in (".yaml", ".yml") else path.name


def context_option(without: str) -> Any:
    """The length of all free dims; ``without`` tells what it is if nothing is said."""
    told = f"The length of all free dims, at which costs are counted. Without it, {without}."
    return typer.Option("--context", min=1, metavar="N", help=told, show_default=False)
