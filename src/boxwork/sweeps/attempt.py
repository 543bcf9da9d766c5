"""One variant of a sweep: loaded, counted, trained if asked; what comes of it is plain data."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from boxwork.specs.diagnostics import BoxworkError, Diagnostic

if TYPE_CHECKING:
    from boxwork.api import Graph
    from boxwork.materials import Material
    from boxwork.races.levelled import Level

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class How:
    """What is done with every variant.

    ``options`` are those of a training, ``seeds`` how many trainings each variant gets:
    weights and batches by 0, 1, …. ``modules`` have blocks that are not boxwork's. ``equal``
    is what every variant has, or spends, as much of as the spec as it is.
    """

    context: int | None = None
    dtype: str = "bfloat16"
    material: Material | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    seeds: int = 1
    loss: str | None = None
    modules: tuple[str, ...] = ()
    equal: str | None = None
    scale_dim: str | None = None
    level: Level | None = None  # what ``equal`` comes to

    def facts(self) -> dict[str, Any]:
        """All that rows hang on, besides the spec and its edits."""
        found: dict[str, Any] = {"context": self.context, "dtype": self.dtype, "train": None}
        if self.equal is not None:
            found["equal"] = [self.equal, self.scale_dim]
        if self.material is not None:
            text = self.material.source.text.encode()
            found["train"] = {
                "kind": self.material.kind,
                "data": hashlib.blake2b(text, digest_size=16).hexdigest(),
                "seeds": self.seeds,
                "loss": self.loss,
                "options": dict(sorted(self.options.items())),
            }
        return found


@dataclass(frozen=True, slots=True)
class Task:
    """A variant to try: a spec, its edits as ``--set`` takes them, and what to do."""

    target: str
    edits: tuple[str, ...]
    how: How
    toy: bool = False


def attempt(task: Task) -> Row:
    """Try a variant; one that fails gives what was found so far, and ``error``.

    With one thread of BLAS, so that the numbers do not hang on how many there are.
    """
    from boxwork.engines.running.threads import suited_to

    row: Row = {}
    try:
        with suited_to(0):
            for found in _tried(task):
                row |= found
    except BoxworkError as error:
        row["error"] = failure(*error.diagnostics)
    except MemoryError:
        row["error"] = failure(Diagnostic("BW420", "the memory of this machine is not enough"))
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        hint = "boxwork count or train, with BOXWORK_TRACEBACK=1, shows where"
        row["error"] = failure(Diagnostic("BW565", message, help=hint))
    return row


def failure(*found: Diagnostic) -> dict[str, str]:
    """Why a variant has no numbers: in short, and as boxwork reports it."""
    from boxwork.specs.report import report_all

    errors = [d for d in found if d.severity == "error"] or list(found)
    return {
        "code": errors[0].code,
        "message": errors[0].message,
        "report": report_all(errors),
    }


def _tried(task: Task) -> Iterator[Row]:
    """What is found out about a variant, piece by piece."""
    from boxwork.api import Graph, load
    from boxwork.graphs.load import read
    from boxwork.races.levelled import resized, steps

    for module in task.how.modules:
        with suppress(ImportError):  # a spec that needs its blocks will say so
            import_module(module)
    how = task.how
    if how.level is not None and how.level.equal == "parameters":
        spec, checked, told = resized(how.level, read(task.target, task.edits, toy=task.toy))
        graph = Graph(spec, checked)
        yield told
    else:
        graph = load(task.target, *task.edits, toy=task.toy)
    yield _counts(graph, how)
    if how.material is not None:
        options = dict(how.options)
        if how.level is not None and how.level.equal == "flops":
            options = {name: value for name, value in options.items() if name != "epochs"}
            options["steps"] = steps(how.level, graph.spec, graph.checked, how.material, options)
            yield {"steps": options["steps"]}
        losses = [_loss(graph, how, options, seed) for seed in range(how.seeds)]
        yield {"losses": losses, "loss": math.fsum(losses) / len(losses), "spread": spread(losses)}


def _counts(graph: Graph, how: How) -> Row:
    counted = graph.count(how.context, dtype=how.dtype)
    return {
        "lengths": dict(counted.sizes),
        "parameters": counted.parameters.total,
        "active": counted.active,
        "weights": counted.weights(),
        "flops": counted.full.matmul,
        "flops_step": None if counted.step is None else counted.step.matmul,
        "state": counted.state,
    }


def _loss(graph: Graph, how: How, options: Mapping[str, Any], seed: int) -> float:
    """The loss after one training, without dropout, on examples from all over the data."""
    from boxwork.engines.learning.options import BATCH
    from boxwork.races.racing import MEASURED
    from boxwork.training import begin

    assert how.material is not None
    options = {**options, "seed": seed}
    start = graph.init(seed)
    training = begin(graph.spec, how.material, lambda: start.parameters, options, loss=how.loss)
    for _ in training:
        pass
    return training.measured(training.data.spaced(MEASURED, training.options.batch or BATCH))


def spread(values: list[float]) -> float | None:
    """The standard deviation of a sample; None of a single value."""
    if len(values) < 2:
        return None
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((x - mean) ** 2 for x in values) / (len(values) - 1))
