"""The inputs of a run, checked against the graph: names, shapes, lengths, requirements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from boxwork.blocks.dims import Dim
from boxwork.blocks.forms import Form, SizeError
from boxwork.blocks.types import WireType
from boxwork.engines.feeding.arrays import (
    Array,
    Given,
    UnreadableError,
    check_finite,
    check_range,
    read,
)
from boxwork.engines.feeding.conditions import conditions
from boxwork.engines.feeding.examples import hint as how_to_give
from boxwork.graphs.graph import Graph
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.hints import did_you_mean

Sizes = dict[str, int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Checked inputs: padded arrays, the free dims, and the lengths of those that differ."""

    values: Mapping[str, Array]
    axes: tuple[int, ...]  # the batch axes
    sizes: Mapping[str, int]  # free dims, the longest sample's
    lengths: Mapping[str, Array] = field(default_factory=dict)  # free dims that differ

    def apart(self, types: Mapping[str, WireType]) -> Iterator[tuple[list[int], Batch]]:
        """Batches without padding, and the samples in each: those of equal lengths together."""
        groups: dict[tuple[int, ...], list[int]] = {}
        for sample, lengths in enumerate(zip(*self.lengths.values(), strict=True)):
            groups.setdefault(tuple(int(n) for n in lengths), []).append(sample)
        for lengths, samples in groups.items():
            sizes = {**self.sizes, **dict(zip(self.lengths, lengths, strict=True))}
            values = {}
            for name, array in self.values.items():
                full = (slice(dim.size(sizes)) for dim in types[name].dims)
                values[name] = array[samples][(slice(None), *full)]
            yield samples, Batch(values, (len(samples),), sizes)


def named(graph: Graph, values: Sequence[Any], by_name: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs given in order and by name, by name."""
    names = list(graph.inputs)
    if len(values) > len(names):
        many = "1 input" if len(names) == 1 else f"{len(names)} inputs"
        takes = f"takes {many} ({', '.join(names)})" if names else "takes no inputs"
        raise DataError([Diagnostic("BW401", f"{graph.name} {takes}, not {len(values)}")])
    twice = [name for name in names[: len(values)] if name in by_name]
    if twice:
        raise DataError([Diagnostic("BW401", f"the input {name} is given twice") for name in twice])
    return dict(zip(names, values, strict=False)) | dict(by_name)


def check(graph: Graph, values: Mapping[str, Any], dtype: Any) -> Batch:
    """Check everything that is given to a run; all that is wrong is reported at once."""
    wrong = list(_names(graph, values))
    givens: list[Given] = []
    for name, wire in graph.inputs.items():
        if name in values:
            try:
                givens.append(read(name, values[name], wire))
            except UnreadableError as error:
                wrong.append(error.diagnostic)
    fixed = [d for given in givens for d in _fixed(given)]
    samples: list[Sizes] = [{}]
    if not wrong and not fixed:
        wrong += _batch_axes(givens)
        if not wrong:
            samples, unlike = _bind(givens)
            wrong += unlike or _untold(graph, samples)
        if not wrong:
            wrong += conditions(graph, givens, samples)
    wrong += fixed
    if not wrong:
        wrong += [d for given in givens if (d := _numbers(given, samples, dtype))]
    if wrong:
        raise DataError(wrong)
    return _batch(givens, samples, dtype)


def _names(graph: Graph, values: Mapping[str, Any]) -> list[Diagnostic]:
    """Unknown inputs, missing inputs."""
    found = []
    for name in values:
        if name not in graph.inputs:
            hint = did_you_mean(str(name), graph.inputs)
            found.append(Diagnostic("BW401", f"{graph.name} has no input `{name}`", help=hint))
    for name, wire in graph.inputs.items():
        if name not in values:
            message = f"the input {name} is missing: {wire.named()}"
            found.append(Diagnostic("BW402", message, help=how_to_give(name, wire)))
    return found


def _fixed(given: Given) -> list[Diagnostic]:
    """Sizes that the spec fixes."""
    for sample in range(len(given.samples)):
        for axis, (dim, size) in enumerate(zip(given.type.dims, given.shape(sample), strict=True)):
            if dim.free or size == int(dim):
                continue
            where = "wide" if axis == len(given.type.dims) - 1 else f"long in axis {axis}"
            wanted = f"{int(dim)}"
            if str(dim.name) != wanted:
                wanted = f"{dim.name} = {wanted}"
            message = f"{given.place(sample)} is {size} {where}, but {given.type.named()} has "
            mend = how_to_give(given.name, given.type)
            return [Diagnostic("BW405", message + wanted, help=mend)]
    return []


def _batch_axes(givens: Sequence[Given]) -> list[Diagnostic]:
    """All inputs have the same axes before their own."""
    if len({given.batch for given in givens}) <= 1:
        return []
    shown = "; ".join(
        f"{g.name}: {' × '.join(map(str, g.batch)) if g.batch else 'none'}" for g in givens
    )
    hint = "give every input the same leading axes, one entry per sample"
    return [Diagnostic("BW406", f"the inputs disagree about batch axes: {shown}", help=hint)]


def _bind(givens: Sequence[Given]) -> tuple[list[Sizes], list[Diagnostic]]:
    """The free dims of every sample (of one, if all are alike)."""
    samples: list[Sizes] = []
    for sample in range(max((len(given.samples) for given in givens), default=1)):
        try:
            samples.append(_lengths(givens, sample))
        except UnreadableError as error:
            return [], [error.diagnostic]
    return samples, []


def _lengths(givens: Sequence[Given], sample: int) -> Sizes:
    """The free dims of one sample; all inputs must tell the same."""
    sizes: Sizes = {}
    told: dict[str, str] = {}
    derived: list[tuple[str, Dim, int]] = []
    for given in givens:
        place = given.place(sample)
        for dim, size in zip(given.type.dims, given.shape(sample), strict=True):
            if not dim.free:
                continue
            solved = _solve(dim.value, size)
            if solved is None:
                derived.append((place, dim, size))
                continue
            name, length = solved
            if length.denominator != 1 or length < 1:
                message = f"{place} has {size} for {dim.name}: {name} would be {length}"
                raise UnreadableError("BW406", message)
            if sizes.setdefault(name, int(length)) != length:
                message = f"{place} gives {name} = {length}, but {told[name]} gives "
                raise UnreadableError("BW406", f"{message}{name} = {sizes[name]}")
            told.setdefault(name, place)
    for place, dim, size in derived:
        if dim.value.names <= sizes.keys():
            _hold_derived(place, dim, size, sizes)
    return sizes


def _hold_derived(place: str, dim: Dim, size: int, sizes: Sizes) -> None:
    """A size such as ``seq // 2`` is what the others make it."""
    known = ", ".join(f"{name} = {sizes[name]}" for name in sorted(dim.value.names))
    try:
        wanted = dim.value.evaluate(sizes)
    except SizeError as error:
        message = f"{place} has {size} for {dim.name}, which is no size with {known}: {error}"
        raise UnreadableError("BW406", message) from None
    if wanted != size:
        message = f"{place} has {size} for {dim.name}, which is {wanted} with {known}"
        raise UnreadableError("BW406", message)


def _solve(form: Form, size: int) -> tuple[str, Fraction] | None:
    """The one free dim of a form such as ``seq`` or ``2 * seq + 1``, from the form's size."""
    if len(form.names) != 1:
        return None
    (name,) = form.names
    factor, rest = Fraction(0), Fraction(0)
    for monomial, number in form.terms:
        if monomial == ((name, 1),):
            factor = number
        elif not monomial:
            rest = number
        else:
            return None
    return (name, (size - rest) / factor) if factor else None


def _untold(graph: Graph, samples: Sequence[Sizes]) -> list[Diagnostic]:
    """Every free dim must have got a length."""
    missing = [name for name in graph.free if name not in samples[0]]
    if not missing:
        return []
    return [Diagnostic("BW406", f"no input tells the length of {', '.join(missing)}")]


def _numbers(given: Given, samples: Sequence[Sizes], dtype: Any) -> Diagnostic | None:
    """Wrong numbers: an index out of range, NaN."""
    bound = given.type.bound
    if bound is None:
        return check_finite(given, dtype)
    try:
        bounds = [bound.size(sizes) for sizes in samples]
    except SizeError as error:
        return Diagnostic("BW406", f"{given.name} has no range with these lengths: {error}")
    return check_range(given, bounds, str(bound.name))


def _batch(givens: Sequence[Given], samples: Sequence[Sizes], dtype: Any) -> Batch:
    names = samples[0]
    sizes = {name: max(sample[name] for sample in samples) for name in names}
    unlike = {
        name: np.asarray([sample[name] for sample in samples], np.int64)
        for name in names
        if len({sample[name] for sample in samples}) > 1
    }
    values = {
        given.name: given.padded(np.int64 if given.type.kind == "index" else dtype)
        for given in givens
    }
    return Batch(values, givens[0].batch if givens else (), sizes, unlike)
