"""What a run gives: arrays by path, in memory of their own, without padding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from boxwork.blocks.types import WireType
from boxwork.engines.planning.plan import Planner
from boxwork.engines.running.context import Run
from boxwork.graphs.graph import Graph
from boxwork.graphs.parameters import canonical
from boxwork.specs.hints import did_you_mean

Array = Any
Value = Any  # an array, or a list of arrays, one for each sample of a ragged batch


class Arrays(Mapping[str, Array]):
    """Arrays by path: the owners are listed, ties and shares resolve."""

    def __init__(self, graph: Graph, arrays: Mapping[str, Array]) -> None:
        self._graph, self._arrays = graph, arrays

    def __getitem__(self, path: str) -> Array:
        if path in self._arrays:
            return self._arrays[path]
        found = canonical(self._graph, path)
        if found is None:
            raise KeyError(_unknown("parameter", path, self._arrays))
        owner, transposed = found
        array = self._arrays[owner]
        return array.mT if transposed else array

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)


class Trace(Mapping[str, Value]):
    """Activations by path; other names of the same value resolve, but are not listed."""

    def __init__(self, planner: Planner, values: Mapping[str, Value]) -> None:
        self._planner, self._values = planner, values

    def __getitem__(self, path: str) -> Value:
        if path in self._values:
            return self._values[path]
        source = self._planner.wiring.find(path)
        if source is not None and source.path in self._values:
            return self._values[source.path]
        if source is not None:
            raise KeyError(f"{path} was not asked for: trace(…, paths=[{path!r}])")
        raise KeyError(_unknown("activation", path, self._planner.names))

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        first = ", ".join(list(self._values)[:3])
        more = ", …" if len(self) > 3 else ""
        values = "activation" if len(self) == 1 else "activations"
        return f"<Trace of {len(self):,} {values}: {first}{more}>"


def _unknown(what: str, path: object, known: Iterable[str]) -> str:
    """What is said of a path that there is not."""
    hint = did_you_mean(str(path), known)
    return f"no {what} `{path}`; {hint}" if hint else f"no {what} `{path}`"


def settled(xp: Any, value: Array, wire: WireType, at: Run, seen: set[int]) -> Value:
    """A value of a run without padding, in memory of its own.

    A view, a parameter, or what was ``seen`` before (by id) is copied. If the samples differ
    along a dim of the wire, the result is a list, one array for each sample.
    """
    result = xp.asarray(value)
    if any(at.ragged(dim) for dim in wire.dims):
        return [_copy(xp, sample) for sample in _unpadded(result, wire, at)]
    if id(result) in seen or getattr(result, "base", result) is not None:
        result = _copy(xp, result)
    seen.add(id(result))
    return result


def _unpadded(value: Array, wire: WireType, at: Run) -> Iterator[Array]:
    lengths = zip(*(at.each(dim) for dim in wire.dims), strict=True)
    batched = value.ndim > len(wire.dims)
    for sample, shape in enumerate(lengths):
        whole = value[sample, ...] if batched else value
        yield whole[tuple(slice(length) for length in shape)]


def joined(
    xp: Any, runs: Sequence[tuple[list[int], Array]], wire: WireType, free: Set[str], at: Run
) -> Value:
    """One value of runs on parts of a batch, put together in the order of the samples.

    A value without batch axes is the same for all samples, unless the ``free`` dims that it
    hangs on differ: the last of some positions is not the same for all lengths.
    """
    pieces: dict[int, Array] = {}
    unlike = not at.lengths.keys().isdisjoint(free)
    for samples, value in runs:
        batched = value.ndim > len(wire.dims)
        for place, sample in enumerate(samples):
            pieces[sample] = value[place, ...] if batched else value
    in_order = [pieces[sample] for sample in sorted(pieces)]
    if any(at.ragged(dim) for dim in wire.dims):
        return [_copy(xp, piece) for piece in in_order]
    return xp.stack(in_order) if batched or unlike else in_order[0]


def _copy(xp: Any, value: Array) -> Array:
    return xp.asarray(value, copy=True)
