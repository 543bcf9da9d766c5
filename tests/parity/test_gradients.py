"""The same weights, input and loss: boxwork's gradients against those of PyTorch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boxwork.engines.gradients.gradients import Trainable
from boxwork.graphs.building.build import build
from boxwork.graphs.load import load
from boxwork.specs.objective import objective

ORACLES = Path(__file__).parent.parent / "oracles"
CASES = {
    "gpt2": {"vocab": 37, "context": 16, "d_model": 24, "heads": 3, "layers": 2, "dropout": 0},
    "transformer": {
        "vocab": 29,
        "d_model": 24,
        "heads": 4,
        "d_ff": 40,
        "layers": 2,
        "dropout": 0,
    },
}
INPUTS = ("tokens", "source", "target")


def descent(name: str, dtype: str) -> tuple[float, dict[str, Any], dict[str, Any]]:
    """The loss of a stored model, its gradients, and what PyTorch found for both."""
    stored = dict(np.load(ORACLES / f"{name}.npz", allow_pickle=False))
    whole = np.load(ORACLES / "gradients.npz", allow_pickle=False)
    wanted = {
        key.removeprefix(f"{name}/"): whole[key] for key in whole if key.startswith(f"{name}/")
    }
    goal = objective(load(name, [], CASES[name])[0])
    stored.pop("logits")
    given = {key: stored.pop(key) for key in INPUTS if key in stored}
    given[goal.wanted] = wanted.pop("wanted")
    arrays = {path: array.astype(dtype) for path, array in stored.items()}
    loss, found = Trainable(build(goal.spec), arrays, goal.loss).gradients(given)
    return loss, found, wanted


@pytest.mark.parametrize("name", CASES)
def test_gradients_equal_those_of_pytorch(name: str) -> None:
    loss, found, wanted = descent(name, "float64")
    assert loss == pytest.approx(float(wanted.pop("loss")), rel=1e-12)
    assert found.keys() == wanted.keys()
    for path, gradient in found.items():
        size = np.abs(wanted[path]).max()
        np.testing.assert_allclose(gradient, wanted[path], rtol=1e-6, atol=1e-6 * size + 1e-12)


@pytest.mark.parametrize("name", CASES)
def test_gradients_in_float32_are_those_of_float64_rounded(name: str) -> None:
    _, found, wanted = descent(name, "float32")
    largest = max(np.abs(array).max() for path, array in wanted.items() if path != "loss")
    for path, gradient in found.items():
        assert gradient.dtype == np.float32
        assert np.abs(gradient - wanted[path]).max() < 1e-5 * largest
