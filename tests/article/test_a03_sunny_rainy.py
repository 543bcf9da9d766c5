"""A3: the same numbers, read in another way."""

from __future__ import annotations

import boxwork as bw
from boxwork.graphs.graph import Primitive

from .support import LEAF, close, model


def best(name: str) -> list[str]:
    made = model(name)
    return [reading.best.name for reading in made.read(made(LEAF))[0]]


def test_only_what_it_means_differs() -> None:
    weather, thing = bw.load("sunny-rainy"), bw.load("leaf-flower")
    boxes, same = (
        {
            name: (part.block, node.values["weight"].numbers)
            for name, node in graph.checked.root.nodes.items()
            for part in node.parts
            if isinstance(part, Primitive)
        }
        for graph in (weather, thing)
    )
    assert boxes == same
    assert weather.interpretation != thing.interpretation
    close(model("sunny-rainy")(LEAF), model("leaf-flower")(LEAF), 0)


def test_both_readings_at_once() -> None:
    assert best("leaf-flower") == ["leaf"]
    assert best("sunny-rainy") == ["sunny"]
    assert best("two-readings") == ["leaf", "sunny"]
