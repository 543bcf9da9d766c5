"""Routing: each position goes to a few of many experts, with a weight for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boxwork.blocks.block import Block, BlockError, Dims
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires, product
from boxwork.blocks.dims import Dim
from boxwork.blocks.settings import Size
from boxwork.blocks.types import WireType


@block
class ChooseTop(Block):
    """Keeps the largest scores of a position as weights, and sets all others to 0.

    Formula: y[i] = scores[i] if i is one of the `active` with the largest scores + bias, else 0;
        sum_to: what is kept is scaled so that it sums to that;
        groups: only experts of the `active_groups` groups are chosen in which the two largest
        scores + bias have the largest sum
    Shapes: a group are choices / groups experts that follow one another; of equal ones the
        first is chosen
    Errors: active must be no more than the choices in open groups; groups must divide choices
    Source: Shazeer et al. 2017 (arXiv 1701.06538), section 2.1; sum_to: Jiang et al. 2024
        (arXiv 2401.04088), section 2.1; bias and groups: DeepSeek-AI 2024 (arXiv 2412.19437),
        section 2.1.2
    """

    ports = "scores: real[*, choices], bias: real[choices] = none -> y: real[*, choices]"
    family = "softmax"
    title = "Choose the top"
    fixed = ("active", "groups", "active_groups")
    require = (
        "active > 0",
        "active <= choices",
        "groups > 0",
        "choices % groups == 0",
        "active_groups > 0",
        "active_groups <= groups",
        "active <= active_groups * choices / groups",
    )
    active: Size
    groups: Size = Dim.of(1)
    active_groups: Size = Dim.of(1)
    sum_to: float | None = None

    def output_types(
        self, d: Dims, inputs: Mapping[str, tuple[WireType, ...]]
    ) -> Mapping[str, WireType]:
        if self.sum_to is not None and self.sum_to <= 0:
            raise BlockError(
                f"the weights of the chosen cannot be made to sum to {self.sum_to:g}",
                help="give a sum above 0, or none to keep the scores as they are",
            )
        return {}

    # [* choices], [choices] -> [* choices]
    def forward(self, cx: Context, p: Any, scores: Array, bias: Array | None = None) -> Array:
        xp, wanted = cx.xp, scores
        if bias is not None:
            between = (1,) * (cx.rank("scores") - 1)
            wanted = scores + xp.reshape(bias, (*bias.shape[:-1], *between, bias.shape[-1]))
        if int(self.active_groups) < int(self.groups):
            wanted = self._in_open_groups(xp, wanted)
        chosen = _largest(xp, wanted, int(self.active))
        y = xp.where(chosen, scores, xp.zeros((), dtype=scores.dtype))
        cx.save(chosen=chosen)
        if self.sum_to is None:
            return y
        total = xp.sum(y, axis=-1, keepdims=True)
        by = self.sum_to / xp.where(total == 0, xp.ones((), dtype=y.dtype), total)
        cx.save(by=by)
        return y * by

    def _in_open_groups(self, xp: Any, wanted: Array) -> Array:  # [* choices] -> [* choices]
        """The same numbers in the open groups, minus infinity in all others."""
        each = wanted.shape[-1] // int(self.groups)
        grouped = xp.reshape(wanted, (*wanted.shape[:-1], int(self.groups), each))
        two = min(2, grouped.shape[-1])
        best = xp.sum(xp.sort(grouped, axis=-1)[..., -two:], axis=-1)
        open_ = xp.expand_dims(_largest(xp, best, int(self.active_groups)), axis=-1)
        closed = xp.asarray(-float("inf"), dtype=wanted.dtype)
        return xp.reshape(xp.where(open_, grouped, closed), wanted.shape)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        """Which ones are chosen changes in jumps: nothing flows back to the bias."""
        (y,), chosen = saved.outputs, saved.kept["chosen"]
        if self.sum_to is not None:
            dy = dy - cx.xp.vecdot(dy, y)[..., None] / self.sum_to
            dy *= saved.kept["by"]
        return Gradients((dy * chosen, None))

    def chosen(self, d: Dims) -> Dim:
        """How many of the weights of a position are not 0."""
        return self.active

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        positions, choices = inputs["scores"][0].dims[:-1], d.choices
        operations = product(1 + ("bias" in inputs), *positions, choices)
        if int(self.active_groups) < int(self.groups):
            best = Dim.of(2).combine("min", choices.combine("/", self.groups))
            operations += product(1, *positions, self.groups, best + Dim.of(1))
        if self.sum_to is not None:
            operations += product(2, *positions, choices) + product(1, *positions)
        return Flops(elementwise=operations)

    def saves(self, d: Dims, inputs: Wires) -> Mapping[str, tuple[Dim, ...]]:
        dims = inputs["scores"][0].dims
        scaled = {"by": (*dims[:-1], Dim.of(1))} if self.sum_to is not None else {}
        return {"chosen": dims, **scaled}

    def detail(self, d: Dims) -> str:
        some = f", in {self.active_groups} of {self.groups} groups"
        return f"{self.active} of {d.choices}" + (some if int(self.groups) > 1 else "")


def _largest(xp: Any, x: Array, count: int) -> Array:  # [* n] -> [* n], true or false
    """Which numbers of a position are its ``count`` largest; of equal ones the first."""
    order = xp.argsort(-x, axis=-1, stable=True)
    return xp.argsort(order, axis=-1) < count
