"""Normalisation: every position brought to the same scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boxwork.blocks.block import Block, Dims, Parameter
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Sum, Wires, product
from boxwork.blocks.dims import Dim
from boxwork.blocks.rows import rows


@block
class LayerNorm(Block):
    """Takes mean and standard deviation out of every position, then scales and shifts it.

    Formula: y = scale * (x - mean) / sqrt(variance + eps) + bias;
        the variance is the mean of (x - mean) ** 2 over all N numbers, not N - 1
    Shapes: scale [width], bias [width]
    Source: the article, "Layer Normalization"; Ba et al. 2016 (arXiv 1607.06450), section 3
    """

    ports = "x: real[*, width] -> y: real[*, width]"
    family = "norm"
    title = "Layer norm"
    require = ("eps >= 0",)
    eps: float = 1e-5
    bias: bool = True

    def parameters(self, d: Dims) -> Mapping[str, Parameter]:
        scale = Parameter((d.width,), "ones")
        return {"scale": scale} | ({"bias": Parameter((d.width,), "zeros")} if self.bias else {})

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [* width] -> [* width]
        if not x.shape[-1]:
            return x
        centred = x - cx.xp.mean(x, axis=-1, keepdims=True)
        variance = cx.xp.mean(centred * centred, axis=-1, keepdims=True)
        inverse = 1.0 / cx.xp.sqrt(variance + self.eps)
        normal = centred * inverse
        cx.save(normal=normal, inverse=inverse)
        y = p.scale * normal
        return y + p.bias if self.bias else y

    def kernel(self, cx: Context, p: Any, x: Array) -> Array:  # [* width] -> [* width]
        np, width = cx.xp, x.shape[-1]
        if not width:
            return x
        normal = x - x.mean(axis=-1, keepdims=True)
        inverse = 1.0 / np.sqrt(np.vecdot(normal, normal)[..., None] / width + self.eps)
        normal *= inverse
        cx.save(normal=normal, inverse=inverse)
        y = p.scale * normal
        if self.bias:
            y += p.bias
        return y

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        np, width = cx.xp, dy.shape[-1]
        normal = saved.kept["normal"] if width else dy
        found = {"scale": _column_sums(np, dy, normal)}
        if self.bias:
            found["bias"] = rows(np, dy).sum(axis=0)
        if not (cx.needs("x") and width):
            return Gradients((dy if cx.needs("x") else None,), found)
        dx = dy * p.scale
        slope = np.vecdot(dx, normal)[..., None] / width
        dx -= dx.mean(axis=-1, keepdims=True)
        dx -= normal * slope
        dx *= saved.kept["inverse"]
        return Gradients((dx,), found)

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        dims = inputs["x"][0].dims
        return Flops(elementwise=product(6 + self.bias, *dims) + product(5, *dims[:-1]))

    def saves(self, d: Dims, inputs: Wires) -> Mapping[str, tuple[Dim, ...]]:
        dims = inputs["x"][0].dims
        return {"normal": dims, "inverse": (*dims[:-1], Dim.of(1))}


@block
class RMSNorm(Block):
    """Divides every position by the root of its mean square, then scales it.

    Formula: y = (shift + scale) * x / sqrt(mean of x ** 2 + eps);
        with shift 1, scale starts at 0 and is what is learned beside 1
    Shapes: scale [width]
    Source: Zhang and Sennrich 2019 (arXiv 1910.07467), equation 4
    """

    ports = "x: real[*, width] -> y: real[*, width]"
    family = "norm"
    title = "RMS norm"
    require = ("eps >= 0",)
    eps: float = 1e-6
    shift: float = 0.0

    def parameters(self, d: Dims) -> Mapping[str, Parameter]:
        return {"scale": Parameter((d.width,), "zeros" if self.shift == 1 else "ones")}

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [* width] -> [* width]
        if not x.shape[-1]:
            return x
        square = cx.xp.mean(x * x, axis=-1, keepdims=True)
        scale = p.scale + self.shift if self.shift else p.scale
        inverse = 1.0 / cx.xp.sqrt(square + self.eps)
        normal = x * inverse
        cx.save(normal=normal, inverse=inverse)
        return scale * normal

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        np, width = cx.xp, dy.shape[-1]
        normal = saved.kept["normal"] if width else dy
        found = {"scale": _column_sums(np, dy, normal)}
        if not (cx.needs("x") and width):
            return Gradients((dy if cx.needs("x") else None,), found)
        dx = dy * (p.scale + self.shift if self.shift else p.scale)
        dx -= normal * (np.vecdot(dx, normal)[..., None] / width)
        dx *= saved.kept["inverse"]
        return Gradients((dx,), found)

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        dims = inputs["x"][0].dims
        shifted = product(1, d.width) if self.shift else Sum()
        return Flops(elementwise=product(4, *dims) + product(4, *dims[:-1]) + shifted)

    def saves(self, d: Dims, inputs: Wires) -> Mapping[str, tuple[Dim, ...]]:
        dims = inputs["x"][0].dims
        return {"normal": dims, "inverse": (*dims[:-1], Dim.of(1))}


def _column_sums(np: Any, a: Array, b: Array) -> Array:  # [* width], [* width] -> [width]
    """The products of two arrays, summed over all positions."""
    return np.einsum("ij,ij->j", rows(np, a), rows(np, b))
