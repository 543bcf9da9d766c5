"""What summing copies by weight comes to, and how many of them run at each position."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from boxwork.blocks.block import Block, Dims
from boxwork.blocks.cost import Flops, Lengths, Sum, Wires, product
from boxwork.blocks.dims import Dim
from boxwork.blocks.settings import Setting
from boxwork.blocks.types import Port, WireType, parse_type
from boxwork.graphs.building.side import optional
from boxwork.graphs.graph import WEIGH, Node, Parallel, Primitive
from boxwork.graphs.together import pointwise, primitives

NAME = "weighed sum"


class WeighedSum(Block):
    """The outputs of copies side by side, each times its weight, added up; only counted.

    Formula: y = Σ weigh[copy] * x[copy], over the copies that run
    """

    def __init__(self, running: Dim, outputs: Mapping[str, WireType]) -> None:
        self.running, self.outputs = running, outputs

    @classmethod
    def inputs(cls) -> tuple[Port, ...]:
        """What weighs the copies."""
        return (Port(WEIGH, parse_type("real[*]")),)

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """None."""
        return ()

    def output_ports(self) -> tuple[Port, ...]:
        """One sum for each output of a copy."""
        return tuple(Port(name, parse_type("real[*]")) for name in self.outputs)

    def flops(self, d: Dims, inputs: Wires) -> Flops:
        """A product and a sum for each number of a copy that runs."""
        each = (product(2, self.running, *wire.dims) for wire in self.outputs.values())
        return Flops(elementwise=sum(each, Sum()))


def weighed_sum(node: Node) -> Primitive | None:
    """The sum that a node makes of its copies; None if they are stacked."""
    side = node.parallel
    if side is None or side.weights is None:
        return None
    asked = optional(node.part)
    outputs = {port: wire for port, wire in node.outputs.items() if port not in asked}
    block = WeighedSum(running(node), outputs)
    return Primitive(NAME, block, Dims(), {WEIGH: (side.weights,)}, outputs, {})


@lru_cache(maxsize=4096)
def running(node: Node) -> Dim:
    """How many copies of a node run for each position, as far as that is known before.

    All of them, unless the weights say how many are not 0, and copies can run at some positions
    alone.
    """
    side = _side(node)
    if side.weights is None or side.active is None:
        return side.count
    apart = pointwise(node) if len(side.weights.dims) > 1 else True
    remembers = any(one.states for one in primitives(node.part))
    return side.active if apart and not remembers else side.count


def reading(node: Node, lengths: Lengths, samples: int) -> int:
    """How many copies are read at most: each position chooses its own."""
    side = _side(node)
    most = int(side.count)
    if side.weights is None or running(node) == side.count:
        return most
    positions = product(samples, running(node), *side.weights.dims[:-1]).at(lengths)
    return min(most, positions)


def _side(node: Node) -> Parallel:
    assert node.parallel is not None
    return node.parallel
