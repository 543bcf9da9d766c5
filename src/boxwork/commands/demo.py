"""``boxwork demo``: two models of the article, checked, run and drawn; one of them learns."""

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
STEPS, PROMPT, MAX_NEW = 60, "humpty", 21


def demo(
    out_dir: Annotated[
        Path, typer.Option("--out-dir", metavar="FOLDER", help="Where the drawings go.")
    ] = Path("out"),
) -> None:
    """Check, run and draw two models, and let one learn.

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
    drawn.append(str(_learn(out_dir)))
    typer.echo(f"Drawn: {', '.join(drawn)}; open them in a browser.")
    typer.echo("Next: boxwork list, boxwork check gpt2, boxwork explain MultiHeadAttention;")
    typer.echo("docs/article walks through all that the article describes")


def _run(graph: Graph, act: Act) -> None:
    model: Model = graph.init(seed=0)
    typer.echo(f"What follows on {act.said}? The weights are random, so it is a guess:")
    for line in model.read(model(**act.inputs)).lines():
        typer.echo(f"  {line}")
    typer.echo("")


def _learn(out_dir: Path) -> Path:
    """The GPT learns one line of a rhyme, and goes on with it; its loss is drawn."""
    from boxwork.api import load
    from boxwork.specs.output import write

    typer.echo(f"boxwork train gpt --text rhyme.txt --steps {STEPS}\n")
    model = load("gpt").init(seed=0)
    history = model.train(text=Path("rhyme.txt"), steps=STEPS)
    typer.echo(
        f"{history.steps} steps; the loss was {history.first:.2f}, and is {history.last:.2f}"
    )
    said = "".join(model.generate_text(PROMPT, max_new=MAX_NEW))
    typer.echo(f'What follows on "{PROMPT}" now? {PROMPT}{said}\n')
    target = out_dir / "gpt-loss.svg"
    write(target, history.curve())
    return target
