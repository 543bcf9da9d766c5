"""``boxwork train``: parameters that learn from a text, from pairs or from a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from boxwork.commands import trainoptions as given
from boxwork.commands.guard import CallError, print_json, warn
from boxwork.commands.loading import loaded
from boxwork.commands.options import JsonOption, SetOption, SpecArgument, ToyOption, file_name
from boxwork.commands.run import Dtype
from boxwork.commands.trained import Files, facts, interrupted, show

if TYPE_CHECKING:
    from boxwork.api import Graph
    from boxwork.engines.learning.checkpoint import Checkpoint
    from boxwork.history import History
    from boxwork.materials import Material
    from boxwork.training import Training

EVERY = 100


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
    toy: ToyOption = False,
    sets: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a spec on a text, on pairs or on a table.

    A checkpoint is written every so often: what is interrupted or killed goes on from there
    with --resume, and ends in the same bytes as if nothing had happened.

    Examples:
        boxwork train gpt --text rhyme.txt -o rhyme.safetensors
        boxwork train gpt --text rhyme.txt --steps 200 --curve loss.svg --norms norms.svg
        boxwork train translator --pairs german-english.tsv --epochs 40 --every 20
        boxwork train leaf-flower --table things.csv --loss SumOfDifferences
    """
    from boxwork.engines.learning import checkpoint as checkpoints
    from boxwork.graphs.building.ahead import CODE as SEEN
    from boxwork.materials import from_file

    choices = _chosen(
        steps=steps, epochs=epochs, batch=batch, length=length, rate=rate, optimiser=optimiser,
        momentum=momentum, decay=decay, warmup=warmup, schedule=schedule, floor=floor, clip=clip,
        seed=seed,
    )  # fmt: skip
    kind, data = _data(resumed=resume is not None, text=text, pairs=pairs, table=table)
    if length is not None and kind != "text":
        raise CallError("--length is for --text", f"leave it out: --{kind} has lengths of its own")
    graph = loaded(spec, sets, toy=toy)
    warn(found for found in graph.warnings if found.code == SEEN and kind == "text")
    point = None if resume is None else checkpoints.load(resume)
    files = _files(spec, kind, data, out, checkpoint, point, curve, norms)
    material = from_file(kind, data)
    training = _begin(
        graph, material, choices, point, weights, dtype, loss, seed, norms is not None
    )
    if point is None and Path(files.checkpoint).exists():
        typer.echo(f"{files.checkpoint} is of an earlier run; this one replaces it", err=True)
    words = [
        spec,
        *(["--toy"] if toy else []),
        *(word for one in sets or () for word in ("--set", one)),
    ]
    if not _steps(training, files, every or EVERY, quiet=quiet):
        interrupted(training, files, words)
    history = training.history()
    _write(graph, training, history, files)
    if as_json:
        print_json(facts(training, history, files))
    else:
        show(training.goal, history, files, material, words)


def _chosen(**options: Any) -> dict[str, Any]:
    """The options that were given."""
    if options["steps"] is not None and options["epochs"] is not None:
        raise CallError("--steps and --epochs both say how long", "give one of them")
    for name, value in options.items():
        if value == math.inf:
            raise CallError(f"--{name} is a number, not {value}")
    if options["optimiser"] == given.Optimiser.sgd and options["momentum"] is not None:
        raise CallError(
            "sgd keeps nothing of earlier steps, so --momentum means nothing",
            "take --optimiser momentum, or leave it out",
        )
    return {
        name: value.value if name in ("optimiser", "schedule") else value
        for name, value in options.items()
        if value is not None
    }


def _data(*, resumed: bool, **by_kind: str | None) -> tuple[str, str]:
    """What is learned from: a kind, and a file."""
    some = [(kind, path) for kind, path in by_kind.items() if path is not None]
    if len(some) == 1:
        return some[0]
    message = "nothing to learn from" if not some else "more than one thing to learn from"
    hint = "give one of --text FILE, --pairs FILE and --table FILE"
    if resumed and not some:
        hint += ": a checkpoint keeps its options, but not the data"
    raise CallError(message, hint)


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
    from boxwork.engines.learning.checkpoint import SUFFIX
    from boxwork.files import known_suffix
    from boxwork.history import SUFFIXES

    out = out or f"{file_name(spec)}.safetensors"
    known_suffix(out, (".safetensors",), "a set of weights")
    usual = str(Path(out).with_suffix(SUFFIX))
    own = checkpoint or (str(point.path) if point else usual)
    for path in (curve, norms):
        if path is not None:
            known_suffix(path, SUFFIXES, "a record of a training")
    _hold_places(data, [path for path in (out, own, curve, norms) if path is not None])
    return Files(kind, data, out, own, checkpoint is not None or own != usual, curve, norms)


def _hold_places(data: str, paths: Iterable[str]) -> None:
    """Each file can be written, and none over another or over what is learned from."""
    from boxwork.files import hold_writable

    taken = {Path(data).resolve()}
    for path in paths:
        hold_writable(path)
        place = Path(path).resolve()
        if place in taken:
            hint = "give each file a name of its own"
            raise CallError(f"{path} is named twice, and would be written over", hint)
        taken.add(place)


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
    from boxwork.commands.progress import progress
    from boxwork.interrupts import asked_to_stop
    from boxwork.training import STOPPING

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


def _write(graph: Graph, training: Training, history: History, files: Files) -> None:
    """The weights, and what was asked for beside them; then the checkpoint goes, or stays."""
    from boxwork.engines.parameters.weights import save

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
