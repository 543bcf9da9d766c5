"""``boxwork sweep``: every combination of some edits, counted, and raced on a text if asked."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boxwork.commands import trainoptions as given
from boxwork.commands.count import Dtype
from boxwork.commands.footing import Equal, EqualOption, ScaleDimOption
from boxwork.commands.guard import CallError, print_json, warn
from boxwork.commands.options import (
    JsonOption,
    SetOption,
    SpecArgument,
    ToyOption,
    context_option,
    file_name,
)
from boxwork.streams import INTERRUPTED, WRONG

if TYPE_CHECKING:
    from boxwork.materials import Material
    from boxwork.sweeps.sweeping import Sweeping
    from boxwork.sweeps.swept import Sweep

SUFFIX = ".jsonl"
Row = dict[str, Any]


def sweep(
    call: typer.Context,
    spec: SpecArgument,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="PATH=VALUES",
            help="An edit with several values, as --set takes them: dims.heads=1,2,4. "
            "May be repeated: all combinations are tried.",
            show_default=False,
        ),
    ] = None,
    toy: ToyOption = False,
    sets: SetOption = None,
    context: Annotated[int | None, context_option("the longest of each variant")] = None,
    dtype: Annotated[
        Dtype, typer.Option("--dtype", help="The numbers that are counted with.")
    ] = Dtype.bfloat16,
    train: Annotated[
        str | None, given.file_option("A text that every variant learns.", "--train")
    ] = None,
    pairs: given.Pairs = None,
    table: given.Table = None,
    seeds: Annotated[
        int, typer.Option("--seeds", min=1, metavar="K", help="Trainings of each variant.")
    ] = 1,
    steps: given.Steps = None,
    batch: given.Batch = None,
    length: given.Length = None,
    rate: given.Rate = None,
    optimiser: given.OptimiserOption = None,
    loss: given.Loss = None,
    equal: EqualOption = None,
    scale_dim: ScaleDimOption = None,
    out: Annotated[
        str | None,
        given.file_option("Write the table: .csv, .json or .md; rows go to .jsonl.", "--out", "-o"),
    ] = None,
    plot: Annotated[
        str | None,
        given.file_option("Draw losses or parameters over what is varied: .svg.", "--plot"),
    ] = None,
    resume: Annotated[
        str | None, given.file_option("A file of rows (.jsonl) to go on with.", "--resume")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            "-j",
            min=1,
            metavar="N",
            help="Processes that work, with a thread each. Without it, one for each core.",
            show_default=False,
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler",
            metavar="ADDRESS",
            help="A dask scheduler whose workers work instead: tcp://HOST:8786.",
            show_default=False,
        ),
    ] = None,
    quiet: given.Quiet = False,
    as_json: JsonOption = False,
) -> None:
    """Try every combination of some edits of a spec.

    Each variant is counted, and trained if there is something to learn: with the same data,
    options and seeds. One that fails is a row. Say the same again to go on after Ctrl-C.

    Examples:
        boxwork sweep gpt --vary dims.heads=1,2,3 --vary swap.LayerNorm=LayerNorm,RMSNorm
        boxwork sweep gpt --vary dims.d_model=24,48 --train rhyme.txt --steps 50 --seeds 3
        boxwork sweep gpt --vary dims.layers=1,2,4 --train rhyme.txt --equal parameters
        boxwork sweep gpt2 --vary dims.layers=6,12,24 -o layers.csv --plot layers.svg
    """
    from boxwork.sweeps.grid import written
    from boxwork.sweeps.sweeping import Sweeping, how_to

    options = _options(steps=steps, batch=batch, length=length, rate=rate, optimiser=optimiser)
    material = _material(options, seeds, loss, text=train, pairs=pairs, table=table)
    grid = written(vary or ())
    level = _level(equal, scale_dim, train)
    how = how_to(context, dtype.value, material, options, seeds, loss, level, scale_dim)
    results = _results(spec, out, plot, resume)
    work = Sweeping(spec, tuple(sets or ()), grid, how, results, toy=toy)
    warn(work.warnings)
    try:
        whole = _done(work, jobs, scheduler, quiet=quiet)
    except KeyboardInterrupt:  # the second one
        whole = False
    if not whole:
        _interrupted(work, call)
    found = work.sweep()
    _write(found, out, plot)
    if out is None and resume is None and not work.lost:
        results.unlink(missing_ok=True)
    if as_json:
        print_json(found.facts())
    else:
        _show(found, out)
    if len(found.failed) == len(found):
        raise typer.Exit(WRONG)


def _level(equal: Equal | None, scale_dim: str | None, text: str | None) -> str | None:
    """What is equal, if anything."""
    if scale_dim is not None and equal is not Equal.parameters:
        raise CallError("--scale-dim says what is scaled", "give --equal parameters with it")
    if equal is Equal.flops and text is None:
        raise CallError("--equal flops is for a text that is learned", "give one: --train FILE")
    return None if equal is None else equal.value


def _options(**options: Any) -> dict[str, Any]:
    """The options that were given."""
    if options["rate"] is not None and not math.isfinite(options["rate"]):
        raise CallError(f"--rate is a number, not {options['rate']}")
    if options["optimiser"] is not None:
        options["optimiser"] = options["optimiser"].value
    return {name: value for name, value in options.items() if value is not None}


def _material(
    options: dict[str, Any], seeds: int, loss: str | None, **by_kind: str | None
) -> Material | None:
    """What every variant learns, if anything."""
    from boxwork.materials import from_file

    some = [(kind, path) for kind, path in by_kind.items() if path is not None]
    if len(some) > 1:
        hint = "give one of --train FILE, --pairs FILE and --table FILE"
        raise CallError("more than one thing to learn from", hint)
    if some:
        return from_file(*some[0])
    of_training = [*options, *(["seeds"] if seeds > 1 else []), *(["loss"] if loss else [])]
    if of_training:
        said = ", ".join(f"--{name}" for name in of_training)
        verb = "are options" if len(of_training) > 1 else "is an option"
        hint = "give a text with --train FILE, or leave it out"
        raise CallError(f"{said} {verb} of a training, but there is nothing to learn", hint)
    return None


def _results(spec: str, out: str | None, plot: str | None, resume: str | None) -> Path:
    """Where rows go; what could not be written at the end is told before anything is done."""
    from boxwork.files import hold_writable, known_suffix
    from boxwork.sweeps.swept import SUFFIXES

    if out is not None:
        known_suffix(out, SUFFIXES, "a table of variants")
        hold_writable(out)
    if plot is not None:
        known_suffix(plot, (".svg",), "a plot")
        hold_writable(plot)
    if resume is None:
        usual = f"{file_name(spec)}-sweep{SUFFIX}"
        return Path(usual) if out is None else Path(out).with_suffix(SUFFIX)
    known_suffix(resume, (SUFFIX,), "a file of rows", read=True)
    if not Path(resume).exists():
        hint = "with -o FILE.csv rows go to FILE.jsonl; the same call goes on with it by itself"
        raise CallError(f"there is no file {resume}", hint)
    return Path(resume)


def _done(work: Sweeping, jobs: int | None, scheduler: str | None, *, quiet: bool) -> bool:
    """Try what is open; False if somebody asked to stop before all was done."""
    from boxwork.commands.progress import progress
    from boxwork.interrupts import asked_to_stop
    from boxwork.sweeps.executors import at_work
    from boxwork.sweeps.sweeping import STOPPING

    if jobs is not None and scheduler is not None:
        raise CallError("--jobs and --scheduler both say who works", "give one of them")
    total, done = len(work.variants), len(work.rows)
    light = work.how.material is None
    if done and not quiet:
        typer.echo(f"{done} of {total} rows are in {_path(work)} already", err=True)
    with (
        asked_to_stop(STOPPING) as asked,
        progress(work.name, total, done, quiet=quiet, unit="variant") as tell,
        at_work(len(work.open), jobs, scheduler=scheduler, light=light) as executor,
    ):
        for edits, row in work.run(executor, lambda: asked.stop):
            tell(len(work.rows), f"{' '.join(edits)}: {_said(row)}")
    return not work.open


def _said(row: Row) -> str:
    """A row in a few words."""
    if "error" in row:
        return f"failed, {row['error']['code']}"
    if "loss" in row:
        return f"loss {row['loss']:.4g}"
    return f"{row['parameters']:,} parameters"


def _path(work: Sweeping) -> str:
    assert work.ledger is not None
    return str(work.ledger.path)


def _interrupted(work: Sweeping, context: typer.Context) -> None:
    """Say what was kept, and how to go on; the exit status is that of Ctrl-C."""
    done, total = len(work.rows), len(work.variants)
    if done:
        typer.echo(f"interrupted at {done} of {total} variants: {_path(work)} has them", err=True)
        typer.echo(f"to go on: {shlex.join(_again(context))}", err=True)
    else:
        typer.echo(f"interrupted before any of {total} variants was done", err=True)
    raise typer.Exit(INTERRUPTED)


def _again(context: typer.Context) -> list[str]:
    """The call once more: the options that were given, in the order of the help."""
    words = ["boxwork", "sweep", context.params["spec"]]
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        if parameter.param_type_name != "option" or value == parameter.get_default(context):
            continue
        name = max(parameter.opts, key=len)
        for one in value if isinstance(value, list | tuple) else [value]:
            words += [name] if one is True else [name, str(getattr(one, "value", one))]
    return words


def _write(found: Sweep, out: str | None, plot: str | None) -> None:
    if out is not None:
        found.save(out)
        typer.echo(f"wrote {out}", err=True)
    if plot is not None:
        found.save_plot(plot)
        typer.echo(f"wrote {plot}", err=True)


def _show(found: Sweep, out: str | None) -> None:
    """The table, unless it went to a file; what failed, each reason once."""
    from boxwork.commands.tables import columns
    from boxwork.sweeps.swept import summary

    table = found.table()
    ends = len(table[0]) - bool(found.failed)
    if out is None:
        typer.echo("\n".join(columns(table, right=range(len(found.grid.paths), ends))))
    typer.echo(f"{found.name}: {summary(found.rows)}")
    for text in dict.fromkeys(row["error"]["report"] for row in found.failed):
        typer.echo(f"\n{text}", err=True)
