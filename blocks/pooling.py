"""Boxes that make one position of many."""

from __future__ import annotations

from typing import Any

from boxwork.blocks.block import Block, BlockError, Dims, Reach
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires, product
from boxwork.blocks.padding import cleared, counts, places


@block
class FirstPosition(Block):
    """Keeps the first position of every sample.

    Formula: y = x[0]
    Source: Devlin et al. 2018 (arXiv 1810.04805), section 3: what stands at the class token
    """

    ports = "x: real[*, seq, width] -> y: real[*, width]"
    title = "First position"

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [* seq width] -> [* width]
        _hold_positions(cx, x, cx.lengths("seq"))  # padding stands behind
        return x[..., 0, :]

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        dx = cx.xp.zeros_like(saved.inputs[0])
        dx[..., 0, :] = dy
        return Gradients((dx,))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def reach(self, port: str, dim: str) -> Reach:
        return "whole" if dim == "seq" else "same"


@block
class LastPosition(Block):
    """Keeps the last position of every sample.

    Formula: y = x[length - 1]
    Source: the article, "Self-attention": its query is the last word's
    """

    ports = "x: real[*, seq, width] -> y: real[*, width]"
    title = "Last position"

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [* seq width] -> [* width]
        lengths = cx.lengths("seq")
        _hold_positions(cx, x, lengths)
        if lengths is None:
            return x[..., -1, :]
        last = places(cx, x) == counts(cx, lengths) - 1
        return cx.xp.sum(cx.xp.where(last, x, cx.xp.zeros((), dtype=x.dtype)), axis=-2)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (x,), lengths = saved.inputs, cx.lengths("seq")
        dx = cx.xp.zeros((*dy.shape[:-1], *x.shape[-2:]), dtype=dy.dtype)
        if lengths is None:
            dx[..., -1, :] = dy
        else:
            last = places(cx, x) == counts(cx, lengths) - 1
            cx.xp.multiply(dy[..., None, :], last, out=dx)
        return Gradients((dx,))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def reach(self, port: str, dim: str) -> Reach:
        return "whole" if dim == "seq" else "same"


@block
class MeanPool(Block):
    """The mean over all positions of every sample.

    Formula: y = (x[0] + x[1] + … + x[length - 1]) / length
    Source: Lin et al. 2013 (arXiv 1312.4400), section 3.2
    """

    ports = "x: real[*, seq, width] -> y: real[*, width]"
    title = "Mean over positions"

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [* seq width] -> [* width]
        lengths = cx.lengths("seq")
        _hold_positions(cx, x, lengths)
        if lengths is None:
            return cx.xp.mean(x, axis=-2)
        total = cx.xp.sum(cleared(cx, x, lengths), axis=-2)
        return total / cx.xp.astype(counts(cx, lengths)[..., 0], x.dtype)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (x,), lengths = saved.inputs, cx.lengths("seq")
        if lengths is None:
            share = (dy / x.shape[-2])[..., None, :]
            return Gradients((cx.xp.broadcast_to(share, x.shape),))
        count = counts(cx, lengths)
        share = (dy / count[..., 0].astype(dy.dtype))[..., None, :]
        return Gradients((share * (places(cx, x) < count),))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        dims = inputs["x"][0].dims
        return Flops(elementwise=product(1, *dims) + product(1, *dims[:-2], d.width))

    def reach(self, port: str, dim: str) -> Reach:
        return "whole" if dim == "seq" else "same"


def _hold_positions(cx: Context, x: Array, lengths: Array | None) -> None:  # [* seq width]
    """Every sample has a position: of none, there is neither a first nor a mean."""
    if not x.shape[-2] or (lengths is not None and bool(cx.xp.any(lengths == 0))):
        raise BlockError("there are no positions to make one of", help="give at least one position")
