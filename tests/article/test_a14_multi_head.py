"""A14: one query, key and value for all heads, and why not separate matrices."""

from __future__ import annotations

import numpy as np
import pytest

import boxwork as bw
from boxwork.graphs.totals import total

from .support import close, model, numbers, with_parameters


def separate(shared: bw.Model) -> dict[str, np.ndarray]:
    """For each head the product of the shared matrix and the head's own."""
    arrays = shared.parameters
    return {
        f"attn.{name}_heads.weight": arrays[f"attn.{name}.weight"]
        @ arrays[f"attn.{name}_heads.weight"]
        for name in "kvq"
    }


def test_by_hand() -> None:
    made, x = model("multi-head-shared"), numbers(5, 8)
    p, heads = made.parameters, []
    for head in range(2):
        k, v, q = (x @ p[f"attn.{n}.weight"] @ p[f"attn.{n}_heads.weight"][head] for n in "kvq")
        u = np.exp(q @ k.T) * np.tri(5)
        heads.append(u / u.sum(axis=1, keepdims=True) @ v)
    close(made(x), np.concatenate(heads, axis=1))


@pytest.mark.parametrize("sizes", [{}, {"d_model": 12, "heads": 3}])
def test_separate_matrices_compute_the_same(sizes: dict[str, int]) -> None:
    width = sizes.get("d_model", 8)
    shared, x = model("multi-head-shared", **sizes), numbers(6, width)
    close(with_parameters("multi-head-separate", separate(shared), **sizes)(x), shared(x))


def test_and_back_with_the_identity_for_the_shared_ones() -> None:
    apart, x = model("multi-head-separate"), numbers(6, 8)
    arrays = dict(apart.parameters) | {f"attn.{name}.weight": np.eye(8) for name in "kvq"}
    close(with_parameters("multi-head-shared", arrays)(x), apart(x))


def test_the_number_of_parameters_differs() -> None:
    shared, apart = (bw.load(f"multi-head-{kind}") for kind in ("shared", "separate"))
    assert total(shared.checked) == 3 * (8 * 8 + 2 * 8 * 4)
    assert total(apart.checked) == 3 * (2 * 8 * 4)


def test_separate_matrices_are_what_the_catalogue_has() -> None:
    """One wide matrix cut into heads: a matrix per head, side by side."""
    apart, x = model("multi-head-separate"), numbers(6, 8)
    given = "heads: 2, causal: true, scale: 1, biased: false, biased_out: false"
    edit = f"set.attn={{use: MultiHeadAttention, with: {{{given}}}}}"
    usual = bw.load("multi-head-separate", edit).init(dtype="float64")
    for name in "kvq":
        heads = apart.parameters[f"attn.{name}_heads.weight"]
        usual.parameters[f"attn.{name}.weight"][...] = np.concatenate(list(heads), axis=1)
    usual.parameters["attn.y.weight"][...] = np.eye(8)  # the layer after the heads
    close(usual(x), apart(x))
