"""The options of ``boxwork train``; what is left out is chosen by boxwork, or by a checkpoint."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from boxwork.commands.run import Dtype


class Optimiser(StrEnum):
    """How the parameters move."""

    adamw = "adamw"
    sgd = "sgd"
    momentum = "momentum"
    nesterov = "nesterov"


class Schedule(StrEnum):
    """How the rate falls."""

    cosine = "cosine"
    linear = "linear"
    constant = "constant"


def _option(help: str, *names: str, **more: Any) -> Any:
    return typer.Option(*names, help=help, show_default=False, **more)


def file_option(help: str, *names: str) -> Any:
    """An option that takes the name of a file."""
    return _option(help, *names, metavar="FILE")


Text = Annotated[str | None, file_option("A text: every next token is learned.", "--text")]
Pairs = Annotated[str | None, file_option("Lines of a source, a tab and its target.", "--pairs")]
Table = Annotated[
    str | None,
    file_option("CSV: features, then a class or the numbers that are wanted.", "--table"),
]
Out = Annotated[
    str | None,
    file_option("Where the weights go. Without it: NAME.safetensors here.", "--out", "-o"),
]
Steps = Annotated[int | None, _option("How many steps. [default: 600]", min=1)]
Epochs = Annotated[int | None, _option("How often to go through the data, instead.", min=1)]
Batch = Annotated[int | None, _option("Examples in a step. [default: 16]", min=1)]
Length = Annotated[
    int | None, _option("Tokens in a window of text. [default: the context of the spec]", min=1)
]
Rate = Annotated[
    float | None,
    _option("How far a step goes. [default: 0.003, more for tiny specs, less for large]", min=0),
]
OptimiserOption = Annotated[
    Optimiser | None, _option("How parameters move. [default: adamw]", "--optimiser")
]
MomentumOption = Annotated[
    float | None,
    _option("The part of earlier steps that is kept. [default: 0.9]", min=0, max=1),
]
Decay = Annotated[
    float | None,
    _option("How fast weights shrink; biases and norms do not. [default: 0.01]", min=0),
]
Warmup = Annotated[
    int | None,
    _option("Steps up to the full rate. [default: a tenth of all, at most 100]", min=0),
]
ScheduleOption = Annotated[
    Schedule | None, _option("How the rate falls. [default: cosine]", "--schedule")
]
Floor = Annotated[
    float | None, _option("The part of the rate that the end has. [default: 0.1]", min=0, max=1)
]
Clip = Annotated[float | None, _option("The longest gradient; 0 allows any. [default: 1]", min=0)]
Seed = Annotated[
    int | None, _option("What weights, batches and dropout are drawn by. [default: 0]", min=0)
]
DtypeOption = Annotated[
    Dtype | None, _option("What is computed with. [default: float32]", "--dtype")
]
Loss = Annotated[
    str | None,
    _option(
        "A loss, such as SumOfDifferences. [default: by what the output means]", metavar="NAME"
    ),
]
Weights = Annotated[
    str | None, file_option("Weights to begin with. Random without it.", "--weights")
]
Every = Annotated[int | None, _option("Steps between checkpoints. [default: 100]", min=1)]
CheckpointOption = Annotated[
    str | None,
    file_option(
        "Where checkpoints go, and one stays. Without it: beside the weights, until they are "
        "written.",
        "--checkpoint",
    ),
]
Resume = Annotated[
    str | None,
    file_option(
        "A checkpoint to go on with, or the folder it is in; its options are taken.", "--resume"
    ),
]
Curve = Annotated[str | None, file_option("Write the losses: .svg, .csv or .json.", "--curve")]
Norms = Annotated[
    str | None,
    file_option("Write the norms of gradients by layer: .svg, .csv or .json.", "--norms"),
]
Quiet = Annotated[bool, _option("Show no progress.", "--quiet", "-q")]
