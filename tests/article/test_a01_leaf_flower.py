"""A1: four numbers in, leaf or flower out; every figure that the article states."""

from __future__ import annotations

import pytest

import boxwork as bw

from .support import LEAF, close, model

R, G, B, VOL = LEAF


def test_the_blue_neuron() -> None:
    blue = model("leaf-flower").trace(LEAF)["middle"][0]
    close(blue, 32 * 0.10 + 107 * -0.29 + 56 * -0.07 + 11.2 * 0.46)
    close(blue, -26.598)
    assert f"{blue:.1f}" == "-26.6"


def test_the_blue_neuron_with_its_bias() -> None:
    made = model("leaf-flower-bias")
    assert made.parameters["middle.bias"].tolist() == [0.25, 0, 0]
    blue = made.trace(LEAF)["middle"][0]
    close(blue, -26.348)
    assert f"{blue:.2f}" == "-26.35"
    assert made.read(made(LEAF))[0][0].best.name == "leaf"


def test_another_neuron_of_the_middle_layer() -> None:
    _, second, third = model("leaf-flower").trace(LEAF)["middle"]
    assert f"{third:.1f}" == "-47.1"
    assert second > 0, "ReLU zeroes just two of the three"


def test_the_weights_that_the_text_gives() -> None:
    made = model("leaf-flower").parameters
    blue, second, third = made["middle.weight"].T
    leaf, _ = made["scores.weight"].T
    assert blue.tolist() == [0.10, -0.29, -0.07, 0.46]
    assert second[:2].tolist() == [0.12, -0.05]
    assert third[:2].tolist() == [-0.36, -0.21]
    assert leaf.tolist() == [-0.17, 0.39, 0.1]


def test_the_other_seven_are_marked_ours() -> None:
    nodes = bw.load("leaf-flower").checked.root.nodes
    ours = {name: node.values["weight"].ours for name, node in nodes.items()}
    assert ours["middle"] == {(2, 1), (3, 1), (2, 2), (3, 2)}
    assert ours["scores"] == {(0, 1), (1, 1), (2, 1)}
    assert sum(map(len, ours.values())) == 7


def test_the_outputs_are_those_of_its_picture() -> None:
    leaf, flower = model("leaf-flower")(LEAF)
    assert (f"{leaf:.1f}", f"{flower:.1f}") == ("0.8", "0.2")


def test_relu_zeroes_exactly_the_two() -> None:
    trace = model("leaf-flower-relu").trace(LEAF)
    assert [value == 0 for value in trace["relu"]] == [True, False, True]
    close(trace["relu"][1], trace["middle"][1], 0)


@pytest.mark.parametrize("name", ["leaf-flower", "leaf-flower-relu", "leaf-flower-sign"])
def test_the_leaf_wins(name: str) -> None:
    made = model(name)
    (reading,) = made.read(made(LEAF))[0]
    assert reading.best.name == "leaf"


def test_one_number_is_read_by_its_sign() -> None:
    """The first scheme: the single number is the difference of the two of the second scheme."""
    one, two = model("leaf-flower-sign"), model("leaf-flower")
    leaf, flower = two(LEAF)
    close(one(LEAF), [leaf - flower])
    assert one.read(one([-x for x in LEAF]))[0][0].best.name == "flower"
