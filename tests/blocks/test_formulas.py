"""The formulas of the blocks, written a second time in plain NumPy and SciPy."""

import numpy as np
import pytest
from scipy import special, stats

from boxwork.blocks.block import BlockError
from boxwork.blocks.dims import Dim
from tests.blocks.cases import make
from tests.blocks.harness import Use, index, of, real
from tests.blocks.harness import apply as apply_to

RNG = np.random.default_rng(7)
X = RNG.normal(size=(5, 6)) * 3
SEQ, WIDTH = of(seq=5, width=6)
WIRE = real(SEQ, WIDTH)


def apply(block, *values, wire=WIRE, **given):
    return apply_to(block, *values, wire=wire, **given)


@pytest.mark.parametrize(
    ("name", "settings", "formula"),
    [
        ("ReLU", {}, lambda x: np.where(x > 0, x, 0)),
        ("GELU", {}, lambda x: x * stats.norm.cdf(x)),
        (
            "GELU",
            {"approximate": "tanh"},
            lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
        ),
        ("SiLU", {}, lambda x: x * special.expit(x)),
        ("Logistic", {}, special.expit),
        ("Tanh", {}, lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))),
        ("Softmax", {}, lambda x: special.softmax(x, axis=-1)),
        ("Scale", {"by": -1.5}, lambda x: -1.5 * x),
    ],
)
def test_functions_of_one_wire(name, settings, formula) -> None:
    np.testing.assert_allclose(apply(make(name, **settings), X), formula(X), rtol=1e-12, atol=1e-14)


def test_the_two_forms_of_gelu_differ() -> None:
    exact, tanh = (apply(make("GELU", approximate=form), X) for form in ("exact", "tanh"))
    assert 1e-5 < abs(exact - tanh).max() < 1e-2


def test_large_numbers_neither_overflow_nor_warn() -> None:
    x = np.array([[-1e4, -90.0, 0.0, 90.0, 1e4, 1e4]] * 5, dtype=np.float32)
    for name, expected in {
        "Logistic": [0, 0, 0.5, 1, 1, 1],
        "SiLU": [0, 0, 0, 90, 1e4, 1e4],
        "Softmax": [0, 0, 0, 0, 0.5, 0.5],
    }.items():
        np.testing.assert_allclose(apply(make(name), x)[0], expected, atol=1e-30)


def test_not_a_number_stays_visible() -> None:
    x = np.full((5, 6), np.nan)
    for name in ("ReLU", "GELU", "SiLU", "Logistic", "Tanh"):
        assert np.isnan(apply(make(name), x)).all(), name


def test_layer_norm_divides_by_the_deviation_over_n() -> None:
    scale, bias = RNG.normal(size=6), RNG.normal(size=6)
    centred = X - X.mean(axis=1, keepdims=True)
    std = np.sqrt((centred**2).sum(axis=1, keepdims=True) / 6 + 1e-5)
    y = apply(make("LayerNorm"), X, own={"scale": scale, "bias": bias})
    np.testing.assert_allclose(y, scale * centred / std + bias, rtol=1e-12)
    plain = apply(make("LayerNorm", eps=0.0, bias=False), X, own={"scale": np.ones(6)})
    np.testing.assert_allclose(plain, (X - X.mean(1)[:, None]) / X.std(1)[:, None], rtol=1e-12)


@pytest.mark.parametrize(("shift", "start"), [(0.0, "ones"), (1.0, "zeros")])
def test_rms_norm(shift, start) -> None:
    block, scale = make("RMSNorm", shift=shift), RNG.normal(size=6)
    y = apply(block, X, own={"scale": scale})
    root = np.sqrt((X**2).mean(axis=1, keepdims=True) + 1e-6)
    np.testing.assert_allclose(y, (shift + scale) * X / root, rtol=1e-12)
    assert Use(block, {"x": (WIRE,)}).parameters()["scale"].init == start


def test_linear_and_linear_per_head() -> None:
    weight, bias = RNG.normal(size=(6, 3)), RNG.normal(size=3)
    block = make("Linear", width=Dim.of(3))
    y = apply(block, X, own={"weight": weight, "bias": bias})
    expected = [[sum(x * w for x, w in zip(row, weight[:, j], strict=True)) + bias[j]
                 for j in range(3)] for row in X]  # fmt: skip
    np.testing.assert_allclose(y, expected, rtol=1e-12)
    each = {"weight": RNG.normal(size=(2, 6, 3)), "bias": RNG.normal(size=(2, 3))}
    block, (heads,) = make("PerHeadLinear", width=Dim.of(3)), of(heads=2)
    y = apply(block, np.stack([X, -X]), wire=real(heads, SEQ, WIDTH), own=each)
    np.testing.assert_allclose(y[1], -X @ each["weight"][1] + each["bias"][1], rtol=1e-12)


def test_losses() -> None:
    scores, (classes,) = 20 * X, of(classes=6)
    target = np.array([5, 0, 3, 3, 1])
    use = Use(make("CrossEntropy"), {"scores": (WIRE,), "target": (index(classes, SEQ),)})
    y = use.run({"scores": [scores], "target": [target]})["y"]
    expected = -special.log_softmax(scores, axis=-1)[range(5), target]
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-14)
    assert y.max() > 50  # one over the chances would be no more than a rounding error of them
    wanted = RNG.normal(size=(5, 6))
    for name, formula in {
        "SumOfDifferences": lambda x: abs(wanted - x).sum(axis=1),
        "MeanSquaredError": lambda x: ((wanted - x) ** 2).mean(axis=1),
    }.items():
        use = Use(make(name), {"y": (WIRE,), "wanted": (WIRE,)})
        found = use.run({"y": [X], "wanted": [wanted]})["loss"]
        np.testing.assert_allclose(found, formula(X), rtol=1e-12)


def test_the_loss_of_the_article() -> None:
    """Wanted 0.8 and 0.2, got 0.6 and 0.4; and (5, 1) is worse than (0, 1) before softmax."""
    use = Use(
        make("SumOfDifferences"), {"y": (real(*of(width=2)),), "wanted": (real(*of(width=2)),)}
    )
    loss = lambda y, wanted: use.run({"y": [np.array(y)], "wanted": [np.array(wanted)]})["loss"]  # noqa: E731
    assert loss([0.6, 0.4], [0.8, 0.2]) == pytest.approx(0.4, abs=1e-12)
    assert loss([5.0, 1.0], [1.0, 0.0]) > loss([0.0, 1.0], [1.0, 0.0])


def test_cross_entropy_neither_overflows_nor_warns() -> None:
    scores = np.array([[1e4, 0.0, -1e4]], dtype=np.float32)
    wire, (classes, seq) = real(*of(seq=1, classes=3)), of(classes=3, seq=1)
    use = Use(make("CrossEntropy"), {"scores": (wire,), "target": (index(classes, seq),)})
    for target, expected in enumerate([0, 1e4, 2e4]):
        y = use.run({"scores": [scores], "target": [np.array([target])]})["y"]
        assert y.dtype == np.float32
        assert y[0] == expected


def test_a_recurrence_goes_on_from_a_state() -> None:
    block = make("GRU", width=Dim.of(3))
    use = Use(block, {"x": (WIRE,)})
    arrays = use.draw(3, (2,))
    cx, own, (x,) = use.prepared(arrays)
    full = block.forward(cx, own, x)
    rest = block.carried(cx.xp, own, x[:, 2:], full[:, 1])
    np.testing.assert_allclose(rest, full[:, 2:], rtol=1e-12)


def test_joining() -> None:
    np.testing.assert_allclose(apply(make("Add"), X, 2 * X, X), 4 * X)
    np.testing.assert_allclose(apply(make("Multiply"), X, X, X), X**3)
    np.testing.assert_array_equal(apply(make("Concat"), X, -X), np.hstack([X, -X]))
    np.testing.assert_array_equal(apply(make("Concat"), X), X)


def test_dropout_as_is_common_and_as_the_article_has_it() -> None:
    x = np.ones((400, 500))
    wire = real(*of(seq=400, width=500))
    inverted, article = (make("Dropout", rate=0.25, form=f) for f in ("inverted", "article"))
    kept = apply(inverted, x, wire=wire, training=True)
    assert set(np.unique(kept)) == {0.0, 1 / 0.75}
    assert kept.mean() == pytest.approx(1, abs=0.01)
    assert apply(inverted, x, wire=wire) is x
    kept = apply(article, x, wire=wire, training=True)
    assert set(np.unique(kept)) == {0.0, 1.0}
    assert kept.mean() == pytest.approx(0.75, abs=0.01)
    np.testing.assert_array_equal(apply(article, x, wire=wire), 0.75 * x)
    other = apply(article, x, wire=wire, training=True, seed=1)
    assert not np.array_equal(kept, other)
    np.testing.assert_array_equal(kept, apply(article, x, wire=wire, training=True, seed=0))


@pytest.mark.parametrize("rate", [-0.1, 1.0])
def test_no_dropout_of_everything(rate) -> None:
    assert not Use(make("Dropout", rate=rate), {"x": (WIRE,)}).holds()


def test_look_up_and_one_hot_agree() -> None:
    ids, (count,) = np.array([3, 0, 3, 1, 2]), of(count=4)
    table = RNG.normal(size=(4, 6))
    block = make("Embedding", count=count, width=WIDTH)
    y = apply(block, ids, wire=index(count, SEQ), own={"table": table})
    np.testing.assert_array_equal(y, table[ids])
    ones = apply(make("OneHot"), ids, wire=index(count, SEQ), dtype=np.float64)
    np.testing.assert_array_equal(ones, np.eye(4)[ids])


def test_shaping() -> None:
    np.testing.assert_array_equal(apply(make("Flatten"), X), X.reshape(-1))
    spread = apply(make("Expand", dim=Dim.of(3)), X, sizes={"dim": 3})
    np.testing.assert_array_equal(spread, np.stack([X] * 3))
    sizes = (("a", Dim.of(2)), ("b", Dim.of(4)))
    parts = Use(make("Split", sizes=sizes), {"x": (WIRE,)}).run({"x": [X]})
    np.testing.assert_array_equal(parts["a"], X[:, :2])
    np.testing.assert_array_equal(parts["b"], X[:, 2:])


def test_heads_are_neighbouring_columns() -> None:
    split = apply(make("SplitHeads", heads=Dim.of(3)), X)
    np.testing.assert_array_equal(split[1], X[:, 2:4])
    (heads,) = of(heads=3)
    merged = apply(make("MergeHeads"), split, wire=real(heads, SEQ, Dim.of(2)))
    np.testing.assert_array_equal(merged, X)


def test_sizes_that_do_not_add_up() -> None:
    sizes = (("0", Dim.of(2)), ("1", Dim.of(3)))
    with pytest.raises(BlockError, match=r"2 \+ 3 add up to 5, but the input is 6 wide"):
        Use(make("Split", sizes=sizes), {"x": (WIRE,)}).declared()
    assert not Use(make("SplitHeads", heads=Dim.of(4)), {"x": (WIRE,)}).holds()


def test_pooling_leaves_the_padding_out() -> None:
    wire = real(*of(a=2), SEQ, WIDTH)
    x = np.random.default_rng(1).normal(size=(3, 2, 5, 6))
    padded = x.copy()
    lengths = [5, 1, 3]
    for sample, length in enumerate(lengths):
        padded[sample, :, length:] = np.nan
    mean = apply(make("MeanPool"), padded, wire=wire, padded={"seq": lengths})
    last = apply(make("LastPosition"), padded, wire=wire, padded={"seq": lengths})
    for sample, length in enumerate(lengths):
        np.testing.assert_allclose(mean[sample], x[sample, :, :length].mean(axis=1))
        np.testing.assert_allclose(last[sample], x[sample, :, length - 1])
    np.testing.assert_allclose(apply(make("MeanPool"), x, wire=wire), x.mean(axis=2))
    np.testing.assert_array_equal(apply(make("LastPosition"), x, wire=wire), x[:, :, -1])


def test_array_starts_trained_or_as_zeros() -> None:
    value = Use(make("Array", dims=of(a=2, b=3)), {}).parameters()["value"]
    assert value.trained
    assert value.init == "normal"
    fixed = Use(make("Array", dims=of(a=2), trained=False), {}).parameters()["value"]
    assert not fixed.trained
    assert fixed.init == "zeros"
