"""``boxwork compare``: what sets architectures apart, in words, numbers, pictures and runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boxwork.commands.guard import CallError, print_json
from boxwork.commands.looks import Theme, ThemeOption
from boxwork.commands.options import JsonOption, SetOption, ToyOption, _names

if TYPE_CHECKING:
    from boxwork.api import Graph
    from boxwork.comparing import Comparison
    from boxwork.specs.diagnostics import Diagnostic

STEPS = 200


def compare(
    specs: Annotated[
        list[str],
        typer.Argument(
            metavar="SPEC SPEC [SPEC …]",
            help="Shipped names, or paths of YAML files; each is held against the one before it.",
            show_default=False,
            autocompletion=_names,
        ),
    ],
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Write it: .html (all in one page), .svg, .png, .pdf, .md or .json.",
            show_default=False,
        ),
    ] = None,
    context: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Positions at which costs are counted. [default: the shortest context]",
            show_default=False,
        ),
    ] = None,
    theme: ThemeOption = Theme.auto,
    ran: Annotated[
        bool,
        typer.Option("--run", help="Run them on one input: where do they differ first?"),
    ] = False,
    text: Annotated[
        str | None,
        typer.Option(
            "--train",
            metavar="TEXT",
            help="Let all of them learn a text, with the same windows, seeds and steps.",
            show_default=False,
        ),
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Steps of --train. [default: 200]", show_default=False)
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(min=1, help="How often each learns. [default: 1]", show_default=False),
    ] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, help="Windows in a step of --train.", show_default=False)
    ] = None,
    length: Annotated[
        int | None,
        typer.Option(
            min=1, help="Tokens in a window. [default: the shortest context]", show_default=False
        ),
    ] = None,
    toy: ToyOption = False,
    sets: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare architectures.

    What is different is told in words, as a table, as a drawing side by side, and, if asked, by
    running or training them. A spec that is wrong is reported, the others are compared.

    Examples:
        boxwork compare gpt2 llama-3.1-8b
        boxwork compare gpt2 llama-3.1-8b -o changes.html
        boxwork compare gpt gpt-modern --train rhyme.txt --steps 20 --seeds 2
        boxwork compare gpt mine.yaml --json
    """
    from boxwork.comparing import SUFFIXES, Comparison, short
    from boxwork.files import hold_writable, known_suffix

    if len(specs) < 2:
        raise CallError("compare takes two specs or more", "boxwork compare gpt2 llama-3.1-8b")
    asked = {"steps": steps, "seeds": seeds, "batch": batch, "length": length}
    _only_with_text(text, asked)
    if out not in (None, "-"):
        known_suffix(str(out), SUFFIXES, "a comparison")
        hold_writable(str(out))
    graphs, wrong = _loaded(specs, sets or (), short, toy=toy)
    if len(graphs) < 2:
        _refuse(wrong)
    made = Comparison(graphs, context)
    if ran:
        made.run()
    if text is not None:
        _race(made, text, asked)
    _show(made, out, theme.value, as_json=as_json)
    if wrong:
        _refuse(wrong)


def _only_with_text(text: str | None, asked: dict[str, int | None]) -> None:
    given = [f"--{name}" for name, value in asked.items() if value is not None]
    if text is None and given:
        raise CallError(f"{given[0]} says how to train", "give a text: --train FILE")


def _loaded(
    specs: list[str], sets: list[str] | tuple[str, ...], short: Any, *, toy: bool
) -> tuple[dict[str, Graph], list[Diagnostic]]:
    """The specs that are right by name, and all that is wrong with the others."""
    from boxwork.api import load
    from boxwork.specs.diagnostics import SpecError

    graphs: dict[str, Graph] = {}
    wrong: list[Diagnostic] = []
    for spec in specs:
        name, k = short(spec), 2
        while name in graphs:
            name, k = f"{short(spec)} ({k})", k + 1
        try:
            graphs[name] = load(spec, *sets, toy=toy)
        except SpecError as error:
            wrong += [d for d in error.diagnostics if d not in wrong]
    return graphs, wrong


def _refuse(wrong: list[Diagnostic]) -> None:
    from boxwork.specs.diagnostics import SpecError

    raise SpecError(wrong)


def _race(made: Comparison, text: str, asked: dict[str, int | None]) -> None:
    """The training of all, told on a terminal."""
    from pathlib import Path

    from boxwork.commands.progress import progress

    seeds, steps = asked["seeds"] or 1, asked["steps"] or STEPS
    options = {n: v for n, v in asked.items() if v is not None and n in ("batch", "length")}
    total = seeds * len(made.names)
    with progress("trainings", total) as tell:
        done = iter(range(1, total + 1))
        made.race(
            Path(text), steps=steps, seeds=seeds,
            tell=lambda name, seed: tell(next(done), f"{name}, seed {seed}"), **options,
        )  # fmt: skip


def _show(made: Comparison, out: str | None, theme: Any, *, as_json: bool) -> None:
    if out not in (None, "-"):
        made.save(str(out), theme=theme)
        typer.echo(f"wrote {out}", err=True)
    if as_json:
        print_json(made.facts())
    elif out == "-" or out is None or sys.stdout.isatty():
        typer.echo(str(made))
