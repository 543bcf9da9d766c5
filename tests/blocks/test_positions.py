"""Positions, sinusoids and rotary encoding against their formulas."""

import math

import numpy as np
import pytest

from boxwork.blocks.block import BlockError
from boxwork.blocks.dims import Dim
from tests.blocks.cases import make
from tests.blocks.harness import Use, index, of, real
from tests.blocks.harness import apply as apply_to

RNG = np.random.default_rng(8)
# What `transformers` 5.23 has as the rates of gpt-oss, of pairs 0, 8, 9, 12, 17, 18 and 31.
GPT_OSS = [
    1.0,
    0.050813274815461475,
    0.03170569618466377,
    0.006794959489732219,
    0.00012931870124506317,
    3.8308812373753384e-05,
    3.0235114281192144e-07,
]
SEQ, WIDTH = of(seq=5, width=6)
WIRE = real(SEQ, WIDTH)


def apply(block, *values, wire=WIRE, **given):
    return apply_to(block, *values, wire=wire, **given)


def test_positions_go_on_after_the_past() -> None:
    block, wire = make("Positions", count=Dim.of(9)), index(Dim.of(3), SEQ)
    np.testing.assert_array_equal(apply(block, wire=wire), [0, 1, 2, 3, 4])
    np.testing.assert_array_equal(apply(block, wire=wire, offsets={"seq": 3}), [3, 4, 5, 6, 7])


def test_sines_and_cosines_of_the_paper() -> None:
    for width in (6, 5):
        block = make("SinusoidalEncoding", width=Dim.of(width))
        y = apply(block, wire=WIRE, offsets={"seq": 2}, dtype=np.float64)
        for p in range(5):
            for i in range(width):
                angle = (p + 2) / 10000 ** (2 * (i // 2) / width)
                expected = math.cos(angle) if i % 2 else math.sin(angle)
                assert y[p, i] == pytest.approx(expected, abs=1e-14)


def test_sines_before_cosines() -> None:
    """Whisper's: rates from 1 to 1 / base, each once as a sine and once as a cosine."""
    y = apply(make("SinusoidalEncoding", width=WIDTH, form="halves"), offsets={"seq": 3})
    rates = np.exp(-np.log(10000) / 2 * np.arange(3))
    angles = (np.arange(5) + 3)[:, None] * rates
    np.testing.assert_allclose(y, np.hstack([np.sin(angles), np.cos(angles)]), atol=1e-14)
    odd = make("SinusoidalEncoding", width=Dim.of(5), form="halves")
    with pytest.raises(BlockError, match="half of 5 numbers"):
        Use(odd, {"like": (WIRE,)}).declared()


def test_sines_as_the_article_has_them() -> None:
    settings = {"width": Dim.of(10), "form": "article"}
    block = make("SinusoidalEncoding", **settings, context=Dim.of(12))
    y = apply(block, wire=WIRE, dtype=np.float64)
    assert y[0, 4] == pytest.approx(math.sin(1 / 10000 ** (5 / 12)), abs=1e-15)
    assert y[2, 9] == pytest.approx(math.sin(3 / 10000 ** (10 / 12)), abs=1e-15)
    with pytest.raises(BlockError, match="needs the context"):
        Use(make("SinusoidalEncoding", **settings), {"like": (WIRE,)}).declared()


@pytest.mark.parametrize("pairs", ["halves", "adjacent"])
@pytest.mark.parametrize("share", [1.0, 0.5])
def test_rotary_turns_pairs_as_complex_numbers(pairs, share) -> None:
    wire = real(SEQ, *of(width=8))
    x = RNG.normal(size=(5, 8))
    r = int(8 * share)
    block = make("RotaryEncoding", theta=100.0, share=share, pairs=pairs)
    y = apply(block, x, wire=wire, offsets={"seq": 3})
    first = list(range(r // 2)) if pairs == "halves" else list(range(0, r, 2))
    second = [i + (r // 2 if pairs == "halves" else 1) for i in first]
    turns = np.exp(1j * (np.arange(5) + 3)[:, None] * 100.0 ** (-2 * np.arange(r // 2) / r))
    turned = (x[:, first] + 1j * x[:, second]) * turns
    np.testing.assert_allclose(y[:, first], turned.real, atol=1e-12)
    np.testing.assert_allclose(y[:, second], turned.imag, atol=1e-12)
    np.testing.assert_array_equal(y[:, r:], x[:, r:])


def test_rotary_products_depend_on_the_distance_only() -> None:
    q, k = RNG.normal(size=(2, 1, 8))
    wire, block = real(*of(seq=1, width=8)), make("RotaryEncoding", theta=50.0)
    at = lambda x, p: apply(block, x, wire=wire, offsets={"seq": p})  # noqa: E731
    near, far = at(q, 9) @ at(k, 4).T, at(q, 105) @ at(k, 100).T
    np.testing.assert_allclose(near, far, rtol=1e-10)


def test_rotary_of_llama_3_slows_long_waves() -> None:
    """The published rule, by wave lengths: short waves kept, long ones 8 times longer."""
    rates = make("RotaryEncoding", theta=500000.0, scaling="llama3").rates(128)
    for i, rate in enumerate(rates):
        base = 500000.0 ** (-2 * i / 128)
        wave = 2 * math.pi / base
        if wave < 8192 / 4:
            expected = base
        elif wave > 8192 / 1:
            expected = base / 8
        else:
            smooth = (8192 / wave - 1) / (4 - 1)
            expected = (1 - smooth) * base / 8 + smooth * base
        assert rate == pytest.approx(expected, rel=1e-12)
    assert rates[0] == 1.0


def test_rotary_scaled_linearly_is_slower_by_the_factor() -> None:
    """A position stands where its factor-th part stood: position 6 by 3 is position 2."""
    wire, x = real(*of(seq=1, width=8)), RNG.normal(size=(1, 8))
    slow, plain = make("RotaryEncoding", scaling="linear", factor=3.0), make("RotaryEncoding")
    there = apply(slow, x, wire=wire, offsets={"seq": 6})
    here = apply(plain, x, wire=wire, offsets={"seq": 2})
    np.testing.assert_allclose(there, here, rtol=1e-12)


def yarn(turned: int, theta: float, factor: float, original: int, whole: bool) -> list[float]:
    """The published rule (Peng et al. 2023, as DeepSeek and gpt-oss have it), pair by pair."""
    ends = [
        turned * math.log(original / (turns * 2 * math.pi)) / (2 * math.log(theta))
        for turns in (32, 1)
    ]
    low, high = (math.floor(ends[0]), math.ceil(ends[1])) if whole else ends
    low, high = max(low, 0), min(high, turned - 1)
    base = [theta ** (-2 * i / turned) for i in range(turned // 2)]
    ramp = [min(max((i - low) / (high - low), 0), 1) for i in range(turned // 2)]
    return [b / factor * r + b * (1 - r) for b, r in zip(base, ramp, strict=True)]


@pytest.mark.parametrize("whole", [True, False])
def test_rotary_of_yarn_slows_long_waves_and_makes_them_higher(whole) -> None:
    settings = {"theta": 150000.0, "scaling": "yarn", "factor": 32.0, "original": Dim.of(4096)}
    block = make("RotaryEncoding", **settings, truncate=whole)
    np.testing.assert_allclose(block.rates(64), yarn(64, 150000.0, 32, 4096, whole), rtol=1e-13)
    x, wire = RNG.normal(size=(1, 64)), real(*of(seq=1, width=64))
    y = apply(block, x, wire=wire, offsets={"seq": 999})
    longer = 0.1 * math.log(32) + 1
    assert np.linalg.norm(y) == pytest.approx(longer * np.linalg.norm(x), rel=1e-12)
    even = make("RotaryEncoding", **settings, attention_factor=1.0)
    y = apply(even, x, wire=wire, offsets={"seq": 999})
    assert np.linalg.norm(y) == pytest.approx(np.linalg.norm(x), rel=1e-12)


def test_rotary_of_yarn_in_numbers_of_gpt_oss() -> None:
    settings = {"theta": 150000.0, "scaling": "yarn", "factor": 32.0, "original": Dim.of(4096)}
    rates = make("RotaryEncoding", **settings, truncate=False).rates(64)
    found = [rates[i] for i in (0, 8, 9, 12, 17, 18, 31)]
    np.testing.assert_allclose(found, GPT_OSS, rtol=1e-12)


@pytest.mark.parametrize(
    ("settings", "detail"),
    [
        ({"theta": 1e6}, "base 1,000,000"),
        ({"share": 0.5}, "base 10,000, 50 %"),
        ({"scaling": "linear"}, "base 10,000, linear ÷8"),
        ({"scaling": "yarn", "factor": 40.0}, "base 10,000, yarn ÷40"),
    ],
)
def test_rotary_says_how_it_turns(settings, detail) -> None:
    assert make("RotaryEncoding", **settings).detail(None) == detail


@pytest.mark.parametrize(("width", "share"), [(5, 1.0), (6, 0.5), (8, 0.3), (4, 1.5), (4, 0.0)])
def test_rotary_needs_pairs(width, share) -> None:
    use = Use(make("RotaryEncoding", share=share), {"x": (real(SEQ, *of(width=width)),)})
    with pytest.raises(BlockError, match="no even number"):
        use.declared()


def test_yarn_needs_waves_of_more_than_one_length() -> None:
    block = make("RotaryEncoding", scaling="yarn", theta=1.0)
    with pytest.raises(BlockError, match="no pair turns slower"):
        Use(block, {"x": (WIRE,)}).declared()
