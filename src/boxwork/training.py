"""A training of a spec: what it reads, where it begins, what it leaves."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwork.engines.gradients.gradients import Trainable
from boxwork.engines.learning import checkpoint
from boxwork.engines.learning.checkpoint import Checkpoint, Identity
from boxwork.engines.learning.dataset import examples_in
from boxwork.engines.learning.flat import Flat
from boxwork.engines.learning.goal import Goal
from boxwork.engines.learning.optimise import OPTIMISERS
from boxwork.engines.learning.options import BATCH, Options
from boxwork.engines.learning.room import require_room
from boxwork.engines.learning.train import Step, Trainer
from boxwork.graphs.parameters import parameters as declared
from boxwork.history import History
from boxwork.interrupts import asked_to_stop
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.write import expand

if TYPE_CHECKING:
    from boxwork.engines.learning.dataset import Dataset
    from boxwork.materials import Material
    from boxwork.specs.spec import Spec

EVERY = 100  # steps between checkpoints
STOPPING = "stopping after this step; Ctrl-C again leaves at once"
Array = np.ndarray[Any, Any]
Arrays = Mapping[str, Array]


class Training:
    """One training: iterate to take its steps.

    ``parameters`` are copies of those that it began with, and move with every step.
    """

    def __init__(
        self,
        goal: Goal,
        data: Dataset,
        identity: Identity,
        parameters: Arrays,
        options: Options,
        *,
        norms: bool = False,
    ) -> None:
        self.goal, self.data, self.identity = goal, data, identity
        trained = [path for path, one in declared(goal.graph).items() if one.trained]
        count = sum(parameters[path].size for path in trained)
        if not count:
            message = f"{goal.graph.name} has no parameters to train"
            raise DataError([Diagnostic("BW464", message)])
        batch = options.batch or BATCH
        for some in data.spaced(batch, batch):
            kept = len(OPTIMISERS[options.optimiser].remembers)
            require_room(goal.graph, some, identity.dtype, count, kept)
        flat = Flat({path: parameters[path] for path in trained}, np.dtype(identity.dtype))
        self.parameters: Arrays = {**parameters, **flat.views}
        options = replace(options, batch=batch)
        options = options.resolved(data.per_epoch(batch), flat.numbers.size)
        self.learner = Trainable(goal.graph, self.parameters, goal.loss)
        self.trainer = Trainer(self.learner, flat, data, options, layers=norms)

    @property
    def options(self) -> Options:
        """All choices, with nothing left open."""
        return self.trainer.options

    def __iter__(self) -> Iterator[Step]:
        """Take the steps that are left."""
        return iter(self.trainer)

    def save(self, path: str | Path) -> None:
        """Write a checkpoint, whole or not at all."""
        checkpoint.save(path, self.trainer, self.identity, self.parameters)

    def give(self, arrays: Arrays) -> None:
        """Write what has been learned so far into arrays by path."""
        for path, view in self.trainer.parameters.views.items():
            np.copyto(arrays[path], view)

    def measured(self, batches: Sequence[Mapping[str, Any]]) -> float:
        """The mean loss over the examples of some batches, without dropout.

        Raises:
            DataError: if it is no finite number.
        """
        counts = [examples_in(batch) for batch in batches]
        losses = [self.learner.loss(batch) for batch in batches]
        mean = math.fsum(x * n for x, n in zip(losses, counts, strict=True)) / sum(counts)
        if not math.isfinite(mean):
            message = f"the loss after step {self.trainer.done} is {mean}"
            raise DataError([Diagnostic("BW465", message, help="try a smaller rate")])
        return mean

    def history(self) -> History:
        """What has been seen so far."""
        options, record = self.options, self.trainer.record
        rates = [options.rate_at(step) for step in range(len(record.losses))]
        per_epoch = self.data.per_epoch(options.batch or BATCH)
        return History(self.goal.graph.name, record, rates, per_epoch)


def train(
    spec: Spec,
    arrays: Arrays,
    material: Material,
    chosen: Mapping[str, Any],
    *,
    loss: str | None = None,
    norms: bool = False,
    save: str | Path | None = None,
    every: int = EVERY,
    resume: str | Path | None = None,
) -> History:
    """Train parameters in place: all the way, as far as an interrupt lets it, or not at all.

    With ``save``, a checkpoint is written there every so many steps, and at an interrupt;
    ``resume`` goes on with one. An interrupt waits for the step that is being taken, for half a
    step is no place to go on from; a second one leaves everything as it was before.
    """
    if material.kind == "batches" and (save is not None or resume is not None):
        raise ValueError("checkpoints are of a text, pairs or a table, not of batches")
    point = None if resume is None else checkpoint.load(resume)
    dtype = next((array.dtype.name for array in arrays.values()), "float32")
    training = begin(
        spec, material, lambda: arrays, chosen, dtype=dtype, loss=loss, norms=norms, resume=point
    )
    with asked_to_stop(STOPPING) as asked:
        for step in training:
            if save is not None and (asked.stop or step.number % every == 0):
                training.save(save)
            if asked.stop:
                break
    training.give(arrays)
    if asked.stop:
        raise KeyboardInterrupt
    return training.history()


def begin(
    spec: Spec,
    material: Material,
    start: Callable[[], Arrays],
    chosen: Mapping[str, Any],
    *,
    dtype: str | None = None,
    loss: str | None = None,
    norms: bool = False,
    resume: Checkpoint | None = None,
) -> Training:
    """A training that stands before its next step.

    Args:
        spec: what is trained.
        material: what it is trained on.
        start: gives the parameters that it begins with; not asked for with ``resume``.
        chosen: the options that are not left to boxwork, by the names of ``Options``.
        dtype: what is computed with: float32, or that of the checkpoint.
        loss: the name of a loss, if not the usual one of the spec.
        norms: whether norms of the gradient are kept by layer.
        resume: a checkpoint to go on with; options that are not chosen are those it has.

    Raises:
        DataError: if the spec cannot learn from the material, an option is wrong, or the
            checkpoint is of another training.
    """
    options = Options.of(chosen)
    goal = Goal.of(spec, loss)
    if resume is None:
        data = material.dataset(goal, options.length)
        identity = _identity(spec, goal, data, dtype or "float32")
        return Training(goal, data, identity, start(), options, norms=norms)
    own = resume.identity
    if loss is None and goal.block != own.loss and own.spec == fingerprint(spec):
        goal = Goal.of(spec, own.loss)
    resume.hold_spec(goal.graph.name, fingerprint(spec))
    data = material.dataset(goal, resume.options.length)
    chosen = _in_steps(chosen, data.per_epoch(resume.options.batch or BATCH))
    identity = _identity(spec, goal, data, dtype or own.dtype)
    resume.hold(identity, chosen, norms=norms)
    options = replace(resume.options, steps=chosen.get("steps", resume.options.steps))
    kept = resume.norms
    training = Training(goal, data, identity, resume.parameters(), options, norms=kept)
    resume.restore(training.trainer)
    return training


def _in_steps(chosen: Mapping[str, Any], per_epoch: int) -> dict[str, Any]:
    """The same choices with epochs told as steps: so a checkpoint has them."""
    found = dict(chosen)
    epochs = found.pop("epochs", None)
    return found if epochs is None else found | {"steps": epochs * per_epoch}


def fingerprint(spec: Spec) -> str:
    """Tells a spec from all others; comments and the way it is written do not count.

    A file that it names counts by what is in it, wherever it is.
    """
    return _digest(expand(spec, lambda path: _digest(path.read_bytes())).encode())


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _identity(spec: Spec, goal: Goal, data: Dataset, dtype: str) -> Identity:
    return Identity(goal.graph.name, fingerprint(spec), data.fingerprint, goal.block, dtype)
