"""Figures of what goes where: kernels, squares of an image, buckets of distances."""

from __future__ import annotations

import numpy as np
import pytest

from boxwork.graphs.graph import Graph, Primitive
from boxwork.renderers.figure import Layout
from boxwork.renderers.layout.layout import layout
from boxwork.renderers.structure.opening import Opening
from tests.blocks.harness import Use, of, real

from .faults import faults
from .support import graph_of, shipped


def opened(graph: Graph, path: str) -> Layout:
    picture = layout(graph, Opening.of([path]))
    assert faults(picture) == []
    return picture


def texts(picture: Layout, path: str, role: str = "neuron") -> list[str]:
    return [text.text for text in picture.texts if text.path == path and text.role == role]


def convolution(settings: str, count: str = "n") -> Graph:
    return graph_of(f"""\
dims: {{n: any}}
inputs: {{x: "real[n, 4]"}}
outputs: {{conv: "real[{count}, 4]"}}
nodes:
  conv: {{use: Convolution, with: {{{settings}}}}}
""")


@pytest.mark.parametrize(
    ("settings", "below", "hidden"),
    [
        ("kernel_size: 3, padding: 1", ["x₁", "x₂", "x₃", "x₄"], 1),
        ("kernel_size: 3, causal: true", ["x₁", "x₂", "x₃"], 2),
        ("kernel_size: 2, stride: 2", ["x₁", "x₂", "x₃", "x₄", "x₅", "x₆"], 0),
    ],
)
def test_a_kernel_is_laid_on_three_places(settings: str, below: list[str], hidden: int) -> None:
    count = "n // 2" if "stride" in settings else "n"
    picture = opened(convolution(settings, count), "conv")
    said = [one for one in texts(picture, "conv", "note") if len(one) == 2]
    assert [one for one in said if one[0] == "x"] == below
    assert [one for one in said if one[0] == "y"] == ["y₁", "y₂", "y₃"]
    assert sum(cell.hidden for cell in picture.cells) == hidden
    kernel = int(settings.split("kernel_size: ")[1][0])
    x, y = ([c for c in picture.cells if c.path.startswith(f"conv[{w},")] for w in "xy")
    for t, cell in enumerate(y):  # over the middle of what it is a sum of
        under = x[t * (2 if "stride" in settings else 1) :][:kernel]
        assert 2 * cell.x == pytest.approx(under[0].x + under[-1].x)
    assert len([stroke for stroke in picture.strokes if stroke.path == "conv"]) == 3 * kernel


def test_a_wide_kernel_shows_its_formula() -> None:
    picture = opened(convolution("kernel_size: 31, padding: 15"), "conv")
    assert not picture.cells
    assert any(text.startswith("y[t] = sum over j") for text in texts(picture, "conv"))


def test_squares_are_numbered_row_by_row() -> None:
    picture = opened(shipped("vit-base", image=12, patch=4), "patches")
    said = [text for text in texts(picture, "patches", "note") if text.isdigit()]
    rows = [str(k) for k in range(1, 6)]  # as many as fit beside the squares
    assert said == [str(k) for k in range(1, 10)] + rows[: len(said) - 9]
    assert len(said) > 11
    whole = opened(shipped("vit-base"), "patches")
    said = texts(whole, "patches", "note")
    assert {"1", "2", "15", "29", "…"} <= set(said)
    assert "57" not in said  # in the last row that is shown: it stands for all others
    assert any("196 squares, 14 × 14" in one for one in said)


@pytest.mark.parametrize("path", ["bias_source.bucket", "bias_target.bucket"])
def test_buckets_are_those_of_the_block(path: str) -> None:
    graph = shipped("t5-small")
    picture = opened(graph, path)
    composite = graph.root.nodes[path.partition(".")[0]].part
    part = composite.nodes["bucket"].part  # type: ignore[union-attr]
    assert isinstance(part, Primitive)
    use = Use(part.block, {"like": (real(*of(seq=6)),)})
    expected = use.run({})["y"]
    hidden = {cell.path for cell in picture.cells if cell.hidden}
    seen = [
        str(expected[i, j]) for i in range(6) for j in range(6) if f"{path}[{i}, {j}]" not in hidden
    ]
    found = [text for text in texts(picture, path, "note") if text.isdigit()]
    assert found == seen
    assert len(hidden) == (15 if path.startswith("bias_target") else 0)
    assert len(np.unique(expected)) == 6 + 5 * path.startswith("bias_source")


def test_widths_that_are_sums_stand_in_brackets() -> None:
    said = {text.text for text in layout(shipped("whisper-tiny"), Opening.of([])).texts}
    assert "((frames + 1) // 2) × 384" in said
    said = {text.text for text in layout(shipped("t5-small"), Opening.of([])).texts}
    assert "8 × target_len × target_len" in said  # in a run from the beginning, all is new
    assert not any("past" in one for one in said)


def test_of_several_forms_the_one_that_is_used_is_shown() -> None:
    said = texts(opened(shipped("whisper-tiny"), "pos_source"), "pos_source", "note")
    assert any(one.startswith("halves, with h") for one in said)
    assert not any(one.startswith(("paper", "article")) for one in said)
