"""Attention: every position mixes what others say, by how well they answer its query."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from boxwork.blocks.attention_numpy import alike, attend, attend_back
from boxwork.blocks.block import Block, BlockError, Dims, Reach
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Sum, Wires, product
from boxwork.blocks.dims import Dim
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

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        keys = self._keys(d)
        scores = product(5 + ("bias" in inputs), d.heads, d.q_len, keys)
        return Flops(
            product(2, d.heads, d.q_len, keys, d.width + d.v_width),
            scores + product(1, d.heads, d.q_len, d.width),
            self._seen_pairs(d),
        )

    def _keys(self, d: Dims) -> Dim:
        """How many keys each query is multiplied with; a window leaves no others in the state."""
        if not self.causal:
            return d.k_len
        seen = d.k_len.past()
        return seen if self.window is None else seen.combine("min", self.window + d.q_len)

    def _seen_pairs(self, d: Dims) -> Sum | None:
        """The products of the pairs that see each other: the last query stands at the last key.

        Up to key n, queries see S(n) = 1 + 2 + … + m + (n - m) * window keys with
        m = min(n, window), of which the new ones see S(k_len) - S(k_len - q_len).
        """
        both = d.heads, d.width + d.v_width
        if not self.causal and self.window is None:
            return None
        keys = d.k_len.past() if self.causal else d.k_len
        old = keys.combine("-", d.q_len)
        if self.window is None:
            return product(1, *both, d.q_len, keys + old + Dim.of(1))
        known, before = (n.combine("min", self.window) for n in (keys, old))
        on_one_side = (
            product(1, *both, known, known + Dim.of(1))
            + product(2, *both, self.window, keys.combine("-", known))
            + product(-1, *both, before, before + Dim.of(1))
            + product(-2, *both, self.window, old.combine("-", before))
        )
        if self.causal:
            return on_one_side
        return on_one_side + on_one_side + product(-2, *both, d.q_len)

    def saves(self, d: Dims, inputs: Wires) -> Mapping[str, tuple[Dim, ...]]:
        return {"weights": (d.heads, d.q_len, d.k_len)}

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
