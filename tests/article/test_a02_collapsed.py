"""A2: without activation, two layers are one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from .support import LEAF, close, model

NUMBERS = st.lists(st.floats(-1e3, 1e3), min_size=4, max_size=4)
TWO, ONE, BENT = (model(f"leaf-flower{kind}") for kind in ("", "-collapsed", "-relu"))


def test_the_collapsed_weights_of_the_leaf() -> None:
    weights = ONE.parameters["scores.weight"][:, 0]
    close(weights[0], 0.10 * -0.17 + 0.12 * 0.39 - 0.36 * 0.1, 1e-15)
    close(weights[1], -0.29 * -0.17 - 0.05 * 0.39 - 0.21 * 0.1, 1e-15)
    close(weights[:2], [-0.0062, 0.0088], 1e-12)


def test_it_is_the_product_of_the_two_matrices() -> None:
    both = TWO.parameters["middle.weight"] @ TWO.parameters["scores.weight"]
    close(ONE.parameters["scores.weight"], both, 1e-12)
    assert ONE.graph.checked.root.nodes.keys() == {"scores"}


@given(NUMBERS)
def test_it_equals_the_original_on_any_input(features: list[float]) -> None:
    close(ONE(features), TWO(features), 1e-9)


def test_with_an_activation_it_does_not() -> None:
    assert np.abs(ONE(LEAF) - BENT(LEAF)).max() > 0.1
