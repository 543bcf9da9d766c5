"""Defaults of a user's block, written as one would: 8 for a size, 1 for a number."""

from collections.abc import Iterator
from typing import Any, Literal

import pytest

import boxwork as bw
from boxwork.blocks import catalogue
from boxwork.blocks.block import BlockError
from boxwork.blocks.dims import Dim
from tests.blocks.specs import graph_of

SPEC = """
dims: {n: 4}
inputs: {x: "real[n]"}
outputs: {y: "real[8]"}
nodes: {y: {use: Widened}}
"""


@pytest.fixture(autouse=True)
def catalogue_as_it_was() -> Iterator[None]:
    before = dict(catalogue.primitives())
    yield
    catalogue._primitives.clear()
    catalogue._primitives.update(before)


def block(defaults: dict[str, tuple[Any, Any]], **more: Any) -> Any:
    """A registered block with settings: each with its type and its default."""
    fields = {
        "__doc__": "Widened.",
        "__module__": "mine",
        "__annotations__": {name: kind for name, (kind, _) in defaults.items()},
        "ports": "x: real[*, n] -> y: real[*, width]",
        **{name: default for name, (_, default) in defaults.items()},
        **more,
    }
    return bw.register(type("Widened", (bw.Block,), fields))


def test_plain_numbers_are_sizes_and_numbers() -> None:
    block({"width": (Dim, 8), "k": (float, 1)}, require=("k > 0", "width > k"))
    graph = graph_of(SPEC)
    assert str(graph.outputs["y"]) == "real[8]"
    made = graph.root.nodes["y"].part.block
    assert (made.width, made.k, type(made.k)) == (Dim.of(8), 1.0, float)


def test_lists_of_sizes() -> None:
    kind, sizes = tuple[Dim, ...], tuple[tuple[str, Dim], ...]
    made = block(
        {"dims": (kind, (2, 3)), "parts": (sizes, (("a", 1),)), "width": (Dim | None, None)}
    )()
    assert made.dims == (Dim.of(2), Dim.of(3))
    assert made.parts == (("a", Dim.of(1)),)
    assert made.width is None


@pytest.mark.parametrize(
    ("kind", "default", "message"),
    [
        (Dim, 8.5, "8.5 is no size"),
        (Dim, -1, "-1 is no size"),
        (Dim, True, "True is no size"),
        (Dim, None, "None is no size"),
        (float, "a", "'a' is no number"),
        (float, False, "False is no number"),
        (bool, 1, "1 is no flag"),
        (str, 1, "1 is no text"),
        (Literal["a", "b"], "c", "'c' is no choice<a|b>"),
        (float | None, "x", "'x' is no number or none"),
        (tuple[Dim, ...], (1, "x"), "'x' is no size"),
    ],
)
def test_defaults_of_another_type(kind: Any, default: Any, message: str) -> None:
    with pytest.raises(BlockError) as caught:
        block({"width": (Dim, 8), "k": (kind, default)})
    assert str(caught.value) == f"the default of k, a setting of Widened: {message}"
