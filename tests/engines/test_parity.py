"""Logits as others compute them (tests/oracles), on the same parameters."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from boxwork.engines.numpy import Model

from .support import shipped

ORACLES = Path(__file__).parents[1] / "oracles"
DIMS = {
    "gpt2": {"context": 16, "vocab": 37, "d_model": 24, "heads": 3, "layers": 2},
    "transformer": {"vocab": 29, "d_model": 24, "heads": 4, "d_ff": 40, "layers": 2},
}


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-5)])
@pytest.mark.parametrize("name", DIMS)
def test_logits(name: str, dtype: str, tolerance: float) -> None:
    with np.load(ORACLES / f"{name}.npz") as file:
        arrays = dict(file)
    expected = arrays.pop("logits")
    inputs = {key: arrays.pop(key) for key in ("tokens", "source", "target") if key in arrays}
    logits = Model(shipped(name, **DIMS[name]), arrays, dtype=dtype)(**inputs)
    assert logits.dtype == dtype
    assert_allclose(logits, expected, rtol=0, atol=tolerance)
