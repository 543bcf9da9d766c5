"""Dropout: numbers left out at random while training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from boxwork.blocks.block import Block, Dims
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires, each
from boxwork.blocks.dims import Dim


@block
class Dropout(Block):
    """Sets numbers to 0 at random while training, so that none is relied on alone.

    Formula: inverted: training y = x * kept / (1 - rate), running y = x;
        article: training y = x * kept, running y = (1 - rate) * x;
        a number is kept with the chance 1 - rate
    Source: the article, "Dropout"; Srivastava et al. 2014 (JMLR 15), sections 4 and 10
    """

    ports = "x: real[*] -> y: real[*]"
    family = "dropout"
    require = ("rate >= 0", "rate < 1")
    rate: float
    form: Literal["inverted", "article"] = "inverted"

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [*] -> [*]
        if not self.rate:
            return x
        if cx.training:
            kept = cx.xp.astype(cx.uniform(x.shape) >= self.rate, x.dtype)
            kept = kept / (1.0 - self.rate) if self.form == "inverted" else kept
            cx.save(kept=kept)
            return x * kept
        return x if self.form == "inverted" else x * (1.0 - self.rate)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        if "kept" in saved.kept:
            return Gradients((dy * saved.kept["kept"],))
        return Gradients((dy * (1.0 - self.rate) if self.form == "article" else dy,))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return each(inputs, 1 if self.rate and self.form == "article" else 0)

    def saves(self, d: Dims, inputs: Wires) -> Mapping[str, tuple[Dim, ...]]:
        return {"kept": inputs["x"][0].dims} if self.rate else {}

    def detail(self, d: Dims) -> str:
        return f"{100 * self.rate:g} %"
