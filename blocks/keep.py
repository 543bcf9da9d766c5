"""What stands after nodes whose outputs are kept while generating; no spec can name it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boxwork.blocks.block import Block, Dims, Reach
from boxwork.blocks.context import Array, Context
from boxwork.blocks.cost import Flops, Wires
from boxwork.blocks.dims import Dim
from boxwork.blocks.settings import Setting
from boxwork.blocks.state import State
from boxwork.blocks.types import WireType


@dataclass(frozen=True, kw_only=True)
class Keep(Block):
    """Everything that came in so far, the new positions last; no block that a spec can name.

    ``graphs.keeping`` puts it after a node with ``keep: true`` when a graph is stepped.

    Formula: y = what was kept, then x
    Shapes: of the past no more than ``limit`` positions are kept, if it is given
    Source: DeepSeek-V2 (arXiv 2405.04434), section 2.1.2, keeps the latents of attention so
    """

    ports = "x: real[*] -> y: real[*]"
    seen: WireType  # what comes out, along the past
    limit: Dim | None = None

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """None that a spec could give."""
        return ()

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [*] -> [*]
        return cx.extend("kept", x)

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def reach(self, port: str, dim: str) -> Reach:
        return "past"

    def state(self, d: Dims) -> Mapping[str, State]:
        return {"kept": State(self.seen, self.limit)}


@dataclass(frozen=True, kw_only=True)
class Hold(Block):
    """What was made once and is read in every step, as a decoder reads keys of an encoder.

    ``graphs.keeping.once`` puts it after a node when a graph is counted; it is never run.

    Formula: nothing comes out
    Shapes: those of the wire that is held
    Source: Attention Is All You Need (arXiv 1706.03762), section 3.2.3, reads an encoder so
    """

    ports = "x: real[*] -> y: real[*]"
    held: WireType

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """None that a spec could give."""
        return ()

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [*] -> [*]
        return x

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def state(self, d: Dims) -> Mapping[str, State]:
        return {"once": State(self.held)}
