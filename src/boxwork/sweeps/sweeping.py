"""``bw.sweep``: every combination of some edits of a spec, counted and raced, as one table."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxwork import arguments
from boxwork.graphs.building.build import build
from boxwork.graphs.load import read
from boxwork.graphs.toys import as_it_is
from boxwork.interrupts import asked_to_stop
from boxwork.specs.diagnostics import DataError, Diagnostic, SpecError
from boxwork.sweeps.attempt import How, Row, Task, attempt, failure
from boxwork.sweeps.executors import at_work, modules
from boxwork.sweeps.grid import Grid, given
from boxwork.sweeps.ledger import Ledger
from boxwork.sweeps.swept import Sweep

if TYPE_CHECKING:
    from boxwork.materials import Material
    from boxwork.specs.spec import Spec

STOPPING = "stopping after the variants that are being tried; Ctrl-C again leaves at once"
MOMENT = 0.1  # seconds between two looks at whether somebody asked to stop
LOST = "BW564"
Edits = tuple[str, ...]


class Sweeping:
    """A sweep that is under way: iterate ``run`` to have its rows as they become known.

    ``rows`` are those that are known, by the edits of the variant; with a results file, those
    that it has are known from the start, but variants whose worker was lost are tried again.
    """

    def __init__(
        self,
        target: str | Path,
        sets: Edits,
        grid: Grid,
        how: How,
        results: str | Path | None = None,
        *,
        toy: bool = False,
    ) -> None:
        self.target, self.sets, self.grid = str(target), sets, grid
        self.toy = toy
        spec = self._read(sets)
        self.name = spec.name
        self.warnings = _without_toy(spec) if toy and not spec.toy else ()
        self._hold_edits()
        self.how = _levelled(how, spec, grid)
        self.ledger = None if results is None else Ledger(results, self._identity(spec))
        self.variants = {grid.edits(values): values for values in grid.variants()}
        known = self.ledger.rows if self.ledger else {}
        self.rows = {edits: known[edits] for edits in self.variants if _stays(known.get(edits))}

    def _read(self, edits: Edits) -> Spec:
        """The spec with edits, not yet wired: sizes that do not fit may be varied."""
        return read(self.target, edits, toy=self.toy)

    def _hold_edits(self) -> None:
        """Refuse a path that no value makes an edit of; with the first values of the others."""
        first = [axis.edits()[0] for axis in self.grid.axes]
        wrong: list[Diagnostic] = []
        for place, axis in enumerate(self.grid.axes):
            said = []
            for edit in axis.edits():
                try:
                    self._read((*self.sets, *first[:place], edit, *first[place + 1 :]))
                except SpecError as error:
                    said.append([d for d in error.diagnostics if _about(d, edit)])
            if len(said) == len(axis.values) and all(said):
                wrong += said[0]
        if wrong:
            raise SpecError(wrong)

    def _identity(self, spec: Spec) -> dict[str, Any]:
        from boxwork.training import fingerprint

        return {"name": spec.name, "spec": fingerprint(spec), **self.how.facts()}

    @property
    def open(self) -> list[Edits]:
        """The variants that are still to be tried."""
        return [edits for edits in self.variants if edits not in self.rows]

    @property
    def lost(self) -> list[Edits]:
        """The variants whose worker was lost; this sweep does not try them again."""
        return [edits for edits, row in self.rows.items() if not _stays(row)]

    def run(
        self, executor: Executor, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[Edits, Row]]:
        """Try the variants that are open; ``stop`` says when no more are to be begun."""
        waiting: dict[Future[Row], Edits] = {}
        done: queue.SimpleQueue[Future[Row]] = queue.SimpleQueue()
        for edits in self.open:
            task = Task(self.target, (*self.sets, *edits), self.how, self.toy)
            try:
                future = executor.submit(attempt, task)
            except BrokenExecutor as error:
                yield edits, self._keep(edits, _lost(error))
            else:
                waiting[future] = edits
                future.add_done_callback(done.put)
        while waiting:
            if stop():
                waiting = {one: edits for one, edits in waiting.items() if not one.cancel()}
            with suppress(queue.Empty):
                future = done.get(timeout=MOMENT)
                if future in waiting and not future.cancelled():
                    edits = waiting.pop(future)
                    yield edits, self._keep(edits, _outcome(future))
        if self.ledger is not None and not self.open:
            self.ledger.tidy(self.variants)

    def _keep(self, edits: Edits, row: Row) -> Row:
        self.rows[edits] = row
        if self.ledger is not None:
            self.ledger.add(edits, row)
        return row

    def sweep(self) -> Sweep:
        """The rows that are known, in the order of the grid."""
        found = {
            values: self.rows[edits]
            for edits, values in self.variants.items()
            if edits in self.rows
        }
        return Sweep(self.name, self.grid, found, raced=self.how.material is not None)


def sweep(
    target: str | Path,
    /,
    *edits: str,
    vary: Mapping[str, object],
    context: int | None = None,
    dtype: str = "bfloat16",
    train: str | Path | None = None,
    pairs: Any = None,
    table: Any = None,
    seeds: int = 1,
    loss: str | None = None,
    equal: str | None = None,
    scale_dim: str | None = None,
    jobs: int | None = None,
    executor: Executor | None = None,
    scheduler: str | None = None,
    results: str | Path | None = None,
    toy: bool = False,
    **options: Any,
) -> Sweep:
    """Try every combination of some edits of a spec: counted, and trained if there is a text.

    Args:
        target: the name of a shipped spec, or the path of a YAML file.
        *edits: edits for all variants, as ``--set`` takes them.
        vary: what is varied: ``{"dims.heads": [1, 2, 4], "swap.LayerNorm": ["RMSNorm"]}``.
        context: the length of all free dims that is counted at, as in ``Graph.count``.
        dtype: the numbers that are counted with, as there.
        train: a text that every variant learns; a Path is read as a file.
        pairs: pairs to learn instead, as in ``Model.train``.
        table: a table to learn instead, as there.
        seeds: how many trainings each variant gets, with seeds 0, 1, ….
        loss: the name of a loss, if not the usual one.
        equal: ``"parameters"``: a dim of each variant is scaled until it has as many as the spec
            as it is; ``"flops"``: each learns the text for as many steps as come to the same.
        scale_dim: the dim that is scaled; ``d_model``, if there is one.
        jobs: how many processes of this machine work; without it, one for each core, or this
            one alone if a few variants are only counted.
        executor: works instead of them: any of ``concurrent.futures``; it is not shut down.
        scheduler: the address of a dask scheduler whose workers work instead.
        results: a file of rows, written as they become known; a sweep goes on with it.
        toy: begin with the small sizes of the spec's toy profile.
        **options: ``steps=600, batch=16, rate=3e-3`` and what else ``Model.train`` takes.

    Raises:
        SpecError: if the spec is wrong, or all values of an edit are.
        DataError: if there is nothing to vary or too much, the results file is of another
            sweep, or the scheduler does not answer. A variant that fails is a row.
    """
    material = _material({"text": train, "pairs": pairs, "table": table}, options)
    how = how_to(context, dtype, material, options, seeds, loss, equal, scale_dim)
    own = arguments.target(target), arguments.edits(edits)
    work = Sweeping(*own, given(vary), how, results, toy=toy)
    hands = at_work(len(work.open), jobs, executor, scheduler, light=material is None)
    with asked_to_stop(STOPPING) as asked, hands as by:
        for _ in work.run(by, lambda: asked.stop):
            pass
    if work.open:
        raise KeyboardInterrupt
    return work.sweep()


def _material(some: Mapping[str, Any], options: Mapping[str, Any]) -> Material | None:
    from boxwork.materials import given as material

    if any(one is not None for one in some.values()):
        return material(**some)
    if options:
        raise TypeError(f"{', '.join(options)}: options of a training, but nothing is trained on")
    return None


def how_to(
    context: int | None,
    dtype: str,
    material: Material | None,
    options: Mapping[str, Any],
    seeds: int,
    loss: str | None,
    equal: str | None = None,
    scale_dim: str | None = None,
) -> How:
    """What is done with every variant, held before anything is done.

    Raises:
        DataError: if an option of the training cannot be.
    """
    from boxwork.counting import BITS
    from boxwork.races.racing import hold

    if dtype not in BITS:
        raise ValueError(f"dtype is one of {', '.join(BITS)}, not {dtype!r}")
    hold(equal, scale_dim, options)
    if equal == "flops" and (material is None or material.kind != "text"):
        raise ValueError("equal='flops' is for a text that is learned: train=…")
    context = None if context is None else arguments.count(context, "context", 1)
    seeds = arguments.count(seeds, "seeds", 1)
    return How(context, dtype, material, dict(options), seeds, loss, modules(), equal, scale_dim)


def _levelled(how: How, spec: Spec, grid: Grid) -> How:
    """With what is equal, as much as the spec has or spends that is not varied."""
    if how.equal is None:
        return how
    from boxwork.races.footing import CODE, WIDTH
    from boxwork.races.levelled import level

    dim = how.scale_dim or WIDTH
    if how.equal == "parameters" and f"dims.{dim}" in grid.paths:
        message = f"{dim} is varied, so it cannot be scaled as well"
        raise DataError([Diagnostic(CODE, message, help="scale another one: --scale-dim DIM")])
    return replace(how, level=level(spec, how.equal, how.scale_dim, how.material, how.options))


def _without_toy(spec: Spec) -> tuple[Diagnostic, ...]:
    """What is said of a spec that is taken as it is; raises SpecError for a large one."""
    try:
        graph = build(spec)
    except SpecError:
        return ()  # sizes that do not fit may be varied
    return as_it_is(spec, graph).warnings[-1:]


def _about(diagnostic: Diagnostic, edit: str) -> bool:
    return diagnostic.span is not None and diagnostic.span.source.text == edit


def _stays(row: Row | None) -> bool:
    """Whether a row need not be tried again."""
    return row is not None and row.get("error", {}).get("code") != LOST


def _outcome(future: Future[Row]) -> Row:
    try:
        return future.result()
    except (Exception, CancelledError) as error:  # of the executor: attempt raises nothing
        return _lost(error)


def _lost(error: BaseException) -> Row:
    hint = "the same sweep tries it once more; if memory was short, with fewer jobs"
    said = str(error).strip().splitlines() or [type(error).__name__]
    return {"error": failure(Diagnostic(LOST, f"its worker was lost: {said[0]}", help=hint))}
