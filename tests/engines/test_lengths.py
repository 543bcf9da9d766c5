"""Free dims at run time: told by some input, in the range of what hangs on them."""

from typing import Any

import numpy as np
import pytest

from .support import model_of, wrong
from .test_ragged import close


def required(condition: str, dims: str = "seq: any") -> str:
    return f"""
        dims: {{{dims}}}
        require: ["{condition}"]
        inputs: {{x: "real[seq]"}}
        outputs: {{y: "real[seq]"}}
        nodes: {{y: {{use: ReLU, in: x}}}}
        """


@pytest.mark.parametrize("condition", ["k <= 5", "seq <= k"])
def test_a_requirement_of_a_dim_that_no_input_tells(condition: str) -> None:
    model = model_of(required(condition, "seq: any, k: any"))
    assert wrong(model, [1.0]) == [("BW406", "no input tells the length of k")]


@pytest.mark.parametrize(
    ("condition", "length", "fine", "reason"),
    [
        ("10 % (seq - 1) == 0", 1, 3, "division by zero"),
        ("10 // (seq // 2) > 0", 1, 2, "division by zero"),
        ("10 / (seq // 2) > 0", 1, 2, "division by zero"),
        ("2 ** seq <= 1_000_000", 60, 19, "the size is larger than 1,000,000,000,000,000"),
        ("seq ** 40 < 1_000_000", 10**6, 1, "less than 1000000"),
    ],
)
def test_a_requirement_that_cannot_be_told(
    condition: str, length: int, fine: int, reason: str
) -> None:
    model = model_of(required(condition))
    said = condition
    assert wrong(model, np.ones(length)) == [
        ("BW410", f"x gives seq = {length}, but the spec requires {said}: {reason}")
    ]
    model(np.ones(fine))


def test_large_numbers_are_compared_exactly() -> None:
    model = model_of(required("seq * 100_000_000_000_000 + 1 != 900_000_000_000_000"))
    model(np.ones(9))


def test_a_derived_size_that_is_none() -> None:
    model = model_of(
        """
        dims: {n: any, d: 2}
        inputs: {a: "real[n]", x: "real[4 // (n - 1), d]"}
        outputs: {y: "real[4 // (n - 1), d]", b: "real[n]"}
        nodes: {y: {use: ReLU, in: x}, b: {use: ReLU, in: a}}
        """
    )
    model(a=np.ones(3), x=np.ones((2, 2)))
    assert wrong(model, a=np.ones(1), x=np.ones((4, 2))) == [
        ("BW406", "x has 4 for 4 // (n - 1), which is no size with n = 1: division by zero")
    ]
    assert wrong(model, a=np.ones(2), x=np.ones((3, 2))) == [
        ("BW406", "x has 3 for 4 // (n - 1), which is 4 with n = 2")
    ]


INDICES = """
dims: {n: any}
inputs: {choice: "index<n>[]", three: "index<n>[3]", x: "real[n]"}
outputs: {y: "real[n]", z: "real[3, n]"}
nodes: {y: {use: OneHot, in: choice}, z: {use: OneHot, in: three}, b: {use: ReLU, in: x}}
"""


def test_an_index_is_held_against_the_length_of_its_own_sample() -> None:
    model = model_of(INDICES)
    x = [np.ones(2), np.ones(5), np.ones(1)]
    fine: dict[str, list[Any]] = {
        "choice": [1, 4, 0],
        "three": [[0, 1, 0], [4, 3, 2], [0, 0, 0]],
        "x": x,
    }
    close(model, fine)
    assert wrong(model, **fine | {"choice": [0, 4, 1]}) == [
        ("BW407", "choice[2] = 1 is outside n = 1 (0 to 0)")
    ]
    assert wrong(model, **fine | {"three": [[0, 0, 2], [4, 3, 2], [0, 0, 0]]}) == [
        ("BW407", "three[0, 2] = 2 is outside n = 2 (0 to 1)")
    ]


def test_an_index_that_is_ragged_itself() -> None:
    model = model_of(
        """
        dims: {n: any}
        inputs: {x: "index<n>[n]"}
        outputs: {y: "real[n, n]"}
        nodes: {y: {use: OneHot, in: x}}
        """
    )
    close(model, {"x": [[2, 1, 0], [0], [1, 1]]})
    assert wrong(model, [[2, 1, 0], [1]]) == [("BW407", "x[1][0] = 1 is outside n = 1 (0 to 0)")]


def test_an_index_without_a_range() -> None:
    model = model_of(
        """
        dims: {n: any}
        inputs: {i: "index<n - 2>[]", x: "real[n]"}
        outputs: {y: "real[n - 2]", z: "real[n]"}
        nodes: {y: {use: OneHot, in: i}, z: {use: ReLU, in: x}}
        """
    )
    assert model(i=0, x=np.ones(3))["y"].tolist() == [1]
    assert wrong(model, i=0, x=np.ones(1)) == [
        ("BW406", "i has no range with these lengths: n - 2 would be -1, which is no size")
    ]


SETTINGS = """
dims: {w: any, seq: any}
inputs: {x: "real[seq, w]"}
outputs:
  places: {type: "index<w>[seq]", from: places}
  heads: "real[w, seq, 1]"
  left: {type: "real[seq, w]", from: parts.left}
  many: "real[w, seq, w]"
nodes:
  places: {use: Positions, in: x, with: {count: w}}
  heads: {use: SplitHeads, in: x, with: {heads: w}}
  twice: {use: Concat, in: [x, x]}
  parts: {use: Split, in: twice, with: {sizes: {left: w, right: w}}}
  many: {use: Expand, in: x, with: {dim: w}}
"""


def test_settings_that_only_the_run_knows() -> None:
    model = model_of(SETTINGS)
    assert model.graph.root.nodes["places"].part.detail == "0 … w - 1"
    random = np.random.default_rng(0)
    sizes = [(4, 2), (5, 3), (6, 6)]
    values = {"x": [random.normal(size=(seq, w)) for w, seq in sizes]}
    close(model, values)
    found = model.run({name: each[0] for name, each in values.items()})
    assert [found[name].shape for name in ("heads", "many")] == [(4, 2, 1), (4, 2, 4)]


def test_sizes_that_grow_where_others_shrink() -> None:
    """The longest of each dim together may be no sample at all, or have no size."""
    model = model_of(
        """
        dims: {seq: any, w: any, d: 12}
        inputs: {x: "real[seq, d]", z: "real[w, d]", rest: "real[9 - seq, d]"}
        outputs:
          pos: "real[9 - seq, d]"
          mean: "real[d]"
          heads: "real[w + seq, seq, d / (w + seq)]"
          sum: "real[w, d]"
        nodes:
          pos: {use: SinusoidalEncoding, in: rest, with: {width: d}}
          mean: {use: MeanPool, in: pos}
          heads: {use: SplitHeads, in: x, with: {heads: w + seq}}
          sum: {use: Add, in: [z, z]}
        """
    )
    random = np.random.default_rng(0)
    sizes = [(5, 1), (1, 3), (2, 2), (8, 4)]
    values = {
        "x": [random.normal(size=(seq, 12)) for seq, _ in sizes],
        "z": [random.normal(size=(w, 12)) for _, w in sizes],
        "rest": [random.normal(size=(9 - seq, 12)) for seq, _ in sizes],
    }
    close(model, values)
    close(model, values, ["pos", "mean", "sum"])
    values["x"][0], values["rest"][0] = np.ones((4, 12)), np.ones((5, 12))
    message = "heads (SplitHeads) requires width % heads == 0"
    ((code, said),) = wrong(model.run, values)
    assert (code, message in said) == ("BW410", True), said


@pytest.mark.parametrize("block", ["FirstPosition", "LastPosition", "MeanPool"])
def test_a_sample_without_positions_has_no_first_and_no_mean(block: str) -> None:
    """A convolution leaves none of a sample that is shorter than its kernel."""
    model = model_of(
        f"""
        dims: {{seq: any, d: 2}}
        inputs: {{x: "real[seq, d]"}}
        outputs: {{y: "real[d]"}}
        nodes:
          few: {{use: Convolution, with: {{kernel_size: 3, stride: 2}}}}
          y: {{use: {block}}}
        """
    )
    close(model, {"x": [np.ones((3, 2)), np.ones((6, 2))]})
    for lengths in ((2, 6), (2, 2)):
        ((_, said),) = wrong(model.run, {"x": [np.ones((n, 2)) for n in lengths]})
        assert "there are no positions to make one of" in said, said
