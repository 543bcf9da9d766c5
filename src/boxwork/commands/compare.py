"""``boxwork compare``: what sets architectures apart, in words, numbers, pictures and runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boxwork.commands import trainoptions as given
from boxwork.commands.footing import EqualOption, ScaleDimOption
from boxwork.commands.guard import CallError, print_json
from boxwork.commands.loading import loaded
from boxwork.commands.looks import Theme, ThemeOption
from boxwork.commands.options import JsonOption, SetOption, ToyOption, _names, context_option

if TYPE_CHECKING:
    from boxwork.api import Graph
    from boxwork.comparisons.comparing import Comparison
    from boxwork.races.racing import Refuse
    from boxwork.specs.diagnostics import Diagnostic

WORDED = (".html", ".md", ".json")  # files that tell of runs and races
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
            help="Write it: .html (all in one page), .svg, .png, .pdf, .md or .json; "
            ".yaml is the second as a variant of the first.",
            show_default=False,
        ),
    ] = None,
    context: Annotated[int | None, context_option("the longest that all take")] = None,
    theme: ThemeOption = Theme.auto,
    edits: Annotated[
        bool,
        typer.Option("--edits", help="Find the edits of a variant that make one of the other."),
    ] = False,
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
    held_out: Annotated[
        str | None,
        given.file_option("A text that none learns: losses are measured on it.", "--held-out"),
    ] = None,
    equal: EqualOption = None,
    scale_dim: ScaleDimOption = None,
    steps: Annotated[
        int | None,
        typer.Option(min=1, help="Steps of the first. [default: 200]", show_default=False),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(min=1, help="How often each learns. [default: 1]", show_default=False),
    ] = None,
    batch: given.Batch = None,
    length: Annotated[
        int | None,
        typer.Option(
            min=1, help="Tokens in a window. [default: the shortest context]", show_default=False
        ),
    ] = None,
    rate: given.Rate = None,
    optimiser: given.OptimiserOption = None,
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
        boxwork compare gpt gpt-modern --train rhyme.txt --equal parameters -o race.html
        boxwork compare gpt mine.yaml --json
        boxwork compare gpt2 llama-3.1-8b --edits
        boxwork compare gpt2 mine.yaml -o variant.yaml
    """
    from boxwork.comparisons.comparing import SUFFIXES, Comparison
    from boxwork.files import hold_writable, known_suffix

    if len(specs) < 2:
        raise CallError("compare takes two specs or more", "boxwork compare gpt2 llama-3.1-8b")
    asked = _asked(
        text, steps=steps, seeds=seeds, equal=equal, scale_dim=scale_dim, held_out=held_out,
        batch=batch, length=length, rate=rate, optimiser=optimiser,
    )  # fmt: skip
    if out not in (None, "-"):
        known_suffix(str(out), SUFFIXES, "a comparison")
        hold_writable(str(out))
    graphs, paths, wrong = _loaded(specs, sets or (), toy=toy)
    if len(graphs) < 2:
        _refuse(wrong)
    made = Comparison(graphs, context, dict(zip(graphs, paths, strict=True)))
    made.behaviour.edits = edits
    if ran:
        _try(made.run, wrong, refuse=wrong.extend)
    if text is not None:
        _try(_race, wrong, made, text, asked, wrong.extend)
    _show(made, out, theme.value, as_json=as_json, found=ran or text is not None)
    if wrong:
        _refuse(wrong)


def _asked(text: str | None, **options: Any) -> dict[str, Any]:
    """The options of a race that were given."""
    found = {
        name: getattr(value, "value", value) for name, value in options.items() if value is not None
    }
    for name in found if text is None else ():
        raise CallError(
            f"--{name.replace('_', '-')} says how to train", "give a text: --train FILE"
        )
    if "scale_dim" in found and found.get("equal") != "parameters":
        raise CallError("--scale-dim says what is scaled", "give --equal parameters with it")
    return found


def _try(
    step: Callable[..., object], wrong: list[Diagnostic], *given: object, **named: object
) -> None:
    """Do something that may fail, and go on: the comparison is told all the same."""
    from boxwork.specs.diagnostics import BoxworkError

    try:
        step(*given, **named)
    except BoxworkError as error:
        wrong += error.diagnostics


def _loaded(
    specs: list[str], sets: list[str] | tuple[str, ...], *, toy: bool
) -> tuple[dict[str, Graph], list[str], list[Diagnostic]]:
    """The specs that are right by name, where they are, and all that is wrong with the others."""
    from boxwork.comparisons.faults import faults
    from boxwork.comparisons.names import short, untaken
    from boxwork.specs.diagnostics import SpecError

    graphs: dict[str, Graph] = {}
    paths: list[str] = []
    wrong: list[Diagnostic] = []
    for spec in specs:
        try:
            graphs[untaken(short(spec), graphs)] = loaded(spec, sets, toy=toy)
            paths.append(spec)
        except SpecError as error:
            wrong += faults(short(spec), error.diagnostics, wrong)
    return graphs, paths, wrong


def _refuse(wrong: list[Diagnostic]) -> None:
    from boxwork.specs.diagnostics import SpecError

    raise SpecError(wrong)


def _race(made: Comparison, text: str, asked: dict[str, Any], refuse: Refuse) -> None:
    """The training of all, told on a terminal."""
    from boxwork.commands.progress import progress
    from boxwork.specs.library import data

    options = {"steps": STEPS, "seeds": 1, **asked}
    if "held_out" in options:
        options["held_out"] = Path(data(options["held_out"]))
    total = options["seeds"] * len(made.names)
    with progress("trainings", total, unit="training") as tell:
        done = iter(range(1, total + 1))
        made.race(
            Path(text),
            tell=lambda name, seed: tell(next(done), f"{name}, seed {seed}"),
            refuse=refuse,
            **options,
        )


def _show(made: Comparison, out: str | None, theme: Any, *, as_json: bool, found: bool) -> None:
    """What is different, written and told; what runs ``found`` is lost in no file without words."""
    if out not in (None, "-"):
        made.save(str(out), theme=theme)
        typer.echo(f"wrote {out}", err=True)
    if as_json:
        print_json(made.facts())
    elif out in (None, "-") or sys.stdout.isatty() or (found and not str(out).endswith(WORDED)):
        typer.echo(str(made))
