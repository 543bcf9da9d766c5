"""Attention: every position mixes what others say, by how well they answer its query."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from boxwork.blocks.attention_numpy import alike, attend, attend_back
from boxwork.blocks.attention_plain import grouped, shares, summed
from boxwork.blocks.block import Block, BlockError, Dims, Parameter, Reach
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
        causal: i sees j <= i; window: i sees |i - j| < window; a row that sees none is 0;
        cap: the scaled products s become cap * tanh(s / cap);
        sinks: softmax is over one number more, sinks[h], whose weight goes nowhere
    Errors: kv_heads must divide heads; causal and window need keys and queries on one dim;
        cap must be above 0
    Source: Vaswani et al. 2017 (arXiv 1706.03762), section 3.2.1; grouped heads: Ainslie et
        al. 2023 (arXiv 2305.13245); window: Beltagy et al. 2020 (arXiv 2004.05150), section 3.1;
        cap: Gemma team 2024 (arXiv 2408.00118), section 2; sinks: OpenAI 2025, gpt-oss-120b &
        gpt-oss-20b Model Card (arXiv 2508.10925), section 2.2
    """

    ports = (
        "q: real[heads, q_len, width], k: real[kv_heads, k_len, width], "
        "v: real[kv_heads, k_len, v_width], bias: real[heads, q_len, past(k_len)] = none "
        "-> y: real[heads, q_len, v_width], weights?: real[heads, q_len, k_len]"
    )
    family = "attention"
    fixed = ("window",)
    title = "Dot-product attention"
    require = ("heads % kv_heads == 0",)
    causal: bool = False
    window: Size | None = None
    scale: float | None = None
    cap: float | None = None
    sinks: bool = False

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
        if self.window is not None and int(self.window) == 0:
            raise BlockError(
                "in a window of 0 a query sees nothing, not even its own position",
                help="give a window of 1 or more, or none to see all",
            )
        if self.cap is not None and self.cap <= 0:
            raise BlockError(
                f"scores cannot be kept within {self.cap:g} on both sides of 0",
                help="give a cap above 0, or none to leave them as they are",
            )
        return {}

    def parameters(self, d: Dims) -> Mapping[str, Parameter]:
        return {"sinks": Parameter((d.heads,), "zeros")} if self.sinks else {}

    # [heads q_len width], [kv_heads k_len width], [kv_heads k_len v_width], [heads q_len k_len]
    # -> [heads q_len v_width], [heads q_len k_len]
    def forward(
        self, cx: Context, p: Any, q: Array, k: Array, v: Array, bias: Array | None = None
    ) -> tuple[Array, Array | None]:
        xp = cx.xp
        if self.causal:
            k, v = cx.extend("k", k), cx.extend("v", v)
        scores = grouped(xp, q * self.factor(q.shape[-1]), xp.matrix_transpose(k))
        if self.cap is not None:
            capped = xp.tanh(scores / self.cap)
            cx.save(capped=capped)
            scores = capped * self.cap
        if bias is not None:  # of a window, fewer keys are kept than were seen
            scores = scores + bias[..., bias.shape[-1] - scores.shape[-1] :]
        sinks = p.sinks[:, None, None] if self.sinks else None
        weights, sunk = shares(xp, scores, self.seen(cx, q.shape[-2], k.shape[-2]), sinks)
        cx.save(weights=weights, **({} if sunk is None else {"sunk": sunk[..., 0]}))
        return grouped(xp, weights, v), weights if cx.wants("weights") else None

    def kernel(
        self, cx: Context, p: Any, q: Array, k: Array, v: Array, bias: Array | None = None
    ) -> tuple[Array, Array | None]:
        if bias is not None or not alike(q, k, v) or not k.shape[-2]:
            return self.forward(cx, p, q, k, v, bias)
        if self.causal:
            k, v = cx.extend("k", k), cx.extend("v", v)
        seen = self.seen(cx, q.shape[-2], k.shape[-2])
        sinks = p.sinks if self.sinks else None
        y, kept = attend(cx.xp, q, k, v, self.factor(q.shape[-1]), seen, self.cap, sinks)
        cx.save(**kept)
        return y, kept["weights"] if cx.wants("weights") else None

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Any) -> Gradients:
        (q, k, v, bias), (y, _) = saved.inputs, saved.outputs
        weights, capped, (dy, dweights) = saved.kept["weights"], saved.kept.get("capped"), dy
        xp, scale, dv = cx.xp, self.factor(q.shape[-1]), None
        if bias is None and dweights is None and alike(q, k, v):
            found = attend_back(xp, q, k, v, scale, weights, y, dy, capped)
            return Gradients((*found, None), self._to_sinks(xp, saved, xp.vecdot(dy, y)))
        scores = total = xp.zeros((), dtype=weights.dtype)
        if dy is not None:
            dv = summed(xp, weights, dy, v.shape[-3])
            lead = tuple(range(dy.ndim - weights.ndim))  # v may have batch axes that they lack
            scores = grouped(xp, dy, v.mT).sum(axis=lead)
            total = xp.vecdot(dy, y).sum(axis=lead)
        if dweights is not None:
            scores, total = scores + dweights, total + xp.vecdot(dweights, weights)
        scores = scores - total[..., None]
        scores *= weights
        dbias = None if bias is None else scores
        if capped is not None:
            scores = scores * (1.0 - capped * capped)
        dq = grouped(xp, scores, k)
        dq *= scale
        dk = summed(xp, scores, q * scale, k.shape[-3])
        return Gradients((dq, dk, dv, dbias), self._to_sinks(xp, saved, total))

    # [heads q_len]: what each query's weights take of the loss -> [heads]
    def _to_sinks(self, xp: Any, saved: Saved, total: Array) -> Mapping[str, Array]:
        """The gradient of the sinks: what they take of the weights brings nothing."""
        if not self.sinks:
            return {}
        back = -saved.kept["sunk"] * total
        return {"sinks": xp.sum(back, axis=(*range(back.ndim - 2), -1))}

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
        each = 5 + ("bias" in inputs) + (0 if self.cap is None else 3)
        scores = product(each, d.heads, d.q_len, keys)
        sinks = product(5 if self.sinks else 0, d.heads, d.q_len)
        return Flops(
            product(2, d.heads, d.q_len, keys, d.width + d.v_width),
            scores + product(1, d.heads, d.q_len, d.width) + sinks,
            self._seen_pairs(d),
        )

    def _keys(self, d: Dims) -> Dim:
        """How many keys each query is multiplied with; a window leaves no others in the state.

        Keys that are made of what was kept before are given along the past.
        """
        if not self.causal or d.k_len.is_past:
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
        pairs = (d.heads, d.q_len, d.k_len)
        capped = {} if self.cap is None else {"capped": pairs}
        return {"weights": pairs, **capped, **({"sunk": pairs[:2]} if self.sinks else {})}

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
        cap = f"cap {self.cap:g}" if self.cap is not None else ""
        flags = "causal" if self.causal else "", window, cap, "sinks" if self.sinks else ""
        return ", ".join([part for part in flags if part][-3:])  # there is no room for four
