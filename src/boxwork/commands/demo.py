"""``boxwork demo``: two models of the article, checked, run and drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from boxwork.api import Graph, Model


@dataclass(frozen=True, slots=True)
class Act:
    """One model of the demo: what it is given, and how to say that."""

    spec: str
    inputs: dict[str, str]
    said: str


ACTS = (
    Act("gpt", {"tokens": "humpty dumpty sat on a wall"}, '"humpty dumpty sat on a wall"'),
    Act(
        "transformer",
        {"source": "Wo wohnst du?", "target": ""},
        '"Wo wohnst du?", and nothing translated yet',
    ),
)


def demo(
    out_dir: Annotated[
        Path, typer.Option("--out-dir", metavar="FOLDER", help="Where the drawings go.")
    ] = Path("out"),
) -> None:
    """Check, run and draw the article's GPT and the transformer.

    Examples:
        boxwork demo
        boxwork demo --out-dir pictures
    """
    from boxwork.api import load
    from boxwork.files import make_folder

    make_folder(out_dir)
    drawn = []
    for act in ACTS:
        graph = load(act.spec)
        typer.echo(f"boxwork check {act.spec}\n")
        typer.echo(f"{graph}\n")
        _run(graph, act)
        target = out_dir / f"{act.spec}.svg"
        graph.draw(target)
        drawn.append(str(target))
    typer.echo(f"Drawn: {' and '.join(drawn)}; open them in a browser.")
    typer.echo("Next: boxwork list, boxwork check gpt2, boxwork explain MultiHeadAttention")


def _run(graph: Graph, act: Act) -> None:
    model: Model = graph.init(seed=0)
    typer.echo(f"What follows on {act.said}? The weights are random, so it is a guess:")
    for line in model.read(model(**act.inputs)).lines():
        typer.echo(f"  {line}")
    typer.echo("")
