"""Weighted sums: the box that everything is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boxwork.blocks.block import Block, Dims, Parameter, Reach
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Sum, Wires, product
from boxwork.blocks.rows import by_head, rows
from boxwork.blocks.settings import Size


@block
class Linear(Block):
    """Weighted sums of the inputs, plus a bias, at every position.

    Formula: y = x @ weight + bias
    Shapes: weight [width_in, width], bias [width]
    Source: the article, "A simple neural network"; Goodfellow et al. 2016, section 6.1
    """

    ports = "x: real[*, width_in] -> y: real[*, width]"
    family = "linear"
    width: Size
    bias: bool = True

    def parameters(self, d: Dims) -> Mapping[str, Parameter]:
        weight = Parameter((d.width_in, d.width), fan=d.width_in)
        return {"weight": weight} | ({"bias": Parameter((d.width,), "zeros")} if self.bias else {})

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [* width_in] -> [* width]
        y = rows(cx.xp, x) @ p.weight
        y = y + p.bias if self.bias else y
        return cx.xp.reshape(y, (*x.shape[:-1], p.weight.shape[-1]))

    def kernel(self, cx: Context, p: Any, x: Array) -> Array:  # [* width_in] -> [* width]
        y = rows(cx.xp, x) @ p.weight
        if self.bias:
            y += p.bias
        return y.reshape((*x.shape[:-1], p.weight.shape[-1]))

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (x,) = saved.inputs
        inner, sums = rows(cx.xp, x), rows(cx.xp, dy)
        found = {"weight": inner.T @ sums} | ({"bias": sums.sum(axis=0)} if self.bias else {})
        dx = (sums @ p.weight.T).reshape(x.shape) if cx.needs("x") else None
        return Gradients((dx,), found)

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        positions = inputs["x"][0].dims[:-1]
        return Flops(
            product(2, *positions, d.width_in, d.width),
            product(1, *positions, d.width) if self.bias else Sum(),
        )

    def detail(self, d: Dims) -> str:
        return f"{d.width_in} → {d.width}"


@block
class PerHeadLinear(Block):
    """Weighted sums with weights of its own for every head, at every position.

    Formula: y[h] = x[h] @ weight[h] + bias[h]
    Shapes: weight [heads, width_in, width], bias [heads, width]
    Source: the article, "Multi-head attention": the linear layers from v1 to v1h1
    """

    ports = "x: real[heads, seq, width_in] -> y: real[heads, seq, width]"
    family = "linear"
    title = "Linear per head"
    width: Size
    bias: bool = True

    def parameters(self, d: Dims) -> Mapping[str, Parameter]:
        weight = Parameter((d.heads, d.width_in, d.width), fan=d.width_in)
        bias = Parameter((d.heads, d.width), "zeros")
        return {"weight": weight} | ({"bias": bias} if self.bias else {})

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [heads seq in] -> [heads seq out]
        y = x @ p.weight
        return y + cx.xp.expand_dims(p.bias, axis=-2) if self.bias else y

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (x,) = saved.inputs
        inner, sums = by_head(cx.xp, x), by_head(cx.xp, dy)
        found = {"weight": inner.mT @ sums} | ({"bias": sums.sum(axis=1)} if self.bias else {})
        return Gradients((dy @ p.weight.mT if cx.needs("x") else None,), found)

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops(
            product(2, d.heads, d.seq, d.width_in, d.width),
            product(1, d.heads, d.seq, d.width) if self.bias else Sum(),
        )

    def reach(self, port: str, dim: str) -> Reach:
        return "whole" if dim == "width_in" else "same"

    def detail(self, d: Dims) -> str:
        return f"{d.heads} heads × ({d.width_in} → {d.width})"
