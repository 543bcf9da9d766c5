"""Flattening: only what is needed, in order, values freed after their last reader."""

import sys

import pytest

from boxwork.engines.planning.plan import NOWHERE, Plan, Planner
from boxwork.engines.planning.wiring import Wiring
from boxwork.graphs.graph import Ref

from .support import graph_of, shipped

ENCODER_DECODER = """
dims: {src: any, tgt: any, d: 4}
inputs: {source: "real[src, d]", target: "real[tgt, d]"}
outputs: {out: "real[tgt, d]", side: "real[src, d]"}
blocks:
  Cross:
    inputs: {x: "real[seq, d]", memory: "real[len, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      attn: {use: MultiHeadAttention, in: {query: x, memory: memory}, with: {heads: 2}}
      y: {use: Add, in: [x, attn]}
nodes:
  encoder: {use: GPTBlock, in: source, repeat: 2, with: {heads: 2, hidden: 8}}
  side: {use: Linear, in: encoder.0, with: {width: d}}
  decoder: {use: Cross, repeat: 3, in: {x: target, memory: encoder}}
  out: {use: LayerNorm, in: decoder}
"""


def paths(plan: Plan) -> list[str]:
    return [step.path for step in plan.steps]


def check(plan: Plan) -> None:
    """Every slot is written before it is read, read while it is there, and freed once."""
    live = set(plan.inputs.values())
    kept = set(plan.asked.values())
    ended: set[int] = set()
    for step in plan.steps:
        read = [s for one in step.reads for s in (one if isinstance(one, tuple) else (one,))]
        assert {slot for slot in read if slot is not None} <= live
        written = {slot for _, slot in step.writes if slot != NOWHERE}
        assert not written & (live | ended)
        live |= written
        assert set(step.frees) <= live - kept
        live -= set(step.frees)
        ended |= set(step.frees)
    assert kept <= live
    assert live - set(plan.inputs.values()) <= kept


@pytest.mark.parametrize("name", ["gpt", "gpt2", "transformer", "llama-3.1-8b", "leaf-flower"])
def test_plans_of_the_shipped_specs(name: str) -> None:
    planner = Planner(shipped(name))
    for asked in (tuple(planner.graph.outputs), planner.everything, planner.everything[-9:-3:2]):
        check(planner.plan(asked))


def test_only_what_is_needed_is_planned() -> None:
    planner = Planner(graph_of(ENCODER_DECODER))
    assert paths(planner.plan(["side"]))[-1] == "side"
    assert not any(p.startswith(("encoder.1", "decoder")) for p in paths(planner.plan(["side"])))
    assert "side" not in paths(planner.plan(["out"]))
    inside = paths(planner.plan(["decoder.1.attn.q"]))
    assert inside[-1] == "decoder.1.attn.q"
    assert not any(p.startswith(("decoder.2", "decoder.1.attn.k")) for p in inside)
    assert planner.plan([]).steps == ()


def test_optional_outputs_are_computed_if_asked_for() -> None:
    planner = Planner(shipped("gpt"))
    (mix,) = [s for s in planner.plan(["logits"]).steps if s.path == "stack.0.attn.mix"]
    assert mix.wanted == {"y"}
    plan = planner.plan(["stack.0.attn.mix.weights"])
    assert plan.steps[-1].wanted == {"weights"}
    assert "stack.0.attn.mix.weights" not in planner.everything
    assert str(plan.types["stack.0.attn.mix.weights"]) == "real[3, seq, seq]"


def test_the_memory_of_a_decoder_goes_to_every_copy() -> None:
    planner = Planner(graph_of(ENCODER_DECODER))
    plan = planner.plan(["out"])
    reads = {step.path: step.reads for step in plan.steps}
    keys = {reads[f"decoder.{i}.attn.k"] for i in range(3)}
    assert len(keys) == 1
    queries = [reads[f"decoder.{i}.attn.q"] for i in range(3)]
    assert len(set(queries)) == 3
    assert queries[0] == (plan.inputs["target"],)


def test_paths_and_their_other_names() -> None:
    wiring = Wiring(graph_of(ENCODER_DECODER))

    def found(path: str) -> str | None:
        source = wiring.find(path)
        return source and source.path

    assert found("decoder.1") == found("decoder.1.y") == "decoder.1.y"
    assert found("decoder") == found("decoder.y") == "decoder.2.y"
    assert found("decoder.0.x") == found("target") == "target"
    assert found("decoder.2.x") == "decoder.1.y"
    assert found("decoder.2.memory") == found("encoder") == "encoder.1.y"
    assert found("decoder.2.attn") == "decoder.2.attn.y"
    assert found("out") == found("out.y") == "out"
    for nothing in ("", ".", "decoder.3", "decoder.attn", "decoder.attn.q", "out.z", "in", "2",
                    "decoder.1.attn.bias", "decoder.1.attn.q.weight", "target.x"):  # fmt: skip
        assert found(nothing) is None, nothing


def test_stars_stand_for_every_copy() -> None:
    wiring = Wiring(graph_of(ENCODER_DECODER))
    assert wiring.spread("decoder.*.attn.q") == [f"decoder.{i}.attn.q" for i in range(3)]
    assert wiring.spread("decoder.*") == [f"decoder.{i}" for i in range(3)]
    assert wiring.spread("out") == ["out"]
    assert wiring.spread("out.*") == wiring.spread("decoder.*.atn") == []


def test_nothing_repeated_passes_its_input_through() -> None:
    planner = Planner(shipped("gpt", layers=0))
    assert not any(p.startswith("stack") for p in paths(planner.plan(["logits"])))
    source, before = planner.wiring.find("stack"), planner.wiring.find("drop")
    assert source == before
    assert planner.wiring.find("stack.0") is None


def test_a_defaulted_input_is_that_of_its_own_copy() -> None:
    planner = Planner(
        graph_of("""
        dims: {seq: any, d: 4}
        inputs: {x: "real[seq, d]"}
        outputs: {stack: "real[seq, d]"}
        nodes:
          stack: {use: MultiHeadAttention, repeat: 3, with: {heads: 2}}
        """)
    )
    reads = {step.path: step.reads for step in planner.plan(["stack"]).steps}
    for copy in range(3):
        assert reads[f"stack.{copy}.k"] == reads[f"stack.{copy}.q"]


def test_shapes_are_read_without_their_values() -> None:
    planner = Planner(shipped("gpt"))
    assert paths(planner.plan(["pos"])) == [p for p in planner.everything if p.startswith("pos")]


def test_depth_is_not_bound_by_recursion() -> None:
    layers = 3 * sys.getrecursionlimit()
    planner = Planner(
        graph_of(f"""
        dims: {{seq: any, d: 2}}
        inputs: {{x: "real[seq, d]"}}
        outputs: {{out: "real[seq, d]"}}
        blocks:
          Layer:
            inputs: {{x: "real[seq, d]"}}
            outputs: {{y: "real[seq, d]"}}
            nodes: {{y: {{use: Add, in: [x, x]}}}}
        nodes:
          stack: {{use: Layer, repeat: {layers}}}
          out: {{use: ReLU}}
        """)
    )
    plan = planner.plan(["out"])
    check(plan)
    assert len(plan.steps) == layers + 1
    assert len(planner.everything) == layers + 2


def test_an_output_that_the_chosen_copy_lacks_is_an_error() -> None:
    wiring = Wiring(graph_of(SMALL_STACK))
    assert wiring.source(wiring.root, Ref("stack", "", 1)).path == "stack.1"
    with pytest.raises(KeyError, match="stack has no output weights"):
        wiring.source(wiring.root, Ref("stack", "weights", 1))


SMALL_STACK = """
dims: {d: 2}
inputs: {x: "real[d]"}
outputs: {y: "real[d]"}
nodes: {stack: {use: ReLU, in: x, repeat: 2}, y: {use: Add, in: [stack, x]}}
"""


def test_a_copy_that_is_none_gives_what_it_takes() -> None:
    graph = graph_of(
        """
        dims: {d: 4}
        inputs: {x: "real[d]"}
        outputs: {y: "real[d]"}
        nodes:
          n: {use: Split, in: x, repeat: 2, with: {sizes: [4]}, vary: {use: [Split, none]}}
          y: {use: ReLU, in: n}
        """
    )
    found = Planner(graph).wiring.find("n")
    assert found is not None
    assert found.path == "n.0"
