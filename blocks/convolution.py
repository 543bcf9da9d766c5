"""Convolution: the same weighted sum at every place, of what stands around it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import Any

from boxwork.blocks.block import Block, BlockError, Dims, Parameter, Reach
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires, product
from boxwork.blocks.dims import Dim
from boxwork.blocks.padding import cleared
from boxwork.blocks.rows import rows
from boxwork.blocks.settings import Size
from boxwork.blocks.state import State, kept
from boxwork.blocks.types import WireType


@block
class Convolution(Block):
    """Weighted sums of some neighbouring positions, with the same weights everywhere.

    Formula: y[t] = sum over j < kernel_size of x[t * stride - padding + j] @ weight[j] + bias,
        where x is 0 beyond its ends;
        causal: y[t] = sum over j of x[t - kernel_size + 1 + j] @ weight[j] + bias;
        per_channel: * weight[j], channel by channel, for @ weight[j]
    Shapes: (seq + 2 * padding - kernel_size) // stride + 1 positions, or seq if causal; weight
        [kernel_size, width_in, width], per channel [kernel_size, width]; bias [width]; width is
        width_in if none is given
    Errors: causal goes with neither stride nor padding, per_channel with no other width
    Source: Goodfellow et al. 2016, section 9.1; causal: van den Oord et al. 2016
        (arXiv 1609.03499), section 2.1
    """

    ports = "x: real[seq, width_in] -> y: real[_, _]"
    blanks = ("(seq + 2 * padding - kernel_size) // stride + 1", "width")
    family = "linear"
    require = ("kernel_size > 0", "stride > 0")
    fixed = ("kernel_size", "stride", "padding")
    kernel_size: Size
    width: Size | None = None
    stride: Size = Dim.of(1)
    padding: Size = Dim.of(0)
    causal: bool = False
    per_channel: bool = False
    bias: bool = True

    def output_types(
        self, d: Dims, inputs: Mapping[str, tuple[WireType, ...]]
    ) -> Mapping[str, WireType]:
        if self.causal and (int(self.stride) != 1 or int(self.padding)):
            raise BlockError(
                "a causal convolution looks at what came before, one position after the other",
                help="leave stride and padding out, or causal",
            )
        if self.per_channel and not self.out(d).agrees(d.width_in):
            raise BlockError(
                "with per_channel every channel stays alone: "
                f"{d.width_in} cannot become {self.width}",
                help="leave the width out, or add a Linear of that width after it",
            )
        count = self.count(d)
        number = count.value.constant
        if number is not None and number < 0:
            raise BlockError(
                f"a kernel of {self.kernel_size} does not fit {d.seq} positions",
                help="give a smaller kernel, or padding",
            )
        return {"y": WireType("real", (count, self.out(d)))}

    def out(self, d: Dims) -> Dim:
        """How many channels come out."""
        return d.width_in if self.width is None else self.width

    def count(self, d: Dims) -> Dim:
        """How many positions come out."""
        if self.causal:
            return d.seq
        spare = 2 * int(self.padding) - int(self.kernel_size)
        if int(self.stride) == 1:
            return d.seq + Dim.of(spare + 1)
        return (d.seq + Dim.of(spare)).combine("//", self.stride) + Dim.of(1)

    def parameters(self, d: Dims) -> Mapping[str, Parameter]:
        ways = () if self.per_channel else (d.width_in,)
        fan = self.kernel_size if self.per_channel else self.kernel_size * d.width_in
        found = {"weight": Parameter((self.kernel_size, *ways, self.out(d)), fan=fan)}
        return found | ({"bias": Parameter((self.out(d),), "zeros")} if self.bias else {})

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [seq width_in] -> [_ width]
        x = cleared(cx, x, cx.lengths("seq"))
        parts = self._parts(self._framed(cx, cx.extend("x", x) if self._looks_back else x, x))
        if self.per_channel:
            y = reduce(add, (part * p.weight[j, :] for j, part in enumerate(parts)))
        else:
            columns = cx.xp.concat(parts, axis=-1)
            y = rows(cx.xp, columns) @ self._matrix(cx.xp, p)
            y = cx.xp.reshape(y, (*columns.shape[:-1], y.shape[-1]))
        return y + p.bias if self.bias else y

    @property
    def _looks_back(self) -> bool:
        return self.causal and int(self.kernel_size) > 1

    def _matrix(self, xp: Any, p: Any) -> Array:  # -> [kernel*width_in width]
        kernel, width_in, width = p.weight.shape
        return xp.reshape(p.weight, (kernel * width_in, width))

    def _framed(self, cx: Context, seen: Array, new: Array) -> Array:
        """What is seen between zeros, so that the kernel fits wherever it is laid."""
        before = after = int(self.padding)
        if self.causal:  # while stepping, what came before is there already
            before = new.shape[-2] + int(self.kernel_size) - 1 - seen.shape[-2]
        ends = [
            cx.xp.zeros((*seen.shape[:-2], count, seen.shape[-1]), dtype=seen.dtype)
            for count in (before, after)
        ]
        return cx.xp.concat([ends[0], seen, ends[1]], axis=-2)

    def _slices(self, length: int) -> list[slice]:
        """What each weight of the kernel is laid on, along positions between zeros."""
        stride, kernel = int(self.stride), int(self.kernel_size)
        steps = max(0, (length - kernel) // stride + 1)
        return [slice(j, j + max(0, stride * (steps - 1) + 1), stride) for j in range(kernel)]

    def _parts(self, framed: Array) -> list[Array]:
        return [framed[..., part, :] for part in self._slices(framed.shape[-2])]

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (x,), xp, lengths = saved.inputs, cx.xp, cx.lengths("seq")
        framed = self._framed(cx, cleared(cx, x, lengths), x)
        parts, found = self._parts(framed), {}
        if self.per_channel:
            found["weight"] = xp.stack([rows(xp, dy * part).sum(axis=0) for part in parts])
            back = [dy * p.weight[j] for j in range(len(parts))]
        else:
            matrix, flat = self._matrix(xp, p), rows(xp, dy)
            found["weight"] = (rows(xp, xp.concat(parts, axis=-1)).T @ flat).reshape(p.weight.shape)
            both = (flat @ matrix.T).reshape((*dy.shape[:-1], matrix.shape[0]))
            back = xp.split(both, len(parts), axis=-1)
        if self.bias:
            found["bias"] = rows(xp, dy).sum(axis=0)
        dframed = xp.zeros_like(framed)
        for part, gradient in zip(self._slices(framed.shape[-2]), back, strict=True):
            dframed[..., part, :] += gradient
        start = int(self.kernel_size) - 1 if self.causal else int(self.padding)
        dx = dframed[..., start : start + x.shape[-2], :]
        return Gradients((cleared(cx, dx, lengths),), found)

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        count, out = self.count(d), self.out(d)
        if self.per_channel:
            each = 2 * int(self.kernel_size) - 1 + self.bias
            return Flops(elementwise=product(each, count, out))
        matmul = product(2, count, self.kernel_size, d.width_in, out)
        return Flops(matmul, product(int(self.bias), count, out))

    def reach(self, port: str, dim: str) -> Reach:
        if dim == "width_in":
            return "same" if self.per_channel else "whole"
        alone = int(self.kernel_size) == int(self.stride) == 1 and not int(self.padding)
        return "same" if alone else "past" if self.causal else "whole"

    def state(self, d: Dims) -> Mapping[str, State]:
        if not self._looks_back:
            return {}
        return {"x": kept(d.seq.past(), d.width_in, limit=self.kernel_size + Dim.of(-1))}

    def detail(self, d: Dims) -> str:
        widths = f"{d.width_in} → {self.out(d)}"
        stride = f", stride {self.stride}" if int(self.stride) != 1 else ""
        causal = ", causal" if self.causal else ""
        return f"{widths}, kernel {self.kernel_size}{stride}{causal}"
