"""A4: a loss, its gradient by nudging and without, and weights that learn."""

from __future__ import annotations

from itertools import cycle, islice

import numpy as np
import pytest

import boxwork as bw
from boxwork.engines.gradients.gradients import Trainable
from boxwork.graphs.building.build import build
from boxwork.specs.diagnostics import Reporter
from boxwork.specs.objective import objective

from .support import LEAF, TABLE, close, model, numbers

WANTED = [0.8, 0.2]
NUDGE = 1e-6


def trainable(made: bw.Model, block: str) -> Trainable:
    goal = objective(made.graph.spec, block=block)
    return Trainable(build(goal.spec, Reporter()), made.parameters, goal.loss)


def test_the_loss_of_the_example() -> None:
    """Wanted 0.8 and 0.2, got 0.6 and 0.4: 0.2 and -0.2, without the sign 0.4."""
    loss = model("loss-by-differences")
    close(loss(features=[0.6, 0.4], wanted=WANTED), 0.4)
    close(loss(features=WANTED, wanted=WANTED), 0)


def test_nudging_each_weight_gives_the_gradient_of_the_way_back() -> None:
    learner = trainable(model("leaf-flower-learner", seed=1), "SumOfDifferences")
    values = {"features": np.array(LEAF), "wanted": np.array(WANTED)}
    _, gradients = learner.gradients(values)
    assert any(np.abs(gradient).max() > 0.01 for gradient in gradients.values())
    for path, gradient in gradients.items():
        array = learner.parameters[path]
        for place in np.ndindex(array.shape):
            kept, losses = array[place], []
            for nudge in (NUDGE, -NUDGE):
                array[place] = kept + nudge
                losses.append(learner.loss(values))
            array[place] = kept
            nudged = (losses[0] - losses[1]) / (2 * NUDGE)
            close(gradient[place], nudged, 1e-6)


def test_the_direction_can_be_read_off_the_formula() -> None:
    """A neuron is positive and more output is wanted: a larger weight helps."""
    made = model("leaf-flower")
    learner = trainable(made, "SumOfDifferences")
    middle = made.trace(LEAF)["middle"]
    _, gradients = learner.gradients(
        {"features": np.array(LEAF), "wanted": np.array([100.0, -100])}
    )
    close(gradients["scores.weight"][:, 0], -middle)
    assert gradients["scores.weight"][1, 0] < 0 < middle[1]


def test_a_step_against_the_gradient_makes_the_loss_smaller() -> None:
    learner = trainable(model("leaf-flower-learner", seed=1), "SumOfDifferences")
    values = {"features": np.array(LEAF), "wanted": np.array(WANTED)}
    before, gradients = learner.gradients(values)
    for path, gradient in gradients.items():
        learner.parameters[path][...] -= 1e-3 * gradient
    assert learner.loss(values) < before


def test_the_loss_of_an_epoch_is_the_average_over_the_examples() -> None:
    """Better on one example may be worse on another: the mean over all is what counts."""
    learner = trainable(model("leaf-flower-learner", seed=1), "SumOfDifferences")
    things = {
        "features": np.array([LEAF, (241, 200, 4, 59.5)]),
        "wanted": np.array([[1.0, 0], [0, 1]]),
    }
    single = [learner.loss({key: array[i] for key, array in things.items()}) for i in (0, 1)]
    close(learner.loss(things), np.mean(single))
    whole = learner.gradients(things)[1]
    each = [learner.gradients({k: a[i] for k, a in things.items()})[1] for i in (0, 1)]
    for path, gradient in whole.items():
        close(gradient, (each[0][path] + each[1][path]) / 2)


def test_it_learns_leaf_and_flower() -> None:
    made = model("leaf-flower-learner", seed=1)
    history = made.train(table=TABLE, steps=300, rate=0.03)
    assert history.last < 0.1 < 0.5 < history.first
    assert made.read(made(LEAF))[0][0].best.name == "leaf"
    sunflower = (241, 200, 4, 59.5)
    assert made.read(made(sunflower))[0][0].best.name == "flower"


def test_it_learns_by_the_loss_of_the_article_too() -> None:
    made = model("leaf-flower-learner", seed=1)
    history = made.train(table=TABLE, steps=400, rate=0.03, loss="SumOfDifferences")
    assert history.last < 0.6 * history.first
    assert made.read(made(LEAF))[0][0].best.name == "leaf"


def test_neurons_that_are_0_for_everything_learn_nothing() -> None:
    """Where it begins matters: with seed 0 all three are below 0 for every thing of the table."""
    made = model("leaf-flower-learner", seed=0)
    before = made.parameters["middle.weight"].copy()
    made.train(table=TABLE, steps=50, decay=0.0)
    close(made.parameters["middle.weight"], before, 0)


def norms(name: str, larger: float = 1) -> np.ndarray:
    """The norm of the gradient of each of thirty layers, in the first step."""
    made = model(name)
    for path, array in made.parameters.items():
        if path.endswith("linear.weight"):
            array *= larger
    rows = [
        [*row, label]
        for row, label in zip(
            numbers(32, 16).tolist(), islice(cycle(["leaf", "flower"]), 32), strict=True
        )
    ]
    history = made.train(table=rows, steps=1, norms=True)
    return np.array([history.norms[f"stack.{layer}"][0] for layer in range(30)])


def test_gradients_vanish_in_a_deep_plain_network() -> None:
    found = norms("deep-plain")
    assert found[0] < 1e-2 * found[-1]
    assert found[0] < 1e-3


def test_with_larger_weights_they_explode() -> None:
    assert norms("deep-plain", larger=2).min() > 1e3


def test_residuals_and_norms_end_that() -> None:
    found = norms("deep-residual")
    assert 0.1 < found.min() < found.max() < 10


@pytest.mark.parametrize(("name", "learns"), [("deep-plain", False), ("deep-residual", True)])
def test_only_then_the_thirty_layers_learn(name: str, learns: bool) -> None:
    labels = ["leaf", "flower"] * 16
    rows = [[*row, label] for row, label in zip(numbers(32, 16).tolist(), labels, strict=True)]
    history = model(name).train(table=rows, steps=150)
    assert (history.last < 0.1) == learns
