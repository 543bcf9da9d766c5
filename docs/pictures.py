"""The drawings of docs/article: which spec, what is open in it, and what it is run on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from boxwork.api import load

LEAF = {"features": [32, 107, 56, 11.2]}
CLOSED = (
    "deep-plain",
    "deep-residual",
    "gpt",
    "leaf-flower-dropout",
    "letters",
    "positions",
    "residual",
    "translator",
    "translator-sep",
    "words",
)


@dataclass(frozen=True)
class Picture:
    """A spec as it is drawn; with inputs, the values of a run stand in it."""

    spec: str
    open: tuple[str, ...] = ()
    inputs: Mapping[str, Any] | None = field(default=None)

    def drawn(self) -> str:
        graph = load(self.spec)
        if self.inputs is None:
            return graph.draw(open=self.open).svg
        return graph.init(seed=0).draw(inputs=self.inputs, open=self.open).svg


PICTURES = {name: Picture(name) for name in CLOSED} | {
    "leaf-flower": Picture("leaf-flower", ("all",), LEAF),
    "leaf-flower-relu": Picture("leaf-flower-relu", ("all",), LEAF),
    "leaf-flower-collapsed": Picture("leaf-flower-collapsed", ("all",), LEAF),
    "sunny-rainy": Picture("sunny-rainy", ("all",)),
    "matrix-product": Picture("matrix-product", ("all",), LEAF),
    "letters-embedded": Picture("letters-embedded", ("embed",), {"tokens": "humpty dumpt"}),
    "layer-norm": Picture("layer-norm", ("norm",), LEAF),
    "softmax": Picture("softmax", ("scores",), {"features": [0.8, 0.2]}),
    "self-attention": Picture("self-attention", ("attn", "attn.mix")),
    "cross-attention": Picture("cross-attention", ("attn",)),
    "choosing": Picture("choosing", ("all",), {"tokens": "du"}),
    "multi-head-shared": Picture("multi-head-shared", ("attn", "attn.mix")),
    "multi-head-separate": Picture("multi-head-separate", ("attn",)),
    "feed-forward-as-written": Picture("translator-as-written", ("encoder.*.ff",)),
    "attention-open": Picture("gpt", ("stack.*.attn",)),
}
