"""Specs that learn the same text, on equal footing: as many parameters, or as many FLOPs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwork.counting import Counted
from boxwork.engines.feeding.conditions import most
from boxwork.engines.learning.dataset import Dataset, examples_in
from boxwork.engines.learning.goal import Goal
from boxwork.engines.learning.options import BATCH, Options
from boxwork.engines.parameters.initialise import init
from boxwork.graphs.totals import total
from boxwork.materials import Material, given
from boxwork.races.footing import Scaled, common, scaled
from boxwork.races.raced import KINDS, WAYS, Entry, Race
from boxwork.specs.diagnostics import BoxworkError, DataError, Diagnostic
from boxwork.training import begin

if TYPE_CHECKING:
    from boxwork.api import Graph
    from boxwork.graphs.graph import Graph as Checked
    from boxwork.specs.spec import Spec

MEASURED = 64  # windows that losses are measured on
STOPS = 20  # how often, besides at the start
Tell = Callable[[str, int], None]
Refuse = Callable[[list[Diagnostic]], None]


@dataclass(frozen=True, slots=True)
class Entrant:
    """A spec that can learn the text: its windows, and those that losses are measured on."""

    name: str
    spec: Spec
    graph: Checked
    reads: str  # the input that gets the tokens
    data: Dataset
    measured: Dataset
    scaled: Scaled | None = None

    def shown(self, batch: int) -> Any:
        """The tokens that one step sees."""
        return self.data.batch(0, batch, 0)[self.reads]

    def flops(self, batch: int, *, needed: bool = True) -> float:
        """The operations in products of one step, forward and backward.

        Raises:
            DataError: if they are needed, and not known.
        """
        shown = self.shown(batch)
        counted = Counted(self.graph, self.spec.interpretation, shown.shape[-1])
        unknown = sorted(counted.full.uncounted)
        if needed and (unknown or not counted.full.matmul):
            why = (
                f"those of {', '.join(unknown)} are not known" if unknown else "it has no products"
            )
            hint = "let it race with equal parameters, or with equal steps"
            message = f"equal FLOPs cannot be had with {self.graph.name}: {why}"
            raise DataError([Diagnostic("BW581", message, help=hint)])
        return float(WAYS * len(shown) * counted.full.matmul)


@dataclass(frozen=True, slots=True)
class Course:
    """What all learn, and how."""

    text: Material
    options: Mapping[str, Any]
    held_out: Material | None = None

    @property
    def batch(self) -> int:
        """The windows of a step."""
        return int(self.options.get("batch") or BATCH)

    def entrant(self, name: str, spec: Spec, graph: Checked) -> Entrant:
        """A spec with what it learns.

        Raises:
            DataError: if it cannot learn that.
        """
        goal, length = Goal.of(spec), self.options.get("length")
        data = self.text.dataset(goal, length)
        measured = self.held_out.dataset(goal, length) if self.held_out else data
        return Entrant(name, spec, graph, goal.inputs[0], data, measured)

    def where(self, one: Entrant) -> str:
        """On what losses are measured, in words."""
        count = sum(map(examples_in, one.measured.spaced(MEASURED, self.batch)))
        what = "the text, from all over it" if self.held_out is None else "a text that none learned"
        return f"{count} windows of {what}; without dropout"


def race(
    graphs: Mapping[str, Graph],
    text: str | Path,
    *,
    steps: int,
    seeds: int = 1,
    equal: str | None = None,
    scale_dim: str | None = None,
    held_out: str | Path | None = None,
    tell: Tell = lambda name, seed: None,
    refuse: Refuse | None = None,
    **options: Any,
) -> Race:
    """Train every spec on the same windows of a text, with the same seeds.

    Windows are as long as the shortest context, unless ``length`` says otherwise. Losses are
    measured without dropout, on windows from all over the text, or over one that is held out.
    ``refuse`` is told of a spec that cannot go on, and the others do; without it, that is raised.

    Raises:
        DataError: if one of them cannot learn from the text, or nothing can be scaled.
    """
    course = _course(graphs, text, held_out, options)
    hurdles = Hurdles(refuse)
    entrants = []
    for name, graph in graphs.items():
        with hurdles.hold(name):
            entrants.append(course.entrant(name, graph.spec, graph.checked))
    hurdles.settle(entrants)
    if equal == "parameters":
        entrants = _level(entrants, course, scale_dim)
    entries = _entries(entrants, course, steps, hurdles, equal=equal == "flops")
    hurdles.settle(entries)
    losses: dict[str, list[list[float]]] = {name: [] for name in entries}
    for seed in range(seeds):
        for one in entrants:
            if one.name in losses:
                tell(one.name, seed)
                with hurdles.hold(one.name, losses):
                    losses[one.name].append(_trained(one, entries[one.name], course, seed))
                hurdles.settle(losses)
    done = {name: replace(entries[name], losses=rows) for name, rows in losses.items()}
    return Race(done, tuple(range(seeds)), course.where(entrants[0]), equal, entrants[0].name)


class Hurdles:
    """What hinders specs: told to whoever asks, else raised; also if no spec is left."""

    def __init__(self, refuse: Refuse | None) -> None:
        self.refuse = refuse
        self.found: list[Diagnostic] = []

    @contextmanager
    def hold(self, name: str, racing: dict[str, Any] | None = None) -> Iterator[None]:
        """Note what hinders a spec, and take it out of those that are racing."""
        try:
            yield
        except BoxworkError as error:
            self.found += [replace(d, message=f"{name}: {d.message}") for d in error.diagnostics]
            if racing is not None:
                del racing[name]

    def settle(self, left: Sized) -> None:
        """Tell what was found, or raise it."""
        if self.found and (self.refuse is None or not len(left)):
            raise DataError(self.found)
        if self.refuse is not None:
            self.refuse(self.found)
        self.found = []


def hold(equal: str | None, scale_dim: str | None, options: Mapping[str, Any]) -> None:
    """Refuse what no race, and no sweep, can be told to do.

    Raises:
        DataError: if an option of the training cannot be.
    """
    if equal is not None and equal not in KINDS:
        raise ValueError(f"equal is one of {', '.join(KINDS)}, not {equal!r}")
    if scale_dim is not None and equal != "parameters":
        raise ValueError("scale_dim says what is scaled for equal='parameters'")
    if "seed" in options:
        raise TypeError("there are seeds=K, which are 0 to K - 1, no seed")
    Options.of(options)


def _course(
    graphs: Mapping[str, Graph],
    text: str | Path,
    held_out: str | Path | None,
    options: Mapping[str, Any],
) -> Course:
    tops = [top for graph in graphs.values() for top in _tops(graph.checked)]
    shortest = min(tops, default=None)
    held = None if held_out is None else given(text=held_out)
    return Course(given(text=text), {"length": shortest, **options}, held)


def _tops(graph: Checked) -> Iterator[int]:
    """How many tokens a spec takes at most, or just so many."""
    for name in graph.free:
        if (top := most(graph, name)) is not None:
            yield top
    for wire in graph.inputs.values():
        if wire.kind == "index" and len(wire.dims) == 1 and not wire.dims[0].free:
            yield int(wire.dims[0])


def _level(entrants: Sequence[Entrant], course: Course, dim: str | None) -> list[Entrant]:
    """The same with as many parameters as the first, as nearly as can be."""
    first, *others = entrants
    if not others:
        return [first]
    dim = common({one.name: one.spec for one in others}, dim)
    wanted = total(first.graph)
    found = [first]
    for one in others:
        fit = scaled(one.spec, dim, wanted)
        found.append(replace(course.entrant(one.name, fit.spec, fit.graph), scaled=fit))
    return found


def _entries(
    entrants: Sequence[Entrant], course: Course, steps: int, hurdles: Hurdles, *, equal: bool
) -> dict[str, Entry]:
    """What each is to spend: so many steps, or as many FLOPs as the first does in these."""
    found: dict[str, Entry] = {}
    budget = 0.0
    for one in entrants:
        with hurdles.hold(one.name):
            flops = one.flops(course.batch, needed=equal)
            budget = budget or flops * steps
            own = steps_for(budget, flops) if equal else steps
            fit = one.scaled.told if one.scaled else None
            stops = sorted({round(own * stop / STOPS) for stop in range(STOPS + 1)})
            shown = one.shown(course.batch).size
            found[one.name] = Entry(total(one.graph), own, shown, flops, fit, stops)
    return found


def steps_for(budget: float, flops: float) -> int:
    """How many steps of so many FLOPs come nearest to a budget; one at least."""
    return max(round(budget / flops), 1)


def _trained(one: Entrant, entry: Entry, course: Course, seed: int) -> list[float]:
    """Train it once; its losses at the stops, none of them with dropout."""
    options = {**course.options, "steps": entry.steps, "seed": seed}
    training = begin(one.spec, course.text, lambda: init(one.graph, seed, np.float32), options)
    batches = one.measured.spaced(MEASURED, course.batch)
    found = [training.measured(batches)]
    found.extend(training.measured(batches) for step in training if step.number in entry.at)
    return found
