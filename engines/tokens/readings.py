"""What outputs say to people: which token comes next, which class wins."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from boxwork.blocks.activation import Softmax
from boxwork.blocks.types import WireType
from boxwork.engines.planning.wiring import Wiring
from boxwork.engines.tokens.tokenizers import input_tokenizer
from boxwork.graphs.graph import Graph
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.interpret import Interpretation, Names, Next

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things an output may say: its name, its number, how it scored."""

    name: str
    id: int
    value: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of one output for one sample, the best choice first.

    The values of next tokens are chances that add up to 1 over the whole vocabulary; those
    of classes are the numbers of the output.
    """

    output: str
    kind: str  # "next" or "classes"
    choices: tuple[Choice, ...]

    @property
    def best(self) -> Choice:
        return self.choices[0]


def readings(
    graph: Graph, interpretation: Interpretation, outputs: Mapping[str, Any], top: int = 5
) -> list[list[Reading]]:
    """The readings of each sample, for all outputs that the spec interprets.

    Without batch axes there is one sample; several batch axes are counted through.
    """
    samples: list[list[Reading]] = []
    for output, ways in interpretation.outputs.items():
        if output not in outputs:
            continue
        for place, value in enumerate(_samples(output, outputs[output], graph.outputs[output])):
            if place == len(samples):
                samples.append([])
            for way in ways if value.size else ():
                if isinstance(way, Names):
                    samples[place].append(_classes(output, way, value))
                else:
                    samples[place].append(
                        _next(graph, interpretation, output, way, value, top),
                    )
    return samples


def _samples(output: str, value: Any, wire: WireType) -> Iterator[Array]:
    """The samples of an output, without batch axes."""
    if isinstance(value, list):
        for place, one in enumerate(value):
            yield _held(f"{output}[{place}]", one, wire)
        return
    array = _held(output, value, wire)
    cut = array.ndim - len(wire.dims)
    yield from array.reshape(math.prod(array.shape[:cut]), *array.shape[cut:])


def _held(place: str, value: Any, wire: WireType) -> Array:
    """What was given as an output, if it has the declared axes."""
    array = np.asarray(value)
    sizes = array.shape[max(array.ndim - len(wire.dims), 0) :]
    fits = len(sizes) == len(wire.dims) and array.dtype.kind in "fiub"
    fits = fits and all(
        dim.free or size == int(dim) for dim, size in zip(wire.dims, sizes, strict=True)
    )
    if not fits:
        shape = " × ".join(map(str, array.shape)) or "one value"
        message = f"{place} is {wire.named()}, and this is {shape} of {array.dtype}"
        hint = "give what a call of this model gave: model.read(model(…))"
        raise DataError([Diagnostic("BW417", message, help=hint)])
    return array


def _next(
    graph: Graph,
    interpretation: Interpretation,
    output: str,
    way: Next,
    value: Array,
    top: int,
) -> Reading:
    """The likeliest tokens after the last position."""
    last = _last(value)
    chances = last if gives_chances(graph, output) else softmax(last)
    order = np.argsort(-chances, kind="stable")[:top]
    names = input_tokenizer(graph, interpretation, way.of)
    choices = (
        Choice(names.name(int(i)) if names else f"#{i}", int(i), float(chances[i])) for i in order
    )
    return Reading(output, "next", tuple(choices))


def _classes(output: str, way: Names, value: Array) -> Reading:
    """The classes at the last position, from the highest number to the lowest.

    One number for two classes tells them apart by its sign: the first is above 0.
    """
    numbers = [float(x) for x in _last(value)]
    if len(numbers) == 1 and len(way.names) == 2:
        numbers = [numbers[0], -numbers[0]]
    names: Sequence[str] = way.names
    choices = [Choice(names[i] if i < len(names) else f"#{i}", i, x) for i, x in enumerate(numbers)]
    return Reading(output, "classes", tuple(sorted(choices, key=lambda choice: -choice.value)))


def _last(value: Array) -> Array:
    """The numbers of the last position."""
    numbers = np.atleast_1d(np.asarray(value, np.float64))
    return np.asarray(numbers.reshape(-1, numbers.shape[-1])[-1])


def gives_chances(graph: Graph, output: str) -> bool:
    """Whether an output comes from a Softmax, so that it adds up to 1 already."""
    source = Wiring(graph).find(output)
    site = source.site if source else None
    return site is not None and isinstance(site.primitive.block, Softmax)


def softmax(scores: Array) -> Array:
    """Scores as chances."""
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())
