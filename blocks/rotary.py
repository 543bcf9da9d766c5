"""Where a token stands, as the angles by which its numbers are turned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from boxwork.blocks.block import Block, BlockError, Dims, Reach
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires, product
from boxwork.blocks.dims import Dim
from boxwork.blocks.settings import Size
from boxwork.blocks.types import WireType


@block
class RotaryEncoding(Block):
    """Turns pairs of numbers by angles that grow with the position.

    Formula: (a, b) becomes (a cos t - b sin t, b cos t + a sin t) with t = p / theta ** (2 i / r)
        for position p (from 0), pair i and r = share * width rotated numbers;
        halves pairs i with i + r / 2, adjacent pairs 2 i with 2 i + 1;
        linear scaling divides every t by the factor, llama3 those of slow waves, yarn those of
        pairs that turn less than beta_slow times in the original context, in part up to
        beta_fast times (between whole pairs, if truncate); yarn multiplies cos and sin by
        attention_factor, which is 0.1 * log(factor) + 1 if not given
    Shapes: the numbers from r on stay as they are
    Errors: share * width must be an even whole number; yarn needs a theta above 1
    Source: Su et al. 2021 (arXiv 2104.09864), section 3.4.2; linear scaling: Chen et al.
        2023 (arXiv 2306.15595), section 2.3; llama3 scaling: Llama 3.1; yarn: Peng et al.
        2023 (arXiv 2309.00071), sections 3.2 and 3.4
    """

    ports = "x: real[*, seq, width] -> y: real[*, seq, width]"
    family = "position"
    title = "Rotary positions"
    require = (
        "theta > 0",
        "factor > 0",
        "high > low",
        "low > 0",
        "beta_fast >= beta_slow",
        "beta_slow > 0",
        "original > 0",
    )
    fixed = ("original",)
    theta: float = 10000.0
    share: float = 1.0
    pairs: Literal["halves", "adjacent"] = "halves"
    scaling: Literal["linear", "llama3", "yarn"] | None = None
    factor: float = 8.0
    low: float = 1.0
    high: float = 4.0
    beta_fast: float = 32.0
    beta_slow: float = 1.0
    truncate: bool = True
    attention_factor: float | None = None
    original: Size = Dim.of(8192)

    def output_types(
        self, d: Dims, inputs: Mapping[str, tuple[WireType, ...]]
    ) -> Mapping[str, WireType]:
        self.rotated(int(d.width))
        if self.scaling == "yarn" and self.theta <= 1:
            raise BlockError(
                f"yarn scaling tells slow waves from quick ones, and with theta {self.theta:g} "
                "no pair turns slower than the one before it",
                help="give a theta above 1, such as 10000",
            )
        return {}

    def rotated(self, width: int) -> int:
        """How many of the numbers of a position are turned."""
        turned = self.share * width
        count = round(turned)
        if abs(turned - count) > 1e-6 or count % 2 or not 0 < count <= width:
            raise BlockError(
                f"rotary positions turn pairs: {self.share:g} of the width {width} is {turned:g}, "
                "which is no even number from 2 to the width",
                help="give a width or a share that makes it even",
            )
        return count

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [* seq width] -> [* seq width]
        xp, turned = cx.xp, self.rotated(x.shape[-1])
        places = xp.arange(x.shape[-2], dtype=xp.int64) + cx.offset("seq")
        rates = xp.asarray(self.rates(turned), dtype=xp.float64)
        angles = xp.expand_dims(xp.astype(places, xp.float64), axis=-1) * rates
        waves = xp.cos(angles), xp.sin(angles)
        if (longer := self.longer()) != 1.0:
            waves = waves[0] * longer, waves[1] * longer
        cos, sin = (xp.astype(wave, x.dtype) for wave in waves)
        cx.save(cos=cos, sin=sin)
        return self._turned(xp, x, cos, sin)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        return Gradients((self._turned(cx.xp, dy, saved.kept["cos"], -saved.kept["sin"]),))

    # [* seq width], [seq turned/2], [seq turned/2] -> [* seq width]
    def _turned(self, xp: Any, x: Array, cos: Array, sin: Array) -> Array:
        turned = 2 * cos.shape[-1]
        half = turned // 2
        if self.pairs == "halves":
            a, b = x[..., :half], x[..., half:turned]
        else:
            a, b = x[..., 0:turned:2], x[..., 1:turned:2]
        a, b = a * cos - b * sin, b * cos + a * sin
        if self.pairs == "adjacent":
            both = xp.reshape(xp.stack([a, b], axis=-1), (*x.shape[:-1], turned))
            return xp.concat([both, x[..., turned:]], axis=-1)
        return xp.concat([a, b, x[..., turned:]], axis=-1)

    @lru_cache(maxsize=64)  # noqa: B019  # blocks are values, and few
    def rates(self, turned: int) -> tuple[float, ...]:
        """By how much each pair turns from one position to the next."""
        rates = [self.theta ** (-2 * pair / turned) for pair in range(turned // 2)]
        if self.scaling is None:
            return tuple(rates)
        kept = [self._kept(pair, rate, turned) for pair, rate in enumerate(rates)]
        pairs = zip(rates, kept, strict=True)
        return tuple(rate * (part + (1.0 - part) / self.factor) for rate, part in pairs)

    def longer(self) -> float:
        """By how much what is turned grows, by which attention grows sharper; yarn only."""
        if self.scaling != "yarn":
            return 1.0
        if self.attention_factor is not None:
            return self.attention_factor
        return 0.1 * math.log(max(self.factor, 1.0)) + 1.0

    def _kept(self, pair: int, rate: float, turned: int) -> float:
        """How much of a pair's rate stays: 1 all of it, 0 it is divided by the factor."""
        if self.scaling == "linear":
            return 0.0
        if self.scaling == "llama3":
            turns = int(self.original) * rate / (2 * math.pi)
            return _within((turns - self.low) / (self.high - self.low))
        first, last = self._pair(self.beta_fast, turned), self._pair(self.beta_slow, turned)
        if self.truncate:
            first, last = math.floor(first), math.ceil(last)
        first, last = max(first, 0), min(last, turned - 1)
        return 1.0 - _within((pair - first) / ((last - first) or 0.001))

    def _pair(self, turns: float, turned: int) -> float:
        """Which pair turns so often in the original context; no whole number as a rule."""
        wave = int(self.original) / (2 * math.pi * turns)
        return turned * math.log(wave) / (2 * math.log(self.theta))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        half = Dim.of(self.rotated(int(d.width)) // 2)
        positions = inputs["x"][0].dims[:-1]
        waves = product(3 if self.longer() == 1.0 else 5, d.seq, half)
        return Flops(elementwise=product(6, *positions, half) + waves)

    def saves(self, d: Dims, inputs: Wires) -> Mapping[str, tuple[Dim, ...]]:
        half = Dim.of(self.rotated(int(d.width)) // 2)
        return {"cos": (d.seq, half), "sin": (d.seq, half)}

    def reach(self, port: str, dim: str) -> Reach:
        return "whole" if dim == "width" else "same"

    def detail(self, d: Dims) -> str:
        part = f", {round(100 * self.share)} %" if self.share != 1 else ""
        slower = f", {self.scaling} ÷{self.factor:g}" if self.scaling else ""
        return f"base {self.theta:,.12g}{part}{slower}"


def _within(x: float) -> float:
    return min(max(x, 0.0), 1.0)
