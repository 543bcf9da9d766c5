"""Recurrence: a state that is carried from position to position."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boxwork.blocks.activation import logistic
from boxwork.blocks.block import Block, Dims, Parameter, Reach
from boxwork.blocks.catalogue import block
from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires, product
from boxwork.blocks.dims import Dim
from boxwork.blocks.rows import rows
from boxwork.blocks.settings import Size
from boxwork.blocks.state import State, kept


@block
class GRU(Block):
    """Gated recurrent unit: carries a state from left to right, and gates what of it changes.

    Formula: y[t] = (1 - z) * n + z * y[t - 1], with y[-1] = 0 and, from x = x[t], h = y[t - 1],
        r = logistic(x @ W_r + b_r + h @ U_r + c_r), z = logistic(x @ W_z + b_z + h @ U_z + c_z),
        n = tanh(x @ W_n + b_n + r * (h @ U_n + c_n));
        the reset r acts after the product with U_n (PyTorch's way; the paper's is before it)
    Shapes: weight [width_in, 3 * width] is W_r, W_z, W_n side by side; recurrent
        [width, 3 * width] likewise U; bias [3 * width] b, recurrent_bias [3 * width] c
    Source: Cho et al. 2014 (arXiv 1406.1078), section 2.3; the variant: PyTorch's nn.GRU
    """

    ports = "x: real[seq, width_in] -> y: real[seq, width]"
    family = "recurrence"
    title = "Gated recurrent unit"
    width: Size
    bias: bool = True

    def parameters(self, d: Dims) -> Mapping[str, Parameter]:
        gates = Dim.of(3) * d.width
        found = {
            "weight": Parameter((d.width_in, gates), fan=d.width_in),
            "recurrent": Parameter((d.width, gates), fan=d.width),
        }
        if self.bias:
            found |= {name: Parameter((gates,), "zeros") for name in ("bias", "recurrent_bias")}
        return found

    def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [seq width_in] -> [seq width]
        before = cx.recall("h")
        if before is None:
            before = cx.xp.zeros((*x.shape[:-2], p.recurrent.shape[0]), dtype=x.dtype)
        y = self.carried(cx.xp, p, x, before)
        if y.shape[-2]:
            cx.keep("h", y[..., -1, :])
        return y

    # [seq width_in], [width] -> [seq width]
    def carried(self, xp: Any, p: Any, x: Array, state: Array) -> Array:
        """The states after each position, from the one before the first."""
        given, states = self._from_inputs(xp, p, x), []
        for t in range(x.shape[-2]):
            _, keep, new, _ = self._gates(xp, p, given[..., t, :], state)
            state = new + keep * (state - new)
            states.append(state)
        return (
            xp.stack(states, axis=-2)
            if states
            else xp.zeros((*x.shape[:-1], state.shape[-1]), dtype=x.dtype)
        )

    def _from_inputs(self, xp: Any, p: Any, x: Array) -> Array:  # [* width_in] -> [* 3*width]
        y = rows(xp, x) @ p.weight
        y = y + p.bias if self.bias else y
        return xp.reshape(y, (*x.shape[:-1], y.shape[-1]))

    # [* 3*width], [* width] -> [* width] four times
    def _gates(self, xp: Any, p: Any, given: Array, state: Array) -> tuple[Array, ...]:
        """Reset, keep and new of Formula (r, z and n), and what reset acts on."""
        width = state.shape[-1]
        carried = state @ p.recurrent
        carried = carried + p.recurrent_bias if self.bias else carried
        both = logistic(xp, given[..., : 2 * width] + carried[..., : 2 * width])
        reset, keep, inner = both[..., :width], both[..., width:], carried[..., 2 * width :]
        return reset, keep, xp.tanh(given[..., 2 * width :] + reset * inner), inner

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
        """The gates come again from the states, at all positions at once; then back in time."""
        (x,), (y,), xp = saved.inputs, saved.outputs, cx.xp
        before = xp.zeros_like(y)
        before[..., 1:, :] = y[..., :-1, :]
        given = self._from_inputs(xp, p, x)
        reset, keep, new, inner = self._gates(xp, p, given, before)
        of_new = (1.0 - keep) * (1.0 - new * new)  # slopes: of y along what is in each gate,
        of_keep = (before - new) * keep * (1.0 - keep)
        of_reset = inner * reset * (1.0 - reset)  # and of what is in n along what is in r
        dgiven, dcarried = xp.empty_like(given), xp.empty_like(given)
        width, dstate = y.shape[-1], xp.zeros_like(y[..., :1, :])[..., 0, :]
        for t in reversed(range(y.shape[-2])):
            dstate = dstate + dy[..., t, :]
            dnew = dstate * of_new[..., t, :]
            dgiven[..., t, :width] = dnew * of_reset[..., t, :]
            dgiven[..., t, width : 2 * width] = dstate * of_keep[..., t, :]
            dgiven[..., t, 2 * width :] = dnew
            dcarried[..., t, :] = dgiven[..., t, :]
            dcarried[..., t, 2 * width :] *= reset[..., t, :]
            dstate = dstate * keep[..., t, :] + dcarried[..., t, :] @ p.recurrent.T
        return self._gathered(cx, p, (x, before), (dgiven, dcarried))

    def _gathered(
        self, cx: Context, p: Any, sources: tuple[Array, Array], sums: tuple[Array, Array]
    ) -> Gradients:
        """The gradients of the parameters and of x, all positions at once."""
        (x, before), (given, carried) = ([rows(cx.xp, a) for a in pair] for pair in (sources, sums))
        found = {"weight": x.T @ given, "recurrent": before.T @ carried}
        if self.bias:
            found |= {"bias": given.sum(axis=0), "recurrent_bias": carried.sum(axis=0)}
        dx = (given @ p.weight.T).reshape(sources[0].shape) if cx.needs("x") else None
        return Gradients((dx,), found)

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        return Flops(
            product(6, d.seq, d.width_in + d.width, d.width),
            product(22 + 6 * self.bias, d.seq, d.width),
        )

    def reach(self, port: str, dim: str) -> Reach:
        return "past" if dim == "seq" else "whole"

    def state(self, d: Dims) -> Mapping[str, State]:
        return {"h": kept(d.width)}

    def detail(self, d: Dims) -> str:
        return f"{d.width_in} → {d.width}"
