"""Boxes that only move numbers: other dims, or a part of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import Any

from boxwork.blocks.block import Block, BlockError, Dims, Reach
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires
from boxwork.blocks.settings import DimName, Size, Sizes
from boxwork.blocks.types import Port, WireType, parse_type


@block
class Expand(Block):
    """Repeats its input along a new dim, put in front.

    Formula: y[i] = x for every i
    Source: NumPy's broadcast_to
    """

    ports = "x: real[*] -> y: real[dim, *]"
    dim: DimName

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [*] -> [dim *]
        batch = x.ndim - cx.rank("x")
        y = cx.xp.expand_dims(x, axis=batch)
        return cx.xp.broadcast_to(y, (*x.shape[:batch], cx.size("dim"), *x.shape[batch:]))

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (x,) = saved.inputs
        return Gradients((dy.sum(axis=x.ndim - cx.rank("x")),))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def detail(self, d: Dims) -> str:
        return f"{self.dim} ×"


@block
class Split(Block):
    """Cuts the last dim into parts, one output each.

    Formula: (y[0], y[1], …) = x, along the last dim
    Shapes: the sizes add up to the width; a plain list names its parts 0, 1, …
    Errors: sizes that do not add up to the width
    Source: NumPy's split
    """

    ports = "x: real[*, width] -> part...: real[*, _]"
    blanks = ("size of the part",)
    sizes: Sizes

    def output_ports(self) -> tuple[Port, ...]:
        return tuple(Port(name, parse_type("real[*, _]")) for name, _ in self.sizes)

    def output_types(
        self, d: Dims, inputs: Mapping[str, tuple[WireType, ...]]
    ) -> Mapping[str, WireType]:
        (wire,) = inputs["x"]
        total = reduce(add, (size for _, size in self.sizes))
        if not total.agrees(d.width):
            raise BlockError(
                f"the sizes {self.detail(d)} add up to {total}, but the input is {d.width} wide",
                help=f"make the sizes add up to {d.width}",
            )
        return {name: WireType("real", (*wire.dims[:-1], size)) for name, size in self.sizes}

    def forward(self, cx: Context, p: Any, x: Array) -> Any:  # [* width] -> ([* _], …)
        parts, start = [], 0
        for _, size in self.sizes:
            end = start + cx.size(size)
            parts.append(x[..., start:end])
            start = end
        return tuple(parts) if len(parts) > 1 else parts[0]

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Any) -> Gradients:
        (x,), start = saved.inputs, 0
        dx = cx.xp.zeros_like(x)
        for (_, size), part in zip(self.sizes, dy if isinstance(dy, tuple) else (dy,), strict=True):
            end = start + cx.size(size)
            if part is not None:
                dx[..., start:end] = part
            start = end
        return Gradients((dx,))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def detail(self, d: Dims) -> str:
        return " + ".join(str(size) for _, size in self.sizes)


@block
class Flatten(Block):
    """Joins the last two dims: the rows, one after another, become one row.

    Formula: y[i * width + j] = x[i, j]
    Source: the article, "Embeddings": 12 letters of 10 numbers are 120 inputs
    """

    ports = "x: real[*, rows, width] -> y: real[*, rows * width]"

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [* rows width] -> [* rows*width]
        return cx.xp.reshape(x, (*x.shape[:-2], x.shape[-2] * x.shape[-1]))

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        return Gradients((dy.reshape(saved.inputs[0].shape),))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def detail(self, d: Dims) -> str:
        return f"{d.rows} × {d.width}"


@block
class LastDimFirst(Block):
    """Puts the last dim in front of all others.

    Formula: y[j, …] = x[…, j]
    Source: NumPy's moveaxis
    """

    ports = "x: real[*, width] -> y: real[width, *]"
    title = "Last dim first"

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [* width] -> [width *]
        return cx.xp.moveaxis(x, -1, x.ndim - cx.rank("x"))

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        return Gradients((cx.xp.moveaxis(dy, dy.ndim - cx.rank("x"), -1),))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def reach(self, port: str, dim: str) -> Reach:
        return "same"


@block
class SplitHeads(Block):
    """Cuts every position into equal parts, one for each head.

    Formula: y[h, i, j] = x[i, h * (width / heads) + j]
    Errors: heads must divide width
    Source: Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.2
    """

    ports = "x: real[seq, width] -> y: real[heads, seq, width / heads]"
    title = "Split heads"
    require = ("width % heads == 0",)
    heads: Size

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [seq width] -> [heads seq _]
        heads, (*lead, width) = cx.size(self.heads), x.shape
        y = cx.xp.reshape(x, (*lead, heads, width // heads))
        return cx.xp.moveaxis(y, -2, -3)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        return Gradients((cx.xp.moveaxis(dy, -3, -2).reshape(saved.inputs[0].shape),))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def reach(self, port: str, dim: str) -> Reach:
        return "same" if dim == "seq" else "whole"

    def detail(self, d: Dims) -> str:
        return f"{d.heads} × {d.width / d.heads}"


@block
class MergeHeads(Block):
    """Puts the parts of all heads side by side again, at every position.

    Formula: y[i, h * head_dim + j] = x[h, i, j]
    Source: Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.2
    """

    ports = "x: real[heads, seq, head_dim] -> y: real[seq, heads * head_dim]"
    title = "Merge heads"

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [heads seq head_dim] -> [seq _]
        y = cx.xp.moveaxis(x, -3, -2)
        return cx.xp.reshape(y, (*y.shape[:-2], y.shape[-2] * y.shape[-1]))

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        heads, seq, head_dim = saved.inputs[0].shape[-3:]
        parts = dy.reshape((*dy.shape[:-2], seq, heads, head_dim))
        return Gradients((cx.xp.moveaxis(parts, -2, -3),))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def reach(self, port: str, dim: str) -> Reach:
        return "same" if dim == "seq" else "whole"

    def detail(self, d: Dims) -> str:
        return f"{d.heads} × {d.head_dim}"
