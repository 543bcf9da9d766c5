"""Random specs with kept nodes: refused with a reason, or they go on as full runs do."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwork.engines.generation.session import Session
from boxwork.engines.generation.target import Target
from boxwork.engines.parameters.initialise import init
from boxwork.engines.running.numpy import Model
from boxwork.engines.running.state import size
from boxwork.graphs.counting.count import Counting
from boxwork.graphs.graph import Graph
from boxwork.specs.diagnostics import SpecError
from tests.engines.going_on import full, ids
from tests.examples import examples
from tests.properties.random_specs import graph_of

HEAD = """
format: 1
name: Random
dims: {seq: any, vocab: 7, d: 4, count: 40}
inputs: {tokens: "index<vocab>[seq]"}
outputs: {logits: "real[seq, vocab]"}
interpret: {logits: {next: tokens}}
blocks:
  Looks:
    inputs: {x: "real[n, d]", memory: "real[n, d]"}
    outputs: {y: "real[n, d]"}
    settings: {window: size or none}
    nodes:
      up: {use: FeedForward, in: memory, with: {hidden: 3}}
      mix: {use: MultiHeadAttention, in: {query: x, memory: up},
            with: {heads: 2, causal: true, window: window}}
      y: {use: Add, in: [x, mix]}
nodes:
  tok: {use: Embedding, in: tokens, with: {count: vocab, width: d}}
"""
WINDOWS = ("none", "none", "1", "3", "6")
SAME = (
    "use: RMSNorm",
    "use: Linear, with: {width: d}",
    "use: FeedForward, with: {hidden: 3}",
    "use: RotaryEncoding",
    "use: Tanh",
    "use: Linear, repeat: 2, with: {width: d}",
)
CODES = {"BW250", "BW252", "BW253"}  # keys and values come from one wire: no BW251
TO = Target("tokens", "logits", "logits", 7, "seq", None)


def _nodes(random: Random) -> list[str]:
    """A few nodes with marks here and there, attention among them."""
    plain, low, lines = ["tok"], ["tok"], []
    for number in range(random.randint(3, 8)):
        name, chance = f"n{number}", random.random()
        mark = ", keep: true" if random.random() < 0.4 else ""
        if chance < 0.45:
            lines.append(f"{name}: {{in: {random.choice(low[-3:])}, {random.choice(SAME)}{mark}}}")
            low.append(name)
        elif chance < 0.6:
            wires = f"{random.choice(low[-3:])}, {random.choice(low[-3:])}"
            lines.append(f"{name}: {{in: [{wires}], use: Add{mark}}}")
            low.append(name)
        else:
            window = random.choice(WINDOWS)
            query, memory = random.choice(plain), random.choice(low[-3:])
            if random.random() < 0.5:
                place = random.choice(("none", "RotaryEncoding"))
                given = f"heads: 2, causal: true, window: {window}, position: {place}"
                wires = f"query: {query}, memory: {memory}"
                use = f"use: MultiHeadAttention, with: {{{given}}}"
            else:
                wires = f"x: {query}, memory: {memory}"
                use = (
                    f"use: Looks, repeat: 2, vary: {{window: [{window}, {random.choice(WINDOWS)}]}}"
                )
            lines.append(f"{name}: {{in: {{{wires}}}, {use}}}")
            plain.append(name)
            low.append(name)
    return [*lines, f"logits: {{use: Linear, in: {plain[-1]}, with: {{width: vocab}}}}"]


def check(seed: int) -> str:
    """Hold one spec; why it is refused, or whether anything in it is kept."""
    random = Random(seed)
    text = HEAD + "".join(f"  {line}\n" for line in _nodes(random))
    try:
        graph = graph_of(text)
    except SpecError as error:
        found = {d.code for d in error.diagnostics if d.severity == "error"}
        assert found <= CODES
        return min(found)
    return "kept" if _goes_on(graph, seed, random.randint(1, 5)) else "plain"


def _goes_on(graph: Graph, seed: int, first: int) -> bool:
    """Hold a spec against full runs; whether something in it is kept."""
    model = Model(graph, init(graph, seed, np.float64), dtype="float64")
    row = ids(7, 13, seed)
    session = Session(model, TO, {"tokens": row[:first]}, lambda told: None)
    for length in range(first, 13):
        found = session.scores(np.asarray([row[:length]]))[0]
        np.testing.assert_allclose(found, full(model, TO, row[:length]), rtol=1e-7, atol=1e-9)
        counting = Counting(graph, {"seq": length}, "seq")
        read = size(session.cut.states, {"seq": length})
        assert read <= counting.full().state  # what no score hangs on is counted too
    return any(path.endswith(" kept") for path in session.cut.states)


@settings(max_examples=examples(40))
@given(seed=st.integers(0, 2**32))
def test_what_is_kept_says_what_full_runs_say(seed: int) -> None:
    check(seed)


def test_many_are_kept_and_most_reasons_are_met() -> None:
    found = Counter(check(seed) for seed in range(60))
    assert found.keys() == {"kept", "plain", *CODES}
    assert found["kept"] > 5, found
