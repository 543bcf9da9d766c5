"""``graph.count``: what an architecture costs, in numbers, bytes and seconds; no array is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from boxwork.arguments import count as whole_number
from boxwork.blocks.forms import SizeError
from boxwork.engines.feeding.conditions import limit, most
from boxwork.engines.generation.target import target
from boxwork.engines.planning.fewer import fewer
from boxwork.engines.planning.memory import peak
from boxwork.engines.planning.plan import Planner
from boxwork.graphs.counting.accelerators import Accelerator, Bound, accelerators, bound
from boxwork.graphs.counting.boxes import Box
from boxwork.graphs.counting.count import Counting
from boxwork.graphs.counting.why import Line, What, why
from boxwork.specs.diagnostics import DataError, Diagnostic, Note
from boxwork.specs.hints import did_you_mean

if TYPE_CHECKING:
    from boxwork.graphs.counting.tally import Tally
    from boxwork.graphs.graph import Graph
    from boxwork.graphs.totals import Count
    from boxwork.specs.interpret import Interpretation

CONTEXT = 1024  # where the spec says of no longest one
BITS = {"float32": 32, "float16": 16, "bfloat16": 16, "int8": 8, "int4": 4}
INDEX = 8  # bytes


@dataclass(frozen=True)
class Roof:
    """An accelerator, how long a pass and a step take on it at least, and whether it has room."""

    accelerator: Accelerator
    full: Bound
    step: Bound | None
    fits: bool | None  # weights and what is remembered


class Counted:
    """The costs of a graph at some lengths, for a batch of samples.

    Sizes in bytes are those of ``dtype``; with int8 and int4 only the weights are so small, and
    what is computed is bfloat16.
    """

    def __init__(
        self,
        graph: Graph,
        interpretation: Interpretation,
        context: int | None = None,
        *,
        batch: int = 1,
        dtype: str = "bfloat16",
        table: str | Path | None = None,
    ) -> None:
        self.graph, self.batch, self.dtype = graph, whole_number(batch, "batch", 1), dtype
        if dtype not in BITS:
            raise ValueError(f"dtype is one of {', '.join(BITS)}, not {dtype!r}")
        self.table = accelerators(table)
        sizes = _lengths(graph, context)
        stepped = _stepped(graph, interpretation)
        self.counting = Counting(graph, sizes, stepped, self.batch)
        try:
            self.full: Tally = self.counting.full().times(self.batch)
        except SizeError as error:
            said = ", ".join(f"{name} = {size:,}" for name, size in sizes.items())
            message = f"{graph.name} cannot be {said}: {error}"
            raise DataError([Diagnostic("BW543", message, help="give another context")]) from None

    @property
    def sizes(self) -> Mapping[str, int]:
        """The lengths of the free dims."""
        return self.counting.sizes

    @cached_property
    def parameters(self) -> Count:
        """How many numbers are trained, and how many are buffers; each array once."""
        return self.counting.parameters()

    @property
    def active(self) -> int:
        """The parameters that one position goes through: of copies side by side, those that run."""
        return self.parameters.active

    @property
    def computing(self) -> int:
        """The active parameters without the tables in which rows are only looked up."""
        return self.active - self.counting.looked_up

    @cached_property
    def step(self) -> Tally | None:
        """One more position, the others being remembered; None if that cannot be."""
        found = self.counting.step()
        return None if found is None else found.times(self.batch)

    @property
    def why_no_step(self) -> str:
        """Why positions cannot be run one at a time; nothing if they can."""
        if self.counting.obstacle:
            return self.counting.obstacle
        return "" if self.counting.stepped else "it does not go on with a sequence of free length"

    @property
    def positions(self) -> int | None:
        """The positions of a pass, of all samples."""
        found = self.counting.positions
        return None if found is None else found * self.batch

    def weights(self, dtype: str | None = None) -> int:
        """The bytes of all parameters and buffers."""
        return -(-self.parameters.stored * BITS[dtype or self.dtype] // 8)

    @property
    def itemsize(self) -> int:
        """The bytes of a number that is computed, not a weight."""
        return max(BITS[self.dtype] // 8, 2)

    @property
    def state(self) -> int:
        """The bytes that are remembered at this context: keys and values, hidden states."""
        return self.full.state * self.itemsize

    @property
    def unchanging(self) -> int:
        """The bytes of what is remembered that do not grow: hidden states, an encoder's keys."""
        grows = self.counting.grows
        grown = self.full.growth * self.sizes[grows] if grows is not None else 0
        return (self.full.unlimited - grown) * self.itemsize

    def curve(self) -> dict[int, int]:
        """The bytes that are remembered after so many positions."""
        each = self.batch * self.itemsize
        return {context: each * tally.state for context, tally in self.counting.curve().items()}

    @cached_property
    def running(self) -> tuple[int, str]:
        """The most bytes of activations that a run holds at a time, and the box where it does.

        As boxwork's engine runs: a box is counted with its outputs twice.
        """
        plan = Planner(fewer(self.graph)).plan(list(self.graph.outputs))
        return peak(plan, lambda dim: dim.size(self.sizes), self.batch, self.itemsize)

    @property
    def training(self) -> int:
        """The bytes of activations that are saved for the way back: wires, and what boxes keep."""
        return (self.full.reals + self.full.kept) * self.itemsize + self.full.indices * INDEX

    def moved(self, tally: Tally) -> int:
        """The bytes that must be read for some operations: weights once, and what is remembered."""
        read = tally.read // self.batch * BITS[self.dtype] // 8
        return read + tally.state * self.itemsize

    def intensity(self, tally: Tally) -> float:
        """Operations in products for every byte that must be read."""
        moved = self.moved(tally)
        return tally.masked / moved if moved else 0.0

    def roofline(self, names: Sequence[str] = ()) -> list[Roof]:
        """What accelerators can make of it at best; all that are known, or those named.

        Raises:
            DataError: if one is not known.
        """
        wrong = [_unknown(name, self.table) for name in names if name not in self.table]
        if wrong:
            raise DataError(wrong)
        return [self._roof(self.table[name]) for name in names or self.table]

    def _roof(self, accelerator: Accelerator) -> Roof:
        kind = "float32" if self.dtype == "float32" else "bfloat16"
        full = bound(accelerator, kind, self.full.masked, self.moved(self.full))
        step = None
        if self.step is not None:
            step = bound(accelerator, kind, self.step.masked, self.moved(self.step))
        need, room = self.weights() + self.state, accelerator.memory
        return Roof(accelerator, full, step, None if room is None else need <= room)

    def box(self, path: str = "") -> Box:
        """The box at a path; all of it without one.

        Raises:
            DataError: if there is none.
        """
        return self.counting.box(path)

    def why(self, what: What, path: str = "") -> list[Line]:
        """The sum behind a figure, box by box, for one sample: params, flops, kv or memory."""
        if what not in get_args(What):
            raise ValueError(f"a sum is one of {', '.join(get_args(What))}, not {what!r}")
        return why(self.counting, what, self.box(path))

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The blocks that do not say what they compute."""
        hint = "declare flops(self, d, inputs) -> boxwork.Flops in it"
        return tuple(
            Diagnostic("BW912", f"the operations of {name} are not counted", help=hint)
            for name in sorted(self.full.uncounted)
        )

    def facts(self) -> dict[str, object]:
        """All of it as plain data."""
        from boxwork.countfacts import facts

        return facts(self)

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name} = {size:,}" for name, size in self.sizes.items())
        at = f" at {sizes}" if sizes else ""
        numbers = f"{self.parameters.total:,} parameters, {self.full.matmul:,} FLOPs in products"
        return f"<Counted {self.graph.name}{at}: {numbers}>"


def _stepped(graph: Graph, interpretation: Interpretation) -> str | None:
    """The free dim that grows when the spec is gone on with."""
    try:
        return target(graph, interpretation).dim
    except DataError:
        return None


def _lengths(graph: Graph, context: int | None) -> dict[str, int]:
    """The lengths of the free dims; the longest that the spec allows, if none is given.

    Raises:
        DataError: if the spec requires otherwise.
    """
    if context is not None:
        context = whole_number(context, "context", 1)
    sizes = {name: context or most(graph, name) or CONTEXT for name in graph.free}
    wrong = []
    for condition in graph.conditions:
        if why := limit(condition, sizes):
            names = sorted(condition.left.names | condition.right.names)
            said = " and ".join(f"{name} = {sizes[name]:,}" for name in names)
            message = f"{said}, but {graph.name} requires {condition.text}: {why}"
            notes = (Note("required here", condition.span),) if condition.span else ()
            hint = "give a context for which that holds, or change the spec's with --set"
            wrong.append(Diagnostic("BW543", message, notes=notes, help=hint))
    if wrong:
        raise DataError(wrong)
    return sizes


def _unknown(name: str, known: Mapping[str, Accelerator]) -> Diagnostic:
    mend = did_you_mean(name, known)
    listed = f"known: {', '.join(known)}"
    hint = listed if mend.startswith("known") or not mend else f"{mend} {listed}"
    return Diagnostic("BW544", f"no accelerator is called {name!r}", help=hint)
