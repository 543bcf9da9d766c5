"""Losses and gradients of specs against finite differences, for the tests of both."""

from __future__ import annotations

import tempfile
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

from boxwork.engines.gradients.gradients import Trainable
from boxwork.engines.parameters.initialise import init
from boxwork.graphs.building.build import build
from boxwork.graphs.graph import Graph
from boxwork.graphs.load import load
from boxwork.specs.objective import objective
from tests.gallery import toy

STEP = 1e-6
TOY = {
    "gpt": {"vocab": 7, "d_model": 6, "heads": 2, "layers": 2, "context": 8, "dropout": 0},
    "gpt-modern": {"vocab": 7, "d_model": 8, "heads": 2, "layers": 2, "context": 8, "dropout": 0},
    "transformer": {"vocab": 7, "d_model": 6, "heads": 2, "layers": 2, "d_ff": 5, "dropout": 0},
    "leaf-flower": {},
    "llama-3.1-8b": toy("llama-3.1-8b", vocab=7, d_model=8, head_dim=2, d_ff=6),
    "mistral-7b": toy("mistral-7b", vocab=7, window=3),
    "qwen3-8b": toy("qwen3-8b", vocab=7),
    "olmo-2-7b": toy("olmo-2-7b", vocab=7),
    "gemma-3-27b": toy("gemma-3-27b", vocab=7, layers=6, window=3),
    "mixtral-8x7b": toy("mixtral-8x7b", vocab=7),
    "gpt-oss-20b": toy("gpt-oss-20b", vocab=7, window=3),
    "glm-4.5-air": toy("glm-4.5-air", vocab=7),
    "bert-base": {"vocab": 7, "d_model": 6, "heads": 2, "layers": 1, "context": 8, "dropout": 0},
    "t5-small": {
        "vocab": 7,
        "d_model": 6,
        "heads": 2,
        "head_dim": 2,
        "layers": 2,
        "d_ff": 5,
        "buckets": 4,
        "far": 3,
        "dropout": 0,
    },
    "whisper-tiny": {"vocab": 7, "d_model": 6, "heads": 2, "layers": 1, "d_ff": 5, "mels": 3},
    "vit-base": {"image": 4, "patch": 2, "d_model": 6, "heads": 2, "layers": 1, "classes": 3},
}


def trainable(name: str, **dims: Any) -> tuple[Trainable, str]:
    """A toy of a shipped spec, every parameter drawn at random, and the name of what is wanted."""
    goal = objective(load(name, keywords={**TOY[name], **dims})[0])
    return drawn(build(goal.spec), goal.loss), goal.wanted


def drawn(graph: Graph, loss: str) -> Trainable:
    parameters = init(graph, 0, np.float64)
    noise = np.random.default_rng(0)
    for array in parameters.values():
        array += 0.3 * noise.standard_normal(array.shape)
    return Trainable(graph, parameters, loss)


def with_loss(text: str, block: str | None = None) -> tuple[Trainable, str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.yaml"
        path.write_text("format: 1\nname: Test\n" + dedent(text), encoding="utf-8")
        goal = objective(load(path)[0], block=block)
    return drawn(build(goal.spec), goal.loss), goal.wanted


def random_values(net: Trainable, batch: tuple[int, ...] = (2,), length: int = 5) -> dict[str, Any]:
    """Random inputs that fit, targets included."""
    random = np.random.default_rng(1)
    found = {}
    for name, wire in net.graph.inputs.items():
        shape = (*batch, *(length if dim.free else int(dim) for dim in wire.dims))
        if wire.bound is not None:
            found[name] = random.integers(0, int(wire.bound), shape)
        else:
            found[name] = random.standard_normal(shape)
    return found


def hold_finite_differences(net: Trainable, values: dict[str, Any]) -> None:
    """The gradient of every parameter, along three random directions."""
    random = np.random.default_rng(2)
    loss, gradients = net.gradients(values)
    assert loss == pytest.approx(net.loss(values), rel=1e-12)
    assert set(gradients) == set(net.trained)
    for path, gradient in gradients.items():
        array = net.parameters[path]
        assert gradient.shape == array.shape
        for _ in range(3):
            way, before = random.standard_normal(array.shape), array.copy()
            ends = []
            for side in (1, -1):
                array[...] = before + side * STEP * way
                ends.append(net.loss(values))
            array[...] = before
            slope = (ends[0] - ends[1]) / (2 * STEP)
            assert float(np.sum(gradient * way)) == pytest.approx(slope, rel=1e-5, abs=1e-8), path
