"""Numbers kept within bounds, or moved by a fixed one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boxwork.blocks.block import Block, BlockError, Dims
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires, each
from boxwork.blocks.types import WireType


@block
class Clamp(Block):
    """Keeps every number between two bounds: what lies beyond becomes the bound.

    Formula: y = min(max(x, low), high); a bound of none does not bound
    Errors: low must not be above high, and one of them must be given
    Source: OpenAI 2025, gpt-oss-120b & gpt-oss-20b Model Card (arXiv 2508.10925), section 2.2
    """

    ports = "x: real[*] -> y: real[*]"
    family = "activation"
    low: float | None = None
    high: float | None = None

    def output_types(
        self, d: Dims, inputs: Mapping[str, tuple[WireType, ...]]
    ) -> Mapping[str, WireType]:
        if self.low is None and self.high is None:
            raise BlockError("Clamp has no bounds", help="give low, high or both")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise BlockError(
                f"no number is between {self.low:g} and {self.high:g}", help="give low <= high"
            )
        return {}

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [*] -> [*]
        xp = cx.xp
        if self.low is not None:
            x = xp.maximum(x, xp.asarray(self.low, dtype=x.dtype))
        return x if self.high is None else xp.minimum(x, xp.asarray(self.high, dtype=x.dtype))

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        (x,), (y,) = saved.inputs, saved.outputs
        return Gradients((dy * (x == y),))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return each(inputs, (self.low is not None) + (self.high is not None))

    def detail(self, d: Dims) -> str:
        if self.low is None:
            return f"at most {self.high:g}".replace("-", "−")
        said = f"at least {self.low:g}" if self.high is None else f"{self.low:g} … {self.high:g}"
        return said.replace("-", "−")


@block
class Shift(Block):
    """Adds one fixed number to every number.

    Formula: y = x + by
    Source: OpenAI 2025, gpt-oss-120b & gpt-oss-20b Model Card (arXiv 2508.10925), section 2.2
    """

    ports = "x: real[*] -> y: real[*]"
    family = "combine"
    by: float

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [*] -> [*]
        return x + self.by

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        return Gradients((dy,))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return each(inputs, 1)

    def detail(self, d: Dims) -> str:
        return f"+ {self.by:.4g}" if self.by >= 0 else f"− {-self.by:.4g}"
