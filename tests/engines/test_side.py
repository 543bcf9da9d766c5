"""Copies side by side: what they give is what the copies give one by one, and they cost no more."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from boxwork.blocks import catalogue
from boxwork.blocks.block import Block
from boxwork.blocks.context import Context
from boxwork.engines.parameters.initialise import init
from boxwork.engines.running.numpy import Model

from .going_on import begun, counted, full, hold
from .side import CASES, FEED, Array, Case, by_hand, drawn, given, largest_in, learning, model
from .slopes import hold_finite_differences
from .support import graph_of, model_of, spec_of, wrong

SEEDS = range(3)


@pytest.mark.parametrize("name", CASES)
def test_copies_give_what_they_give_one_by_one(name: str) -> None:
    case = CASES[name]
    for seed in SEEDS:
        made, values = model(case, seed), drawn(case, seed)
        assert_allclose(made(**values), by_hand(case, made, values), atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_samples_of_a_batch_are_what_they_are_alone(name: str) -> None:
    case = CASES[name]
    for batch in ((3,), (2, 2)):
        made, values = model(case), drawn(case, 1, batch)
        found = made(**values)
        assert_allclose(found, by_hand(case, made, values), atol=1e-12)
        first = {key: value[(0,) * len(batch)] for key, value in values.items()}
        assert_allclose(found[(0,) * len(batch)], made(**first), atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_samples_of_unlike_length_are_what_they_are_alone(name: str) -> None:
    case = CASES[name]
    made = model(case)
    if not made.graph.free:
        pytest.skip("all sizes are fixed")
    lengths = [{"seq": 5, "rows": 2}, {"seq": 2, "columns": 1}, {"seq": 3, "mem": 1, "rows": 4}]
    samples = [drawn(case, seed, **some) for seed, some in enumerate(lengths)]
    lists = {key: [sample[key] for sample in samples] for key in samples[0]}
    for alone, found in zip(samples, made(**lists), strict=True):
        assert_allclose(found, made(**alone), atol=1e-12)


@pytest.mark.parametrize("name", [n for n in CASES if CASES[n].weights is not None])
def test_weights_of_0_leave_nothing(name: str) -> None:
    case = CASES[name]
    for batch in ((), (2,)):
        values = drawn(case, 0, batch)
        values["w"][...] = 0
        made = model(case)
        found = made(**values)
        assert_array_equal(found, np.zeros_like(by_hand(case, made, values)))


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_those_of_finite_differences(name: str) -> None:
    """Of the inputs and weights too: they hang on arrays that are trained."""
    net = learning(CASES[name])
    for batch in ((), (3,)):
        hold_finite_differences(net, given(net, CASES[name], batch))


@pytest.mark.parametrize("name", CASES)
def test_gradients_of_samples_of_unlike_length(name: str) -> None:
    net, case = learning(CASES[name]), CASES[name]
    if not net.graph.free:
        pytest.skip("all sizes are fixed")
    lengths = [{"seq": 5, "rows": 2}, {"seq": 2, "columns": 1}, {"seq": 3, "mem": 1, "rows": 4}]
    samples = [given(net, case, (), seed, **some) for seed, some in enumerate(lengths)]
    hold_finite_differences(net, {key: [one[key] for one in samples] for key in samples[0]})


@pytest.mark.parametrize("name", [n for n in CASES if CASES[n].weights is not None])
def test_gradients_where_copies_do_not_run(name: str) -> None:
    """Weights that are given, some of them 0: nobody asks what they would change."""
    case = CASES[name]
    net = learning(case, gate="")
    for batch in ((), (3,)):
        values = given(net, case, batch) | {"w": drawn(case, 2, batch)["w"]}
        hold_finite_differences(net, values)
        values["w"][...] = 0
        hold_finite_differences(net, values)


@pytest.mark.parametrize("name", [n for n in CASES if CASES[n].weights is not None])
def test_gradients_of_weights_that_happen_to_be_0(name: str) -> None:
    """A little more of a copy that counts nowhere adds what it gives."""
    case = CASES[name]
    net = learning(case, "{use: Scale, with: {by: 1}}")
    net.parameters["to_w.weight"][...] = 0
    net.parameters["to_w.bias"][...] = 0
    for batch in ((), (3,)):
        hold_finite_differences(net, given(net, case, batch))
    assert np.all(net.gradients(given(net, case, ()))[1]["to_w.bias"] != 0)


@pytest.fixture
def largest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block that says how many of its numbers are not 0; gone after the test."""
    largest_in(monkeypatch)


@pytest.mark.parametrize("name", [n for n in CASES if CASES[n].weights is not None])
@pytest.mark.usefixtures("largest")
def test_gradients_of_weights_that_are_chosen(name: str) -> None:
    """What was not chosen does not run, and a small change chooses nothing else."""
    case = CASES[name]
    net = learning(case, "{use: Largest, with: {keep: 2}}", copies=5)
    node = net.graph.root.nodes["y"]
    assert node.parallel is not None
    assert (str(node.parallel.count), str(node.parallel.active)) == ("5", "2")
    for batch in ((), (3,)):
        hold_finite_differences(net, given(net, case, batch, sum(batch), n=5))


@pytest.mark.usefixtures("largest")
def test_copies_run_where_they_count_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of four samples of six positions is run by the two copies chosen there, no other."""
    made = model_of(
        """
        dims: {seq: any, d: 4, experts: 8}
        inputs: {x: "real[seq, d]"}
        outputs: {y: "real[seq, d]"}
        nodes:
          score: {use: Linear, with: {width: experts}}
          choice: {use: Largest, with: {keep: 2}}
          y: {use: FeedForward, in: x, with: {hidden: 7}, parallel: experts, weigh: choice}
        """
    )
    x = np.random.default_rng(0).normal(size=(4, 6, 4))
    rows: dict[str, list[int]] = {}

    def look(cx: Any, shapes: list[Any]) -> None:
        rows.setdefault(cx.path, []).append(math.prod(shapes[0][:-1]))

    choice = made.trace(x=x, paths=["choice"])["choice"]
    with counted(monkeypatch, look) as counts:
        made(x=x)
    used = (choice != 0).sum(axis=(0, 1))
    assert sum(rows["y.up"]) == sum(rows["y.act"]) == sum(rows["y.y"]) == 2 * 4 * 6 == used.sum()
    assert rows["y.up"] == [count for count in used if count]
    with counted(monkeypatch) as counts:
        made(x=x[0, :1])
    assert counts["y.up"] == 2
    samples = [x[0], x[1, :2]]
    rows.clear()
    with counted(monkeypatch, look):
        made(x=samples)
    assert sum(rows["y.up"]) == 2 * (6 + 2)  # padding is not run


def test_copies_that_look_around_run_at_all_positions_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, values = model(CASES["attention, weighed"]), drawn(CASES["attention, weighed"])
    with counted(monkeypatch) as counts:
        made(**values)
    assert counts["y.attn.mix"] == 2  # one of three counts nowhere
    case = CASES["weighed as a whole"]
    made, values = model(case), drawn(case, 0, (4,))
    values["w"][:, 0] = [1, 0, 0, 1]
    rows = []
    with counted(monkeypatch, lambda cx, shapes: rows.append((cx.path, shapes[0]))):
        made(**values)
    assert next(shape for path, shape in rows if path == "y.attn.q") == (2, 5, 4)


def test_an_array_api_of_another_kind_gives_the_same() -> None:
    import array_api_strict

    for case in CASES.values():
        made = model(case)
        values = drawn(case, 0, (2,))
        strict = Model(made.graph, made.parameters, dtype="float64", xp=array_api_strict)
        assert_allclose(np.asarray(strict(**values)), made(**values), atol=1e-12)


def test_what_is_inside_is_traced_for_all_copies() -> None:
    case = CASES["weighed"]
    made, values = model(case), drawn(case, 0, (2,))
    found = made.trace(**values, paths=["y", "y.up", "y.act", "y.y", "y.x"])
    up = np.einsum("bsd,ndh->bnsh", values["x"], made.parameters["y.up.weight"])
    assert_allclose(found["y.up"], up + made.parameters["y.up.bias"][:, None], atol=1e-12)
    assert_allclose(found["y.act"], np.tanh(found["y.up"]))
    assert_allclose(found["y"], np.einsum("bsn,bnsd->bsd", values["w"], found["y.y"]), atol=1e-12)
    assert_allclose(found["y"], made(**values), atol=1e-12)
    assert_array_equal(found["y.x"], values["x"])
    assert set(made.trace(**values)) == {"x", "w", "y"}  # copies may be left out
    assert wrong(made.trace, **values, paths=["y.upp"])[0][0] == "BW413"


def test_what_is_inside_of_stacked_copies_is_always_computed() -> None:
    case = CASES["a chain, stacked"]
    made, values = model(case), drawn(case)
    found = made.trace(**values)
    assert list(found)[:3] == ["x", "y", "y.stack.0.up"]
    assert found["y.stack.1.y"].shape == (3, 5, 4)
    assert list(made.trace(**values, paths="y.stack.*.up")) == ["y.stack.0.up", "y.stack.1.up"]
    twice = model(CASES["side by side twice, stacked"])
    inner = twice.trace(**drawn(CASES["side by side twice, stacked"]), paths=["y.y.up", "y.y.y"])
    assert inner["y.y.up"].shape == (3, 2, 5, 4)
    assert inner["y.y.y"].shape == (3, 2, 5, 3)


def test_copies_drop_each_on_its_own() -> None:
    made = model_of(
        """
        dims: {seq: any, d: 40}
        inputs: {x: "real[seq, d]"}
        outputs: {y: "real[3, seq, d]"}
        nodes:
          y: {use: Dropout, with: {rate: 0.5}, parallel: 3}
        """
    )
    x = np.ones((5, 40))
    first, second, third = made.run({"x": x}, training=True, key=1)["y"]
    assert not any(np.array_equal(a, b) for a, b in ((first, second), (second, third)))
    assert_array_equal(made.run({"x": x}, training=True, key=1)["y"][0], first)


def test_one_set_of_parameters_for_all_copies() -> None:
    case = CASES["weighed"]
    graph = case.parallel(", share: true")
    made, values = model_of(graph), drawn(case)
    assert made.parameters["y.up.weight"].shape == (4, 5)
    one = Model(case.one(), made.parameters, dtype="float64")(x=values["x"])
    assert_allclose(made(**values), values["w"].sum(axis=-1)[:, None] * one, atol=1e-12)


def test_each_copy_starts_on_its_own_as_one_copy_does() -> None:
    graph = graph_of(
        """
        dims: {d: 200, n: 50}
        inputs: {x: "real[d]"}
        outputs: {y: "real[n, d]"}
        nodes:
          y: {use: Linear, with: {width: d}, parallel: n}
        """
    )
    weight = init(graph)["y.weight"]
    assert weight.shape == (50, 200, 200)
    assert np.std(weight) == pytest.approx(1 / math.sqrt(200), rel=0.01)
    assert not np.array_equal(weight[0], weight[1])


def test_a_block_inside_that_cannot_be_trained_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_primitives", dict(catalogue.primitives()))

    @catalogue.register
    class Stuck(Block):
        """What comes in, from which nothing flows back."""

        ports = "x: real[*] -> y: real[*]"

        def forward(self, cx: Context, p: Any, x: Array) -> Array:
            return x

    case = Case(FEED.replace("Tanh", "Stuck"))
    assert "y.act (Stuck) cannot be trained through" in wrong(learning, case)[0][1]


GENERATES = """
dims: {seq: any, vocab: 11, d: 8, n: 3, context: 40}
inputs: {tokens: "index<vocab>[seq]"}
outputs: {logits: "real[seq, vocab]"}
interpret: {logits: {next: tokens}}
require: [seq <= context]
blocks:
  Inner:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      attn: {use: Causal, in: x, with: {position: RotaryEncoding}}
      y: {use: FeedForward, with: {hidden: 5}, parallel: 2, weigh: gate}
      gate: {use: Score, in: x, with: {width: 2}}
  Causal: {use: MultiHeadAttention, with: {heads: 2, causal: true}}
  Score:
    inputs: {x: "real[*, d_in]"}
    outputs: {y: "real[*, width]"}
    settings: {width: size}
    nodes:
      up: {use: Linear, in: x, with: {width: width}}
      y: {use: ReLU}
nodes:
  tok: {use: Embedding, in: tokens, with: {count: vocab, width: d}}
  gate: {use: Score, with: {width: n}}
  some: {use: Inner, in: tok, parallel: n, weigh: gate}
  all: {use: Causal, in: some, with: {window: 4}, parallel: n}
  last: {use: MergeHeads}
  logits: {use: Linear, with: {width: vocab}}
"""


def test_generation_by_steps_is_that_of_full_runs() -> None:
    interpretation, graph = spec_of(GENERATES)
    session = hold(model_of(graph, 1, dtype="float32"), interpretation, count=30)
    assert session.cut.obstacle is None
    assert {p: sorted(states) for p, states in session.cut.states.items()} == {
        "some": ["attn.mix/k", "attn.mix/v"],
        "all": ["mix/k", "mix/v"],
    }
    assert [str(d) for d in session.cut.states["all"]["mix/k"].type.dims][:2] == ["3", "2"]


def test_beams_take_what_each_copy_remembers() -> None:
    interpretation, graph = spec_of(GENERATES)
    made = model_of(graph, 1, dtype="float32")
    session, told = begun(made, interpretation, [1, 2, 3])
    session.scores(np.asarray([[1, 2, 3]]))
    session.scores(np.asarray([[1, 2, 3, 4], [1, 2, 3, 5]]), [0, 0])
    rows = [[1, 2, 3, 5, 6], [1, 2, 3, 5, 7], [1, 2, 3, 4, 8]]
    found = session.scores(np.asarray(rows), [1, 1, 0])
    for row, scores in zip(rows, found, strict=True):
        assert_allclose(scores, full(made, session.to, row), atol=1e-5)
    assert not told


def test_the_box_inside_that_looks_at_all_positions_is_named() -> None:
    interpretation, graph = spec_of(GENERATES.replace("{window: 4}", "{causal: false}"))
    made = model_of(graph, 1, dtype="float32")
    session, told = begun(made, interpretation, [1, 2, 3])
    assert session.cut.obstacle is not None
    assert "all.mix (DotProductAttention) looks at the whole of seq" in told[0].message


def test_a_run_that_cannot_fit_is_refused_before_it_begins() -> None:
    made = model_of(
        """
        dims: {seq: any, d: 4, n: 1_000_000_000_000}
        inputs: {x: "real[seq, d]"}
        outputs: {y: "real[n, seq, d]"}
        nodes:
          y: {use: ReLU, parallel: n}
        """
    )
    assert wrong(made, x=np.ones((5, 4)))[0][0] == "BW420"


KEEPS = """
dims: {seq: any, vocab: 11, d: 8, n: 3}
inputs: {tokens: "index<vocab>[seq]"}
outputs: {logits: "real[seq, vocab]"}
interpret: {logits: {next: tokens}}
blocks:
  Latent:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      low: {use: Linear, in: x, with: {width: 2}, keep: true}
      high: {use: Linear, with: {width: d}}
      y: {use: MultiHeadAttention, in: {query: x, memory: high}, with: {heads: 2, causal: true}}
nodes:
  tok: {use: Embedding, in: tokens, with: {count: vocab, width: d}}
  gate: {use: Linear, with: {width: n}}
  some: {use: Latent, in: tok, parallel: n, weigh: gate}
  logits: {use: Linear, with: {width: vocab}}
"""


def test_what_is_kept_inside_is_kept_for_each_copy() -> None:
    interpretation, graph = spec_of(KEEPS)
    session = hold(model_of(graph, 1, dtype="float32"), interpretation, count=20)
    ((path, states),) = session.cut.states.items()
    assert path == "some"
    ((name, state),) = states.items()
    assert name == "low kept/kept"
    assert [str(dim) for dim in state.type.dims] == ["3", "past(seq)", "2"]
