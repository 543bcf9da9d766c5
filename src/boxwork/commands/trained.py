"""What ``boxwork train`` says when it ends: what was learned, where it is, how to go on."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from boxwork.streams import INTERRUPTED

if TYPE_CHECKING:
    from boxwork.engines.learning.goal import Goal
    from boxwork.history import History
    from boxwork.materials import Material
    from boxwork.training import Training

FEW = 12  # letters or words of a prompt


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


def interrupted(training: Training, files: Files, words: Sequence[str]) -> None:
    """Say what was kept, and how to go on; the exit status is that of Ctrl-C."""
    done, total = training.trainer.done, training.options.steps
    again = ["boxwork", "train", *words, f"--{files.kind}", files.data, "-o", files.out]
    for name in ("curve", "norms"):
        path = getattr(files, name)
        again += [f"--{name}", path] if path else []
    again += ["--resume", files.checkpoint]
    typer.echo(f"interrupted at step {done} of {total}: wrote {files.checkpoint}", err=True)
    typer.echo(f"to go on: {shlex.join(again)}", err=True)
    raise typer.Exit(INTERRUPTED)


def written(files: Files) -> dict[str, str]:
    """The files that are there now, by what they are."""
    some = {"weights": files.out, "curve": files.curve, "norms": files.norms}
    some["checkpoint"] = files.checkpoint if files.keep else None
    return {what: path for what, path in some.items() if path is not None}


def facts(training: Training, history: History, files: Files) -> dict[str, object]:
    """What was learned, for machines."""
    return {
        "name": training.goal.graph.name,
        "steps": history.steps,
        "loss": {"kind": training.goal.block, "first": history.first, "last": history.last},
        "options": training.options.facts(),
        "files": written(files),
    }


def show(
    goal: Goal, history: History, files: Files, material: Material, words: Sequence[str]
) -> None:
    """What was learned, where it is, and what can be done with it."""
    steps = f"{history.steps} step{'' if history.steps == 1 else 's'}"
    typer.echo(f"{goal.graph.name}: {steps}, loss {history.first:.4g} → {history.last:.4g}")
    for path in written(files).values():
        typer.echo(f"wrote {path}", err=True)
    verb = "run" if files.kind == "table" else "generate"
    again = shlex.join(["boxwork", verb, *words, "--weights", files.out])
    typer.echo(f"try: {again} {_example(goal, material)}")


def _example(goal: Goal, material: Material) -> str:
    """Something to give the model, taken from what it learned."""
    from boxwork.engines.learning.pairs import begun, separator

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
        piece = begun(tokenizer, source, separator(tokenizer) or "").rstrip(" ")
        return f"--prompt {shlex.quote(piece)}"
    some = FEW if dim.free else int(dim)
    piece = line[:some] if tokenizer.letters else " ".join(line.split()[:some])
    return f"--prompt {shlex.quote(piece)}"
