"""Boxes that join several wires, number by number or side by side."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from itertools import accumulate
from operator import add, mul
from typing import Any

from boxwork.blocks.block import Block, Dims, Reach
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires, each
from boxwork.blocks.types import WireType


@block
class Add(Block):
    """Adds its inputs, number by number.

    Formula: y = x[0] + x[1] + …
    Source: the article, "Residual connections"; He et al. 2015 (arXiv 1512.03385), section 3.2
    """

    ports = "x...: real[*] -> y: real[*]"
    family = "combine"
    symbol = "+"

    def forward(self, cx: Context, p: Any, x: tuple[Array, ...]) -> Array:  # [*] … -> [*]
        return reduce(add, x)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (x,) = saved.inputs
        return Gradients(((dy,) * len(x),))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return each(inputs, len(inputs["x"]) - 1)


@block
class Multiply(Block):
    """Multiplies its inputs, number by number: one of them opens and closes the others.

    Formula: y = x[0] * x[1] * …
    Source: Shazeer 2020 (arXiv 2002.05202), section 2
    """

    ports = "x...: real[*] -> y: real[*]"
    family = "combine"
    symbol = "×"

    def forward(self, cx: Context, p: Any, x: tuple[Array, ...]) -> Array:  # [*] … -> [*]
        return reduce(mul, x)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (x,) = saved.inputs
        return Gradients((tuple(reduce(mul, x[:i] + x[i + 1 :], dy) for i in range(len(x))),))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return each(inputs, len(inputs["x"]) - 1)


@block
class Scale(Block):
    """Multiplies every number by one fixed number.

    Formula: y = by * x
    Source: Vaswani et al. 2017 (arXiv 1706.03762), section 3.4
    """

    ports = "x: real[*] -> y: real[*]"
    family = "combine"
    by: float

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [*] -> [*]
        return x * self.by

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        return Gradients((dy * self.by,))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return each(inputs, 1)

    def detail(self, d: Dims) -> str:
        return f"× {self.by:.4g}"


@block
class Concat(Block):
    """Puts its inputs side by side: their widths add up.

    Formula: y = (x[0], x[1], …) along the last dim
    Shapes: the inputs agree in all dims but the last
    Source: the article, "Multi-head attention"
    """

    ports = "x...: real[*, _] -> y: real[*, _]"
    blanks = ("width", "sum of the widths")
    family = "combine"
    title = "Concatenate"

    def output_types(
        self, d: Dims, inputs: Mapping[str, tuple[WireType, ...]]
    ) -> Mapping[str, WireType]:
        dims = [wire.dims for wire in inputs["x"]]
        width = reduce(add, (each[-1] for each in dims))
        return {"y": WireType("real", (*dims[0][:-1], width))}

    def forward(self, cx: Context, p: Any, x: tuple[Array, ...]) -> Array:  # [* _] … -> [* _]
        return cx.xp.concat(_same_batch(cx.xp, x), axis=-1)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (x,) = saved.inputs
        ends = list(accumulate(each.shape[-1] for each in x))
        return Gradients(
            (tuple(dy[..., i - each.shape[-1] : i] for i, each in zip(ends, x, strict=True)),)
        )

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()


@block
class Prepend(Block):
    """Puts rows in front of the positions: a class token, the tokens of a prefix.

    Formula: y = (first[0], …, first[rows - 1], x[0], x[1], …)
    Shapes: both agree in all dims but the positions
    Source: Devlin et al. 2018 (arXiv 1810.04805), section 3; Dosovitskiy et al. 2020
        (arXiv 2010.11929), equation 1
    """

    ports = "x: real[*, seq, width], first: real[*, rows, width] -> y: real[*, rows + seq, width]"
    family = "combine"

    # [* seq width], [* rows width] -> [* rows+seq width]
    def forward(self, cx: Context, p: Any, x: Array, first: Array) -> Array:
        cx.lengths("seq")  # whatever they are: padding stays behind
        lead = cx.xp.broadcast_arrays(x[..., :0, :], first[..., :0, :])[0].shape[:-2]
        parts = (cx.xp.broadcast_to(each, (*lead, *each.shape[-2:])) for each in (first, x))
        return cx.xp.concat(list(parts), axis=-2)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        rows = saved.inputs[1].shape[-2]
        return Gradients((dy[..., rows:, :], dy[..., :rows, :]))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def reach(self, port: str, dim: str) -> Reach:
        return "whole" if dim in ("seq", "rows") else "same"

    def detail(self, d: Dims) -> str:
        return f"{d.rows} + {d.seq}"


def _same_batch(xp: Any, x: tuple[Array, ...]) -> list[Array]:
    """The arrays with equal axes before the last: one without batch axes is given them."""
    if len({each.shape[:-1] for each in x}) == 1:
        return list(x)
    lead = xp.broadcast_arrays(*(each[..., 0] for each in x))[0].shape
    return [xp.broadcast_to(each, (*lead, each.shape[-1])) for each in x]
