"""Random configs of every family, and its defaults: what Hugging Face's models are."""

import json
from pathlib import Path
from typing import Any

import pytest

from boxwork.graphs.graph import Composite, Part, Primitive
from boxwork.graphs.load import load
from boxwork.graphs.totals import totals
from boxwork.importing.families import FAMILIES
from boxwork.importing.shortest import built
from tests.importing.support import graph_of, pieces_of

ORACLE = Path(__file__).parents[1] / "oracles" / "imports.json"
CONFIGS: list[dict[str, Any]] = json.loads(ORACLE.read_text(encoding="utf-8"))


def named(one: dict[str, Any]) -> str:
    return str(one["config"]["model_type"])


@pytest.mark.parametrize("place", range(len(CONFIGS)), ids=lambda place: named(CONFIGS[place]))
def test_an_import_is_what_transformers_makes_of_it(place: int, tmp_path: Path) -> None:
    one = CONFIGS[place]
    if place % 4:  # shortening is slow: that it changes nothing is seen in some
        config = one["config"]
        base = FAMILIES[config["model_type"]].bases[-1]
        graph = built(base, pieces_of(config, tmp_path))
    else:
        graph = graph_of(tmp_path, one["config"])
        load(tmp_path / "spec.yaml", toy=True)
    assert totals(graph).all.trained == one["total"]
    assert graph.warnings == ()
    nodes = graph.root.nodes
    norm = nodes.get("norm", nodes.get("norm_target"))
    assert norm is not None
    assert isinstance(norm.part, Primitive)
    assert norm.part.settings["eps"] == one.get("eps", 1e-5)
    if "layers" in one:
        stack = nodes["stack"]
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


@pytest.mark.parametrize("family", ["glm4_moe", "deepseek_v3"])
def test_weights_of_experts_may_be_left_as_they_are(family: str, tmp_path: Path) -> None:
    """Without ``norm_topk_prob`` a position weighs its experts by their scores."""
    small = {"num_hidden_layers": 4, "n_group": 1, "topk_group": 1, "head_dim": 128}
    small |= {"first_k_dense_replace": 1, "routed_scaling_factor": 1.0, "norm_topk_prob": False}
    if family == "deepseek_v3":
        del small["head_dim"]
    graph = graph_of(tmp_path, {"model_type": family} | small)
    layer = graph.root.nodes["stack"].part
    assert isinstance(layer, Composite)
    experts = layer.nodes["ff"].part
    assert isinstance(experts, Composite)
    choice = experts.nodes["choice"].part
    assert isinstance(choice, Primitive)
    assert choice.settings["sum_to"] is None
