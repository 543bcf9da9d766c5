"""DeepSeek-V3 and Kimi K2: logits of the original, step by step as well, totals, what is kept."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boxwork.engines.running.numpy import Model
from boxwork.graphs.counting.count import Counting
from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load
from boxwork.graphs.totals import totals
from tests.engines.going_on import begun

ORACLES = Path(__file__).parent.parent / "oracles"
TINY = {
    "vocab": 29,
    "d_model": 24,
    "heads": 4,
    "q_rank": 12,
    "kv_rank": 9,
    "nope": 6,
    "rope": 8,
    "v_dim": 5,
    "d_ff": 28,
    "d_expert": 10,
    "layers": 3,
    "original": 64,
    "dense": 1,
}
CASES = {
    "deepseek-v3": TINY | {"experts": 8, "active": 3, "groups": 4, "active_groups": 2},
    "kimi-k2": TINY | {"experts": 6, "active": 2},
}
FILES = {"deepseek-v3": "deepseek_v3", "kimi-k2": "kimi_k2"}
CLOSE = {"float32": 1e-5, "float64": 1e-10}
# name -> trained, with the biases of the choice, bytes of the past for each position in bfloat16
PUBLISHED = {
    "deepseek-v3": (671_026_404_352, 671_026_419_200, 61 * 576 * 2),
    "kimi-k2": (1_026_408_209_408, 1_026_408_232_448, 61 * 576 * 2),
}


@cache
def stored(name: str) -> dict[str, Any]:
    return dict(np.load(ORACLES / f"{FILES[name]}.npz", allow_pickle=False))


def arrays(name: str) -> dict[str, Any]:
    return {k: v for k, v in stored(name).items() if k not in ("tokens", "logits")}


def graph_of(name: str, *edits: str) -> Graph:
    return load(name, edits, CASES[name])[1]


@pytest.mark.parametrize("dtype", CLOSE)
@pytest.mark.parametrize("name", CASES)
def test_logits_equal_those_of_the_original(name: str, dtype: str) -> None:
    wanted = stored(name)["logits"]
    found = Model(graph_of(name), arrays(name), dtype=dtype)(stored(name)["tokens"])
    assert np.abs(found - wanted).max() < CLOSE[dtype]
    assert np.abs(wanted).max() > 1


@pytest.mark.parametrize("name", CASES)
def test_every_parameter_counts(name: str) -> None:
    """A parameter that the logits do not depend on would hide a fault."""
    tokens, graph = stored(name)["tokens"], graph_of(name)
    before = Model(graph, arrays(name), dtype="float64")(tokens)
    still = []
    for path, array in arrays(name).items():
        wave = 0.1 * np.cos(np.arange(array.size)).reshape(array.shape)
        shaken = Model(graph, arrays(name) | {path: array + wave}, dtype="float64")
        if np.allclose(shaken(tokens), before, rtol=0, atol=1e-9):
            still.append(path)
    assert not still


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("deepseek-v3", "dims.active_groups=4"),
        ("deepseek-v3", "dims.original=16"),
        ("deepseek-v3", "settings.stretch=39"),
        ("deepseek-v3", "settings.routed_sum=2.4"),
        ("deepseek-v3", "set.*.*.attn.q_rot.with.pairs=halves"),
        ("kimi-k2", "settings.routed_sum=2.5"),
        ("kimi-k2", "settings.stretch=40"),
    ],
)
def test_what_is_special_is_felt(name: str, edit: str) -> None:
    edits = [edit] if "*.*" not in edit else [edit.replace("*", s, 1) for s in ("first", "stack")]
    found = Model(graph_of(name, *edits), arrays(name), dtype="float64")(stored(name)["tokens"])
    assert np.abs(found - stored(name)["logits"]).max() > 1e-3


@pytest.mark.parametrize("name", CASES)
def test_step_by_step_it_says_the_same(name: str) -> None:
    spec, graph = load(name, (), CASES[name])
    model = Model(graph, arrays(name), dtype="float64")
    for row, logits in zip(stored(name)["tokens"].tolist(), stored(name)["logits"], strict=True):
        session, told = begun(model, spec.interpretation, row[:60])
        assert not told
        assert session.cut.obstacle is None
        for length in range(60, len(row) + 1):
            found = session.scores(np.asarray([row[:length]]))[0]
            np.testing.assert_allclose(found, logits[length - 1], atol=1e-10)
        kept = {growing.buffer.shape[-1] for growing in session.memory._growing.values()}
        assert kept == {9, 8}
        assert len(session.memory._growing) == 2 * 3


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_numbers(name: str) -> None:
    trained, all_of_them, bytes_each = PUBLISHED[name]
    _, graph = load(name)
    found = totals(graph).all
    assert (found.trained, found.trained + found.buffers) == (trained, all_of_them)
    full = Counting(graph, {"seq": 1000}, "seq").full()
    assert 2 * full.growth == bytes_each == 70_272
    assert full.state == 1000 * full.growth


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_few_layers_are_all_dense(name: str) -> None:
    assert totals(load(name, (), {"layers": 1})[1]).all.buffers == 0
