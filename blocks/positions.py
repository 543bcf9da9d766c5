"""Where a token stands, as numbers."""

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
class Positions(Block):
    """Counts the positions of a wire, from 0.

    Formula: y = (0, 1, 2, …), going on from what was seen before
    Errors: a run past count is refused
    Source: the article, "Positional encoding and embedding", which counts from 1
    """

    ports = "like: shape[seq] -> y: index<count>[seq]"
    family = "position"
    require = ("seq <= count",)
    count: Size

    def forward(self, cx: Context, p: Any) -> Array:  # -> [seq]
        return cx.xp.arange(cx.size("seq"), dtype=cx.xp.int64) + cx.offset("seq")

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        return Gradients(())

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def reach(self, port: str, dim: str) -> Reach:
        return "same"

    def detail(self, d: Dims) -> str:
        return f"0 … {d.count + Dim.of(-1)}"


@block
class SinusoidalEncoding(Block):
    """A fixed row of sines for every position, to be added to what stands there.

    Formula: paper, p and i from 0: y[p, i] = sin(p / base ** (i / width)) if i is even,
        else cos(p / base ** ((i - 1) / width));
        article, p and i from 1: y[p, i] = sin(p / base ** (i / context))
    Errors: the article's form needs the context
    Source: Vaswani et al. 2017 (arXiv 1706.03762), section 3.5; the article, its appendix
    """

    ports = "like: shape[seq] -> y: real[seq, width]"
    family = "position"
    fixed = ("width", "context")
    title = "Positional encoding"
    symbol = "~"
    width: Size
    form: Literal["paper", "article"] = "paper"
    base: float = 10000.0
    context: Size | None = None
    require = ("base > 0",)

    def output_types(
        self, d: Dims, inputs: Mapping[str, tuple[WireType, ...]]
    ) -> Mapping[str, WireType]:
        if self.form == "article" and self.context is None:
            raise BlockError(
                "the article's form of SinusoidalEncoding needs the context length",
                help="add {context: …}: the largest number of positions",
            )
        return {}

    def forward(self, cx: Context, p: Any) -> Array:  # -> [seq width]
        xp, width = cx.xp, int(self.width)
        places = xp.arange(cx.size("seq"), dtype=xp.int64) + cx.offset("seq")
        if self.form == "article":
            powers = [i / int(self.context or 0) for i in range(1, width + 1)]
            return xp.astype(xp.sin(self._angles(xp, places + 1, powers)), cx.dtype)
        angles = self._angles(xp, places, [(i - i % 2) / width for i in range(width)])
        even = xp.arange(width, dtype=xp.int64) % 2 == 0
        return xp.astype(xp.where(even, xp.sin(angles), xp.cos(angles)), cx.dtype)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        return Gradients(())

    def _angles(self, xp: Any, places: Array, powers: list[float]) -> Array:  # -> [seq width]
        rates = xp.asarray([self.base**-power for power in powers], dtype=xp.float64)
        return xp.expand_dims(xp.astype(places, xp.float64), axis=-1) * rates

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops(elementwise=product(3 if self.form == "paper" else 2, d.seq, self.width))

    def reach(self, port: str, dim: str) -> Reach:
        return "same"

    def detail(self, d: Dims) -> str:
        return f"{d.width} wide"


@block
class RotaryEncoding(Block):
    """Turns pairs of numbers by angles that grow with the position.

    Formula: (a, b) becomes (a cos t - b sin t, b cos t + a sin t) with t = p / theta ** (2 i / r)
        for position p (from 0), pair i and r = share * width rotated numbers;
        halves pairs i with i + r / 2, adjacent pairs 2 i with 2 i + 1;
        linear scaling divides every t by the factor, llama3 those of slow waves
    Shapes: the numbers from r on stay as they are
    Errors: share * width must be an even whole number
    Source: Su et al. 2021 (arXiv 2104.09864), section 3.4.2; linear scaling: Chen et al.
        2023 (arXiv 2306.15595), section 2.3; llama3 scaling: Llama 3.1
    """

    ports = "x: real[*, seq, width] -> y: real[*, seq, width]"
    family = "position"
    title = "Rotary positions"
    require = ("theta > 0", "factor > 0", "high > low", "low > 0")
    fixed = ("original",)
    theta: float = 10000.0
    share: float = 1.0
    pairs: Literal["halves", "adjacent"] = "halves"
    scaling: Literal["linear", "llama3"] | None = None
    factor: float = 8.0
    low: float = 1.0
    high: float = 4.0
    original: Size = Dim.of(8192)

    def output_types(
        self, d: Dims, inputs: Mapping[str, tuple[WireType, ...]]
    ) -> Mapping[str, WireType]:
        self.rotated(int(d.width))
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
        cos, sin = (xp.astype(wave(angles), x.dtype) for wave in (xp.cos, xp.sin))
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
        return tuple(
            self._scaled(self.theta ** (-2 * pair / turned)) for pair in range(turned // 2)
        )

    def _scaled(self, rate: float) -> float:
        """The rate made slower; llama3 does so in full for waves longer than original / low."""
        if self.scaling is None:
            return rate
        if self.scaling == "linear":
            return rate / self.factor
        turns = int(self.original) * rate / (2 * math.pi)
        kept = min(max((turns - self.low) / (self.high - self.low), 0.0), 1.0)
        return rate * (kept + (1.0 - kept) / self.factor)

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        half = Dim.of(self.rotated(int(d.width)) // 2)
        positions = inputs["x"][0].dims[:-1]
        return Flops(elementwise=product(6, *positions, half) + product(3, d.seq, half))

    def saves(self, d: Dims, inputs: Wires) -> Mapping[str, tuple[Dim, ...]]:
        half = Dim.of(self.rotated(int(d.width)) // 2)
        return {"cos": (d.seq, half), "sin": (d.seq, half)}

    def reach(self, port: str, dim: str) -> Reach:
        return "whole" if dim == "width" else "same"

    def detail(self, d: Dims) -> str:
        part = f", {100 * self.share:.3g} %" if self.share != 1 else ""
        slower = f", {self.scaling} ÷{self.factor:g}" if self.scaling else ""
        return f"base {self.theta:.12g}{part}{slower}"
