"""Specs whose copies stand side by side, each with the spec of one copy by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from boxwork.blocks import catalogue
from boxwork.blocks.block import Block, Dims
from boxwork.blocks.context import Context, Gradients, Saved
from boxwork.blocks.cost import Flops
from boxwork.blocks.dims import Dim
from boxwork.blocks.settings import Size
from boxwork.engines.gradients.gradients import Trainable
from boxwork.engines.running.numpy import Model
from boxwork.graphs.graph import Graph

from .support import graph_of, model_of

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Case:
    """A block, what it reads and gives, and what weighs its copies (nothing: they are stacked)."""

    block: str  # under `blocks`, it is called Inner
    inputs: Mapping[str, str] = field(default_factory=lambda: {"x": "real[seq, d]"})
    output: str = "seq, d"
    weights: str | None = "seq"
    dims: str = "seq: any, d: 4"
    copies: int = 3

    @property
    def weighed(self) -> str:
        """The dims of the weights."""
        return f"{self.weights}, n" if self.weights else "n"

    @property
    def given(self) -> str:
        """The dims of what all copies give."""
        return f"n, {self.output}" if self.weights is None else self.output

    def parallel(self, extra: str = "") -> Graph:
        """The spec with all copies side by side, weighed by an input ``w``."""
        ports = dict(self.inputs)
        keys = f"parallel: n{extra}"
        if self.weights is not None:
            ports["w"] = f"real[{self.weighed}]"
            keys += ", weigh: w"
        return self._spec(ports, self.given, keys)

    def one(self) -> Graph:
        """The spec of one copy."""
        return self._spec(self.inputs, self.output, "")

    def _spec(self, ports: Mapping[str, str], output: str, keys: str) -> Graph:
        listed = ", ".join(f'{name}: "{text}"' for name, text in ports.items())
        wired = ", ".join(f"{name}: {name}" for name in self.inputs)
        counted = f", n: {self.copies}" if keys else ""
        text = f"dims: {{{self.dims}{counted}}}\n"
        text += f'inputs: {{{listed}}}\noutputs: {{y: "real[{output}]"}}\n'
        text += f"blocks:\n{self.block}\n"
        text += f"nodes:\n  y: {{use: Inner, in: {{{wired}}}{', ' if keys else ''}{keys}}}\n"
        return graph_of(text)


def by_hand(case: Case, model: Model, values: Mapping[str, Any]) -> Array:
    """Every copy run by itself with its piece of the arrays, then stacked or summed."""
    graph = case.one()
    given = {name: value for name, value in values.items() if name != "w"}
    found = []
    for copy in range(case.copies):
        arrays = {path: array[copy] for path, array in model.parameters.items()}
        found.append(Model(graph, arrays, dtype="float64")(**given))
    rank = len(graph.outputs["y"].dims)
    if case.weights is None:
        return np.stack(found, axis=found[0].ndim - rank)
    weights = np.asarray(values["w"])
    rest = rank - len([dim for dim in case.weights.split(",") if dim.strip()])
    return sum(weights[(..., copy, *(None,) * rest)] * one for copy, one in enumerate(found))  # type: ignore[return-value]


FEED = """  Inner:
    inputs: {x: "real[*, d]"}
    outputs: {y: "real[*, d]"}
    nodes:
      up: {use: Linear, in: x, with: {width: 5}}
      act: {use: Tanh}
      y: {use: Linear, with: {width: d}}"""
ATTEND = """  Inner:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      attn: {use: MultiHeadAttention, in: x, with: {heads: 2, causal: true}}
      y: {use: Add, in: [x, attn]}"""
CHAIN = """  Layer:
    inputs: {x: "real[*, d]"}
    outputs: {y: "real[*, d]"}
    nodes:
      up: {use: Linear, in: x, with: {width: d}}
      y: {use: Tanh}
  Inner:
    inputs: {x: "real[*, d]"}
    outputs: {y: "real[*, d]"}
    nodes:
      stack: {use: Layer, repeat: 2}
      y: {use: Linear, with: {width: d}, tie: {weight: {to: stack.0.up.weight, transpose: true}}}"""
NESTED = """  Deep:
    inputs: {x: "real[*, d]"}
    outputs: {y: "real[*, 3]"}
    nodes:
      up: {use: Linear, in: x, with: {width: d}}
      act: {use: Tanh}
      y: {use: Linear, with: {width: 3}}
  Inner:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, 3]"}
    nodes:
      score: {use: Linear, in: x, with: {width: 2}}
      gate: {use: ReLU}
      y: {use: Deep, in: x, parallel: 2, weigh: gate}"""
POOL = """  Inner:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[2]"}
    nodes:
      up: {use: Linear, in: x, with: {width: 2}}
      act: {use: Tanh}
      y: {use: MeanPool}"""
CROSS = """  Inner:
    inputs: {x: "real[seq, d]", m: "real[mem, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      y: {use: MultiHeadAttention, in: {query: x, memory: m}, with: {heads: 2}}"""
ROTARY = """  Inner:
    inputs: {x: "real[seq, d]"}
    outputs: {y: "real[seq, d]"}
    nodes:
      y: {use: RotaryEncoding, in: up}
      up: {use: Linear, in: x, with: {width: d}}"""
BOTH = """  Inner:
    inputs: {x: "real[*, d]", z: "real[*, d]"}
    outputs: {y: "real[*, d]"}
    nodes:
      both: {use: Multiply, in: [x, z]}
      y: {use: Linear, in: both, with: {width: d}}"""
ALONE = "  Inner: {use: Linear, with: {width: d}}"
BIAS = """  Inner:
    inputs: {x: "real[*, d]"}
    outputs: {y: "real[*, d]"}
    nodes:
      y: {use: Linear, in: x, with: {width: d, bias: false}}"""
TWO = {"x": "real[seq, d]", "z": "real[seq, d]"}
CASES = {
    "weighed": Case(FEED),
    "stacked": Case(FEED, weights=None),
    "a primitive, weighed": Case(ALONE, copies=4),
    "a primitive, stacked": Case(ALONE, weights=None),
    "one copy": Case(FEED, copies=1),
    "attention, weighed": Case(ATTEND),
    "attention, stacked": Case(ATTEND, weights=None),
    "a chain with a tie, weighed": Case(CHAIN),
    "a chain, stacked": Case(CHAIN, weights=None),
    "side by side twice, weighed": Case(NESTED, output="seq, 3"),
    "side by side twice, stacked": Case(NESTED, output="seq, 3", weights=None),
    "a pool, weighed as a whole": Case(POOL, output="2", weights=""),
    "a pool, stacked": Case(POOL, output="2", weights=None),
    "weighed as a whole": Case(ATTEND, weights=""),
    "a second input": Case(BOTH, inputs=TWO),
    "a memory, weighed": Case(
        CROSS, inputs={"x": "real[seq, d]", "m": "real[mem, d]"}, dims="seq: any, mem: any, d: 4"
    ),
    "positions told apart": Case(ROTARY),
    "two dims weighed": Case(
        FEED,
        inputs={"x": "real[rows, columns, d]"},
        output="rows, columns, d",
        weights="rows, columns",
        dims="rows: any, columns: any, d: 4",
    ),
    "the first of two dims weighed": Case(
        FEED,
        inputs={"x": "real[rows, columns, d]"},
        output="rows, columns, d",
        weights="rows",
        dims="rows: any, columns: any, d: 4",
    ),
    "every number weighed": Case(FEED, weights="seq, d"),
    "a dim of a fixed size": Case(
        FEED, inputs={"x": "real[5, d]"}, output="5, d", weights="5", dims="d: 4"
    ),
}


SIZES = {"seq": 5, "mem": 3, "rows": 2, "columns": 3}


def drawn(
    case: Case, seed: int = 0, batch: tuple[int, ...] = (), **lengths: int
) -> dict[str, Array]:
    """Inputs of a case, a third of the weights being 0, with one copy that counts nowhere."""
    rng = np.random.default_rng(seed)
    sizes = {**SIZES, **lengths}
    graph = case.parallel()
    found = {}
    for name, wire in graph.inputs.items():
        shape = tuple(dim.size(sizes) for dim in wire.dims)
        found[name] = rng.normal(size=(*batch, *shape))
    if "w" in found:
        found["w"] *= rng.random(found["w"].shape) > 0.35
        if case.copies > 1:
            found["w"][..., 1] = 0
    return found


def model(case: Case, seed: int = 0, **options: Any) -> Model:
    return model_of(case.parallel(), seed, **options)


def learning(case: Case, gate: str = "{use: ReLU}", copies: int = 0) -> Trainable:
    """A case whose inputs all pass a trained array, the weights a ReLU as well, with a loss.

    Without a ``gate`` the weights are an input.
    """
    ports = {**case.inputs, "t": f"real[{case.given}]"}
    nodes = ""
    wires = []
    for name in case.inputs:
        nodes += f"  to_{name}: {{use: Linear, in: {name}, with: {{width: d}}}}\n"
        wires.append(f"{name}: to_{name}")
    keys = "parallel: n"
    if case.weights is not None:
        ports["w"] = f"real[{case.weighed}]"
        nodes += (
            f"  to_w: {{use: Linear, in: w, with: {{width: n}}}}\n  gate: {gate}\n" if gate else ""
        )
        keys += ", weigh: gate" if gate else ", weigh: w"
    nodes += f"  y: {{use: Inner, in: {{{', '.join(wires)}}}, {keys}}}\n"
    nodes += "  out: {use: MeanSquaredError, in: {y: y, wanted: t}}\n"
    listed = ", ".join(f'{name}: "{text}"' for name, text in ports.items())
    lost = ", ".join(case.given.split(", ")[:-1])
    text = f"dims: {{{case.dims}, n: {copies or case.copies}}}\ninputs: {{{listed}}}\n"
    text += f'outputs: {{out: "real[{lost}]"}}\nblocks:\n{case.block}\nnodes:\n{nodes}'
    graph = graph_of(text)
    return Trainable(graph, dict(model_of(graph, 1).parameters), "out")


def given(
    net: Trainable, case: Case, batch: tuple[int, ...], seed: int = 0, **lengths: int
) -> dict[str, Array]:
    """Random inputs of a graph that learns."""
    rng = np.random.default_rng(seed)
    sizes = {**SIZES, **lengths}
    return {
        name: rng.normal(size=(*batch, *(dim.size(sizes) for dim in wire.dims)))
        for name, wire in net.graph.inputs.items()
    }


def largest_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block that says how many of its numbers are not 0; gone after the test."""
    monkeypatch.setattr(catalogue, "_primitives", dict(catalogue.primitives()))

    @catalogue.register
    class Largest(Block):
        """The largest numbers as they are, and 0 for all others."""

        ports = "x: real[*, n] -> y: real[*, n]"
        keep: Size

        def forward(self, cx: Context, p: Any, x: Array) -> Array:  # [* n] -> [* n]
            least = np.sort(x, axis=-1)[..., -int(self.keep), None]
            return np.where(x >= least, x, 0)

        def backward(self, cx: Context, p: Any, saved: Saved, dy: Array) -> Gradients:
            return Gradients((np.where(saved.outputs[0] != 0, dy, 0),))

        def chosen(self, d: Dims) -> Dim | None:
            return self.keep

        def flops(self, d: Dims, inputs: Any) -> Flops:
            return Flops()
