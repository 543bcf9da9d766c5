"""Losses: how far off what a network gives is, one number per position; training makes it small."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from boxwork.blocks.block import Block, Dims
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires, each, product
from boxwork.blocks.dims import Dim
from boxwork.blocks.rows import rows


@block
class CrossEntropy(Block):
    """How unexpected the right class is, given the scores before softmax.

    Formula: y = log(sum over i of exp(scores[i])) - scores[target],
        which is -log(softmax(scores)[target])
    Errors: a target outside 0 … classes - 1 is refused before the run
    Source: Goodfellow et al. 2016, sections 6.2.1 and 6.2.2.3
    """

    ports = "scores: real[*, classes], target: index<classes>[*] -> y: real[*]"
    family = "loss"
    title = "Cross-entropy"
    scores = ("scores",)

    # [* classes], [*] -> [*]
    def forward(self, cx: Context, p: Any, scores: Array, target: Array) -> Array:
        xp = cx.xp
        highest = xp.max(scores, axis=-1, keepdims=True)
        powers = xp.exp(scores - highest)
        total = xp.sum(powers, axis=-1, keepdims=True)
        cx.save(powers=powers, total=total)
        places = _places(xp, scores, target)
        right = xp.take(xp.reshape(scores, (-1,)), xp.reshape(places, (-1,)), axis=0)
        return (xp.log(total) + highest)[..., 0] - xp.reshape(right, places.shape)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (scores, target), xp = saved.inputs, cx.xp
        if not cx.needs("scores"):
            return Gradients((None, None))
        dx = saved.kept["powers"] * (dy[..., None] / saved.kept["total"])
        flat, right = rows(xp, dx), xp.broadcast_to(target, dy.shape).reshape(-1)
        flat[xp.arange(right.size), right] -= dy.reshape(-1)
        return Gradients((flat.reshape((*dy.shape, scores.shape[-1])), None))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        dims = inputs["scores"][0].dims
        return Flops(elementwise=product(4, *dims) + product(3, *dims[:-1]))

    def saves(self, d: Dims, inputs: Wires) -> Mapping[str, tuple[Dim, ...]]:
        dims = inputs["scores"][0].dims
        return {"powers": dims, "total": (*dims[:-1], Dim.of(1))}


@block
class SumOfDifferences(Block):
    """How far the numbers of a position are from those that are wanted, added up.

    Formula: loss = sum over i of |wanted[i] - y[i]|
    Source: the article, "How are these models trained?"
    """

    ports = "y: real[*, width], wanted: real[*, width] -> loss: real[*]"
    family = "loss"
    title = "Sum of differences"

    # [* width], [* width] -> [*]
    def forward(self, cx: Context, p: Any, y: Array, wanted: Array) -> Array:
        return cx.xp.sum(cx.xp.abs(wanted - y), axis=-1)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        y, wanted = saved.inputs
        slope = cx.xp.sign(y - wanted) * dy[..., None]
        return Gradients((slope, -slope if cx.needs("wanted") else None))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return each(inputs, 3)


@block
class MeanSquaredError(Block):
    """The mean square of how far the numbers of a position are from those that are wanted.

    Formula: loss = mean over i of (wanted[i] - y[i]) ** 2
    Source: Goodfellow et al. 2016, section 5.1.4
    """

    ports = "y: real[*, width], wanted: real[*, width] -> loss: real[*]"
    family = "loss"
    title = "Mean squared error"

    # [* width], [* width] -> [*]
    def forward(self, cx: Context, p: Any, y: Array, wanted: Array) -> Array:
        off = wanted - y
        return cx.xp.sum(off * off, axis=-1) / max(y.shape[-1], 1)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        y, wanted = saved.inputs
        slope = (y - wanted) * (dy * (2 / max(y.shape[-1], 1)))[..., None]
        return Gradients((slope, -slope if cx.needs("wanted") else None))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        dims = inputs["y"][0].dims
        return Flops(elementwise=product(3, *dims) + product(1, *dims[:-1]))


def _places(xp: Any, scores: Array, target: Array) -> Array:  # [* classes], [*] -> [*]
    """Where the score of each target stands among all scores, one row after another."""
    *lead, classes = scores.shape
    starts = xp.arange(math.prod(lead), dtype=xp.int64) * classes
    return xp.reshape(starts, tuple(lead)) + xp.astype(target, xp.int64)
