"""A10: from scores to chances, and why a loss on bare scores misleads."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from .support import close, model

RIGHT, WRONG = (5.0, 1.0), (0.0, 1.0)  # what a network says of two leaves
WANTED = np.array([1.0, 0.0])
TEN = ("dims.kinds=10", "interpret.features={names: [a, b, c, d, e, f, g, h, i, j]}",
       "interpret.scores={classes: [a, b, c, d, e, f, g, h, i, j]}")  # fmt: skip
SCORES = st.lists(st.floats(-50, 50), min_size=10, max_size=10)


def loss(outputs: object) -> float:
    """The sum of the differences, without signs."""
    return float(np.abs(np.asarray(outputs) - WANTED).sum())


def test_before_squashing_the_right_choice_has_more_loss() -> None:
    assert np.argmax(RIGHT) == 0
    assert np.argmax(WRONG) == 1
    assert loss(RIGHT) == 5
    assert loss(WRONG) == 2


def test_after_squashing_it_has_less() -> None:
    for name in ("logistic", "softmax"):
        squash = model(name)
        assert loss(squash(RIGHT)) < loss(squash(WRONG)), name
    close(model("softmax")(RIGHT), [1 / (1 + np.exp(-4)), 1 / (1 + np.exp(4))])
    close(loss(model("softmax")(WRONG)), 2 / (1 + np.exp(-1)))


@given(SCORES)
def test_softmax_adds_up_to_one_and_keeps_the_order(scores: list[float]) -> None:
    chances = model("softmax", *TEN)(scores)
    close(chances.sum(), 1)
    assert (chances >= 0).all()
    assert (chances <= 1).all()
    order = np.argsort(scores, kind="stable")
    assert (np.diff(chances[order]) >= 0).all()


@given(SCORES)
def test_the_logistic_keeps_the_order_but_need_not_add_up(scores: list[float]) -> None:
    squashed = model("logistic", *TEN)(scores)
    order = np.argsort(scores, kind="stable")
    assert (np.diff(squashed[order]) >= 0).all()
    assert ((squashed >= 0) & (squashed <= 1)).all()


@given(st.floats(-30, 30))
def test_softmax_of_two_is_the_logistic_of_their_difference(score: float) -> None:
    close(model("softmax")([score, 0])[0], model("logistic")([score, 0])[0])


def text(prompt: str, **how: object) -> str:
    return prompt + "".join(model("choosing").generate_text(prompt, max_new=3, **how))


def test_the_second_best_may_lead_to_the_better_word() -> None:
    made = model("choosing")
    (reading,) = made.read(made("du"))[0]
    assert [choice.name for choice in reading.choices[:2]] == ["u", "m"]
    assert text("d") == "duuu"
    best = made.continuations("d", beams=3, max_new=3)[0]
    assert best.text == "ump"
    close(best.score, np.log(0.97 * 0.46 * 0.97))


def test_chance_takes_the_second_about_as_often() -> None:
    drawn = [
        next(iter(model("choosing").generate("du", temperature=1, seed=s))) for s in range(300)
    ]
    shares = np.bincount(drawn, minlength=4) / 300
    close(shares, [0.02, 0.5, 0.46, 0.02], 0.1)


def test_of_the_two_likeliest_only_those_two() -> None:
    drawn = {next(iter(model("choosing").generate("du", top_k=2, seed=s))) for s in range(60)}
    assert drawn == {1, 2}
