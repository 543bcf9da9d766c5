"""What a spec is trained for: the loss box and the input it gets, by what its outputs mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from boxwork.graphs.building.build import build
from boxwork.graphs.load import load
from boxwork.specs.diagnostics import DataError
from boxwork.specs.objective import Objective, objective

HEAD = "format: 1\nname: Test\n"


def goal(folder: Path, text: str, **options: str) -> Objective:
    path = folder / "test.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    return objective(load(path)[0], **options)


@pytest.mark.parametrize(
    ("name", "wanted", "block"),
    [
        ("gpt", "index<vocab>[seq]", "CrossEntropy"),
        ("gpt2", "index<vocab>[seq]", "CrossEntropy"),
        ("transformer", "index<vocab>[target_len]", "CrossEntropy"),
        ("leaf-flower", "index<kinds>[]", "CrossEntropy"),
    ],
)
def test_shipped_specs(name: str, wanted: str, block: str) -> None:
    found = objective(load(name)[0])
    graph = build(found.spec)
    assert found.block == block
    assert graph.inputs[found.wanted].named() == wanted
    assert graph.outputs[found.loss].kind == "real"
    assert graph.warnings == ()


TWO = """
dims: {seq: any, d: 3}
inputs: {wanted: "real[seq, d]"}
outputs: {loss: "real[seq, max(d, 2)]", plain: "real[seq, d + 1]"}
nodes:
  loss: {use: Tanh, in: wanted}
  plain: {use: Linear, in: wanted, with: {width: d + 1}}
"""


def test_names_that_are_taken(tmp_path: Path) -> None:
    found = goal(tmp_path, TWO)
    assert (found.output, found.wanted, found.loss) == ("loss", "wanted_2", "loss_2")
    assert found.block == "MeanSquaredError"
    graph = build(found.spec)
    assert graph.inputs["wanted_2"].agrees(graph.outputs["loss"])


def test_an_output_and_a_loss_by_name(tmp_path: Path) -> None:
    found = goal(tmp_path, TWO, output="plain", block="CrossEntropy")
    assert build(found.spec).inputs["wanted_2"].named() == "index<d + 1>[seq]"


ONE = """
dims: {d: 2}
inputs: {features: "real[d]"}
outputs: {score: "real[1]"}
interpret: {score: {classes: [leaf, flower]}}
nodes: {score: {use: Linear, in: features, with: {width: 1}}}
"""


def test_two_classes_by_the_sign_of_one_number(tmp_path: Path) -> None:
    assert goal(tmp_path, ONE).block == "MeanSquaredError"


OWN = """
dims: {d: 2}
inputs: {features: "real[d]", target: "real[d]"}
outputs: {y: "real[d]", error: "real[]"}
nodes:
  y: {use: Linear, in: features, with: {width: d}}
  error: {use: SumOfDifferences, in: {y: y, wanted: target}}
"""


def test_a_loss_of_the_specs_own(tmp_path: Path) -> None:
    found = goal(tmp_path, OWN)
    assert (found.output, found.wanted, found.loss) == ("y", "target", "error")
    assert found.block == "SumOfDifferences"


SINGLE = """
outputs: {one: "real[]"}
nodes: {one: {use: Array, with: {dims: []}}}
"""


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (TWO, {"output": "plan"}, "has no output `plan`"),
        (TWO, {"block": "CrossEntropi"}, "`CrossEntropi` is no loss"),
        (TWO, {"block": "ReLU"}, "`ReLU` is no loss"),
        (SINGLE, {}, "a loss looks at a row of numbers; one is real[]"),
    ],
)
def test_what_cannot_be(tmp_path: Path, text: str, options: dict[str, str], said: str) -> None:
    with pytest.raises(DataError) as caught:
        goal(tmp_path, text, **options)
    (found,) = caught.value.diagnostics
    code = "BW582" if "is no loss" in said else "BW430"
    assert (found.code, said in found.message) == (code, True)
    assert found.help
