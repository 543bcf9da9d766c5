"""A12: less the mean, by the standard deviation over N, then a scale and a bias."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import boxwork as bw

from .support import LEAF, close, model, with_parameters


def test_the_leaf_by_hand() -> None:
    mean = (32 + 107 + 56 + 11.2) / 4
    deviation = (sum((x - mean) ** 2 for x in LEAF) / 4) ** 0.5
    close(model("layer-norm")(LEAF), [(x - mean) / deviation for x in LEAF])


@given(st.lists(st.floats(-100, 100), min_size=4, max_size=4).filter(lambda x: np.std(x) > 1e-3))
def test_mean_0_and_deviation_1(x: list[float]) -> None:
    y = model("layer-norm")(x)
    close([y.mean(), y.std()], [0, 1], 1e-8)


def test_scale_and_bias_are_trained_and_all_there_is() -> None:
    parameters = bw.load("layer-norm").parameters
    assert list(parameters) == ["norm.scale", "norm.bias"]
    assert all(one.trained for one in parameters.values())
    arrays = {"norm.scale": [1.0, 2, 3, 4], "norm.bias": [4.0, 3, 2, 1]}
    made = with_parameters("layer-norm", arrays)
    plain = model("layer-norm")(LEAF)
    close(made(LEAF), plain * arrays["norm.scale"] + arrays["norm.bias"])


def test_divided_by_n_not_by_one_less() -> None:
    y = model("layer-norm")(LEAF)
    assert np.abs(y - (np.array(LEAF) - np.mean(LEAF)) / np.std(LEAF, ddof=1)).max() > 0.1


def test_practice_adds_a_little_under_the_root() -> None:
    same = [7.0] * 4
    close(model("layer-norm", "set.norm.with.eps=1e-5")(same), np.zeros(4), 0)
    assert np.isnan(model("layer-norm")(same)).all(), "the article's form has no answer here"
