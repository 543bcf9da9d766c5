"""A19: any box of the GPT or the transformer opens, down to sums and products."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import numpy as np
import pytest

import boxwork as bw
from boxwork.graphs.graph import Composite, Primitive

from .support import LEAF, close, model

SPECS = ("gpt", "gpt-words", "transformer", "translator", "translator-as-written")


def primitives(part: Composite) -> Iterator[Primitive]:
    for node in part.nodes.values():
        for inner in dict.fromkeys(node.parts):
            if isinstance(inner, Composite):
                yield from primitives(inner)
            else:
                yield inner


@pytest.mark.parametrize("name", SPECS)
def test_every_primitive_has_a_formula(name: str) -> None:
    found = set(primitives(bw.load(name).checked.root))
    assert len(found) > 8
    for part in found:
        assert "Formula: " in (inspect.getdoc(type(part.block)) or ""), part.name


@pytest.mark.parametrize("name", ["gpt", "translator"])
def test_opened_in_full_nothing_is_left_closed(name: str) -> None:
    graph = bw.load(name, layers=1)
    paths = set(graph.to_networkx().nodes)
    svg = graph.draw(open="all").svg
    stack = "stack.0" if name == "gpt" else "decoder.0"
    inside = [path for path in paths if path.startswith(stack)]
    assert len(inside) > 12
    shown = [
        path for path in inside if f'"{path}"' in svg or f'"{path.replace(".0", ".*")}"' in svg
    ]
    assert len(shown) > 12


def test_a_matrix_times_a_vector_by_hand() -> None:
    """Each of three sums of four products: a row times a matrix, or a matrix times a column."""
    made = model("matrix-product")
    w = made.parameters["middle.weight"]  # [4 inputs, 3 neurons]: x W
    sums = [sum(x * weight for x, weight in zip(LEAF, column, strict=True)) for column in w.T]
    close(made(LEAF), sums)
    close(made(LEAF), np.array(LEAF) @ w)
    close(made(LEAF), w.T @ np.array(LEAF))  # W x, with a row for each neuron
    close(made(LEAF), model("leaf-flower").trace(LEAF)["middle"], 0)


def test_a_gpt_block_by_hand() -> None:
    """The first block of the GPT in sums, products, roots and powers, without boxwork."""
    made = model("gpt", layers=1, dropout=0, d_model=6, heads=2)
    trace = made.trace("humpty")
    p = {path.removeprefix("stack.0."): array for path, array in made.parameters.items()}

    def norm(x: np.ndarray, name: str) -> np.ndarray:
        mean = x.mean(axis=1, keepdims=True)
        deviation = np.sqrt(((x - mean) ** 2).sum(axis=1, keepdims=True) / x.shape[1] + 1e-5)
        return (x - mean) / deviation * p[f"{name}.scale"] + p[f"{name}.bias"]

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        return x @ p[f"{name}.weight"] + p[f"{name}.bias"]

    x = trace["drop"]
    inner, heads = norm(x, "norm_1"), []
    q, k, v = (linear(inner, f"attn.{name}") for name in "qkv")
    for part in (slice(0, 3), slice(3, 6)):
        u = np.exp(q[:, part] @ k[:, part].T / np.sqrt(3)) * np.tri(6)
        heads.append(u / u.sum(axis=1, keepdims=True) @ v[:, part])
    x = x + linear(np.concatenate(heads, axis=1), "attn.y")
    close(x, trace["stack.0.add_1"])
    hidden = linear(norm(x, "norm_2"), "ff.up")
    hidden = hidden * (1 + np.vectorize(__import__("math").erf)(hidden / np.sqrt(2))) / 2
    x = x + linear(hidden, "ff.y")
    close(x, trace["stack.0"])


def test_the_standard_deviation_by_its_recipe() -> None:
    """Less the mean, squared, added up, divided by N, the root: what LayerNorm divides by."""
    mean = sum(LEAF) / 4
    deviation = (sum((a - mean) ** 2 for a in LEAF) / 4) ** 0.5
    normed = model("layer-norm")(LEAF)
    close((np.array(LEAF) - mean) / normed, [deviation] * 4)
    close(deviation, np.std(LEAF))
    assert np.std([3.0, 3.0, 3.0]) == 0
