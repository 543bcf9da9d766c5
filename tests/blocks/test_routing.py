"""Choosing experts against a loop over positions that sorts, and counts ties from the left."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwork.blocks.dims import Dim
from tests.blocks.cases import draw, make
from tests.blocks.harness import Use, of, real


def naive(block, scores, bias):
    """The weights of one position."""
    wanted = scores + bias
    groups = np.split(np.arange(len(scores)), int(block.groups))
    best = [sum(sorted(wanted[group])[-2:]) for group in groups]
    open_ = sorted(range(len(groups)), key=lambda g: -best[g])[: int(block.active_groups)]
    among = sorted(i for g in open_ for i in groups[g])
    chosen = sorted(among, key=lambda i: -wanted[i])[: int(block.active)]
    y = np.zeros_like(scores)
    y[chosen] = scores[chosen]
    return y if block.sum_to is None else y / y.sum() * block.sum_to


@given(random=st.randoms(use_true_random=False), seed=st.integers(0, 99))
def test_the_largest_in_open_groups_are_kept(random, seed) -> None:
    """Scores are whole numbers, so that many are equal."""
    use = draw("ChooseTop", random)
    arrays = use.draw(seed, (2,))
    arrays["scores"] = [np.round(2 * abs(scores)) + 1 for scores in arrays["scores"]]
    arrays["bias"] = [np.zeros_like(bias[0]) + 0.25 * np.round(bias[0]) for bias in arrays["bias"]]
    (scores,) = arrays["scores"]
    bias = arrays["bias"][0] if arrays["bias"] else np.zeros(scores.shape[-1])
    y = use.run(arrays)["y"]
    for at in np.ndindex(*scores.shape[:-1]):
        np.testing.assert_allclose(y[at], naive(use.block, scores[at], bias), rtol=1e-14)


def choose(scores, **settings):
    use = Use(make("ChooseTop", **settings), {"scores": (real(*of(choices=len(scores))),)})
    return use.run({"scores": [np.array(scores)], "bias": []})["y"].tolist()


def test_of_equal_scores_the_first_are_chosen() -> None:
    assert choose([1.0, 2.0, 2.0, 2.0], active=Dim.of(2)) == [0, 2, 2, 0]


def test_scores_of_0_have_weights_of_0() -> None:
    assert choose([0.0, 0.0, 0.0], active=Dim.of(2), sum_to=1.0) == [0, 0, 0]


def test_the_bias_decides_and_does_not_weigh() -> None:
    block, wire = make("ChooseTop", active=Dim.of(1), sum_to=3.0), real(*of(choices=3))
    use = Use(block, {"scores": (wire,), "bias": (wire,)})
    arrays = {"scores": [np.array([0.1, 0.5, 0.4])], "bias": [np.array([0.0, 0.0, 0.2])]}
    assert use.run(arrays)["y"].tolist() == pytest.approx([0, 0, 3])


@pytest.mark.parametrize(
    ("settings", "detail"),
    [
        ({"active": Dim.of(2)}, "2 of 8"),
        (
            {"active": Dim.of(3), "groups": Dim.of(4), "active_groups": Dim.of(2)},
            "3 of 8, in 2 of 4 groups",
        ),
    ],
)
def test_it_says_how_many_it_chooses(settings, detail) -> None:
    use = Use(make("ChooseTop", **settings), {"scores": (real(*of(seq=3, choices=8)),)})
    assert use.block.detail(use.dims()) == detail
    assert use.block.chosen(use.dims()) == settings["active"]
