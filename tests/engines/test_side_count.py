"""Copies side by side are counted as they run: operations, what is read, what is active."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from boxwork.api import load
from boxwork.blocks.cost import Lengths
from boxwork.engines.parameters.initialise import init
from boxwork.engines.planning.plan import Planner
from boxwork.engines.running.context import Run
from boxwork.engines.running.run import bind, run
from boxwork.graphs.counting.count import Counting
from boxwork.graphs.counting.tally import Tallier, Tally
from boxwork.graphs.graph import Graph
from tests.blocks.executed import Namespace, Tape, counted

from .side import CASES, largest_in
from .support import graph_of

ROUTED = """
dims: {seq: any, vocab: 9, d: 4, hidden: 7, experts: 6, active: 2}
inputs: {tokens: "index<vocab>[seq]"}
outputs: {logits: "real[seq, vocab]"}
blocks:
  Mixture:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      scores: {use: Linear, in: x, with: {width: experts, bias: false}}
      choice: {use: Choice, with: {active: active}}
      y: {use: GatedFeedForward, in: x, with: {hidden: hidden}, parallel: experts, weigh: choice}
  Choice:
    inputs: {scores: "real[*, n]"}
    outputs: {y: "real[*, n]"}
    settings: {active: size}
    nodes:
      y: {use: Largest, with: {keep: active}}
nodes:
  tok: {use: Embedding, in: tokens, with: {count: vocab, width: d}}
  stack: {use: Mixture, repeat: 3}
  logits: {use: Linear, with: {width: vocab, bias: false}}
"""


@pytest.fixture(autouse=True)
def largest(monkeypatch: pytest.MonkeyPatch) -> None:
    largest_in(monkeypatch)


def executed(graph: Graph, sizes: dict[str, int]) -> Tape:
    """The operations of a run with plain bodies; weights that are given are all 1."""
    tape = Tape()
    plan = Planner(graph).plan(list(graph.outputs))
    values: dict[str, Any] = {}
    rng = np.random.default_rng(0)
    for name, wire in graph.inputs.items():
        shape = tuple(dim.size(sizes) for dim in wire.dims)
        drawn = rng.integers(0, int(wire.bound), shape) if wire.bound else rng.normal(size=shape)
        values[name] = counted(drawn, tape)
    arrays = {path: counted(one, tape) for path, one in init(graph, 0, np.float64).items()}
    at = Run(Namespace(tape), np.float64, sizes)
    run(plan, bind(plan, arrays, np), values, at)
    return tape


def tally(graph: Graph, sizes: dict[str, int]) -> Tally:
    return Tallier(Lengths.full(sizes), None).part(graph.root)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plain bodies run, not those that are quicker."""
    monkeypatch.setattr("boxwork.engines.running.run.NUMPY", ())


@pytest.mark.parametrize("name", CASES)
@pytest.mark.usefixtures("plain")
def test_the_count_is_what_numpy_executes(name: str) -> None:
    case = CASES[name]  # a ReLU may leave out more than is known before
    graph = replace(case, block=case.block.replace("ReLU", "Tanh")).parallel()
    for length in (1, 5):
        sizes = dict.fromkeys(graph.free, length)
        tape, found = executed(graph, sizes), tally(graph, sizes)
        assert (found.matmul, found.elementwise) == (tape.matmul, tape.elementwise)


@pytest.mark.parametrize("length", [1, 7])
@pytest.mark.usefixtures("plain")
def test_what_is_not_chosen_is_not_counted(length: int) -> None:
    graph = graph_of(ROUTED)
    sizes = {"seq": length}
    tape, found = executed(graph, sizes), tally(graph, sizes)
    assert (found.matmul, found.elementwise) == (tape.matmul, tape.elementwise)
    each = 3 * (2 * 4 * 6 + 2 * 3 * 2 * 4 * 7) + 2 * 4 * 9  # scores, two experts, logits
    assert found.matmul == each * length
    assert found.reals - tally(graph_of(ROUTED.replace("active: 2", "active: 1")), sizes).reals == (
        3 * length * (4 * 7 + 4)  # the wires of one expert more: gate, act, up, both, y
    )


def test_active_parameters_are_those_of_the_copies_that_run() -> None:
    counting = Counting(graph_of(ROUTED), {"seq": 8}, None)
    found, expert = counting.parameters(), 3 * 4 * 7
    assert found.total == 9 * 4 + 3 * (4 * 6 + 6 * expert) + 4 * 9
    assert found.active == 9 * 4 + 3 * (4 * 6 + 2 * expert) + 4 * 9
    assert found.arrays == 2 + 3 * 4
    assert counting.looked_up == 9 * 4
    box = counting.box("stack.*.y")
    assert (box.side, box.block) == ((6, 2), "GatedFeedForward")
    assert counting.parameters(box).total == 3 * 6 * expert
    assert counting.parameters(box).active == 3 * 2 * expert
    assert counting.parameters(counting.box("stack.0.y.gate")).total == 6 * 4 * 7
    inside = box.inside()
    assert [one.path for one in inside][:2] == ["stack.*.y.gate", "stack.*.y.act"]
    assert sum(counting.full(one).matmul for one in inside) == counting.full(box).matmul
    boxes = map(counting.full, counting.box("").inside())
    assert sum(boxes, Tally()) == counting.full()


def test_boxes_of_any_depth_add_up() -> None:
    for case in CASES.values():
        graph = case.parallel()
        counting = Counting(graph, dict.fromkeys(graph.free, 3), None)
        box = counting.box("y")
        whole, parts = counting.full(box), [counting.full(one) for one in box.inside()]
        if not parts:
            continue
        assert sum(part.matmul for part in parts) == whole.matmul
        assert sum(part.read for part in parts) == whole.read
        weighed = (
            0
            if case.weights is None
            else 2
            * case.copies
            * int(np.prod([dim.size(counting.sizes) for dim in graph.outputs["y"].dims]))
        )
        assert sum(part.elementwise for part in parts) + weighed == whole.elementwise


def test_a_step_reads_the_copies_that_it_chooses() -> None:
    expert, others = 3 * 4 * 7, 3 * 4 * 6 + 4 * 9
    for samples, read in ((1, 2), (2, 4), (3, 6), (50, 6)):
        counting = Counting(graph_of(ROUTED), {"seq": 8}, "seq", samples)
        step = counting.step()
        assert step is not None
        assert step.read == 3 * read * expert + others
        assert counting.full().read == 3 * 6 * expert + others
        assert step.matmul == counting.full().matmul // 8


def test_why_is_told_with_the_number_of_copies_that_run() -> None:
    from boxwork.graphs.counting.why import why

    counting = Counting(graph_of(ROUTED), {"seq": 8}, "seq")
    box = counting.box("stack.*.y")
    lines = {(line.group, line.path): str(line.sum) for line in why(counting, "flops", box)}
    assert lines["number by number", "stack.*.y"] == "2 × active × seq × d"
    (gate,) = [one for one in why(counting, "flops", box) if one.path == "stack.*.y.gate"][:1]
    assert (gate.copies, str(gate.sum)) == (6, "2 × seq × d × hidden")
    (weight, *_) = why(counting, "params", box)
    assert (weight.copies, str(weight.sum)) == (3, "experts × d × hidden")
    for what in ("flops", "memory", "params"):
        total = sum(line.result for line in why(counting, what, box) if "without" not in line.group)
        found = counting.full(box)
        expected = {
            "flops": found.matmul + found.elementwise,
            "memory": found.reals + found.kept,
            "params": counting.parameters(box).total,
        }
        assert total == expected[what], what


@pytest.mark.parametrize(
    ("name", "active", "computing"),
    [
        ("mixtral-8x7b", 12.9, None),  # arXiv 2401.04088, section 1: 13B; Mistral: 12.9B
        ("qwen3-30b-a3b", 3.3, None),  # its model card: 3.3B activated
        ("gpt-oss-120b", None, 5.13),  # arXiv 2508.10925, table 1: 5.13B, embedding apart
    ],
)
def test_active_parameters_are_those_published(
    name: str, active: float | None, computing: float | None
) -> None:
    found = load(name).count(1024)
    if active is not None:
        assert found.active / 1e9 == pytest.approx(active, abs=0.06)
    if computing is not None:
        assert round(found.computing / 1e9, 2) == computing
