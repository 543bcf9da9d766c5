"""The numbers of attention in a run: products, what is seen, weights; and who sees whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from boxwork.blocks.attention import DotProductAttention
from boxwork.renderers.regions.subject import Subject


@dataclass(frozen=True, slots=True)
class Mixing:
    """One run of attention, of the first sample: arrays by head, query and key."""

    q: Any  # [heads q_len width]
    k: Any  # [kv_heads k_len width]
    v: Any  # [kv_heads k_len v_width]
    products: Any  # [heads q_len k_len]
    scores: Any  # [heads q_len k_len], scaled, capped, with the bias
    weights: Any  # [heads q_len k_len]
    sinks: Any  # [heads], or None
    y: Any  # [heads q_len v_width]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a figure of attention shows: the block, its run, the names of its tokens."""

    block: DotProductAttention
    heads: int
    run: Mixing | None
    queries: Sequence[str]
    keys: Sequence[str]
    alike: bool  # queries and keys are of the same positions
    scale: float | None  # None: it depends on the run
    biased: bool

    @property
    def scored(self) -> bool:
        """Whether there is more to a score than the product."""
        return self.scale != 1 or self.biased or self.block.cap is not None


def mixing(subject: Subject) -> Mixing | None:
    """What a run computed; None if its values are not known."""
    q, k, v = (subject.array(port) for port in "qkv")
    block = subject.part.block
    assert isinstance(block, DotProductAttention)
    if q is None or k is None or v is None or not k.shape[-2] or not q.shape[-2]:
        return None
    sinks = subject.parameter("sinks") if block.sinks else None
    if block.sinks and sinks is None:
        return None
    import numpy as np

    heads, groups = q.shape[0], k.shape[0]
    keys, values = (np.repeat(each, heads // groups, axis=0) for each in (k, v))
    products = q @ keys.swapaxes(-1, -2)
    scores = products * block.factor(q.shape[-1])
    if block.cap is not None:
        scores = block.cap * np.tanh(scores / block.cap)
    bias = subject.array("bias") if "bias" in subject.part.inputs else None
    if bias is not None:
        scores = scores + bias
    seen = np.array(
        [[sees(block, i, j, q.shape[-2], k.shape[-2]) for j in range(k.shape[-2])]
         for i in range(q.shape[-2])]
    )  # fmt: skip
    taken = None if sinks is None else np.array(sinks)
    weights = _softmax(np, scores, seen, taken)
    return Mixing(q, k, v, products, scores, weights, taken, weights @ values)


def sees(block: DotProductAttention, i: int, j: int, q_len: int, k_len: int) -> bool:
    """Whether query i sees key j; the last query stands where the last key does."""
    ahead = j - (i + k_len - q_len)
    if block.causal and ahead > 0:
        return False
    return block.window is None or abs(ahead) < int(block.window)


def _softmax(np: Any, scores: Any, seen: Any, sinks: Any) -> Any:
    scores = np.where(seen, scores, -np.inf)
    highest = np.max(scores, axis=-1, keepdims=True)
    if sinks is not None:
        highest = np.maximum(highest, sinks[:, None, None])
    highest = np.where(np.isfinite(highest), highest, 0)
    total = (powers := np.where(seen, np.exp(scores - highest), 0)).sum(axis=-1, keepdims=True)
    if sinks is not None:
        total = total + np.exp(sinks[:, None, None] - highest)
    return powers / np.where(total > 0, total, 1)
