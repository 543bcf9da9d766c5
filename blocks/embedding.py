"""From indices to numbers, and arrays that no input feeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boxwork.blocks.block import Block, Dims, Parameter
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array as Values
from boxwork.blocks.context import Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires
from boxwork.blocks.rows import rows
from boxwork.blocks.settings import Size
from boxwork.blocks.types import WireType


@block
class Embedding(Block):
    """Looks up one row of trained numbers for every index.

    Formula: y = table[x]
    Shapes: table [count, width]
    Errors: an index outside 0 … count - 1 is refused before the run
    Source: the article, "Embeddings"; Bengio et al. 2003 (JMLR 3), section 2
    """

    ports = "x: index<count>[*] -> y: real[*, width]"
    family = "embedding"
    count: Size
    width: Size

    def parameters(self, d: Dims) -> Mapping[str, Parameter]:
        return {"table": Parameter((d.count, d.width), fan=d.width)}

    def forward(self, cx: Context, p: Any, x: Values) -> Values:  # [*] -> [* width]
        found = cx.xp.take(p.table, cx.xp.reshape(x, (-1,)), axis=0)
        return cx.xp.reshape(found, (*x.shape, p.table.shape[-1]))

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Values) -> Gradients:
        """Rows of one index are brought together by sorting, then added: np.add.at is slower."""
        np, table, places = cx.xp, cx.xp.zeros_like(p.table), saved.inputs[0].reshape(-1)
        if places.size:
            order = np.argsort(places, stable=True)
            places = places[order]
            first = np.flatnonzero(np.diff(places, prepend=-1))
            table[places[first]] = np.add.reduceat(rows(np, dy)[order], first, axis=0)
        return Gradients((None,), {"table": table})

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def detail(self, d: Dims) -> str:
        return f"{d.count} × {d.width}"


@block
class OneHot(Block):
    """Turns an index into a row of zeros with one 1 at its place.

    Formula: y[i] = 1 if i = x, else 0
    Source: Goodfellow et al. 2016, section 12.4.2
    """

    ports = "x: index<count>[*] -> y: real[*, count]"
    family = "embedding"
    title = "One-hot"

    def forward(self, cx: Context, p: Any, x: Values) -> Values:  # [*] -> [* count]
        places = cx.xp.arange(cx.size("count"), dtype=x.dtype)
        return cx.xp.astype(cx.xp.expand_dims(x, axis=-1) == places, cx.dtype)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Values) -> Gradients:
        return Gradients((None,))

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def detail(self, d: Dims) -> str:
        return f"{d.count} wide"


@block
class Array(Block):
    """An array of its own, trained or fixed, that no input feeds.

    Formula: y = value
    Shapes: value [dims]
    Source: Devlin et al. 2018 (arXiv 1810.04805), section 3: the class token is one
    """

    ports = "-> y: real[*]"
    family = "embedding"
    dims: tuple[Size, ...]
    trained: bool = True

    def output_types(
        self, d: Dims, inputs: Mapping[str, tuple[WireType, ...]]
    ) -> Mapping[str, WireType]:
        return {"y": WireType("real", self.dims)}

    def parameters(self, d: Dims) -> Mapping[str, Parameter]:
        if not self.trained:
            return {"value": Parameter(self.dims, "zeros", trained=False)}
        return {"value": Parameter(self.dims, fan=self.dims[-1] if self.dims else None)}

    def forward(self, cx: Context, p: Any) -> Values:  # -> [dims]
        return p.value

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Values) -> Gradients:
        return Gradients((), {"value": dy} if self.trained else {})

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def detail(self, d: Dims) -> str:
        return " × ".join(str(dim) for dim in self.dims)
