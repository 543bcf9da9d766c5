"""Convolutions and patches against sums written straight down."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwork.blocks.block import BlockError
from boxwork.blocks.dims import Dim
from boxwork.blocks.expressions import size
from boxwork.blocks.grammar import parse
from boxwork.engines.parameters.initialise import init
from boxwork.engines.running.numpy import Model
from boxwork.specs.diagnostics import DataError, SpecError
from tests.blocks.cases import make
from tests.blocks.harness import Use, of, real
from tests.blocks.specs import graph_of
from tests.examples import examples

RNG = np.random.default_rng(21)


def straight(x, weight, bias, stride=1, padding=0, causal=False):
    """One sum after the other, for x [seq width_in]."""
    kernel = weight.shape[0]
    before = kernel - 1 if causal else padding
    count = len(x) if causal else (len(x) + 2 * padding - kernel) // stride + 1
    y = np.zeros((count, weight.shape[-1])) + bias
    for t in range(count):
        for j in range(kernel):
            at = t * stride - before + j
            if 0 <= at < len(x):
                y[t] += x[at] @ weight[j] if weight.ndim == 3 else x[at] * weight[j]
    return y


def convolved(x, weight, bias, **given):
    sizes = {n: Dim.of(given.pop(n)) for n in ("stride", "padding") if n in given}
    block = make("Convolution", kernel_size=Dim.of(len(weight)), width=Dim.of(weight.shape[-1]),
                 per_channel=weight.ndim == 2, **sizes, **given)  # fmt: skip
    use = Use(block, {"x": (real(*of(seq=len(x), width_in=x.shape[-1])),)})
    return use.run({"x": [x], ".weight": [weight], ".bias": [bias]})["y"]


@given(seq=st.integers(1, 9), kernel=st.integers(1, 5), stride=st.integers(1, 4),
       padding=st.integers(0, 3), causal=st.booleans(), apart=st.booleans())  # fmt: skip
def test_equals_the_sums(seq, kernel, stride, padding, causal, apart) -> None:
    if not causal and seq + 2 * padding < kernel:
        return
    x, bias = RNG.normal(size=(seq, 3)), RNG.normal(size=3 if apart else 2)
    weight = RNG.normal(size=(kernel, 3) if apart else (kernel, 3, 2))
    moves = {"causal": True} if causal else {"stride": stride, "padding": padding}
    found = convolved(x, weight, bias, **moves)
    np.testing.assert_allclose(found, straight(x, weight, bias, **moves), atol=1e-12)


@given(seq=st.integers(6, 12), kernel=st.integers(1, 5), stride=st.integers(1, 4),
       padding=st.integers(0, 3))  # fmt: skip
def test_the_formula_of_its_length_is_true(seq, kernel, stride, padding) -> None:
    sizes = {"kernel_size": kernel, "stride": stride, "padding": padding}
    block = make("Convolution", **{name: Dim.of(size) for name, size in sizes.items()})
    use = Use(block, {"x": (real(*of(seq=seq, width_in=2)),)})
    told = size(parse(block.blanks[0]), lambda name: Dim.of((sizes | {"seq": seq})[name]))
    assert told.agrees(use.declared()["y"].dims[0])


STRIDED = """
dims: {n: any, d: 4}
inputs: {x: "real[n, 3]"}
outputs: {half: "real[(n - 1) // 2 + 1, d]", mean: "real[d]", first: "real[d]"}
nodes:
  near: {use: Convolution, with: {kernel_size: 3, padding: 1, width: d}}
  half: {use: Convolution, with: {kernel_size: 3, padding: 1, stride: 2}}
  mixed: {use: MultiHeadAttention, with: {heads: 2}}
  mean: {use: MeanPool}
  first: {use: FirstPosition, in: mixed}
"""


def random_model(text: str) -> Model:
    graph = graph_of(text)
    drawn = {path: RNG.normal(size=a.shape) for path, a in init(graph, 0, np.float64).items()}
    return Model(graph, drawn, dtype=np.float64)


@settings(max_examples=examples(30))
@given(sizes=st.lists(st.integers(1, 9), min_size=2, max_size=4))
def test_samples_of_unlike_length_know_nothing_of_padding(sizes) -> None:
    """The shorter ones end in zeros, not in what the longer ones have there."""
    model = random_model(STRIDED)
    x = [RNG.normal(size=(n, 3)) for n in sizes]
    together = model.run({"x": x})
    for place, sample in enumerate(x):
        for path, alone in model.run({"x": sample}).items():
            np.testing.assert_allclose(together[path][place], alone, atol=1e-9)
    if len(set(sizes)) > 1:
        assert [len(y) for y in together["half"]] == [(n - 1) // 2 + 1 for n in sizes]


def test_ragged_convolutions_run_padded(monkeypatch: pytest.MonkeyPatch) -> None:
    """They declare their lengths: the samples are not taken apart."""

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("boxwork.engines.feeding.inputs.Batch.apart", never)
    model = random_model(STRIDED)
    assert len(model.run({"x": [np.ones((5, 3)), np.ones((2, 3))]})["half"]) == 2


@pytest.mark.parametrize(("settings", "message"), [
    ("kernel_size: 3, causal: true, stride: 2", "looks at what came before"),
    ("kernel_size: 3, causal: true, padding: 1", "looks at what came before"),
    ("kernel_size: 3, per_channel: true, width: 5", "3 cannot become 5"),
    ("kernel_size: 9", "a kernel of 9 does not fit 4 positions"),
    ("kernel_size: 0", "needs kernel_size > 0"),
    ("kernel_size: 2, stride: 0", "needs stride > 0"),
])  # fmt: skip
def test_what_cannot_be_is_refused(settings, message) -> None:
    text = f"""
        inputs: {{x: "real[4, 3]"}}
        outputs: {{y: "real[4, 3]"}}
        nodes: {{y: {{use: Convolution, with: {{{settings}}}}}}}
    """
    with pytest.raises(SpecError, match=message):
        graph_of(text)


def test_too_few_positions_at_run_time() -> None:
    text = """
        dims: {n: any}
        inputs: {x: "real[n, 3]"}
        outputs: {y: "real[n - 4, 3]"}
        nodes: {y: {use: Convolution, with: {kernel_size: 5}}}
    """
    model = random_model(text)
    assert model(x=np.ones((6, 3))).shape == (2, 3)
    for x in (np.ones((2, 3)), [np.ones((6, 3)), np.ones((2, 3))]):
        with pytest.raises(DataError, match="n - 4 would be -2"):
            model(x=x)


def test_patches_are_squares_row_by_row() -> None:
    image = np.arange(4 * 6 * 2, dtype=float).reshape(4, 6, 2)
    use = Use(make("Patches", patch=Dim.of(2)), {"image": (real(*of(h=4, w=6, c=2)),)})
    y = use.run({"image": [image]})["y"]
    assert y.shape == (6, 8)
    for place, row in enumerate(y):
        i, j = 2 * (place // 3), 2 * (place % 3)
        np.testing.assert_array_equal(row, image[i : i + 2, j : j + 2].reshape(-1))


def test_patches_must_fill_the_image() -> None:
    assert not Use(make("Patches", patch=Dim.of(4)), {"image": (real(*of(h=4, w=6, c=2)),)}).holds()


def test_images_of_unlike_size() -> None:
    """The number of patches hangs on both sides: such images are run one by one."""
    text = """
        dims: {h: any, w: any, d: 5}
        inputs: {image: "real[h, w, 2]"}
        outputs: {y: "real[(h / 2) * (w / 2) + 1, d]"}
        nodes:
          cut: {use: Patches, with: {patch: 2}}
          embed: {use: Linear, with: {width: d}}
          cls: {use: Array, with: {dims: [1, d]}}
          y: {use: Prepend, in: {x: embed, first: cls}}
    """
    model = random_model(text)
    images = [RNG.normal(size=(*size, 2)) for size in ((4, 6), (2, 2), (6, 4))]
    for found, image in zip(model(image=images), images, strict=True):
        np.testing.assert_allclose(found, model(image=image), atol=1e-12)
    with pytest.raises(DataError, match=r"height % patch == 0|h % 2"):
        model(image=np.ones((3, 4, 2)))


def test_a_prefix_of_free_length() -> None:
    """Rows in front of unlike number push the padding into the middle: the samples run apart."""
    text = """
        dims: {n: any, m: any, d: 4}
        inputs: {x: "real[n, d]", before: "real[m, d]"}
        outputs: {y: "real[m + n, d]"}
        nodes:
          both: {use: Prepend, in: {x: x, first: before}}
          y: {use: EncoderLayer, with: {heads: 2, hidden: 3}}
    """
    model = random_model(text)
    x, before = ([RNG.normal(size=(k, 4)) for k in sizes] for sizes in ((2, 5, 1), (3, 1, 2)))
    for i, found in enumerate(model(x=x, before=before)):
        np.testing.assert_allclose(found, model(x=x[i], before=before[i]), atol=1e-9)


def test_a_kernel_that_fits_nowhere_says_so() -> None:
    use = Use(make("Convolution", kernel_size=Dim.of(7)), {"x": (real(*of(seq=4, width_in=2)),)})
    with pytest.raises(BlockError, match="does not fit 4"):
        use.declared()
