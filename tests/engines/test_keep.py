"""Nodes that are kept while generating: the same scores, other states, boxes run again."""

from collections.abc import Iterator

import numpy as np
import pytest

from boxwork.engines.generation.session import Session
from boxwork.engines.generation.target import target
from boxwork.engines.parameters.initialise import init
from boxwork.engines.running.numpy import Model
from boxwork.engines.running.state import size
from boxwork.graphs.counting.count import Counting
from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load
from boxwork.specs.interpret import Interpretation
from tests.blocks.executed import Namespace, Tape
from tests.engines.going_on import begun, counted, full, hold, ids, spec
from tests.engines.keeping import BETWEEN, between, latent
from tests.engines.support import spec_of
from tests.gallery import toy


def exact(text: str) -> tuple[Interpretation, Model]:
    return spec(text, 1, dtype="float64")


def held(session: Session) -> dict[str, int]:
    """How many positions of each state are kept."""
    return {path: g.end - g.start for (path, _), g in session.memory._growing.items()}


def test_latent_attention_says_what_full_runs_say() -> None:
    interpretation, model = exact(latent())
    session = hold(model, interpretation, atol=1e-10)
    kept = [f"stack.{i}.attn.{name} kept" for i in range(2) for name in ("latent", "k_rot")]
    assert held(session) == dict.fromkeys(kept, 66)
    shapes = {g.buffer.shape[-1] for g in session.memory._growing.values()}
    assert shapes == {5, 2}


@pytest.mark.parametrize("name", BETWEEN)
def test_whatever_stands_between_runs_again_on_all_of_the_past(name: str) -> None:
    interpretation, model = exact(between(name))
    session = hold(model, interpretation, first=2, count=20, atol=1e-10)
    assert session.cut.obstacle is None
    assert all(path.endswith(" kept") for path in session.cut.states)


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("rotary positions in a window", {"low kept": 5}),
        ("sinusoids in a window", {"low kept": 4}),
        ("two windows", {"low kept": 7}),  # what the farther of its readers needs
        ("two that meet", {"low kept": 21, "other kept": 21}),  # one row for the other
        ("a stack that reads it", {"low kept": 21}),
        ("a block that keeps inside", {"low.down kept": 3, "again.down kept": 21}),
    ],
)
def test_no_more_is_kept_than_the_windows_see(name: str, limits: dict[str, int]) -> None:
    interpretation, model = exact(between(name))
    session = hold(model, interpretation, first=2, count=20, atol=1e-10)
    assert held(session) == limits


def test_windows_that_take_turns_keep_their_own() -> None:
    interpretation, model = exact(latent("4, none"))
    session = hold(model, interpretation, count=30, atol=1e-10)
    assert {n for path, n in held(session).items() if path.startswith("stack.0.")} == {4}
    assert {n for path, n in held(session).items() if path.startswith("stack.1.")} == {32}
    room = session.memory._growing["stack.0.attn.latent kept", "kept"].buffer
    assert room.shape[-2] <= 16


@pytest.mark.parametrize("windows", ["", "4", "3, none"])
def test_with_and_without_it_the_scores_are_the_same(windows: str) -> None:
    interpretation, model = exact(latent(windows))
    _, plain = spec_of(latent(windows, keep=False))
    other = Model(plain, model.parameters, dtype="float64")
    row = ids(11, 20)
    sessions = [begun(each, interpretation, row[:5])[0] for each in (model, other)]
    for length in range(5, 20):
        found, expected = (each.scores(np.asarray([row[:length]])) for each in sessions)
        np.testing.assert_allclose(found, expected, atol=1e-11)
    first, second = (set(session.cut.states) for session in sessions)
    assert second == {"stack.0.attn.mix", "stack.1.attn.mix"}
    assert not first & second


@pytest.mark.parametrize("windows", ["", "4"])
def test_rows_go_on_with_what_was_kept_of_their_parents(windows: str) -> None:
    interpretation, model = exact(latent(windows))
    row = ids(11, 9)
    session, _ = begun(model, interpretation, row)
    session.scores(np.asarray([row]))
    rows = np.asarray([[*row, k] for k in (1, 2, 3)])
    session.scores(rows, [0, 0, 0])
    for parents in ([2, 0], [1, 1], [0, 1]):
        rows = np.asarray([[*rows[p], 4 + k] for k, p in enumerate(parents)])
        found = session.scores(rows, parents)
        for one, scores in zip(rows.tolist(), found, strict=True):
            np.testing.assert_allclose(scores, full(model, session.to, one), atol=1e-10)


def test_past_its_context_nothing_is_kept_any_more() -> None:
    interpretation, model = exact(latent().replace("context: 90", "context: 8"))
    row = ids(11, 20)
    session, told = begun(model, interpretation, row[:3])
    for length in range(3, 20):
        scores = session.scores(np.asarray([row[:length]]))[0]
        expected = full(model, session.to, row[:length][-8:])
        np.testing.assert_allclose(scores, expected, atol=1e-10)
    assert [d.code for d in told] == ["BW910"]


def test_what_is_before_it_runs_on_new_positions_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    interpretation, model = exact(latent(layers=1))
    seen: dict[str, tuple[int, ...]] = {}

    def look(cx: object, shapes: list[tuple[int, ...] | None]) -> None:
        seen[cx.step.path] = shapes[0] or ()  # type: ignore[attr-defined]

    session, _ = begun(model, interpretation, [1, 2, 3])
    session.scores(np.asarray([[1, 2, 3]]))
    with counted(monkeypatch, look):
        session.scores(np.asarray([[1, 2, 3, 4]]))
    assert seen["stack.0.attn.kv_down"] == (1, 1, 8)
    assert seen["stack.0.attn.latent"] == (1, 1, 5)
    assert seen["stack.0.attn.kv_up"] == (1, 4, 5)
    assert seen["stack.0.attn.k_and_v"] == (1, 2, 4, 7)
    assert seen["stack.0.attn.merged"] == (1, 2, 1, 3)


class Plain(Namespace):
    """A namespace that counts, for which plain bodies run."""

    __name__ = "plain"


def executed(
    interpretation: Interpretation, graph: Graph, lengths: list[int]
) -> Iterator[tuple[Tape, int, Counting]]:
    """For each length: what its one new token executed, what is kept, and the count of both."""
    tape = Tape()
    model = Model(graph, init(graph, 0, np.float64), dtype="float64", xp=Plain(tape))
    to = target(graph, interpretation)
    row = ids(to.vocab, max(lengths))
    session = Session(model, to, {"tokens": row[:3]}, lambda told: None)
    for length in range(3, max(lengths) + 1):
        tape.matmul = tape.elementwise = 0
        session.scores(np.asarray([row[:length]]))
        if length in lengths:
            sizes = {"seq": length}
            yield tape, size(session.cut.states, sizes), Counting(graph, sizes, to.dim)


@pytest.mark.parametrize("text", [latent(), latent("4, none"), *map(between, BETWEEN)])
def test_a_step_is_counted_as_it_is_executed(text: str) -> None:
    hold_count(*spec_of(text))


@pytest.mark.parametrize("name", ["deepseek-v3", "kimi-k2"])
def test_so_is_a_step_with_experts(name: str) -> None:
    spec, graph = load(name, (), toy(name))
    hold_count(spec.interpretation, graph)


def hold_count(interpretation: Interpretation, graph: Graph) -> None:
    """Hold the count of some steps to what they execute."""
    seen = 0
    for tape, remembered, counting in executed(interpretation, graph, [4, 5, 9, 15]):
        step, seen = counting.step(), seen + 1
        assert step is not None
        assert (step.matmul, step.elementwise) == (tape.matmul, tape.elementwise)
        assert counting.full().state == remembered
    assert seen == 4


def test_what_is_remembered_is_what_is_held() -> None:
    interpretation, model = exact(latent("4, none"))
    session = hold(model, interpretation, count=10, atol=1e-10)
    numbers = sum((g.end - g.start) * g.buffer.shape[-1] for g in session.memory._growing.values())
    counting = Counting(model.graph, {"seq": 12}, "seq")
    assert counting.full().state == numbers == (4 + 12) * 7
    assert counting.full().growth == 2 * 7
    assert counting.full().unlimited == 2 * 12 * 7
