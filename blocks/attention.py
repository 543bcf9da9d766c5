"""Attention: every position mixes what others say, by how well they answer its query."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from boxwork.blocks.attention_numpy import alike, attend, attend_back
from boxwork.blocks.block import Block, BlockError, Dims, Reach
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.settings import Size
from boxwork.blocks.state import State, kept
from boxwork.blocks.types import WireType


@block
class DotProductAttention(Block):
    """Mixes the values of all keys, weighed by softmax of their products with the query.

    Formula: y[h, i] = sum over j of weights[h, i, j] * v[g, j];
        weights[h, i] = softmax over the keys j that i sees of scale * q[h, i] · k[g, j] + bias;
        g = h // (heads / kv_heads); scale is 1 / sqrt(width) if none is given;
        causal: i sees j <= i; window: i sees |i - j| < window; a row that sees none is 0
    Errors: kv_heads must divide heads; causal and window need keys and queries on one dim
    Source: Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.1; grouped heads: Ainslie et
        al. 2023 (arXiv 2305.13245); window: Beltagy et al. 2020 (arXiv 2004.05150), section 3.1
    """

    ports = (
        "q: real[heads, q_len, width], k: real[kv_heads, k_len, width], "
        "v: real[kv_heads, k_len, v_width], bias: real[heads, q_len, k_len] = none "
        "-> y: real[heads, q_len, v_width], weights?: real[heads, q_len, k_len]"
    )
    family = "attention"
    fixed = ("window",)
    title = "Dot-product attention"
    require = ("heads % kv_heads == 0",)
    causal: bool = False
    window: Size | None = None
    scale: float | None = None

    def output_types(
        self, d: Dims, inputs: Mapping[str, tuple[WireType, ...]]
    ) -> Mapping[str, WireType]:
        one_dim = d.k_len.agrees(d.q_len) or d.k_len.agrees(d.q_len.past())
        if (self.causal or self.window is not None) and not one_dim:
            raise BlockError(
                f"{'causal' if self.causal else 'windowed'} attention needs queries and keys "
                f"along the same dim, not {d.q_len} and {d.k_len}",
                help="take both from one wire, or leave the setting out",
            )
        return {}

    # [heads q_len width], [kv_heads k_len width], [kv_heads k_len v_width], [heads q_len k_len]
    # -> [heads q_len v_width], [heads q_len k_len]
    def forward(
        self, cx: Context, p: Any, q: Array, k: Array, v: Array, bias: Array | None = None
    ) -> tuple[Array, Array | None]:
        xp = cx.xp
        if self.causal:
            k, v = cx.extend("k", k), cx.extend("v", v)
        scores = _grouped(xp, q * self.factor(q.shape[-1]), xp.matrix_transpose(k))
        if bias is not None:
            scores = scores + bias
        weights = _softmax(xp, scores, self.seen(cx, q.shape[-2], k.shape[-2]))
        cx.save(weights=weights)
        return _grouped(xp, weights, v), weights if cx.wants("weights") else None

    def kernel(
        self, cx: Context, p: Any, q: Array, k: Array, v: Array, bias: Array | None = None
    ) -> tuple[Array, Array | None]:
        if bias is not None or not alike(q, k, v) or not k.shape[-2]:
            return self.forward(cx, p, q, k, v, bias)
        if self.causal:
            k, v = cx.extend("k", k), cx.extend("v", v)
        seen = self.seen(cx, q.shape[-2], k.shape[-2])
        y, weights = attend(cx.xp, q, k, v, self.factor(q.shape[-1]), seen)
        cx.save(weights=weights)
        return y, weights if cx.wants("weights") else None

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Any) -> Gradients:
        (q, k, v, bias), (y, _) = saved.inputs, saved.outputs
        weights, (dy, dweights) = saved.kept["weights"], dy
        xp, scale, dv = cx.xp, self.factor(q.shape[-1]), None
        if bias is None and dweights is None and alike(q, k, v):
            return Gradients((*attend_back(xp, q, k, v, scale, weights, y, dy), None))
        scores = total = xp.zeros((), dtype=weights.dtype)
        if dy is not None:
            dv = _summed(xp, weights, dy, v.shape[-3])
            lead = tuple(range(dy.ndim - weights.ndim))  # v may have batch axes that they lack
            scores = _grouped(xp, dy, v.mT).sum(axis=lead)
            total = xp.vecdot(dy, y).sum(axis=lead)
        if dweights is not None:
            scores, total = scores + dweights, total + xp.vecdot(dweights, weights)
        scores = scores - total[..., None]
        scores *= weights
        dq = _grouped(xp, scores, k)
        dq *= scale
        dk = _summed(xp, scores, q * scale, k.shape[-3])
        return Gradients((dq, dk, dv, None if bias is None else scores))

    def factor(self, width: int) -> float:
        """What the products are multiplied by."""
        return 1 / math.sqrt(max(width, 1)) if self.scale is None else self.scale

    def seen(self, cx: Context, q_len: int, k_len: int) -> Array | None:
        """Which keys each query sees, [q_len k_len] or [batch 1 q_len k_len]; None: all.

        Along one dim, the last query stands where the last key does: while stepping, the keys
        of the past come before those of the queries.
        """
        xp, mask = cx.xp, None
        keys = xp.arange(k_len, dtype=xp.int64)
        if self.causal or self.window is not None:
            queries = xp.arange(q_len, dtype=xp.int64) + (k_len - q_len)
            ahead = keys - xp.expand_dims(queries, axis=-1)
            if self.causal:
                mask = ahead <= 0
            if self.window is not None:
                close = xp.abs(ahead) < int(self.window)
                mask = close if mask is None else mask & close
        lengths = cx.lengths("k_len")
        if lengths is not None:
            lengths = xp.reshape(xp.asarray(lengths), (*lengths.shape, 1, 1, 1))
            full = keys < xp.astype(lengths, xp.int64)
            mask = full if mask is None else mask & full
        return mask

    def reach(self, port: str, dim: str) -> Reach:
        if dim in ("q_len", "v_width", "*"):
            return "same"
        return "past" if dim == "k_len" and self.causal else "whole"

    def state(self, d: Dims) -> Mapping[str, State]:
        if not self.causal:
            return {}
        seen = d.k_len.past()
        return {
            "k": kept(d.kv_heads, seen, d.width, limit=self.window),
            "v": kept(d.kv_heads, seen, d.v_width, limit=self.window),
        }

    def detail(self, d: Dims) -> str:
        window = f"window {self.window}" if self.window is not None else ""
        return ", ".join(part for part in ("causal" if self.causal else "", window) if part)


def _grouped(xp: Any, x: Array, m: Array) -> Array:
    """The product of every head of x, [heads rows inner], with its group's m.

    The heads of a group follow one another, so they are rows of one larger product.
    """
    heads, rows, inner = x.shape[-3:]
    groups = m.shape[-3]
    tall = xp.reshape(x, (*x.shape[:-3], groups, heads // groups * rows, inner))
    y = tall @ m
    return xp.reshape(y, (*y.shape[:-3], heads, rows, m.shape[-1]))


def _summed(xp: Any, x: Array, m: Array, groups: int) -> Array:
    """The product of every head of x turned, [heads inner rows], with m, summed over its group."""
    heads, rows, inner = x.shape[-3:]
    tall = xp.reshape(x, (*x.shape[:-3], groups, heads // groups * rows, inner))
    other = xp.reshape(m, (*m.shape[:-3], groups, heads // groups * rows, m.shape[-1]))
    return tall.mT @ other


def _softmax(xp: Any, scores: Array, seen: Array | None) -> Array:
    """Softmax along the last axis over what is seen; zeros where nothing is."""
    if not scores.shape[-1]:
        return scores
    if seen is None:
        powers = xp.exp(scores - xp.max(scores, axis=-1, keepdims=True))
        return powers / xp.sum(powers, axis=-1, keepdims=True)
    lowest = xp.asarray(xp.finfo(scores.dtype).min, dtype=scores.dtype)
    highest = xp.max(xp.where(seen, scores, lowest), axis=-1, keepdims=True)
    powers = xp.exp(xp.where(seen, scores - highest, lowest))
    total = xp.sum(powers, axis=-1, keepdims=True)
    return powers / xp.where(total > 0, total, xp.ones((), dtype=total.dtype))
