"""Dot-product attention in plain steps: products by group, softmax over what is seen."""

from __future__ import annotations

from typing import Any

from boxwork.blocks.context import Array


def grouped(xp: Any, x: Array, m: Array) -> Array:
    """The product of every head of x, [heads rows inner], with its group's m.

    The heads of a group follow one another, so they are rows of one larger product.
    """
    heads, rows, inner = x.shape[-3:]
    groups = m.shape[-3]
    tall = xp.reshape(x, (*x.shape[:-3], groups, heads // groups * rows, inner))
    y = tall @ m
    return xp.reshape(y, (*y.shape[:-3], heads, rows, m.shape[-1]))


def summed(xp: Any, x: Array, m: Array, groups: int) -> Array:
    """The product of every head of x turned, [heads inner rows], with m, summed over its group."""
    heads, rows, inner = x.shape[-3:]
    tall = xp.reshape(x, (*x.shape[:-3], groups, heads // groups * rows, inner))
    other = xp.reshape(m, (*m.shape[:-3], groups, heads // groups * rows, m.shape[-1]))
    return tall.mT @ other


# [* heads q_len k_len], [q_len k_len], [heads 1 1] -> [* heads q_len k_len], [* heads q_len 1]
def shares(
    xp: Any, scores: Array, seen: Array | None, sinks: Array | None
) -> tuple[Array, Array | None]:
    """Softmax along the last axis over what is seen, zeros where nothing is; the sinks' share."""
    if not scores.shape[-1]:
        return scores, None if sinks is None else xp.sum(scores, axis=-1, keepdims=True) + 1.0
    lowest = xp.asarray(xp.finfo(scores.dtype).min, dtype=scores.dtype)
    there = scores if seen is None else xp.where(seen, scores, lowest)
    highest = xp.max(there, axis=-1, keepdims=True)
    if sinks is not None:
        highest = xp.maximum(highest, sinks)
    powers = (
        xp.exp(there - highest)
        if seen is None
        else xp.exp(xp.where(seen, scores - highest, lowest))
    )
    total = xp.sum(powers, axis=-1, keepdims=True)
    sunk = None
    if sinks is not None:
        sunk = xp.exp(sinks - highest)
        total = total + sunk
        sunk = sunk / total
    elif seen is not None:
        total = xp.where(total > 0, total, xp.ones((), dtype=total.dtype))
    return powers / total, sunk
