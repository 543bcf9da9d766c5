"""The loop of training: what a step does, what hangs on the seed, what runs away."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from boxwork.engines.gradients.gradients import Trainable
from boxwork.engines.learning.dataset import Shuffled, Supplied
from boxwork.engines.learning.flat import Flat
from boxwork.engines.learning.options import Options, usual_rate
from boxwork.engines.learning.train import Record, Step, Trainer, by_layer, layer_of
from boxwork.engines.parameters.initialise import init

from .support import wrong
from .training import CLASSES, goal_of


class Bowl:
    """The loss Σ (x - wanted)², whose gradient everybody knows; notes what it was asked."""

    def __init__(self, flat: Flat) -> None:
        self.flat, self.keys, self.batches = flat, [], []  # type: tuple[Flat, list[int], list[Any]]

    def gradients(self, values: Mapping[str, Any], key: int = 0) -> tuple[float, dict[str, Any]]:
        self.keys.append(key)
        self.batches.append(values["wanted"].tolist())
        off = self.flat.views["x"] - values["wanted"].mean()
        return float((off**2).sum()), {"x": 2 * off}


def trainer(steps: int = 4, *, layers: bool = False, **options: Any) -> Trainer:
    flat = Flat({"x": np.array([1.0, 2.0])}, np.float64)
    data = Shuffled({"wanted": np.arange(6.0)})
    plain = {"batch": 2, "rate": 0.1, "schedule": "constant", "warmup": 0, "clip": 0.0}
    chosen = Options(**{"steps": steps, "optimiser": "sgd", "decay": 0.0} | plain | options)
    return Trainer(Bowl(flat), flat, data, chosen.resolved(3, 2), layers=layers)


def test_a_step_goes_downhill() -> None:
    one = trainer(1)
    (step,) = one
    wanted = np.mean(one.learner.batches[0])  # type: ignore[attr-defined]
    off = np.array([1.0, 2.0]) - wanted
    assert step.number == one.done == 1
    assert step.loss == pytest.approx((off**2).sum())
    assert step.norm == pytest.approx(np.linalg.norm(2 * off))
    assert (step.examples, step.rate, dict(step.norms)) == (2, 0.1, {})
    np.testing.assert_allclose(one.parameters.numbers, [1, 2] - 0.1 * 2 * off)


def test_every_example_is_seen_once_in_an_epoch_and_keys_differ() -> None:
    one = trainer(6)
    list(one)
    batches, keys = one.learner.batches, one.learner.keys  # type: ignore[attr-defined]
    first, second = (np.concatenate(part).tolist() for part in (batches[:3], batches[3:]))
    assert sorted(first) == sorted(second) == [0, 1, 2, 3, 4, 5]
    assert first != second
    assert len(set(keys)) == 6
    other = trainer(6, seed=1)
    list(other)
    assert other.learner.batches != batches  # type: ignore[attr-defined]
    assert not set(other.learner.keys) & set(keys)  # type: ignore[attr-defined]


def test_the_gradient_is_clipped_but_told_as_it_was() -> None:
    one = trainer(1, clip=0.5)
    before = one.parameters.numbers.copy()
    (step,) = one
    assert step.norm > 0.5
    assert np.linalg.norm(one.parameters.numbers - before) == pytest.approx(0.1 * 0.5)


def test_the_rate_is_that_of_the_schedule() -> None:
    rates = [step.rate for step in trainer(5, warmup=2, schedule="linear", floor=0.0)]
    assert rates == pytest.approx([0.05, 0.1, 0.1, 0.05, 0])


@pytest.mark.parametrize(("value", "said"), [(math.nan, "nan"), (math.inf, "inf")])
def test_a_loss_that_is_not_finite_stops_it_and_moves_nothing(value: float, said: str) -> None:
    one = trainer(4)
    next(iter(one))
    before = one.parameters.numbers.copy()
    one.learner.gradients = lambda values, key: (value, {"x": np.zeros(2)})  # type: ignore[method-assign]
    ((code, message),) = wrong(list, one)
    assert code == "BW465"
    assert message.startswith(f"at step 2 the loss is {said}; the step before it had ")
    assert one.parameters.numbers.tolist() == before.tolist()
    assert one.done == len(one.record.losses) == 1


def test_a_gradient_that_is_not_finite_stops_it_too() -> None:
    one = trainer(4)
    one.learner.gradients = lambda values, key: (1.0, {"x": np.array([0, np.inf])})  # type: ignore[method-assign]
    assert wrong(list, one) == [("BW465", "at step 1 the gradient is not finite")]


def test_norms_by_layer() -> None:
    assert layer_of("tok.table") == "tok"
    assert layer_of("stack.3.attn.q.weight") == "stack.3"
    assert layer_of("net.layers.0.up.weight") == "net.layers.0"
    arrays = {"a.w": np.array([3.0]), "s.0.w": np.array([1.0]), "a.b": np.array([[4.0]])}
    assert by_layer(arrays) == {"a": 5.0, "s.0": 1.0}
    one = trainer(3, layers=True)
    steps = list(one)
    assert [step.norms["x"] for step in steps] == one.record.layers["x"] == one.record.norms


def test_losses_are_averaged_over_examples() -> None:
    record = Record()
    for loss, examples in ((9.0, 4), (1.0, 3), (2.0, 1)):
        record.add(Step(1, loss, examples, 0, 0))
    assert record.mean(2) == pytest.approx((3 * 1 + 1 * 2) / 4)


def test_batches_made_elsewhere_end_when_there_are_no_more() -> None:
    one = trainer(9)
    one.data = Supplied({"wanted": np.array([x])} for x in (1.0, 2.0))
    assert len(list(one)) == 2
    again = trainer(5)
    again.data = Supplied([{"wanted": np.array([1.0])}, {"wanted": np.array([2.0])}])
    list(again)
    assert again.learner.batches == [[1.0], [2.0], [1.0], [2.0], [1.0]]  # type: ignore[attr-defined]


def test_no_batch_at_all() -> None:
    one = trainer(5)
    one.data = Supplied([])
    assert wrong(list, one) == [("BW464", "there is no batch to learn from")]


def test_a_real_network_learns_and_its_views_stay_those_of_the_engine() -> None:
    goal = goal_of(CLASSES)
    flat = Flat(init(goal.graph, 0, np.float64), np.float64)
    learner = Trainable(goal.graph, flat.views, goal.loss)
    features = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    data = Shuffled({"features": features, "wanted": np.array([0, 1, 2])})
    options = Options(steps=300, rate=0.05, batch=3).resolved(1, flat.numbers.size)
    steps = list(Trainer(learner, flat, data, options))
    assert steps[-1].loss < 0.1 * steps[0].loss
    values = {"features": features, "wanted": np.array([0, 1, 2])}
    assert learner.loss(values) == pytest.approx(steps[-1].loss, rel=0.05)


def test_what_is_left_open_is_chosen() -> None:
    assert Options().resolved(7, 10_000).facts() | {"momentum": 0} == {
        "steps": 600, "epochs": None, "batch": None, "length": None, "rate": 0.003,
        "optimiser": "adamw", "momentum": 0, "decay": 0.01, "warmup": 60, "schedule": "cosine",
        "floor": 0.1, "clip": 1.0, "seed": 0,
    }  # fmt: skip
    assert Options(epochs=3).resolved(7, 1).steps == 21
    assert Options(steps=5000).resolved(7, 1).warmup == 100
    assert Options(rate=0.5, warmup=3).resolved(1, 1).rate == 0.5


def test_rates_by_size_are_near_those_of_the_paper() -> None:
    assert [usual_rate("adamw", n) for n in (10, 10**4, 10**6)] == [0.02, 0.003, 0.003]
    # Brown et al. 2020, table 2.1: 125M, 1.3B, 175B
    for size, rate in ((125e6, 6e-4), (1.3e9, 2e-4), (175e9, 0.6e-4)):
        assert 0.7 < usual_rate("adamw", int(size)) / rate < 1.5


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"steps": 0}, "steps is a whole number from 1, not 0"),
        ({"steps": 1.5}, "steps is a whole number from 1, not 1.5"),
        ({"batch": True}, "batch is a whole number from 1, not True"),
        ({"seed": None}, "seed is a whole number from 0, not None"),
        ({"rate": -1}, "rate is a number from 0, not -1"),
        ({"rate": math.nan}, "rate is a number from 0, not nan"),
        ({"rate": "fast"}, "rate is a number from 0, not 'fast'"),
        ({"rate": 10**400}, f"rate is a number from 0, not {10**400}"),
        ({"momentum": 1}, "momentum is a number from 0 and below 1, not 1"),
        ({"floor": 2}, "floor is a number from 0 to 1, not 2"),
        (
            {"optimiser": ["sgd"]},
            "the optimiser is one of adamw, sgd, momentum, nesterov, not ['sgd']",
        ),
        ({"schedule": "cos"}, "the schedule is one of cosine, linear, constant, not 'cos'"),
        ({"steps": 3, "epochs": 3}, "steps and epochs are both given"),
        ({"epoch": 3}, "no option of a training is `epoch`"),
    ],
)
def test_options_that_cannot_be(chosen: dict[str, Any], message: str) -> None:
    assert wrong(Options.of, chosen) == [("BW466", message)]


def test_all_options_that_cannot_be_are_told() -> None:
    assert len(wrong(Options.of, {"rate": -1, "clip": -1, "optimiser": "adam"})) == 3
