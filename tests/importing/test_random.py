"""Random configs of every family, and its defaults: what Hugging Face's models are."""

import json
from pathlib import Path
from typing import Any

import pytest

from boxwork.graphs.graph import Composite, Graph, Part, Primitive
from boxwork.graphs.totals import total
from tests.importing.support import graph_of

ORACLE = Path(__file__).parents[1] / "oracles" / "imports.json"
CONFIGS: list[dict[str, Any]] = json.loads(ORACLE.read_text(encoding="utf-8"))


def named(one: dict[str, Any]) -> str:
    return str(one["config"]["model_type"])


@pytest.fixture
def graph(one: dict[str, Any], tmp_path: Path) -> Graph:
    return graph_of(tmp_path, one["config"])


@pytest.mark.parametrize("one", CONFIGS, ids=named)
def test_an_import_is_what_transformers_makes_of_it(one: dict[str, Any], graph: Graph) -> None:
    assert total(graph) == one["total"]
    assert graph.warnings == ()
    norm = graph.root.nodes["norm"].part
    assert isinstance(norm, Primitive)
    assert norm.settings["eps"] == one["eps"]
    stack = graph.root.nodes["stack"]
    layers = [told(stack.part_of(k)) for k in range(stack.count or 0)]
    assert (layers[:1] if len(set(layers)) == 1 else layers) == one["layers"]


def told(layer: Part) -> str:
    """What a layer sees and how its positions turn, as the oracle has it."""
    assert isinstance(layer, Composite)
    attention = layer.nodes["attn"].part
    assert isinstance(attention, Composite)
    mix = attention.nodes["mix"].part
    assert isinstance(mix, Primitive)
    window = mix.settings["window"]
    sees = "all" if window is None else str(window)
    if "q_placed" not in attention.nodes:
        return f"{sees} -"
    turned = attention.nodes["q_placed"].part
    assert isinstance(turned, Primitive)
    rope = turned.settings
    scaling = f"{rope['scaling']} {rope['factor']:g}" if rope["scaling"] else "default"
    return f"{sees} {rope['theta']:g} {scaling}"
