"""What the tests of generation share: sessions held against full runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from boxwork.engines.generation.session import Session
from boxwork.engines.generation.target import Target, target
from boxwork.engines.running import run
from boxwork.engines.running.numpy import Model
from boxwork.specs.diagnostics import Diagnostic
from boxwork.specs.interpret import Interpretation
from tests.engines.support import model_of, spec_of


def begun(
    model: Model, interpretation: Interpretation, prompt: list[int], **others: Any
) -> tuple[Session, list[Diagnostic]]:
    """A session, and what it says."""
    told: list[Diagnostic] = []
    to = target(model.graph, interpretation)
    return Session(model, to, {**others, to.input: prompt}, told.append), told


def spec(text: str, seed: int = 0, dtype: str = "float32") -> tuple[Interpretation, Model]:
    interpretation, graph = spec_of(text)
    return interpretation, model_of(graph, seed, dtype=dtype)


def ids(vocab: int, count: int, seed: int = 0) -> list[int]:
    return [int(i) for i in np.random.default_rng(seed).integers(0, vocab, count)]


def full(model: Model, to: Target, row: list[int], **others: Any) -> np.ndarray:
    """The scores after a row, by a run of all of it."""
    scores = model.trace(paths=[to.scores], **others, **{to.input: row})[to.scores]
    return np.asarray(scores).reshape(-1, to.vocab)[-1]


def hold(
    model: Model,
    interpretation: Interpretation,
    *,
    first: int = 3,
    count: int = 64,
    atol: float = 1e-5,
    **others: Any,
) -> Session:
    """Hold a session of so many tokens against a full run at each length."""
    to = target(model.graph, interpretation)
    row = ids(to.vocab, first + count)
    session, told = begun(model, interpretation, row[:first], **others)
    assert not told
    for length in range(first, first + count):
        found = session.scores(np.asarray([row[:length]]))
        assert found.shape == (1, to.vocab)
        expected = full(model, to, row[:length], **others)
        np.testing.assert_allclose(found[0], expected, atol=atol, err_msg=f"{length}")
    return session


@contextmanager
def counted(
    monkeypatch: pytest.MonkeyPatch,
    look: Callable[[Any, list[Any]], None] = lambda cx, shapes: None,
) -> Iterator[dict[str, int]]:
    """How often each step is run; each may be looked at, with the shapes that it is given."""
    counts: dict[str, int] = {}
    plain = run.run_step

    def step(cx: Any, parameters: Any, arguments: list[Any]) -> Any:
        counts[cx.path] = counts.get(cx.path, 0) + 1
        look(cx, [getattr(one, "shape", None) for one in arguments])
        return plain(cx, parameters, arguments)

    with monkeypatch.context() as patch:
        patch.setattr(run, "run_step", step)
        yield counts
