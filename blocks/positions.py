"""Where a token stands, as numbers."""

from __future__ import annotations

from collections.abc import Mapping
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
        halves, with h = width / 2: y[p, i] = sin(p / base ** (i / (h - 1))) if i < h, else
        cos(p / base ** ((i - h) / (h - 1)));
        article, p and i from 1: y[p, i] = sin(p / base ** (i / context))
    Errors: the article's form needs the context, halves an even width
    Source: Vaswani et al. 2017 (arXiv 1706.03762), section 3.5; halves: Radford et al. 2022
        (arXiv 2212.04356), whisper/model.py; the article, its appendix
    """

    ports = "like: shape[seq] -> y: real[seq, width]"
    family = "position"
    fixed = ("width", "context")
    title = "Positional encoding"
    symbol = "~"
    width: Size
    form: Literal["paper", "halves", "article"] = "paper"
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
        if self.form == "halves" and int(self.width) % 2:
            raise BlockError(
                f"half of {self.width} numbers are sines, the other half cosines: that is no half",
                help="give an even width",
            )
        return {}

    def forward(self, cx: Context, p: Any) -> Array:  # -> [seq width]
        xp, first = cx.xp, int(self.form == "article")
        places = xp.arange(cx.size("seq"), dtype=xp.int64) + cx.offset("seq") + first
        waves = self.waves()
        angles = self._angles(xp, places, tuple(rate for rate, _ in waves))
        if self.form == "article":
            return xp.astype(xp.sin(angles), cx.dtype)
        sines = xp.asarray([sine for _, sine in waves], dtype=xp.bool)
        return xp.astype(xp.where(sines, xp.sin(angles), xp.cos(angles)), cx.dtype)

    def waves(self) -> tuple[tuple[float, bool], ...]:
        """How far each number turns from one position to the next, and whether it is a sine."""
        width, half = int(self.width), int(self.width) // 2
        if self.form == "article":
            return tuple(
                (self._rate(i / int(self.context or 0)), True) for i in range(1, width + 1)
            )
        if self.form == "halves":
            powers = [i % half / max(half - 1, 1) for i in range(width)]
            return tuple((self._rate(power), i < half) for i, power in enumerate(powers))
        return tuple((self._rate((i - i % 2) / width), i % 2 == 0) for i in range(width))

    def _rate(self, power: float) -> float:
        return float(self.base**-power)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        return Gradients(())

    def _angles(self, xp: Any, places: Array, rates: tuple[float, ...]) -> Array:  # -> [seq width]
        places = xp.expand_dims(xp.astype(places, xp.float64), axis=-1)
        return places * xp.asarray(rates, dtype=xp.float64)

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops(elementwise=product(2 if self.form == "article" else 3, d.seq, self.width))

    def reach(self, port: str, dim: str) -> Reach:
        return "same"

    def detail(self, d: Dims) -> str:
        return f"{d.width} wide"
