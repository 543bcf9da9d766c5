"""The options that put trainings on equal footing."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Equal(StrEnum):
    """What is the same."""

    parameters = "parameters"
    flops = "flops"


EqualOption = Annotated[
    Equal | None,
    typer.Option(
        "--equal",
        help="What is equal, besides text and seeds. [default: the steps]",
        show_default=False,
    ),
]
ScaleDimOption = Annotated[
    str | None,
    typer.Option(
        "--scale-dim",
        metavar="DIM",
        help="The dim that is scaled for equal parameters. [default: d_model]",
        show_default=False,
    ),
]
