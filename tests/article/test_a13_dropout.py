"""A13: half of the numbers left out while training, all of them halved afterwards."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from .support import LEAF, close, model

KEYS = 4000


def trained(name: str, count: int, *edits: str) -> np.ndarray:
    """Outputs of the network while training, another half of it in each run."""
    engine = model(name, *edits).engine
    run = ({"features": np.array(LEAF)}, None)
    return np.array([engine.run(*run, training=True, key=k)["scores"] for k in range(count)])


def test_running_multiplies_by_one_minus_p() -> None:
    trace = model("leaf-flower-dropout").trace(LEAF)
    close(trace["drop"], np.array(LEAF) * 0.5)
    close(model("leaf-flower-dropout", rate=0.2).trace(LEAF)["drop"], np.array(LEAF) * 0.8)
    close(trace["scores"], model("leaf-flower")(LEAF) / 2)


def test_halving_the_numbers_is_halving_the_weights_they_are_multiplied_by() -> None:
    made = model("leaf-flower")
    close(np.array(LEAF) @ (0.5 * made.parameters["middle.weight"]),
          model("leaf-flower-dropout").trace(LEAF)["middle"])  # fmt: skip


def test_training_removes_numbers_at_the_rate() -> None:
    engine = model("leaf-flower-dropout").engine
    drops = np.array([
        engine.run({"features": np.array(LEAF)}, ["drop"], training=True, key=key)["drop"]
        for key in range(KEYS)
    ])  # fmt: skip
    assert set(np.unique(drops)) == {0.0, *LEAF}
    close((drops == 0).mean(axis=0), np.full(4, 0.5), 0.05)


def test_the_one_run_is_the_average_of_the_whole_ensemble() -> None:
    """Without an activation exactly: the mean over all sixteen networks that share weights."""
    plain = model("leaf-flower")
    ensemble = [plain(np.array(LEAF) * mask) for mask in product([0, 1], repeat=4)]
    close(model("leaf-flower-dropout")(LEAF), np.mean(ensemble, axis=0))


def test_with_an_activation_it_is_close_only() -> None:
    plain = model("leaf-flower-relu")
    ensemble = np.mean([plain(np.array(LEAF) * m) for m in product([0, 1], repeat=4)], axis=0)
    once = plain(np.array(LEAF) * 0.5)
    assert 0.01 < np.abs(once - ensemble).max() < 2


def test_an_ensemble_of_random_runs_comes_near() -> None:
    outputs = trained("leaf-flower-dropout", KEYS)
    spread = outputs.std(axis=0) / np.sqrt(KEYS)
    close((outputs.mean(axis=0) - model("leaf-flower-dropout")(LEAF)) / spread, [0, 0], 4)


@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_the_inverted_form_leaves_a_run_as_it_is(rate: float) -> None:
    """Practice divides while training; what is expected of a run is then the whole network."""
    edits = ("set.drop.with.form=inverted", f"settings.rate={rate}")
    close(model("leaf-flower-dropout", *edits)(LEAF), model("leaf-flower")(LEAF))
    inverted = trained("leaf-flower-dropout", 50, *edits)
    article = trained("leaf-flower-dropout", 50, f"settings.rate={rate}")
    close(inverted * (1 - rate), article)
