"""The contract of a block: one declaration that drives every other part of boxwork."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from boxwork.blocks.context import Array, Context, Gradients, Saved
from boxwork.blocks.cost import Flops, Wires
from boxwork.blocks.dims import Dim
from boxwork.blocks.settings import Setting, settings_of
from boxwork.blocks.state import State
from boxwork.blocks.types import Port, WireType, parse_ports

Reach = Literal["same", "past", "whole"]
Init = Literal["normal", "ones", "zeros"]
FAMILIES = (
    "linear",
    "embedding",
    "position",
    "attention",
    "feedforward",
    "recurrence",
    "activation",
    "softmax",
    "norm",
    "dropout",
    "combine",
    "shaping",
    "loss",
)


NO_BACKWARD = "declare backward(self, cx, p, saved, dy) to train through it"


class BlockError(ValueError):
    """A block that is not declared rightly, or cannot be wired so; the graph adds where."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help
        if help:
            self.add_note(f"help: {help}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """An array of a block: its named dims, and how it starts.

    ``normal`` draws from a normal distribution of variance ``1 / fan``.
    """

    dims: tuple[Dim, ...]
    init: Init = "normal"
    fan: Dim | None = None
    trained: bool = True


class Dims(dict[str, Dim]):
    """The dims of one use of a block by name: those its ports bind, and its size settings."""

    def __getattr__(self, name: str) -> Dim:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class Block:
    """A primitive: a frozen record of settings, and one pure function.

    A subclass is decorated with :func:`boxwork.blocks.catalogue.block`; its fields are
    its settings, ``ports`` its inputs and outputs. Its docstring says what it does, then
    lines ``Formula:``, ``Shapes:``, ``Errors:`` and ``Source:``.
    """

    ports: ClassVar[str]
    blanks: ClassVar[tuple[str, ...]] = ()  # in words, what each `_` of the ports is, in order
    family: ClassVar[str] = "shaping"  # its colour in drawings
    title: ClassVar[str] = ""  # what people call it; its name, if empty
    symbol: ClassVar[str] = ""  # drawn as a circle with this sign
    require: ClassVar[tuple[str, ...]] = ()  # like a composite's `require`
    scores: ClassVar[tuple[str, ...]] = ()  # inputs taken before a Softmax, if one is wired there
    fixed: ClassVar[tuple[str, ...]] = ()  # size settings that must be known before the run

    def __init_subclass__(cls) -> None:
        """Another forward than a parent's needs what goes with it of its own as well."""
        if "forward" in vars(cls):
            for name in {"kernel", "backward", "flops", "saves"} - vars(cls).keys():
                setattr(cls, name, getattr(Block, name))

    @classmethod
    def inputs(cls) -> tuple[Port, ...]:
        """The declared inputs."""
        return parse_ports(cls.ports)[0]

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """The declared settings."""
        return settings_of(cls)

    def output_ports(self) -> tuple[Port, ...]:
        """The outputs of this use: the declared ones, unless settings name them."""
        return parse_ports(self.ports)[1]

    def output_types(
        self, d: Dims, inputs: Mapping[str, tuple[WireType, ...]]
    ) -> Mapping[str, WireType]:
        """The types of outputs that the declared pattern cannot say; none by default."""
        return {}

    def parameters(self, d: Dims) -> Mapping[str, Parameter]:
        """The arrays this block owns, by name."""
        return {}

    def forward(self, cx: Context, p: Any, *values: Array) -> Array:
        """What the block computes: an array, or a tuple with one for each of several outputs.

        ``values`` are the inputs in the order of the ports, without the shape-only ones; an
        optional one may be None, a variadic one is a tuple. ``p.name`` are the parameters.
        Axes before the declared ones are batch axes. An optional output is None unless
        ``cx.wants`` it.
        """
        raise BlockError(f"{type(self).__name__} has no forward")

    def kernel(self, cx: Context, p: Any, *values: Array) -> Array:
        """``forward`` as the NumPy engine runs it: the same numbers up to rounding, but quicker.

        It may write into arrays that it made itself, and saves what ``forward`` saves.
        """
        return self.forward(cx, p, *values)

    def backward(self, cx: Context, p: Any, saved: Saved, dy: Any) -> Gradients:
        """The gradients of the inputs and of the parameters, from those of the outputs; on NumPy.

        ``dy`` is shaped as what ``forward`` gives: an array, or a tuple with one for each of
        several outputs, None for one through which nothing flows back. Arrays that came in
        are not written into; what is given back may be one of them.
        """
        raise BlockError(f"{type(self).__name__} has no backward", help=NO_BACKWARD)

    @classmethod
    def differentiable(cls) -> bool:
        """Whether gradients flow through it: it declares ``backward``."""
        return cls.backward is not Block.backward

    def reach(self, port: str, dim: str) -> Reach:
        """How far an output position looks along ``dim`` (a name of the port, or ``*``)."""
        return "same" if dim == "*" else "whole"

    def state(self, d: Dims) -> Mapping[str, State]:
        """What the block remembers between the steps of generation, by name.

        A block whose reach is ``past`` declares it, and gets at it through ``cx.extend``, or
        ``cx.recall`` and ``cx.keep``.
        """
        return {}

    def flops(self, d: Dims, inputs: Wires) -> Flops | None:
        """What one use computes for one sample; None if the block does not say.

        ``inputs`` are the types of the wires by port, as ``output_types`` has them. Where
        ``reach`` is ``past``, what the past has left counts as ``dim.past()``.
        """
        return None

    def saves(self, d: Dims, inputs: Wires) -> Mapping[str, tuple[Dim, ...]]:
        """The shapes, without batch axes, of what ``forward`` keeps with ``cx.save``."""
        return {}

    def chosen(self, d: Dims) -> Dim | None:
        """How many numbers along the last dim of the output are not 0 at each position.

        None if any may be. What a choice of copies costs is counted with it.
        """
        return None

    def detail(self, d: Dims) -> str:
        """The second line of the box: the settings that matter."""
        return ""
