"""Whole numbers taken as they are: the number of a letter, the number of a position."""

from __future__ import annotations

from typing import Any

from boxwork.blocks.block import Block, Dims, Reach
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Sum, Wires, product
from boxwork.blocks.settings import Size


@block
class PlainNumber(Block):
    """Takes an index for a number of its own size: the third letter is a 3.

    Formula: y = x
    Source: the article, "How does all this generate language?": a = 1, b = 2, …
    """

    ports = "x: index<count>[*] -> y: real[*]"
    family = "embedding"
    title = "Plain number"

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [*] -> [*]
        return cx.xp.astype(x, cx.dtype)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        return Gradients((None,))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def detail(self, d: Dims) -> str:
        return f"0 … {int(d.count) - 1}" if not d.count.free else ""


@block
class PlainPositions(Block):
    """Fills the row of every position with its number, or with its share of the last one.

    Formula: number: y[p, i] = p; share: y[p, i] = p / seq; positions p from 1
    Source: the article, its appendix on positional encoding
    """

    ports = "like: shape[seq] -> y: real[seq, width]"
    family = "position"
    title = "Plain positions"
    width: Size
    share: bool = False

    def forward(self, cx: Context, p: Any) -> Array:  # -> [seq width]
        xp, seq = cx.xp, cx.size("seq")
        places = xp.astype(xp.arange(seq, dtype=xp.int64) + (cx.offset("seq") + 1), cx.dtype)
        if self.share:
            places = places / max(seq, 1)
        return xp.broadcast_to(xp.expand_dims(places, axis=-1), (seq, cx.size(self.width)))

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        return Gradients(())

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops(elementwise=product(1, d.seq) if self.share else Sum())

    def reach(self, port: str, dim: str) -> Reach:
        return "whole" if self.share and dim == "seq" else "same"

    def detail(self, d: Dims) -> str:
        return f"{d.width} wide" + (", shares" if self.share else "")
