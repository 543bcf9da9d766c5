"""Telling the positions of a sample from the padding behind them."""

from __future__ import annotations

from boxwork.blocks.context import Array, Context


def places(cx: Context, x: Array) -> Array:  # [* seq width] -> [seq 1]
    """The place of every row in its sample."""
    return cx.xp.expand_dims(cx.xp.arange(x.shape[-2], dtype=cx.xp.int64), axis=-1)


def counts(cx: Context, lengths: Array) -> Array:  # [batch] -> [batch 1 … 1]
    """The length of every sample, before as many axes as the wire ``x`` is declared with.

    ``x`` itself may have no batch axes: positions are the same for all samples.
    """
    lengths = cx.xp.astype(cx.xp.asarray(lengths), cx.xp.int64)
    return cx.xp.reshape(lengths, (*lengths.shape, *(1,) * cx.rank("x")))


def cleared(cx: Context, x: Array, lengths: Array | None) -> Array:  # [* seq width], [batch]
    """The same, with zeros for the padding."""
    if lengths is None:
        return x
    zero = cx.xp.zeros((), dtype=x.dtype)
    return cx.xp.where(places(cx, x) < counts(cx, lengths), x, zero)
