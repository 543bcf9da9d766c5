"""Which figure shows the inside of which block; any other block shows its formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from boxwork.blocks.activation import Softmax
from boxwork.blocks.attention import DotProductAttention
from boxwork.blocks.block import Block
from boxwork.blocks.combine import Concat
from boxwork.blocks.convolution import Convolution
from boxwork.blocks.dropout import Dropout
from boxwork.blocks.forms import SizeError
from boxwork.blocks.linear import PerHeadLinear
from boxwork.blocks.norm import LayerNorm, RMSNorm
from boxwork.blocks.patches import Patches
from boxwork.blocks.pooling import FirstPosition, LastPosition, MeanPool
from boxwork.blocks.positions import SinusoidalEncoding
from boxwork.blocks.recurrence import GRU
from boxwork.blocks.relative import RelativeBuckets
from boxwork.blocks.rotary import RotaryEncoding
from boxwork.blocks.routing import ChooseTop
from boxwork.blocks.shaping import MergeHeads, Split, SplitHeads
from boxwork.renderers.opened.attention import attention
from boxwork.renderers.opened.buckets import buckets
from boxwork.renderers.opened.choose import choose
from boxwork.renderers.opened.curve import FUNCTIONS, curve
from boxwork.renderers.opened.dropout import dropout
from boxwork.renderers.opened.formula import formula
from boxwork.renderers.opened.gated import gated
from boxwork.renderers.opened.heads import per_head
from boxwork.renderers.opened.norm import norm
from boxwork.renderers.opened.parts import parts
from boxwork.renderers.opened.pooled import pooled
from boxwork.renderers.opened.rotary import rotary
from boxwork.renderers.opened.softmax import softmax
from boxwork.renderers.opened.squares import squares
from boxwork.renderers.opened.waves import waves
from boxwork.renderers.opened.window import window
from boxwork.renderers.regions.region import Region
from boxwork.renderers.regions.subject import Subject

FIGURES: Mapping[type[Block], Callable[[Subject], Region]] = {
    ChooseTop: choose,
    Convolution: window,
    DotProductAttention: attention,
    Dropout: dropout,
    GRU: gated,
    LayerNorm: norm,
    Patches: squares,
    PerHeadLinear: per_head,
    RMSNorm: norm,
    RelativeBuckets: buckets,
    RotaryEncoding: rotary,
    SinusoidalEncoding: waves,
    Softmax: softmax,
    **dict.fromkeys(FUNCTIONS, curve),
    **dict.fromkeys((Concat, MergeHeads, Split, SplitHeads), parts),
    **dict.fromkeys((FirstPosition, LastPosition, MeanPool), pooled),
}


def figure(subject: Subject) -> Region:
    """The region of an opened primitive: its formula, too, where only a run knows a size."""
    try:
        return FIGURES.get(type(subject.part.block), formula)(subject)
    except SizeError:
        return formula(subject)
