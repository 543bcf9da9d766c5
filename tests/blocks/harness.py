"""What the tests of blocks share: a use of a block by hand, without a graph or an engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import array_api_compat.numpy as compat
import numpy as np

from boxwork.blocks import expressions
from boxwork.blocks.block import Block, Dims, Parameter
from boxwork.blocks.dims import Dim
from boxwork.blocks.grammar import parse_condition
from boxwork.blocks.types import Port, WireType
from boxwork.engines.running.state import Memory

Wires = Mapping[str, tuple[WireType, ...]]
Arrays = dict[str, list[np.ndarray]]
FREE = "_"  # fits any size, binds nothing


@dataclass(frozen=True)
class Use:
    """A block with its settings and the types on its wires."""

    block: Block
    wires: Wires

    @property
    def name(self) -> str:
        return type(self.block).__name__

    def dims(self) -> Dims:
        """The dims that the wires bind, and the settings that are sizes."""
        found = Dims({"*": ()})
        for setting in self.block.settings():
            value = getattr(self.block, setting.name)
            if isinstance(value, Dim):
                found[setting.name] = value
        for port in self.block.inputs():
            for wire in self.wires.get(port.name, ()):
                _bind(found, port, wire)
        return found

    def declared(self) -> dict[str, WireType]:
        """The types of the outputs, as the declaration has them."""
        d = self.dims()
        given = self.block.output_types(d, self.wires)
        return {
            port.name: given.get(port.name) or _evaluate(port, d)
            for port in self.block.output_ports()
        }

    def parameters(self) -> Mapping[str, Parameter]:
        return self.block.parameters(self.dims())

    def holds(self) -> bool:
        """Whether the block's requirements are met."""
        d, settings = self.dims(), vars(self.block)
        lookup = lambda name: d[name] if name in d else settings[name]  # noqa: E731
        wanted = [parse_condition(text) for text in self.block.require]
        return all(expressions.holds(each, lookup) is True for each in wanted)

    def draw(self, seed: int, batch: tuple[int, ...] = (), dtype: Any = np.float64) -> Arrays:
        """Random numbers for every wire and parameter, parameters as ``.name``."""
        rng = np.random.default_rng(seed)
        arrays: Arrays = {}
        for port in self.block.inputs():
            if port.type.kind != "shape":
                arrays[port.name] = [
                    random_array(rng, wire, batch, dtype) for wire in self.wires.get(port.name, ())
                ]
        for name, parameter in self.parameters().items():
            shape = tuple(int(dim) for dim in parameter.dims)
            arrays[f".{name}"] = [rng.normal(size=shape).astype(dtype)]
        return arrays

    def run(self, arrays: Arrays, body: str = "forward", **given: Any) -> dict[str, Any]:
        """The outputs by port, of NumPy arrays (or of those that ``xp`` names)."""
        cx, own, values = self.prepared(arrays, **given)
        return self.by_port(getattr(self.block, body)(cx, own, *values))

    def prepared(self, arrays: Arrays, **given: Any) -> tuple[Run, SimpleNamespace, list[Any]]:
        """What ``forward`` is called with: the context, the parameters and the values."""
        d = self.dims()
        ranks = {name: len(wires[0].dims) for name, wires in self.wires.items() if wires}
        sizes = {name: int(dim) for name, dim in d.items() if isinstance(dim, Dim)}
        first = next((a for each in arrays.values() for a in each if a.dtype.kind == "f"), None)
        given = {"dtype": first.dtype if first is not None else np.float64} | given
        cx = Run(sizes=sizes | given.pop("sizes", {}), ranks=ranks, **given)
        values: list[Any] = []
        for port in self.block.inputs():
            if port.type.kind == "shape":
                continue
            several = [cx.array(each) for each in arrays[port.name]]
            values.append(tuple(several) if port.many else several[0] if several else None)
        own = {name[1:]: cx.array(a[0]) for name, a in arrays.items() if name[0] == "."}
        return cx, SimpleNamespace(**own), values

    def by_port(self, outputs: Any) -> dict[str, Any]:
        """What ``forward`` gave, by the names of the outputs."""
        ports = self.block.output_ports()
        several = outputs if len(ports) > 1 else (outputs,)
        return dict(zip([port.name for port in ports], several, strict=True))


@dataclass
class Run:
    """A context, as an engine gives it."""

    sizes: Mapping[str, int]
    ranks: Mapping[str, int]
    xp: Any = compat
    dtype: Any = np.float64
    training: bool = False
    offsets: Mapping[str, int] = field(default_factory=dict)
    padded: Mapping[str, Any] = field(default_factory=dict)
    wanted: tuple[str, ...] = ("weights",)
    seed: int = 0
    needed: tuple[str, ...] = ()
    kept: dict[str, Any] = field(default_factory=dict)
    memory: Memory | None = None  # of a block that is stepped

    def __post_init__(self) -> None:
        if self.xp is not compat:
            self.dtype = getattr(self.xp, np.dtype(self.dtype).name)

    def array(self, values: np.ndarray) -> Any:
        return self.xp.asarray(values)

    def size(self, dim: str | Dim) -> int:
        return int(dim) if isinstance(dim, Dim) else self.sizes[dim]

    def rank(self, port: str) -> int:
        return self.ranks[port]

    def offset(self, dim: str) -> int:
        return self.offsets.get(dim, 0)

    def lengths(self, dim: str) -> Any:
        return self.array(np.asarray(self.padded[dim])) if dim in self.padded else None

    def extend(self, name: str, new: Any) -> Any:
        return new if self.memory is None else self.memory.extend("", name, new)

    def recall(self, name: str) -> Any:
        return None if self.memory is None else self.memory.recall("", name)

    def keep(self, name: str, value: Any) -> None:
        if self.memory is not None:
            self.memory.keep("", name, value)

    def wants(self, port: str) -> bool:
        return port in self.wanted

    def save(self, **arrays: Any) -> None:
        self.kept.update(arrays)

    def needs(self, port: str) -> bool:
        return port in self.needed

    def uniform(self, shape: tuple[int, ...]) -> Any:
        return self.array(np.random.default_rng(self.seed).random(shape))


def real(*dims: Dim) -> WireType:
    return WireType("real", dims)


def index(bound: Dim, *dims: Dim) -> WireType:
    return WireType("index", dims, bound)


def of(**sizes: int) -> tuple[Dim, ...]:
    """Named dims: ``of(seq=4, width=8)``."""
    return tuple(Dim.named(name, size) for name, size in sizes.items())


def apply(
    block: Block,
    *values: np.ndarray,
    wire: WireType,
    own: Mapping[str, Any] | None = None,
    **given: Any,
) -> Any:
    """One output of a block with wires of one type."""
    port = block.inputs()[0]
    arrays: Arrays = {} if port.type.kind == "shape" else {port.name: list(values)}
    arrays |= {f".{name}": [array] for name, array in (own or {}).items()}
    use = Use(block, {port.name: (wire,) * max(len(values), 1)})
    (y,) = use.run(arrays, **given).values()
    return y


def random_array(
    rng: np.random.Generator, wire: WireType, batch: tuple[int, ...], dtype: Any
) -> np.ndarray:
    shape = (*batch, *(int(dim) for dim in wire.dims))
    if wire.bound is not None:
        return rng.integers(0, int(wire.bound), size=shape)
    return rng.normal(size=shape).astype(dtype)


def _bind(found: Dims, port: Port, wire: WireType) -> None:
    before, star, after = port.type.split()
    dims = list(wire.dims)
    if port.type.kind == "shape":
        dims = dims[: len(before)]
    assert len(dims) >= len(before) + len(after) if star else len(dims) == len(before) + len(after)
    if star:
        found["*"] = tuple(dims[len(before) : len(dims) - len(after)])
    pairs = [*zip(before, dims, strict=False)]
    pairs += zip(after, dims[len(dims) - len(after) :], strict=True)
    if port.type.bound is not None:
        pairs.append((port.type.bound, wire.bound))
    for expr, dim in pairs:
        if expr.text != FREE:
            assert found.setdefault(expr.label, dim).agrees(dim), (port.name, expr.text)


def _evaluate(port: Port, d: Dims) -> WireType:
    before, star, after = port.type.split()
    dims = [expressions.size(expr, d.__getitem__) for expr in before]
    dims += d["*"] if star else ()
    dims += [expressions.size(expr, d.__getitem__) for expr in after]
    bound = port.type.bound
    return WireType(port.type.kind, tuple(dims), bound and expressions.size(bound, d.__getitem__))
