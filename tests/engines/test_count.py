"""A whole graph, run step by step with plain bodies, executes what it is counted for."""

import numpy as np
import pytest

from boxwork.blocks.cost import Lengths
from boxwork.engines.parameters.initialise import init
from boxwork.engines.planning.plan import NOWHERE, Planner
from boxwork.engines.running.context import Run, StepContext
from boxwork.engines.running.run import bind, taken
from boxwork.graphs.counting.tally import Tallier, Tally
from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load
from tests.blocks.executed import Namespace, Tape, counted

TOY = {
    "gpt": {"layers": 2},
    "gpt2": {"layers": 2, "d_model": 24, "vocab": 50},
    "llama-3.1-8b": {"layers": 2, "d_model": 32, "head_dim": 4, "d_ff": 40, "vocab": 50}
    | {"heads": 8, "kv_heads": 2},
    "transformer": {"layers": 2, "d_model": 16, "d_ff": 20, "vocab": 50},
    "leaf-flower": {},
}


def executed(graph: Graph, sizes: dict[str, int], *, train: bool = False) -> tuple[Tape, int]:
    """The operations of a run, and how many numbers its blocks kept."""
    tape, kept = Tape(), 0
    plan = Planner(graph).plan(list(graph.outputs))
    slots: list[object] = [None] * plan.slots
    for name, slot in plan.inputs.items():
        wire = graph.inputs[name]
        shape = tuple(dim.size(sizes) for dim in wire.dims)
        slots[slot] = counted(np.zeros(shape, np.int64 if wire.bound else np.float64), tape)
    at = Run(Namespace(tape), np.float64, sizes, {}, train, 0)
    parameters = {path: counted(a, tape) for path, a in init(graph, 0, np.float64).items()}
    for step, own in zip(plan.steps, bind(plan, parameters, np), strict=True):
        cx = StepContext(at, step)
        made = step.primitive.block.forward(cx, own, *taken(step, slots))
        kept += sum(array.size for array in cx.kept.values())
        for (_, slot), value in zip(
            step.writes, made if isinstance(made, tuple) else (made,), strict=True
        ):
            if slot != NOWHERE:
                slots[slot] = value
    return tape, kept


def tally(graph: Graph, sizes: dict[str, int]) -> Tally:
    return Tallier(Lengths.full(sizes), None).part(graph.root)


@pytest.mark.parametrize("name", TOY)
@pytest.mark.parametrize("length", [1, 7])
def test_the_count_is_what_numpy_executes(name: str, length: int) -> None:
    _, graph = load(name, (), TOY[name])
    sizes = dict.fromkeys(graph.free, length)
    tape, _ = executed(graph, sizes)
    found = tally(graph, sizes)
    assert (found.matmul, found.elementwise) == (tape.matmul, tape.elementwise)


@pytest.mark.parametrize("name", ["llama-3.1-8b", "leaf-flower"])  # no dropout
def test_the_numbers_kept_for_the_way_back_are_those_that_are_kept(name: str) -> None:
    _, graph = load(name, (), TOY[name])
    sizes = dict.fromkeys(graph.free, 5)
    _, kept = executed(graph, sizes, train=True)
    assert tally(graph, sizes).kept == kept
