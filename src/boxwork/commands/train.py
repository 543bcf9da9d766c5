"""``boxwork train``: parameters that learn from a text, from pairs or from a table."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from boxwork.commands import trainoptions as given
from boxwork.commands.guard import CallError, print_json
from boxwork.commands.options import JsonOption, SetOption, SpecArgument, file_name
from boxwork.commands.run import Dtype
from boxwork.streams import INTERRUPTED

if TYPE_CHECKING:
    from boxwork.api import Graph
    from boxwork.engines.checkpoint import Checkpoint
    from boxwork.engines.goal import Goal
    from boxwork.history import History
    from boxwork.materials import Material
    from boxwork.training import Training

EVERY, FEW = 100, 12
STOPPING = "stopping after this step; Ctrl-C again leaves at once"


@dataclass(frozen=True, slots=True)
class Files:
    """What a training reads and writes."""

    kind: str
    data: str
    out: str
    checkpoint: str
    keep: bool  # the checkpoint stays when all is done
    curve: str | None
    norms: str | None


def train(
    spec: SpecArgument,
    text: given.Text = None,
    pairs: given.Pairs = None,
    table: given.Table = None,
    out: given.Out = None,
    steps: given.Steps = None,
    epochs: given.Epochs = None,
    batch: given.Batch = None,
    length: given.Length = None,
    rate: given.Rate = None,
    optimiser: given.OptimiserOption = None,
    momentum: given.MomentumOption = None,
    decay: given.Decay = None,
    warmup: given.Warmup = None,
    schedule: given.ScheduleOption = None,
    floor: given.Floor = None,
    clip: given.Clip = None,
    seed: given.Seed = None,
    dtype: given.DtypeOption = None,
    loss: given.Loss = None,
    weights: given.Weights = None,
    every: given.Every = None,
    checkpoint: given.CheckpointOption = None,
    resume: given.Resume = None,
    curve: given.Curve = None,
    norms: given.Norms = None,
    quiet: given.Quiet = False,
    sets: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a spec on a text, on pairs or on a table.

    A checkpoint is written every so often: what is interrupted or killed goes on from there
    with --resume, and ends in the same bytes as if nothing had happened.

    Examples:
        boxwork train gpt --text rhyme.txt -o rhyme.safetensors
        boxwork train gpt --text rhyme.txt --steps 500 --curve loss.svg --norms norms.svg
        boxwork train transformer --pairs german.tsv --set dims.d_model=64 --set dims.layers=2
        boxwork train leaf-flower --table things.csv --epochs 50 --loss SumOfDifferences
    """
    from boxwork.api import load
    from boxwork.engines import checkpoint as checkpoints
    from boxwork.materials import from_file

    choices = _chosen(
        steps=steps, epochs=epochs, batch=batch, length=length, rate=rate, optimiser=optimiser,
        momentum=momentum, decay=decay, warmup=warmup, schedule=schedule, floor=floor, clip=clip,
        seed=seed,
    )  # fmt: skip
    kind, data = _data(text=text, pairs=pairs, table=table)
    graph = load(spec, *(sets or ()))
    point = None if resume is None else checkpoints.load(resume)
    files = _files(spec, kind, data, out, checkpoint, point, curve, norms)
    material = from_file(kind, data)
    training = _begin(
        graph, material, choices, point, weights, dtype, loss, seed, norms is not None
    )
    if point is None and Path(files.checkpoint).exists():
        typer.echo(f"{files.checkpoint} is of an earlier run; this one replaces it", err=True)
    if not _steps(training, files, every or EVERY, quiet=quiet):
        _interrupted(training, files, spec, sets or ())
    history = training.history()
    _write(graph, training, history, files)
    if as_json:
        print_json(_facts(graph, training, history, files))
    else:
        words = [spec, *(word for one in sets or () for word in ("--set", one))]
        _show(training.goal, history, files, material, words)


def _chosen(**options: Any) -> dict[str, Any]:
    """The options that were given."""
    if options["steps"] is not None and options["epochs"] is not None:
        raise CallError("--steps and --epochs both say how long", "give one of them")
    return {
        name: value.value if name in ("optimiser", "schedule") else value
        for name, value in options.items()
        if value is not None
    }


def _data(**by_kind: str | None) -> tuple[str, str]:
    """What is learned from: a kind, and a file."""
    some = [(kind, path) for kind, path in by_kind.items() if path is not None]
    if len(some) == 1:
        return some[0]
    message = "nothing to learn from" if not some else "more than one thing to learn from"
    raise CallError(message, "give one of --text FILE, --pairs FILE and --table FILE")


def _files(
    spec: str,
    kind: str,
    data: str,
    out: str | None,
    checkpoint: str | None,
    point: Checkpoint | None,
    curve: str | None,
    norms: str | None,
) -> Files:
    """Where everything goes; what cannot be written is told before anything is learned."""
    from boxwork.engines.checkpoint import SUFFIX
    from boxwork.files import hold_writable, known_suffix
    from boxwork.history import SUFFIXES

    out = out or f"{file_name(spec)}.safetensors"
    known_suffix(out, (".safetensors",), "a set of weights")
    usual = str(Path(out).with_suffix(SUFFIX))
    own = checkpoint or (str(point.path) if point else usual)
    for path in (curve, norms):
        if path is not None:
            known_suffix(path, SUFFIXES, "a record of a training")
    for path in (out, own, curve, norms):
        if path is not None:
            hold_writable(path)
    return Files(kind, data, out, own, checkpoint is not None or own != usual, curve, norms)


def _begin(
    graph: Graph,
    material: Material,
    choices: Mapping[str, Any],
    point: Checkpoint | None,
    weights: str | None,
    dtype: Dtype | None,
    loss: str | None,
    seed: int | None,
    norms: bool,
) -> Training:
    """The training before its next step."""
    from boxwork.training import begin

    if point is not None and weights is not None:
        raise CallError("--weights and --resume both say where to begin", "give one of them")
    kind = dtype.value if dtype else "float32"

    def start() -> Mapping[str, Any]:
        made = graph.load(weights, dtype=kind) if weights else graph.init(seed or 0, dtype=kind)
        return made.parameters

    return begin(
        graph.spec,
        material,
        start,
        choices,
        dtype=dtype.value if dtype else None,
        loss=loss,
        norms=norms,
        resume=point,
    )


def _steps(training: Training, files: Files, every: int, *, quiet: bool) -> bool:
    """Take the steps; False if somebody asked to stop before the last one."""
    from boxwork.commands.interrupts import asked_to_stop
    from boxwork.commands.progress import progress

    total, done = training.options.steps or 0, training.trainer.done
    name = training.goal.graph.name
    with asked_to_stop(STOPPING) as asked, progress(name, total, done, quiet=quiet) as tell:
        for step in training:
            tell(step.number, f"loss {step.loss:.4g}, rate {step.rate:.2g}")
            if step.number == total:
                break
            if asked.stop:
                training.save(files.checkpoint)
                return False
            if step.number % every == 0:
                training.save(files.checkpoint)
    return True


def _interrupted(training: Training, files: Files, spec: str, sets: Sequence[str]) -> None:
    """Say what was kept, and how to go on; the exit status is that of Ctrl-C."""
    done, total = training.trainer.done, training.options.steps
    again = ["boxwork", "train", spec, f"--{files.kind}", files.data, "-o", files.out]
    for name in ("curve", "norms"):
        path = getattr(files, name)
        again += [f"--{name}", path] if path else []
    again += [word for one in sets for word in ("--set", one)]
    again += ["--resume", files.checkpoint]
    typer.echo(f"interrupted at step {done} of {total}: wrote {files.checkpoint}", err=True)
    typer.echo(f"to go on: {shlex.join(again)}", err=True)
    raise typer.Exit(INTERRUPTED)


def _write(graph: Graph, training: Training, history: History, files: Files) -> None:
    """The weights, and what was asked for beside them; then the checkpoint goes, or stays."""
    from boxwork.engines.weights import save

    facts = {"trained": f"{history.steps} steps, loss {history.last:.6g}"}
    if files.keep:
        training.save(files.checkpoint)
    save(files.out, graph.checked, training.parameters, facts)
    if files.curve:
        history.save_curve(files.curve)
    if files.norms:
        history.save_norms(files.norms)
    if not files.keep:
        Path(files.checkpoint).unlink(missing_ok=True)


def _written(files: Files) -> dict[str, str]:
    """The files that are there now, by what they are."""
    some = {"weights": files.out, "curve": files.curve, "norms": files.norms}
    some["checkpoint"] = files.checkpoint if files.keep else None
    return {what: path for what, path in some.items() if path is not None}


def _facts(graph: Graph, training: Training, history: History, files: Files) -> dict[str, object]:
    return {
        "name": graph.name,
        "steps": history.steps,
        "loss": {"kind": training.goal.block, "first": history.first, "last": history.last},
        "options": training.options.facts(),
        "files": _written(files),
    }


def _show(
    goal: Goal, history: History, files: Files, material: Material, words: Sequence[str]
) -> None:
    """What was learned, where it is, and what can be done with it."""
    steps = f"{history.steps} step{'' if history.steps == 1 else 's'}"
    typer.echo(f"{goal.graph.name}: {steps}, loss {history.first:.4g} → {history.last:.4g}")
    for path in _written(files).values():
        typer.echo(f"wrote {path}", err=True)
    verb = "run" if files.kind == "table" else "generate"
    again = shlex.join(["boxwork", verb, *words, "--weights", files.out])
    typer.echo(f"try: {again} {_example(goal, material)}")


def _example(goal: Goal, material: Material) -> str:
    """Something to give the model, taken from what it learned."""
    from boxwork.engines.pairs import begun, separator

    line = next(line for line in material.source.text.split("\n") if line.strip())
    if material.kind == "table":
        return f"--in {goal.inputs[0]}=…"
    source = line.partition("\t")[0].strip()
    if len(goal.inputs) > 1:
        of = next(name for name in goal.inputs if name != goal.next_of)
        return f"--in {of}={shlex.quote(source)}"
    name = goal.inputs[0]
    tokenizer, (dim, *_) = goal.tokenizer(name), goal.graph.inputs[name].dims
    if material.kind == "pairs":
        return f"--prompt {shlex.quote(begun(tokenizer, source, separator(tokenizer) or '').rstrip(' '))}"
    some = FEW if dim.free else int(dim)
    piece = line[:some] if tokenizer.letters else " ".join(line.split()[:some])
    return f"--prompt {shlex.quote(piece)}"
