"""What is wrong with the inputs of a run is said in a sentence that names input and bound."""

from typing import Any

import numpy as np
import pytest

import boxwork as bw
from boxwork.engines.feeding.inputs import check, named
from boxwork.engines.running.numpy import Model
from boxwork.specs.diagnostics import DataError

from .support import graph_of, model_of, shipped, wrong

KINDS = """
dims: {seq: any, rows: any, vocab: 5, width: 4, patch: 2, limit: 6}
require: [seq <= limit, rows > 1]
inputs:
  tokens: index<vocab>[seq]
  features: "real[rows, width]"
  pixels: "real[2 * rows + 1]"
outputs: {a: "real[seq, width]", b: "real[rows, width]", c: "real[2 * rows + 1]"}
nodes:
  a: {use: Embedding, in: tokens, with: {count: vocab, width: width}}
  b: {use: Linear, in: features, with: {width: width}}
  c: {use: ReLU, in: pixels}
"""
FINE: dict[str, Any] = {"tokens": [0, 4], "features": np.zeros((2, 4)), "pixels": np.zeros(5)}
BROKEN = (
    "features gives rows = 1 and pixels gives rows = 1, but the spec requires "
    "rows > 1: 1 > 1 does not hold"
)
NAN, INF = float("nan"), float("inf")


@pytest.fixture(scope="module")
def model() -> Model:
    return model_of(KINDS, dtype="float32")


def test_what_is_fine(model: Model) -> None:
    model(**FINE)
    model([0, 4], FINE["features"], pixels=[1, 2, 3, 4, 5])
    model(**FINE | {"tokens": np.array([4], np.uint64), "features": [[1, 2, 3, 4]] * 2})
    model(**FINE | {"tokens": (0,), "pixels": np.zeros(5, np.float16)})


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"token": [1]}, [("BW401", "Test has no input `token`")]),
        ({"tokens": [0, 5]}, [("BW407", "tokens[1] = 5 is outside vocab = 5 (0 to 4)")]),
        ({"tokens": [0, -1]}, [("BW407", "tokens[1] = -1 is outside vocab = 5 (0 to 4)")]),
        (
            {"tokens": np.array([2**63 + 1], np.uint64)},
            [("BW407", "tokens[0] = 9223372036854775809 is outside vocab = 5 (0 to 4)")],
        ),
        (
            {"tokens": [2**70]},
            [
                (
                    "BW404",
                    "tokens takes whole numbers (index<vocab>[seq]), not numbers beyond 64 bits",
                )
            ],
        ),
        (
            {"tokens": [0.0, 1.5]},
            [
                (
                    "BW404",
                    "tokens takes whole numbers (index<vocab>[seq]), not floats (float64: 0.0, …)",
                )
            ],
        ),
        (
            {"tokens": [True, False]},
            [("BW404", "tokens takes whole numbers (index<vocab>[seq]), not booleans")],
        ),
        (
            {"pixels": [True, 1, 2, 3, 4]},
            [
                (
                    "BW404",
                    "pixels takes numbers (real[2 * rows + 1]), and true or false",
                )
            ],
        ),
        (
            {"tokens": [[0], [False]]},
            [("BW404", "tokens takes whole numbers (index<vocab>[seq]), and true")],
        ),
        (
            {"tokens": "humpty dumpty"},
            [
                (
                    "BW404",
                    "tokens takes whole numbers (index<vocab>[seq]), not text ('humpty dumpty')",
                )
            ],
        ),
        (
            {"tokens": ["humpty", "dumpty"]},
            [("BW404", "tokens takes whole numbers (index<vocab>[seq]), not text")],
        ),
        (
            {"features": [["1", "2", "3", "4"]] * 2},
            [("BW404", "features takes numbers (real[rows, width]), not text")],
        ),
        (
            {"tokens": {"a": 1}},
            [("BW404", "tokens takes whole numbers (index<vocab>[seq]), not a dict")],
        ),
        (
            {"tokens": None},
            [("BW404", "tokens takes whole numbers (index<vocab>[seq]), not nothing")],
        ),
        (
            {"tokens": [None, 1]},
            [("BW404", "tokens takes whole numbers (index<vocab>[seq]), not a NoneType")],
        ),
        (
            {"tokens": iter([1])},
            [("BW404", "tokens takes whole numbers (index<vocab>[seq]), not a list_iterator")],
        ),
        (
            {"pixels": np.array(["2020-01-01"], "M8[D]")},
            [("BW404", "pixels takes numbers (real[2 * rows + 1]), not dates")],
        ),
        (
            {"pixels": [1j] * 5},
            [("BW404", "pixels takes numbers (real[2 * rows + 1]), not complex numbers")],
        ),
        (
            {"pixels": np.array([object()] * 5)},
            [("BW404", "pixels takes numbers (real[2 * rows + 1]), not an object")],
        ),
        ({"tokens": [1, [2, 3]]}, [("BW404", "tokens mixes lists and numbers, so it is no array")]),
        (
            {"features": [[[1, 2, 3, 4], [1, 2]], [[1, 2, 3, 4]]]},
            [("BW404", "features[0] holds lists of unlike length")],
        ),
        (
            {"tokens": 3},
            [("BW403", "tokens has 0 axes (it is one number), but index<vocab>[seq] needs 1, ")],
        ),
        (
            {"features": [1, 2, 3, 4]},
            [
                (
                    "BW403",
                    "features has 1 axis (its shape is (4,)), but real[rows, width] needs 2, ",
                )
            ],
        ),
        (
            {"tokens": [[[1]], [[1, 2]]]},
            [
                (
                    "BW403",
                    "tokens[0] has 2 axes (its shape is (1, 1)), but index<vocab>[seq] needs 1",
                )
            ],
        ),
        ({"tokens": []}, [("BW409", "tokens is empty: seq must be at least 1")]),
        (
            {"tokens": np.zeros((0, 3), int)},
            [("BW409", "tokens has no samples: its shape is (0, 3)")],
        ),
        ({"tokens": [[1], []]}, [("BW409", "tokens[1] is empty: seq must be at least 1")]),
        (
            {"features": np.zeros((2, 3))},
            [("BW405", "features is 3 wide, but real[rows, width] has width = 4")],
        ),
        (
            {"features": np.zeros((2, 0))},
            [("BW405", "features is 0 wide, but real[rows, width] has width = 4")],
        ),
        (
            {"features": np.zeros((3, 4))},
            [("BW406", "pixels gives rows = 2, but features gives rows = 3")],
        ),
        ({"pixels": np.zeros(6)}, [("BW406", "pixels has 6 for 2 * rows + 1: rows would be 5/2")]),
        (
            {"tokens": [[1], [2]]},
            [
                (
                    "BW406",
                    "the inputs disagree about batch axes: tokens: 2; features: none; pixels: none",
                )
            ],
        ),
        (
            {"tokens": [1] * 7},
            [("BW410", "tokens gives seq = 7, but the spec requires seq <= limit: at most 6")],
        ),
        (
            {"features": np.zeros((1, 4)), "pixels": np.zeros(3)},
            [
                (
                    "BW410",
                    BROKEN,
                )
            ],
        ),
        ({"pixels": [1, 2, NAN, 4, 5]}, [("BW408", "pixels[2] is nan")]),
        ({"features": [[1, 2, 3, 4], [1, -INF, 3, 4]]}, [("BW408", "features[1, 1] is -inf")]),
        (
            {"pixels": [1, 1e300, 0, 0, 0]},
            [("BW408", "pixels[1] is 1e+300, too large for float32")],
        ),
        (
            {"tokens": "x", "features": np.zeros((2, 3)), "pixel": 3},
            [
                ("BW401", "Test has no input `pixel`"),
                ("BW404", "tokens takes whole numbers (index<vocab>[seq]), not text ('x')"),
                ("BW405", "features is 3 wide, but real[rows, width] has width = 4"),
            ],
        ),
    ],
)
def test_what_is_wrong(
    model: Model, given: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = wrong(model, **FINE | given)
    assert len(found) == len(expected), found
    for (code, message), (wanted, start) in zip(found, expected, strict=True):
        assert code == wanted
        assert message.startswith(start), message


def test_places_in_batches_are_named_as_one_writes_them(model: Model) -> None:
    both = {"features": np.zeros((2, 2, 4)), "pixels": np.zeros((2, 5))}
    assert wrong(model, tokens=[[0, 1], [0, 9]], **both) == [
        ("BW407", "tokens[1, 1] = 9 is outside vocab = 5 (0 to 4)")
    ]
    assert wrong(model, tokens=[[0, 1], [9]], **both) == [
        ("BW407", "tokens[1][0] = 9 is outside vocab = 5 (0 to 4)")
    ]
    assert wrong(model, tokens=[[0, 1], [1] * 9], **both) == [
        ("BW410", "tokens[1] gives seq = 9, but the spec requires seq <= limit: at most 6")
    ]


def test_missing_and_too_many(model: Model) -> None:
    assert wrong(model, [1]) == [
        ("BW402", "the input features is missing: real[rows, width]"),
        ("BW402", "the input pixels is missing: real[2 * rows + 1]"),
    ]
    assert wrong(model, 1, 2, 3, 4) == [
        ("BW401", "Test takes 3 inputs (tokens, features, pixels), not 4")
    ]
    assert wrong(bw.load("gpt").init(), [1], [2]) == [
        ("BW401", "GPT of the article takes 1 input (tokens), not 2")
    ]
    assert wrong(model, [1], tokens=[1]) == [("BW401", "the input tokens is given twice")]


def test_hints(model: Model) -> None:
    with pytest.raises(DataError) as caught:
        model(token=[1], **FINE)
    assert caught.value.diagnostics[0].help == "did you mean `tokens`?"
    with pytest.raises(DataError) as caught:
        model(**FINE | {"tokens": "humpty"})
    assert "tokenizer" in caught.value.diagnostics[0].help
    with pytest.raises(DataError) as caught:
        model(**FINE | {"tokens": [1] * 7})
    (note,) = caught.value.diagnostics[0].notes
    assert note.span is not None
    assert note.span.line == 5


def test_the_context_of_gpt2() -> None:
    graph = shipped("gpt2")
    check(graph, {"tokens": [50256] * 1024}, np.float32)
    assert wrong(check, graph, {"tokens": [1, 2, 3, 50300]}, np.float32) == [
        ("BW407", "tokens[3] = 50300 is outside vocab = 50257 (0 to 50256)")
    ]
    assert wrong(check, graph, {"tokens": [0] * 1025}, np.float32) == [
        ("BW410", "tokens gives seq = 1025, but the spec requires seq <= context: at most 1024")
    ]


def test_deep_nesting_is_refused(model: Model) -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    ((code, _),) = wrong(model, **FINE | {"tokens": deep})
    assert code in ("BW403", "BW404")
    while deep:  # taken apart without recursion
        deep = deep.pop()


def test_inputs_without_axes() -> None:
    model = model_of("""
        inputs: {x: "real[]"}
        outputs: {y: "real[]"}
        nodes: {y: {use: ReLU}}
        """)
    assert model(3).shape == ()
    assert model([3, -1]).tolist() == [3, 0]
    assert wrong(model, "3")[0][0] == "BW404"


def test_values_in_order_and_by_name() -> None:
    graph = graph_of(KINDS)
    assert named(graph, ([1],), {"pixels": 2}) == {"tokens": [1], "pixels": 2}


def test_what_was_given_is_not_changed(model: Model) -> None:
    tokens, pixels = np.array([1, 2]), np.zeros(5, np.float32)
    batch = check(model.graph, FINE | {"tokens": tokens, "pixels": pixels}, np.float32)
    assert batch.sizes == {"seq": 2, "rows": 2}
    assert batch.axes == ()
    assert not batch.lengths
    model(**FINE | {"tokens": tokens, "pixels": pixels})
    assert tokens.tolist() == [1, 2]
