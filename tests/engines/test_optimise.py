"""Optimisers: equal to torch.optim, in one row of numbers; and the rates that they are given."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boxwork.engines.learning import flat as flats
from boxwork.engines.learning.flat import Flat, clip, norm
from boxwork.engines.learning.optimise import OPTIMISERS
from boxwork.engines.learning.schedule import rate_at

ORACLE = Path(__file__).parent.parent / "oracles" / "optimisers.npz"
RATE, STEPS = 0.03, 6
DECAY = {"sgd": 0.05, "adamw": 0.05}


def moved(kind: str, dtype: str) -> tuple[Flat, Any]:
    """Where six steps lead, and what the oracle has."""
    stored = np.load(ORACLE, allow_pickle=False)
    names = ("vector", "matrix")
    flat = Flat({name: stored[f"start/{name}"] for name in names}, dtype)
    optimiser = OPTIMISERS[kind](flat, 0.9, DECAY.get(kind, 0.0))
    for step in range(STEPS):
        slopes = Flat({name: stored[f"gradient/{name}"][step] for name in names}, dtype)
        optimiser.step(slopes.numbers, RATE, step + 1)
    return flat, {name: stored[f"{kind}/{name}"] for name in names}


@pytest.mark.parametrize(("dtype", "close"), [("float64", 1e-12), ("float32", 1e-6)])
@pytest.mark.parametrize("kind", OPTIMISERS)
def test_steps_equal_those_of_torch(kind: str, dtype: str, close: float) -> None:
    flat, expected = moved(kind, dtype)
    for name, array in expected.items():
        np.testing.assert_allclose(flat.views[name], array, rtol=close, atol=close)


@pytest.mark.parametrize("kind", OPTIMISERS)
def test_pieces_change_nothing(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = moved(kind, "float64")
    monkeypatch.setattr(flats, "CHUNK", 5)  # cuts both arrays
    monkeypatch.setattr("boxwork.engines.learning.optimise.CHUNK", 5)
    pieces, _ = moved(kind, "float64")
    assert pieces.numbers.tolist() == whole.numbers.tolist()


def test_the_first_steps_by_hand() -> None:
    ends = {}
    for kind in OPTIMISERS:
        flat = Flat({"x": np.array([1.0])}, np.float64)
        optimiser = OPTIMISERS[kind](flat, 0.5, 0.1)  # a vector does not decay
        for step in (1, 2):
            optimiser.step(np.array([2.0]), 0.1, step)
        ends[kind] = float(flat.numbers[0])
    assert ends["sgd"] == pytest.approx(1 - 0.2 - 0.2)
    assert ends["momentum"] == pytest.approx(1 - 0.2 - 0.3)
    assert ends["nesterov"] == pytest.approx(1 - 0.3 - 0.35)
    assert ends["adamw"] == pytest.approx(1 - 0.1 - 0.1)


def test_a_row_and_its_views_are_one() -> None:
    arrays = {"b": np.arange(2.0), "w": np.arange(6.0).reshape(2, 3), "c": np.array(7.0)}
    flat = Flat(arrays, np.float64)
    assert list(flat.views) == ["b", "w", "c"]
    assert flat.matrices == 6
    assert flat.numbers.tolist() == [0, 1, 2, 3, 4, 5, 0, 1, 7]  # matrices first
    flat.numbers[:] = 9
    assert all((view == 9).all() for view in flat.views.values())
    flat.views["w"][1, 2] = 5
    assert flat.numbers[5] == 5
    assert flat.laid_over(np.arange(9.0))["b"].tolist() == [6, 7]
    with pytest.raises(ValueError, match="b is"):
        flat.fill({**arrays, "b": np.zeros(3)})


def test_long_gradients_are_shortened_and_others_are_not() -> None:
    row = np.array([3.0, 4.0], np.float32)
    assert norm(row) == 5
    clip(row, 5, 10)
    clip(row, 5, 0)
    assert row.tolist() == [3, 4]
    clip(row, 5, 1)
    assert row.tolist() == pytest.approx([0.6, 0.8])


def test_norms_of_large_numbers_do_not_overflow() -> None:
    assert norm(np.full(4, 1e30, np.float32)) == pytest.approx(2e30)


def test_rates_rise_then_fall_to_the_floor() -> None:
    def rates(schedule: str) -> list[float]:
        options: dict[str, Any] = {"steps": 11, "rate": 2.0, "warmup": 4, "floor": 0.25}
        return [rate_at(step, schedule=schedule, **options) for step in range(11)]

    assert rates("constant") == [0.5, 1.0, 1.5, 2.0, *[2.0] * 7]
    assert rates("linear") == pytest.approx(
        [0.5, 1.0, 1.5, 2.0, 2.0, 1.75, 1.5, 1.25, 1.0, 0.75, 0.5]
    )
    cosine = rates("cosine")
    assert cosine[:5] == [0.5, 1.0, 1.5, 2.0, 2.0]
    assert cosine[7] == pytest.approx(1.25)  # half way
    assert cosine[10] == pytest.approx(0.5)
    assert rate_at(0, steps=1, rate=3.0, schedule="cosine", floor=0.1) == 3.0
