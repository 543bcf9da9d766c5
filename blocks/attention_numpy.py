"""Dot-product attention on NumPy: some samples at a time, in place, so that they stay in cache."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from boxwork.blocks.context import Array

PIECE = 1 << 18  # weights at a time


def alike(*arrays: Array) -> bool:
    """Whether arrays of three dims and batch axes have the same batch axes."""
    return len({each.shape[:-3] for each in arrays}) == 1


# [* heads q_len width], [* kv_heads k_len width], [* kv_heads k_len v_width], …, [heads]
# -> [* heads q_len v_width], and by name [* heads q_len k_len] twice, [* heads q_len]
def attend(
    np: Any,
    q: Array,
    k: Array,
    v: Array,
    scale: float,
    seen: Array | None,
    cap: float | None,
    sinks: Array | None,
) -> tuple[Array, dict[str, Array]]:
    """What attention gives, and what it saves. ``seen`` has two dims, or as many as ``q``."""
    lead, (heads, q_len, _), (groups, k_len, _) = q.shape[:-3], q.shape[-3:], k.shape[-3:]
    hidden = None if seen is None else ~seen
    if hidden is not None and hidden.ndim > 2:
        hidden = hidden.reshape((-1, *hidden.shape[-3:]))
    q, k, v = (_samples(each) for each in (q, k, v))
    weights = np.empty((len(q), groups, heads // groups * q_len, k_len), dtype=q.dtype)
    y = np.empty((*weights.shape[:-1], v.shape[-1]), dtype=q.dtype)
    capped = np.empty_like(weights) if cap is not None else None
    if sinks is not None:
        sinks = np.repeat(sinks.reshape((groups, -1)), q_len, axis=-1)[..., None]
    sunk = None if sinks is None else np.empty((*weights.shape[:-1], 1), dtype=q.dtype)
    for part in _parts(weights):
        scores = np.matmul(_tall(q[part] * scale, groups), k[part].mT, out=weights[part])
        if cap is not None and capped is not None:
            np.multiply(scores, 1.0 / cap, out=scores)
            np.multiply(np.tanh(scores, out=capped[part]), cap, out=scores)
        by_head = scores.reshape((-1, heads, q_len, k_len))
        if hidden is not None:
            np.copyto(by_head, -math.inf, where=hidden if hidden.ndim == 2 else hidden[part])
        _softmax(np, scores, sinks, None if sunk is None else sunk[part])
        np.matmul(scores, v[part], out=y[part])
    kept = {"weights": weights, "capped": capped}
    found = {n: a.reshape((*lead, heads, q_len, k_len)) for n, a in kept.items() if a is not None}
    if sunk is not None:
        found["sunk"] = sunk.reshape((*lead, heads, q_len))
    return y.reshape((*lead, heads, q_len, -1)), found


def _softmax(np: Any, scores: Array, sinks: Array | None, sunk: Array | None) -> None:
    """Softmax along the last axis, in place; zeros where all is hidden (minus infinity).

    With sinks, it is over one score more in each row, whose share goes into ``sunk``.
    """
    highest = scores.max(axis=-1, keepdims=True)
    if sinks is not None:
        np.maximum(highest, sinks, out=highest)
    highest[highest == -math.inf] = 0.0
    scores -= highest
    np.exp(scores, out=scores)
    total = scores.sum(axis=-1, keepdims=True)
    if sinks is not None:
        np.exp(np.subtract(sinks, highest, out=sunk), out=sunk)
        total += sunk
        sunk /= total
    total[total == 0.0] = 1.0
    scores *= 1.0 / total


# as attend, then [* heads q_len k_len], [* heads q_len v_width] twice, [* heads q_len k_len]
# -> gradients of q, k and v
def attend_back(
    np: Any,
    q: Array,
    k: Array,
    v: Array,
    scale: float,
    weights: Array,
    y: Array,
    dy: Array,
    capped: Array | None,
) -> tuple[Array, Array, Array]:
    """The gradients of queries, keys and values."""
    shapes, groups = (q.shape, k.shape, v.shape), k.shape[-3]
    q, k, v, weights, y, dy = (_samples(each) for each in (q, k, v, weights, y, dy))
    q, weights, y, dy = (_tall(each, groups) for each in (q, weights, y, dy))
    if capped is not None:
        capped = _tall(_samples(capped), groups)
    dq, dk, dv = (np.empty(each.shape, dtype=each.dtype) for each in (q, k, v))
    for part in _parts(weights):
        slopes = dy[part] @ v[part].mT
        slopes -= np.vecdot(dy[part], y[part])[..., None]
        slopes *= weights[part]
        if capped is not None:
            slopes *= 1.0 - capped[part] * capped[part]
        np.matmul(weights[part].mT, dy[part], out=dv[part])
        np.matmul(slopes.mT, q[part], out=dk[part])
        np.matmul(slopes, k[part], out=dq[part])
    dq *= scale
    dk *= scale
    dq, dk, dv = (each.reshape(shape) for each, shape in zip((dq, dk, dv), shapes, strict=True))
    return dq, dk, dv


def _samples(x: Array) -> Array:  # [* a b c] -> [samples a b c]
    return x.reshape((math.prod(x.shape[:-3]), *x.shape[-3:]))


def _tall(x: Array, groups: int) -> Array:  # [samples heads rows n] -> [samples groups rows' n]
    """The heads of a group, which follow one another, as the rows of one matrix."""
    samples, heads, rows, width = x.shape
    return x.reshape((samples, groups, heads // groups * rows, width))


def _parts(weights: Array) -> Iterator[slice]:
    """Slices of samples, each of about ``PIECE`` weights."""
    step = max(1, PIECE // max(1, math.prod(weights.shape[1:])))
    return (slice(at, at + step) for at in range(0, len(weights), step))
