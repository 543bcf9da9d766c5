"""What a spec can go on with: the input that grows, and the output that scores what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from boxwork.blocks.activation import is_softmax
from boxwork.blocks.dims import Dim
from boxwork.blocks.types import WireType
from boxwork.engines.feeding.arrays import UnreadableError, check_range, read
from boxwork.engines.planning.wiring import Wiring
from boxwork.graphs.graph import Graph
from boxwork.specs.diagnostics import DataError, Diagnostic
from boxwork.specs.interpret import Interpretation

CODE = "BW440"


@dataclass(frozen=True, slots=True)
class Target:
    """The input that grows, one free dim long or of a fixed width, and what scores the next.

    ``scores`` is the path of the numbers to choose by: the output, or what a Softmax makes
    it of, so that both give the same.
    """

    input: str
    output: str
    scores: str
    vocab: int
    dim: str | None
    width: int | None


def target(graph: Graph, interpretation: Interpretation) -> Target:
    """What a spec's ``next`` reading says.

    Raises:
        DataError: if there is none, or its input is no single sequence of indices.
    """
    output = next((o for o in graph.outputs if interpretation.next_of(o)), None)
    if output is None:
        message = f"{graph.name} says of no output that it scores what comes next"
        raise DataError([Diagnostic(CODE, message, help=next_hint(graph.inputs, graph.outputs))])
    name = interpretation.next_of(output)
    assert name is not None
    wrong = [Diagnostic(CODE, why) for why in _wrong(graph, name, output)]
    if wrong:
        raise DataError(wrong)
    (dim,), bound = graph.inputs[name].dims, graph.inputs[name].bound
    assert bound is not None
    free = str(dim.value) if dim.free else None
    width = None if dim.free else int(dim)
    return Target(name, output, _scores(graph, output), int(bound), free, width)


def next_hint(inputs: Mapping[str, WireType], outputs: Mapping[str, WireType]) -> str:
    """What a spec must say so that something comes next: a reading, or other wires first."""
    for output, scores in outputs.items():
        for name, wire in inputs.items():
            if wire.bound and scores.dims and scores.dims[-1].agrees(wire.bound):
                return f"name it in the spec: interpret: {{{output}: {{next: {name}}}}}"
    return "that takes an input like index<vocab>[seq], and for it an output like real[seq, vocab]"


def _wrong(graph: Graph, name: str, output: str) -> Iterator[str]:
    """Why what comes next on an input cannot be put there."""
    wire, scores = graph.inputs[name], graph.outputs[output]
    said = f"{name} is {wire.named()}"
    if wire.bound is None or wire.bound.free or len(wire.dims) != 1:
        yield f"{said}: only one sequence of indices can be gone on with, such as index<vocab>[seq]"
        return
    (dim,) = wire.dims
    if dim.free and str(dim.value) not in graph.free:
        yield f"{said}: {dim.name} does not grow by one position at a time"
    if not scores.dims or len(scores.dims) > 2 or not scores.dims[-1].agrees(wire.bound):
        wanted = f"real[{dim.name}, {wire.bound.name}] or real[{wire.bound.name}]"
        yield f"{output} is {scores.named()}: what scores the next of {name} is {wanted}"
    for other, also in graph.inputs.items():
        if dim.free and other != name and _along(also, dim):
            yield (
                f"{other} is {also.named()}, along {dim.name} as {name} is: "
                f"it would have to grow with it, and nothing says how"
            )


def _along(wire: WireType, dim: Dim) -> bool:
    dims = (*wire.dims, *((wire.bound,) if wire.bound else ()))
    return any(dim.value.names & other.value.names for other in dims)


def _scores(graph: Graph, output: str) -> str:
    wiring = Wiring(graph)
    source = wiring.find(output)
    assert source is not None
    if source.site is not None and is_softmax(source.site.primitive.block):
        (source,) = wiring.reads(source.site)["x"]
    return source.path


def prompt(graph: Graph, to: Target, value: Any) -> list[int]:
    """The ids to go on from, of any length.

    Raises:
        DataError: if they are no indices of the input, or a batch of several sequences.
    """
    wire = replace(graph.inputs[to.input], dims=(Dim.named("any number"),))
    try:
        given = read(to.input, value, wire)
    except UnreadableError as error:
        raise DataError([error.diagnostic]) from None
    wrong = check_range(given, [to.vocab] * len(given.samples), _bound(wire))
    if given.batch:
        message = f"{to.input} has batch axes: one sequence at a time is gone on with"
        wrong = Diagnostic("BW403", message, help="give one list of indices")
    if wrong:
        raise DataError([wrong])
    return [int(number) for number in given.samples[0]]


def _bound(wire: WireType) -> str:
    return str(wire.bound.name) if wire.bound else ""
