"""Random specs that generate: by steps or not, they say what full runs say."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwork.engines.generation.session import Session
from boxwork.engines.generation.target import Target
from boxwork.engines.parameters.initialise import init
from boxwork.engines.running.numpy import Model
from boxwork.graphs.graph import Graph
from boxwork.specs.diagnostics import Diagnostic, SpecError
from tests.engines.going_on import full, ids
from tests.examples import examples
from tests.properties.random_specs import graph_of

HEAD = """
format: 1
name: Random
dims: {seq: any, w: any, vocab: 7, d: 4, count: 40}
inputs: {tokens: "index<vocab>[seq]", z: "real[w, d]"}
outputs: {logits: "real[seq, vocab]"}
interpret: {logits: {next: tokens}}
nodes:
  tok: {use: Embedding, in: tokens, with: {count: vocab, width: d}}
"""
WINDOW = ("none", "none", "1", "2", "5")
ONE = (
    "use: LayerNorm",
    "use: GELU",
    "use: Linear, with: {width: d}",
    "use: FeedForward, with: {hidden: 3}",
    "use: GPTBlock, with: {heads: 2, hidden: 3}",
    "use: GPTBlock, repeat: 2, with: {heads: 1, hidden: 3}",
    "use: Tanh",
    "use: RotaryEncoding",
    "use: GRU, with: {width: d}",
    "use: none",
)
BESIDE = (
    *ONE[2:5],
    "use: GRU, with: {width: d}",
    "use: RotaryEncoding",
    "use: MultiHeadAttention, with: {heads: 2, causal: true, window: 3}",
)
RARELY = ("use: EncoderLayer, with: {heads: 2}", "use: Softmax")


def _node(random: Random, sequence: list[str], memory: list[str]) -> str:
    one, other = random.choice(sequence), random.choice(sequence)
    if random.random() < 0.15:
        beside = f"parallel: d, weigh: {random.choice(sequence)}"
        return f"in: {one}, {random.choice(BESIDE)}, {beside}"
    chance = random.random()
    if chance < 0.4:
        return f"in: {one}, {random.choice(ONE)}"
    if chance < 0.48:
        return f"in: {one}, {random.choice(RARELY)}"
    if chance < 0.55:
        return f"in: [{one}, {other}], use: {random.choice(('Add', 'Multiply'))}"
    if chance < 0.7:
        window, kv = random.choice(WINDOW), random.choice((1, 2))
        place = random.choice(("none", "RotaryEncoding"))
        norm = random.choice(("", "", ", q_norm: RMSNorm", ", q_norm_all: RMSNorm"))
        set_ = f"heads: 2, kv_heads: {kv}, causal: true, window: {window}, position: {place}{norm}"
        return f"in: {one}, use: MultiHeadAttention, with: {{{set_}}}"
    if chance < 0.8:
        far = random.choice(memory)
        return (
            f"in: {{query: {one}, memory: {far}}}, use: MultiHeadAttention, with: {{heads: 2}}"
            if random.random() < 0.5
            else f"in: {{x: {one}, memory: {far}}}, use: DecoderLayer, with: {{heads: 1}}"
        )
    if chance < 0.9:
        block = random.choice(("PositionalEmbedding", "SinusoidalEncoding"))
        count = "count: count, " if block == "PositionalEmbedding" else ""
        return f"in: {one}, use: {block}, with: {{{count}width: d}}"
    return f"in: {random.choice(memory)}, {random.choice((*ONE[:4], *RARELY))}, label: Far"


def random_spec(random: Random) -> Graph:
    """A spec of random boxes, each kept if the spec checks; its last sequence is scored."""
    sequence, memory, lines = ["tok"], ["z"], [HEAD]
    for number in range(random.randint(2, 9)):
        line = _node(random, sequence[-3:], memory)
        last = f"n{number}" if "label: Far" not in line else sequence[-1]
        end = f"  logits: {{use: Linear, in: {last}, with: {{width: vocab}}}}\n"
        try:
            graph_of("".join([*lines, f"  n{number}: {{{line}}}\n", end]))
        except SpecError:
            continue
        lines.append(f"  n{number}: {{{line}}}\n")
        (memory if "label: Far" in line else sequence).append(f"n{number}")
    return graph_of(
        "".join(
            [*lines, f"  logits: {{use: Linear, in: {sequence[-1]}, with: {{width: vocab}}}}\n"]
        )
    )


TO = Target("tokens", "logits", "logits", 7, "seq", None)


def check(seed: int) -> bool:
    """Hold one spec; whether it could be stepped."""
    random = Random(seed)
    graph = random_spec(random)
    model = Model(graph, init(graph, seed, np.float64), dtype="float64")
    row, first = ids(7, 14, seed), random.randint(1, 4)
    others = {"z": np.random.default_rng(seed).normal(size=(random.randint(1, 3), 4))}
    told: list[Diagnostic] = []
    session = Session(model, TO, {**others, "tokens": row[:first]}, told.append)
    for length in range(first, 14):
        found = session.scores(np.asarray([row[:length]]))[0]
        expected = full(model, TO, row[:length], **others)
        np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9)
    assert [d.code for d in told] == (["BW909"] if session.cut.obstacle else [])
    return session.cut.obstacle is None


@settings(max_examples=examples(60))
@given(seed=st.integers(0, 2**32))
def test_generation_is_that_of_full_runs(seed: int) -> None:
    check(seed)


def test_most_of_them_step_and_some_do_not() -> None:
    steps = [check(seed) for seed in range(30)]
    assert 15 < sum(steps) < 30
