"""The chart of docs/article/networks.md: how much of a gradient reaches each of thirty layers."""

from __future__ import annotations

from itertools import cycle, islice

import numpy as np

from boxwork.api import load
from boxwork.renderers.charts.chart import chart

LAYERS = 30
# what the line is called, the spec, how much larger than usual its weights begin
LINES = (
    ("plain", "deep-plain", 1.0),
    ("plain, weights × 2", "deep-plain", 2.0),
    ("residual and norm", "deep-residual", 1.0),
)


def picture() -> str:
    """The norms of the first step's gradients, layer by layer."""
    lines = {title: norms(name, larger) for title, name, larger in LINES}
    return chart(
        lines,
        title="The gradient of thirty layers",
        x="layer",
        y="norm of its gradient",
        log_y=True,
    )


def norms(name: str, larger: float) -> list[tuple[float, float]]:
    random = np.random.default_rng(0).normal(size=(32, 16)).tolist()
    labels = islice(cycle(["leaf", "flower"]), len(random))
    model = load(name).init(seed=0, dtype="float64")
    for path, array in model.parameters.items():
        if path.endswith("linear.weight"):
            array *= larger
    rows = [[*row, label] for row, label in zip(random, labels, strict=True)]
    history = model.train(table=rows, steps=1, norms=True)
    return [(layer, history.norms[f"stack.{layer}"][0]) for layer in range(LAYERS)]
