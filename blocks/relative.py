"""How far two positions are from each other, as numbers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from boxwork.blocks.block import Block, BlockError, Dims, Reach
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires
from boxwork.blocks.settings import Size
from boxwork.blocks.types import WireType

MOST = 1 << 12  # distances that are told apart


@block
class RelativeBuckets(Block):
    """Puts every pair of positions into a bucket by their distance, in wider ones further away.

    Formula: y[i, j] = b(max(i - j, 0)) with c = buckets, e = c // 2: b(n) = n if n < e, else
        min(e + floor((c - e) * log(n / e) / log(far / e)), c - 1);
        both_ways: y[i, j] = b(abs(i - j)) with c = buckets / 2, and c more if j > i
    Shapes: a row for each position i, going on from what was seen before, a column for each
        position j that was seen, past(seq) of them; both ways, every position sees all seq
    Errors: far must lie beyond the single distances
    Source: Raffel et al. 2020 (arXiv 1910.10683), section 2.1; transformers, modeling_t5.py
    """

    ports = "like: shape[seq] -> y: index<buckets>[seq, _]"
    blanks = ("past(seq)",)
    family = "position"
    title = "Relative buckets"
    require = ("buckets > 1",)
    fixed = ("buckets", "far")
    buckets: Size
    far: Size
    both_ways: bool = False

    def output_types(
        self, d: Dims, inputs: Mapping[str, tuple[WireType, ...]]
    ) -> Mapping[str, WireType]:
        self.table()
        keys = d.seq.past() if d.seq.free and not self.both_ways else d.seq
        return {"y": WireType("index", (d.seq, keys), self.buckets)}

    @lru_cache(maxsize=16)  # noqa: B019  # blocks are values, and few
    def table(self) -> tuple[int, ...]:
        """The bucket of every distance from 0 to ``far``; those beyond share the last."""
        buckets, far = int(self.buckets), int(self.far)
        count = buckets // 2 if self.both_ways else buckets
        exact = count // 2
        if (self.both_ways and buckets % 2) or not 0 < exact < far <= MOST:
            raise BlockError(
                f"{buckets} buckets{' both ways' if self.both_ways else ''} tell {exact} distances "
                f"apart; far = {far} must be larger, and at most {MOST:,}",
                help="give an even number of buckets, 4 or more, and a far beyond them",
            )
        starts = [_start(exact, far, place, count - exact) for place in range(1, count - exact)]
        return tuple(n if n < exact else exact + bisect_right(starts, n) for n in range(far + 1))

    def forward(self, cx: Context, p: Any) -> Array:  # -> [seq seen]
        xp, new, before = cx.xp, cx.size("seq"), cx.offset("seq")
        table = xp.asarray(self.table(), dtype=xp.int64)
        places = xp.arange(new, dtype=xp.int64) + before
        back = xp.expand_dims(places, axis=-1) - xp.arange(before + new, dtype=xp.int64)
        distance = xp.abs(back) if self.both_ways else xp.maximum(back, xp.zeros_like(back))
        known = xp.minimum(distance, xp.full_like(distance, int(self.far)))
        y = xp.reshape(xp.take(table, xp.reshape(known, (-1,)), axis=0), back.shape)
        if not self.both_ways:
            return y
        return y + xp.astype(back < 0, xp.int64) * (int(self.buckets) // 2)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        return Gradients(())

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops()

    def reach(self, port: str, dim: str) -> Reach:
        return "same"

    def detail(self, d: Dims) -> str:
        return f"{self.buckets}, {'both ways, ' if self.both_ways else ''}far {self.far}"


def _start(exact: int, far: int, place: int, wide: int) -> int:
    """The first n for which log(n / exact) / log(far / exact) is at least place / wide.

    In whole numbers, for a logarithm may come out just below the one that is meant.
    """
    least = exact ** (wide - place) * far**place
    return bisect_left(range(far + 1), least, key=lambda n: n**wide)
