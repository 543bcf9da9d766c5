"""Which experts a position goes to, and with which weights: the routers of the originals."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boxwork.engines.running.numpy import Model
from tests.blocks.specs import graph_of

STORED = dict(np.load(Path(__file__).parent.parent / "oracles" / "routers.npz"))
# router -> what makes scores of its logits, and its settings
ROUTERS = {
    "mixtral": ("Softmax", "active: 2, sum_to: 1"),
    "qwen3_moe": ("Softmax", "active: 5, sum_to: 1"),
    "qwen3_moe-plain": ("Softmax", "active: 5"),
    "gpt_oss": ("Softmax", "active: 4, sum_to: 1"),
    "deepseek_v3": ("Logistic", "active: 4, groups: 4, active_groups: 2, sum_to: 2.5"),
    "glm4_moe": ("Logistic", "active: 3, sum_to: 1"),
}


def routed(name: str, settings: str, dtype: str = "float64") -> Any:
    """The weights of every expert at every position."""
    given = {part: STORED.get(f"{name}.{part}") for part in ("logits", "bias")}
    bias = "" if given["bias"] is None else ", bias: bias"
    graph = graph_of(
        f"""
        dims: {{n: any, experts: 12}}
        inputs: {{logits: "real[n, experts]"}}
        outputs: {{y: "real[n, experts]"}}
        nodes:
          likely: {{use: {ROUTERS[name][0]}}}
          bias: {{use: Array, with: {{dims: [experts], trained: false}}}}
          y: {{use: ChooseTop, in: {{scores: likely{bias}}}, with: {{{settings}}}}}
        """
    )
    values = np.zeros(12) if given["bias"] is None else given["bias"]
    return Model(graph, {"bias.value": values}, dtype=dtype)(logits=given["logits"])


@pytest.mark.parametrize("name", ROUTERS)
def test_weights_are_those_of_the_original(name: str) -> None:
    wanted = STORED[f"{name}.weights"]
    np.testing.assert_allclose(routed(name, ROUTERS[name][1]), wanted, rtol=1e-12, atol=1e-15)
    found = routed(name, ROUTERS[name][1], "float32")
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)
    assert len({tuple(np.flatnonzero(row)) for row in wanted}) > 8  # not always the same experts


@pytest.mark.parametrize(
    ("name", "otherwise"),
    [
        ("deepseek_v3", "active: 4, sum_to: 2.5"),
        ("deepseek_v3", "active: 4, groups: 4, active_groups: 3, sum_to: 2.5"),
        ("deepseek_v3", "active: 4, groups: 4, active_groups: 2"),
        ("mixtral", "active: 2"),
    ],
)
def test_what_is_special_is_felt(name: str, otherwise: str) -> None:
    assert np.abs(routed(name, otherwise) - STORED[f"{name}.weights"]).max() > 0.01
