"""Functions of one number, and softmax, which turns a row of numbers into shares of one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any, Literal

from boxwork.blocks.block import Block, Dims
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires, each
from boxwork.blocks.dims import Dim
from boxwork.blocks.pieces import piecewise


@block
class ReLU(Block):
    """Cuts off negative numbers, each on its own.

    Formula: y = max(x, 0)
    Source: the article, its note on activation; Nair and Hinton 2010, section 2
    """

    ports = "x: real[*] -> y: real[*]"
    family = "activation"

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [*] -> [*]
        return cx.xp.maximum(x, cx.xp.zeros((), dtype=x.dtype))

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (y,) = saved.outputs
        return Gradients((dy * (y > 0),))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return each(inputs, 1)


@block
class GELU(Block):
    """Lets a number through by the chance that a normal number is smaller.

    Formula: exact: y = x * (1 + erf(x / sqrt(2))) / 2;
        tanh: y = x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3))) / 2
    Source: Hendrycks and Gimpel 2016 (arXiv 1606.08415), section 2
    """

    ports = "x: real[*] -> y: real[*]"
    family = "activation"
    approximate: Literal["exact", "tanh"] = "exact"

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [*] -> [*]
        if self.approximate == "exact":
            spread = _erf(cx.xp, x * math.sqrt(0.5))
        else:
            spread = cx.xp.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * (x * x * x)))
        cx.save(spread=spread)
        return 0.5 * x * (1.0 + spread)

    def kernel(self, cx: Context, p: Any, x: Array) -> Array:  # [*] -> [*]
        if self.approximate == "exact":
            return self.forward(cx, p, x)
        y, spread = piecewise(cx.xp, partial(_tanh_gelu, cx.xp), 2, x)
        cx.save(spread=spread)
        return y

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (x,), spread = saved.inputs, saved.kept["spread"]
        work = _exact_slope if self.approximate == "exact" else _tanh_slope
        (dx,) = piecewise(cx.xp, partial(work, cx.xp), 1, x, spread, dy)
        return Gradients((dx,))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return each(inputs, 5 if self.approximate == "exact" else 9)

    def saves(self, d: Dims, inputs: Wires) -> Mapping[str, tuple[Dim, ...]]:
        return {"spread": inputs["x"][0].dims}

    def detail(self, d: Dims) -> str:
        return "by tanh" if self.approximate == "tanh" else ""


@block
class SiLU(Block):
    """Lets a number through by its own logistic; also called swish.

    Formula: y = x / (1 + exp(-beta * x))
    Source: Elfwing, Uchibe and Doya 2017 (arXiv 1702.03118), section 2; beta: Ramachandran, Zoph
        and Le 2017 (arXiv 1710.05941), section 4
    """

    ports = "x: real[*] -> y: real[*]"
    family = "activation"
    beta: float = 1.0

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [*] -> [*]
        chance = logistic(cx.xp, x if self.beta == 1.0 else x * self.beta)
        cx.save(chance=chance)
        return x * chance

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (y,), chance = saved.outputs, saved.kept["chance"]
        slope = 1.0 - chance
        slope *= y
        if self.beta != 1.0:
            slope *= self.beta
        slope += chance
        slope *= dy
        return Gradients((slope,))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return each(inputs, 8 + (self.beta != 1.0))

    def saves(self, d: Dims, inputs: Wires) -> Mapping[str, tuple[Dim, ...]]:
        return {"chance": inputs["x"][0].dims}

    def detail(self, d: Dims) -> str:
        return f"β = {self.beta:.4g}" if self.beta != 1.0 else ""


@block
class Logistic(Block):
    """Maps every number between 0 and 1 and keeps the order; also called sigmoid.

    Formula: y = 1 / (1 + exp(-x))
    Source: the article, its way to softmax; Goodfellow et al. 2016, section 3.10
    """

    ports = "x: real[*] -> y: real[*]"
    family = "activation"

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [*] -> [*]
        return logistic(cx.xp, x)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (y,) = saved.outputs
        slope = 1.0 - y
        slope *= y
        slope *= dy
        return Gradients((slope,))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return each(inputs, 7)


@block
class Tanh(Block):
    """Maps every number between -1 and 1 and keeps order and sign.

    Formula: y = (exp(x) - exp(-x)) / (exp(x) + exp(-x))
    Source: Goodfellow et al. 2016, section 6.3.2
    """

    ports = "x: real[*] -> y: real[*]"
    family = "activation"

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [*] -> [*]
        return cx.xp.tanh(x)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (y,) = saved.outputs
        slope = y * -y
        slope += 1.0
        slope *= dy
        return Gradients((slope,))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return each(inputs, 1)


@block
class Softmax(Block):
    """Turns the numbers of a position into chances: between 0 and 1, 1 in all, same order.

    Formula: y[i] = exp(x[i]) / sum over j of exp(x[j])
    Source: the article, "Softmax"; Goodfellow et al. 2016, section 4.1
    """

    ports = "x: real[*, width] -> y: real[*, width]"
    family = "softmax"

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [* width] -> [* width]
        if not x.shape[-1]:
            return x
        powers = cx.xp.exp(x - cx.xp.max(x, axis=-1, keepdims=True))
        return powers / cx.xp.sum(powers, axis=-1, keepdims=True)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (y,) = saved.outputs
        dx = dy - cx.xp.vecdot(dy, y)[..., None]
        dx *= y
        return Gradients((dx,))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return each(inputs, 5)


def is_softmax(block: Block) -> bool:
    """Whether a block computes softmax; one derived from it may compute something else."""
    return isinstance(block, Softmax) and type(block).forward is Softmax.forward


def logistic(xp: Any, x: Array) -> Array:  # [*] -> [*]
    """The logistic function, by powers of numbers below 0 only, which cannot overflow."""
    below = xp.minimum(x, xp.zeros((), dtype=x.dtype))  # not `where`, which is slow on noise
    return xp.exp(below) / (1.0 + xp.exp(-xp.abs(x)))


def _tanh_gelu(np: Any, y: Array, spread: Array, _: Array, x: Array) -> None:
    np.multiply(x, x, out=spread)
    spread *= 0.044715 * math.sqrt(2.0 / math.pi)
    spread += math.sqrt(2.0 / math.pi)
    spread *= x
    np.tanh(spread, out=spread)
    np.add(spread, 1.0, out=y)
    y *= x
    y *= 0.5


def _tanh_slope(np: Any, dx: Array, spare: Array, x: Array, spread: Array, dy: Array) -> None:
    """Formula: dy * (1 + spread + x * (1 - spread ** 2) * the slope of what is in tanh) / 2."""
    np.multiply(x, x, out=dx)
    dx *= 3 * 0.044715 * math.sqrt(2.0 / math.pi)
    dx += math.sqrt(2.0 / math.pi)
    dx *= x
    np.multiply(spread, spread, out=spare)
    np.subtract(1.0, spare, out=spare)
    dx *= spare
    dx += spread
    dx += 1.0
    dx *= dy
    dx *= 0.5


def _exact_slope(np: Any, dx: Array, _: Array, x: Array, spread: Array, dy: Array) -> None:
    """Formula: dy * (1 + spread + x * sqrt(2 / pi) * exp(-x ** 2 / 2)) / 2."""
    np.multiply(x, x, out=dx)
    dx *= -0.5
    np.exp(dx, out=dx)
    dx *= math.sqrt(2.0 / math.pi)
    dx *= x
    dx += spread
    dx += 1.0
    dx *= dy
    dx *= 0.5


def _erf(xp: Any, x: Array) -> Array:  # [*] -> [*]
    """The error function, which the Array API lacks: SciPy's, on the array's own memory."""
    import numpy as np
    from scipy.special import erf

    if isinstance(x, np.ndarray | np.generic):
        return erf(x)
    return xp.from_dlpack(np.asarray(erf(np.from_dlpack(x))))
